/** A comparison as a table: what grew or shrank by how much, what of it is new, gone and resized, and what there is now. */
import { formatCount } from './counts.ts';
import { formatSize } from './sizes.ts';
import { type Column, renderTable, type TableStyle } from './table.ts';

interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export interface ShownDifference {
  readonly before: Amount;
  readonly after: Amount;
  readonly delta: Amount;
  readonly matched: { readonly new: Amount; readonly gone: Amount; readonly resized: Amount } | undefined;
}

/** `rows` are the first ones of `size`; what is left out is said below the table. */
export function renderDifferences(
  by: readonly string[],
  { totals, size }: { readonly totals: ShownDifference; readonly size: number },
  rows: readonly (ShownDifference & { readonly keys: readonly string[] })[],
  style: TableStyle,
): string {
  const columns = columnsFor(totals.matched !== undefined, style.width, by.length);
  const cells = rows.map((row) => [...columns.map(({ cell }) => cell(row)), ...row.keys]);
  const all = [...columns.map(({ cell }) => cell(totals)), 'all', ...by.slice(1).map(() => '')];
  const named: Column[] = by.map((key) => ({ header: `${key.charAt(0).toUpperCase()}${key.slice(1)}` }));
  const table = renderTable([...columns, ...named], [...cells, all], style);
  return table + rest(totals, size, rows, by);
}

interface NumberColumn extends Column {
  cell(row: ShownDifference): string;
}

const right = (header: string, cell: NumberColumn['cell']): NumberColumn => ({ header, align: 'right', cell });

const DELTA = [
  right('Growth', ({ delta }) => signed(delta.bytes, formatSize)),
  right('Count', ({ delta }) => signed(delta.count, formatCount)),
];
const MATCHED = [
  right('New', ({ matched }) => formatCount(matched?.new.count ?? 0)),
  right('Size', ({ matched }) => formatSize(matched?.new.bytes ?? 0)),
  right('Gone', ({ matched }) => formatCount(matched?.gone.count ?? 0)),
  right('Size', ({ matched }) => formatSize(matched?.gone.bytes ?? 0)),
  right('Resized', ({ matched }) => signed(matched?.resized.bytes ?? 0, formatSize)),
];
const WHOLE = [
  right('Before', ({ before }) => formatSize(before.bytes)),
  right('After', ({ after }) => formatSize(after.bytes)),
];
/** What the names of one key need beside the numbers, and what a column of numbers does. */
const NAME = 16;
const NUMBER = 11;

/** On a narrow terminal names come before what follows from other numbers. */
function columnsFor(isMatched: boolean, width: number | undefined, keys: number): readonly NumberColumn[] {
  const matched = isMatched ? MATCHED : [];
  const all = [...DELTA, ...matched, ...WHOLE];
  const room = (width ?? Number.POSITIVE_INFINITY) - keys * NAME;
  if (room >= all.length * NUMBER) return all;
  const most = [...DELTA, ...matched];
  return room >= most.length * NUMBER ? most : DELTA;
}

function rest(totals: ShownDifference, size: number, rows: readonly ShownDifference[], by: readonly string[]): string {
  const left = size - rows.length;
  if (left <= 0) return '';
  const bytes = totals.delta.bytes - rows.reduce((sum, { delta }) => sum + delta.bytes, 0);
  const count = totals.delta.count - rows.reduce((sum, { delta }) => sum + delta.count, 0);
  const what = by.length === 1 ? `${by[0]}${left === 1 ? '' : 's'}` : 'groups';
  return `and ${formatCount(left)} more ${what} with ${signed(bytes, formatSize)}, ${signed(count, formatCount)} objects (--top COUNT)\n`;
}

const signed = (amount: number, format: (amount: number) => string): string =>
  amount > 0 ? `+${format(amount)}` : amount < 0 ? `-${format(-amount)}` : format(0);
