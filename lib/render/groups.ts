/** Groups as a table like heapy's: index, count, share, size, share, cumulative size, share, name. */
import { formatCount } from './counts.ts';
import { formatSize } from './sizes.ts';
import { renderTable, type TableStyle } from './table.ts';

export interface GroupRow {
  readonly keys: readonly string[];
  readonly count: number;
  readonly bytes: number;
}

/** `rows` are the first ones of `totals.groups`; what is left out is said below the table. */
export function renderGroups(
  keys: readonly string[],
  totals: { readonly groups: number; readonly count: number; readonly bytes: number },
  rows: readonly GroupRow[],
  style: TableStyle,
): string {
  const columns = columnsFor(style.width, keys.length);
  let cumulative = 0;
  let counted = 0;
  const cells = rows.map((row, index) => {
    cumulative += row.bytes;
    counted += row.count;
    const numbers = [
      String(index),
      formatCount(row.count),
      percent(row.count, totals.count),
      formatSize(row.bytes),
      percent(row.bytes, totals.bytes),
      formatSize(cumulative),
      percent(cumulative, totals.bytes),
    ];
    return [...columns.map((column) => numbers[column]!), ...row.keys];
  });
  const right = columns.map((column) => ({ header: HEADERS[column]!, align: 'right' as const }));
  const named = keys.map((key) => ({ header: `${key.charAt(0).toUpperCase()}${key.slice(1)}` }));
  const head = `${formatCount(totals.count)} objects, ${formatSize(totals.bytes)}, ${formatCount(totals.groups)} ${plural(keys, totals.groups)}\n`;
  const left = totals.groups - rows.length;
  const rest =
    left > 0
      ? `and ${formatCount(left)} more with ${formatCount(totals.count - counted)} objects, ${formatSize(totals.bytes - cumulative)} (--top COUNT)\n`
      : '';
  return head + renderTable([...right, ...named], cells, style) + rest;
}

const HEADERS = ['Index', 'Count', '%', 'Size', '%', 'Cumulative', '%'];
/** What the names of one key need beside the numbers, and the width of a line with all seven numbers. */
const NAME = 16;
const ALL = 58;

/** On a narrow terminal the names come before the shares: all seven numbers, without the cumulative ones, or index, count and size alone. */
function columnsFor(width: number | undefined, keys: number): readonly number[] {
  if (width === undefined || width >= ALL + keys * NAME) return [0, 1, 2, 3, 4, 5, 6];
  return width >= ALL - 18 + keys * NAME ? [0, 1, 2, 3, 4] : [0, 1, 3];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0' : ((100 * part) / whole).toFixed(1);
}

function plural(keys: readonly string[], count: number): string {
  return keys.length === 1 ? `${keys[0]}${count === 1 ? '' : 's'}` : count === 1 ? 'group' : 'groups';
}
