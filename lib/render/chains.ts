/** Chains for people: how many there are of each length, then one line for each, longest first; and as CSV. Rows in, text out. */
import { formatCount } from './counts.ts';
import { type CsvCell, csvLine } from './csv.ts';
import { escapeControls } from './escape.ts';
import { formatSize } from './sizes.ts';
import { renderTable, type TableStyle } from './table.ts';

interface NodeName {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
}

export interface ChainRow {
  readonly type: string;
  readonly via: string;
  readonly shape: string;
  readonly length: number;
  readonly count: number;
  readonly bytes: number;
  readonly heads: number;
  readonly head: NodeName;
  readonly tail?: NodeName;
}

export interface LengthTotal {
  readonly length: number;
  readonly chains: number;
  readonly count: number;
  readonly bytes: number;
}

/** Lines of the histogram: past these, lengths are put together by powers of two. */
const LENGTHS = 10;
const BAR = 30;

/** `lengths` are of all chains, longest first; `rows` are the first ones, and what is left out is said below the table. */
export function renderChains(
  via: string,
  lengths: readonly LengthTotal[],
  rows: readonly ChainRow[],
  style: TableStyle,
): string {
  const all = total(lengths);
  const shown = total(rows.map(({ count, bytes }) => ({ length: 1, chains: 1, count, bytes })));
  const head = `${chainCount(all.chains)} over ${escapeControls(via)}: ${formatCount(all.count)} objects, ${formatSize(all.bytes)}\n`;
  const left = all.chains - shown.chains;
  const rest =
    left > 0
      ? `and ${formatCount(left)} more with ${formatCount(all.count - shown.count)} objects, ${formatSize(all.bytes - shown.bytes)} (--top COUNT)\n`
      : '';
  return `${head}${renderLengths(lengths, style)}\n${renderRows(rows, style)}${rest}`;
}

function renderLengths(lengths: readonly LengthTotal[], style: TableStyle): string {
  const bins =
    lengths.length > LENGTHS ? byPowers(lengths) : lengths.map((one) => ({ ...one, label: formatCount(one.length) }));
  const most = bins.reduce((largest, { chains }) => Math.max(largest, chains), 0);
  const cells = bins.map(({ label, chains, count, bytes }) => [
    label,
    formatCount(chains),
    formatCount(count),
    formatSize(bytes),
    '#'.repeat(Math.max(1, Math.round((BAR * chains) / most))),
  ]);
  const right = ['Length', 'Chains', 'Count', 'Size'].map((header) => ({ header, align: 'right' as const }));
  return renderTable([...right, { header: '' }], cells, style);
}

/** Lengths from 64 to 127 on one line, and so on. */
function byPowers(lengths: readonly LengthTotal[]): readonly (LengthTotal & { readonly label: string })[] {
  const bins = new Map<number, LengthTotal[]>();
  for (const one of lengths) {
    const from = 2 ** Math.floor(Math.log2(one.length));
    bins.set(from, [...(bins.get(from) ?? []), one]);
  }
  return [...bins].map(([from, members]) => ({
    ...total(members),
    label: from === 1 ? '1' : `${formatCount(from)}-${formatCount(2 * from - 1)}`,
  }));
}

/** Where tails have names of their own, as Python's tracebacks are called by their lines, these say where the chains come from. */
function renderRows(rows: readonly ChainRow[], style: TableStyle): string {
  const named = rows.some(({ tail }) => tail !== undefined && tail.name !== tail.type && tail.name !== '');
  const cells = rows.map((row) => [
    row.shape,
    formatCount(row.length),
    formatCount(row.count),
    formatSize(row.bytes),
    formatCount(row.heads),
    `@${row.head.id}`,
    row.tail === undefined ? '' : `@${row.tail.id}`,
    row.type,
    ...(named ? [row.tail === undefined || row.tail.name === row.tail.type ? '' : row.tail.name] : []),
  ]);
  const right = ['Length', 'Count', 'Size', 'Heads', 'Head', 'Tail'].map((header) => ({
    header,
    align: 'right' as const,
  }));
  const last = [{ header: 'Type' }, ...(named ? [{ header: 'Tail is' }] : [])];
  return renderTable([{ header: 'Shape' }, ...right, ...last], cells, style);
}

const total = (lengths: readonly LengthTotal[]): LengthTotal =>
  lengths.reduce(
    (sum, { chains, count, bytes }) => ({
      length: 0,
      chains: sum.chains + chains,
      count: sum.count + count,
      bytes: sum.bytes + bytes,
    }),
    { length: 0, chains: 0, count: 0, bytes: 0 },
  );

const chainCount = (count: number): string => `${formatCount(count)} ${count === 1 ? 'chain' : 'chains'}`;

const NODE = ['n', 'id', 'type', 'name'];

/** The two nodes of a row by their fields, as `head.id`. */
export const CHAIN_CSV_HEAD = csvLine([
  ...['type', 'via', 'shape', 'length', 'count', 'bytes', 'heads'],
  ...NODE.map((field) => `head.${field}`),
  ...NODE.map((field) => `tail.${field}`),
]);

export function chainCsv({ type, via, shape, length, count, bytes, heads, head, tail }: ChainRow): string {
  return csvLine([type, via, shape, length, count, bytes, heads, ...nodeCells(head), ...nodeCells(tail)]);
}

const nodeCells = (node: NodeName | undefined): readonly CsvCell[] =>
  node === undefined ? NODE.map(() => '') : [node.n, node.id, node.type, node.name];

/** Along which references a type refers to itself. */
export interface FoundRow {
  readonly type: string;
  readonly via: string;
  readonly chains: number;
  readonly longest: number;
  readonly count: number;
  readonly bytes: number;
}

/** `more` rows are left out. */
export function renderFound(rows: readonly FoundRow[], more: number, style: TableStyle): string {
  const cells = rows.map(({ type, via, chains, longest, count, bytes }) => [
    formatCount(longest),
    formatCount(chains),
    formatCount(count),
    formatSize(bytes),
    via,
    type,
  ]);
  const right = ['Longest', 'Chains', 'Count', 'Size'].map((header) => ({ header, align: 'right' as const }));
  const rest = more > 0 ? `and ${formatCount(more)} more (--top COUNT)\n` : '';
  return renderTable([...right, { header: 'Via' }, { header: 'Type' }], cells, style) + rest;
}

export const FOUND_CSV_HEAD = csvLine(['type', 'via', 'chains', 'longest', 'count', 'bytes']);

export const foundCsv = ({ type, via, chains, longest, count, bytes }: FoundRow): string =>
  csvLine([type, via, chains, longest, count, bytes]);
