/** Courses of groups as a table with a line of blocks each, as records and as CSV. */
import { formatCount } from './counts.ts';
import { csvLine } from './csv.ts';
import { formatSize } from './sizes.ts';
import { spark } from './spark.ts';
import { renderTable, type TableStyle } from './table.ts';

export interface CourseRow {
  readonly keys: readonly string[];
  readonly series: { readonly count: readonly number[]; readonly bytes: readonly number[] };
  readonly stepsUp: number;
  readonly slope: number;
}

/** A row as a line of NDJSON. */
export function courseLine(names: readonly string[], row: CourseRow): string {
  const { keys, series, stepsUp, slope } = row;
  const amounts = Object.entries(ends(row)).map(
    ([of, { count, bytes }]) => `"${of}":{"count":${count},"bytes":${bytes}}`,
  );
  const fields = [
    ...names.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(keys[i])}`),
    `"series":{"count":[${series.count.join()}],"bytes":[${series.bytes.join()}]}`,
    ...amounts,
    `"steps_up":${stepsUp}`,
    `"slope":${slope}`,
  ];
  return `{${fields.join()}}\n`;
}

export function courseCsvHead(names: readonly string[], snapshots: number): string {
  const amounts = ['first', 'last', 'delta'].flatMap((of) => [`${of}_count`, `${of}_bytes`]);
  const each = (what: string): string[] => Array.from({ length: snapshots }, (_, i) => `${what}_${i + 1}`);
  return csvLine([...names, ...amounts, 'steps_up', 'slope', ...each('count'), ...each('bytes')]);
}

export function courseCsv(row: CourseRow): string {
  const { keys, series, stepsUp, slope } = row;
  const { first, last, delta } = ends(row);
  const amounts = [first, last, delta].flatMap(({ count, bytes }) => [count, bytes]);
  return csvLine([...keys, ...amounts, stepsUp, slope, ...series.count, ...series.bytes]);
}

/** `rows` are the first ones of `of` that were asked for; `totals` are of all groups. */
export function renderCourses(
  names: readonly string[],
  totals: { readonly groups: number; readonly growing: number; readonly all: CourseRow },
  rows: readonly CourseRow[],
  of: number,
  style: TableStyle,
): string {
  const snapshots = totals.all.series.bytes.length;
  const { columns, cells } = layout(style.width, snapshots, names.length);
  const groups = `${formatCount(totals.groups)} ${plural(names, totals.groups)}`;
  const line = (row: CourseRow, keys: readonly string[]): string[] => {
    const { first, last, delta } = ends(row);
    const figures: Readonly<Record<Figure, string>> = {
      Up: `${row.stepsUp}/${snapshots - 1}`,
      Count: signed(delta.count, formatCount),
      First: formatSize(first.bytes),
      Last: formatSize(last.bytes),
      Delta: signed(delta.bytes, formatSize),
      Slope: signed(Math.round(row.slope), formatSize),
      Course: spark(row.series.bytes, cells, style.ascii),
    };
    return [...columns.map((column) => figures[column]), ...keys];
  };
  const head = `${formatCount(snapshots)} snapshots, ${groups}, ${formatCount(totals.growing)} of them grew in every step\n`;
  const figureColumns = columns.map((header) => ({ header, align: header === 'Course' ? 'left' : 'right' }) as const);
  const keyColumns = names.map((name) => ({ header: `${name.charAt(0).toUpperCase()}${name.slice(1)}` }));
  const all = line(totals.all, [`all ${groups}`]);
  const table = renderTable([...figureColumns, ...keyColumns], [...rows.map((row) => line(row, row.keys)), all], style);
  const left = of - rows.length;
  return head + table + (left > 0 ? `and ${formatCount(left)} more (--top COUNT)\n` : '');
}

type Figure = 'Up' | 'Count' | 'First' | 'Last' | 'Delta' | 'Slope' | 'Course';

/** What the names of one key need beside the figures. */
const NAME = 16;
/** Widths of a line with all figures, and with the four that matter most, without their courses. */
const ALL = 66;
const SOME = 42;
const MOST_CELLS = 32;

/** On a narrow terminal the names come before the figures. */
function layout(
  width: number | undefined,
  snapshots: number,
  keys: number,
): { readonly columns: readonly Figure[]; readonly cells: number } {
  const cells = Math.min(snapshots, MOST_CELLS);
  const room = (width ?? Number.POSITIVE_INFINITY) - keys * NAME;
  if (room >= ALL + cells) return { columns: ['Up', 'Count', 'First', 'Last', 'Delta', 'Slope', 'Course'], cells };
  if (room >= SOME + 8)
    return { columns: ['Up', 'Last', 'Delta', 'Slope', 'Course'], cells: Math.min(cells, room - SOME) };
  return { columns: ['Up', 'Delta', 'Course'], cells: Math.min(cells, 8) };
}

function ends({ series: { count, bytes } }: CourseRow) {
  const first = { count: count[0] ?? 0, bytes: bytes[0] ?? 0 };
  const last = { count: count.at(-1) ?? 0, bytes: bytes.at(-1) ?? 0 };
  return { first, last, delta: { count: last.count - first.count, bytes: last.bytes - first.bytes } };
}

const signed = (amount: number, format: (amount: number) => string): string =>
  `${amount > 0 ? '+' : amount < 0 ? '-' : ''}${format(Math.abs(amount))}`;

function plural(names: readonly string[], count: number): string {
  return names.length === 1 ? `${names[0]}${count === 1 ? '' : 's'}` : count === 1 ? 'group' : 'groups';
}
