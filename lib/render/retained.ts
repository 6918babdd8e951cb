/** Retained sizes for people: objects, largest first; and DevTools' Summary, a line for each class. Rows in, text out. */
import { formatCount } from './counts.ts';
import { formatSize } from './sizes.ts';
import { type Column, renderTable, type TableStyle, tableLines } from './table.ts';

export interface RetainedRow {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly shallow: number;
  readonly retained: number;
  readonly distance: number;
  readonly dominator: number;
  /** Where in the source it stands. */
  readonly place?: string | undefined;
}

export interface ClassRow {
  readonly class: string;
  readonly count: number;
  readonly shallow: number;
  readonly retained: number;
  readonly distance: number;
}

const SYSTEM = 100_000_000;

/** `totalBytes` is what shares are of. */
export function renderRetained(totalBytes: number, rows: readonly RetainedRow[], style: TableStyle): string {
  const columns: readonly Column[] = [
    { header: 'Retained', align: 'right' },
    { header: '%', align: 'right' },
    { header: 'Shallow', align: 'right' },
    { header: 'Dist', align: 'right' },
    { header: 'Id', align: 'right' },
    { header: 'Type' },
  ];
  const cells = rows.map((row) => [
    formatSize(row.retained),
    percent(row.retained, totalBytes),
    formatSize(row.shallow),
    formatDistance(row.distance),
    `@${row.id}`,
    called(row),
  ]);
  return `${formatSize(totalBytes)} in all\n${renderTable(columns, cells, style)}`;
}

/** Lines for all nodes, one by one. */
export function retainedLines(style: TableStyle): { readonly header: string; row(row: RetainedRow): string } {
  const lines = tableLines(
    [
      { header: 'N', align: 'right', width: 8 },
      { header: 'Id', align: 'right', width: 10 },
      { header: 'Retained', align: 'right', width: 11 },
      { header: 'Shallow', align: 'right', width: 10 },
      { header: 'Dist', align: 'right', width: 5 },
      { header: 'Dominator', align: 'right', width: 9 },
      { header: 'Type' },
    ],
    style,
  );
  return {
    header: lines.header,
    row: (row) =>
      lines.row([
        String(row.n),
        `@${row.id}`,
        formatCount(row.retained),
        formatCount(row.shallow),
        formatDistance(row.distance),
        String(row.dominator),
        called(row),
      ]),
  };
}

/** Rows are the first ones of so many classes. */
export function renderClasses(
  totals: {
    readonly bytes: number;
    /** Of these so many outside of the heap. */
    readonly outsideBytes: number;
    readonly nodes: number;
    /** Nodes that take bytes of their own: the others are in no row. */
    readonly counted: number;
    readonly classes: number;
  },
  rows: readonly ClassRow[],
  style: TableStyle,
): string {
  const columns: readonly Column[] = [
    { header: 'Dist', align: 'right' },
    { header: 'Count', align: 'right' },
    { header: 'Shallow', align: 'right' },
    { header: '%', align: 'right' },
    { header: 'Retained', align: 'right' },
    { header: '%', align: 'right' },
    { header: 'Class' },
  ];
  const cells = rows.map((row) => [
    formatDistance(row.distance),
    formatCount(row.count),
    formatSize(row.shallow),
    percent(row.shallow, totals.bytes),
    formatSize(row.retained),
    percent(row.retained, totals.bytes),
    row.class,
  ]);
  const outside = totals.outsideBytes > 0 ? ` (${formatSize(totals.outsideBytes)} outside of the heap)` : '';
  const empty = totals.nodes - totals.counted;
  const others = empty > 0 ? `, and ${formatCount(empty)} without bytes of their own` : '';
  const head = `${formatCount(totals.counted)} objects${others}, ${formatSize(totals.bytes)}${outside}, ${formatCount(totals.classes)} classes\n`;
  const left = totals.classes - rows.length;
  return head + renderTable(columns, cells, style) + (left > 0 ? `and ${formatCount(left)} more (--top COUNT)\n` : '');
}

/** As DevTools shows it: what only the runtime holds, and what nobody reaches, has none. */
const formatDistance = (distance: number): string => (distance < 0 || distance >= SYSTEM ? '-' : formatCount(distance));

const percent = (part: number, whole: number): string => (whole === 0 ? '0' : ((100 * part) / whole).toFixed(1));

const called = ({ type, name, place }: RetainedRow): string =>
  `${name === type || name === '' ? type : `${type} ${name}`}${place === undefined ? '' : ` (${place})`}`;
