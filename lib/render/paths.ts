/** Kinds of paths for people: count, size, length, an example, and the path in words, on as many lines as it needs. */
import { formatCount } from './counts.ts';
import { csvLine } from './csv.ts';
import { escapeControls } from './escape.ts';
import { holderOf } from './holder.ts';
import { formatSize } from './sizes.ts';
import { type Column, renderTable, type TableStyle } from './table.ts';
import { formatVia, type SpellVia } from './via.ts';
import { cutToWidth, displayWidth } from './width.ts';

export interface ShownPath {
  readonly count: number;
  readonly bytes: number;
  readonly length: number;
  readonly path: readonly ShownStep[];
  /** Steps left out in the middle. */
  readonly more: number;
  readonly fingerprint: string;
  readonly example: {
    readonly n: number;
    readonly id: number;
    readonly type: string;
    readonly name: string;
    /** Where in the source it stands. */
    readonly place?: string | undefined;
  };
}

interface ShownStep {
  readonly ref: string;
  readonly via: string;
  readonly type: string;
  readonly name?: string;
}

export const PATH_CSV_HEAD = csvLine(['count', 'bytes', 'length', 'path', 'fingerprint', 'n', 'id', 'type', 'name']);

export function pathCsv(shown: ShownPath, spell: SpellVia = formatVia): string {
  const { count, bytes, length, fingerprint, example } = shown;
  const { n, id, type, name } = example;
  return csvLine([
    count,
    bytes,
    length,
    words(shown, Number.POSITIVE_INFINITY, spell).join(' '),
    fingerprint,
    n,
    id,
    type,
    name,
  ]);
}

/** `rows` are the first ones of `totals.rows`; what is left out is said below the table. */
export function renderPaths(
  totals: { readonly rows: number; readonly count: number; readonly bytes: number },
  rows: readonly ShownPath[],
  style: TableStyle,
  spell: SpellVia = formatVia,
): string {
  const numbers = rows.map(({ count, bytes, length, example }) => [
    formatCount(count),
    formatSize(bytes),
    formatCount(length),
    `@${example.id}`,
  ]);
  const taken = COLUMNS.slice(0, -1).reduce(
    (sum, { header }, at) => sum + 2 + Math.max(header.length, ...numbers.map((cells) => cells[at]!.length)),
    0,
  );
  const room = style.width === undefined ? Number.POSITIVE_INFINITY : style.width - taken;
  const table =
    room >= LEAST
      ? renderTable(
          COLUMNS,
          rows.flatMap((row, at) =>
            pathLines(row, room, spell).map((line, part) => [...(part === 0 ? numbers[at]! : NOTHING), line]),
          ),
          style,
        )
      : narrow(numbers, rows, style, spell);
  const kinds = `${formatCount(totals.rows)} ${totals.rows === 1 ? 'path' : 'paths'}`;
  const head = `${formatCount(totals.count)} ${totals.count === 1 ? 'object' : 'objects'}, ${formatSize(totals.bytes)}, ${kinds}\n`;
  return head + table + rest(totals, rows);
}

const COLUMNS: readonly Column[] = [
  { header: 'Count', align: 'right' },
  { header: 'Size', align: 'right' },
  { header: 'Length', align: 'right' },
  { header: 'Example' },
  { header: 'Path' },
];
const NOTHING = ['', '', '', ''];
/** Where fewer columns are left for the path, it stands below its numbers. */
const LEAST = 40;
/** Columns of a name in a path. */
const NAME = 40;
/** Any index, any key: it has its brackets already. */
const ANY = '[*]';
const INDENT = '  ';

function narrow(
  numbers: readonly (readonly string[])[],
  rows: readonly ShownPath[],
  style: TableStyle,
  spell: SpellVia,
): string {
  const [header, ...lines] = renderTable(COLUMNS.slice(0, -1), numbers, style).trimEnd().split('\n');
  const paths = rows.map((row) =>
    pathLines(row, (style.width ?? 0) - INDENT.length, spell).map(
      (line) => `${cutToWidth(INDENT + line, style.width ?? 0)}\n`,
    ),
  );
  return `${header}\n${lines.map((line, at) => `${line}\n${paths[at]!.join('')}`).join('')}`;
}

/** The path, and below it what a Python heap says it is as an expression, or where in the source the example stands. */
function pathLines(row: ShownPath, room: number, spell: SpellVia): readonly string[] {
  const { place } = row.example;
  const lines = [
    ...wrapped(words(row, NAME, spell), room),
    ...(place === undefined ? [] : [`${INDENT}example at ${escapeControls(place)}`]),
  ];
  if (row.more > 0 || spell === formatVia) return lines;
  // References of one name to nodes of one type are one step, however many they are; of dictionaries in dictionaries one can say that they are no chain.
  const steps = row.path.map((step, at) =>
    step.type === row.path[at - 1]?.type && step.type !== 'dict' ? { ...step, times: 0 } : step,
  );
  const holder = holderOf(steps);
  return holder === undefined ? lines : [...lines, `${INDENT}= ${escapeControls(holder)}`];
}

/** `(root)`, then for each step an arrow, the reference and what it leads to: pieces that are not torn. Texts are cut to so many columns. */
export function words(
  { path, more }: Pick<ShownPath, 'path' | 'more'>,
  columns: number,
  spell: SpellVia,
): readonly string[] {
  const short = (text: string): string => cutToWidth(escapeControls(text), columns);
  const steps = path.map(({ ref, via, type, name }) => {
    const called = name === undefined || name === type || name === '' ? '' : short(name);
    // What the runtime made up says by its name alone what it is.
    const target = called === '' ? short(type) : type === '(synthetic)' ? called : `${short(type)} ${called}`;
    return `> ${short(via === ANY ? via : spell(ref, via))} ${target}`;
  });
  if (more > 0) steps.splice(steps.length / 2, 0, `> ... ${formatCount(more)} more steps`);
  return ['(root)', ...steps];
}

/** Pieces joined to lines of at most `room` columns; the second line on is indented. */
export function wrapped(pieces: readonly string[], room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line !== '' && displayWidth(line) + 1 + displayWidth(piece) > room) {
      lines.push(line);
      line = INDENT + piece;
    } else line = line === '' ? piece : `${line} ${piece}`;
  }
  return [...lines, line];
}

function rest(
  totals: { readonly rows: number; readonly count: number; readonly bytes: number },
  rows: readonly ShownPath[],
): string {
  const left = totals.rows - rows.length;
  if (left <= 0) return '';
  const count = totals.count - rows.reduce((sum, row) => sum + row.count, 0);
  const bytes = totals.bytes - rows.reduce((sum, row) => sum + row.bytes, 0);
  return `and ${formatCount(left)} more with ${formatCount(count)} objects, ${formatSize(bytes)} (--top COUNT)\n`;
}
