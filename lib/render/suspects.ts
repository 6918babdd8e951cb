/** Where a heap accumulates, for people: a paragraph for each suspect, with what it holds and the path to it in words; and as records and CSV. */
import { formatCount } from './counts.ts';
import { csvLine } from './csv.ts';
import { escapeControls } from './escape.ts';
import { type ShownPath, words, wrapped } from './paths.ts';
import { formatSize } from './sizes.ts';
import type { TableStyle } from './table.ts';
import type { SpellVia } from './via.ts';
import { cutToWidth, displayWidth } from './width.ts';

export interface ShownSuspect {
  readonly node: { readonly n: number; readonly id: number; readonly type: string; readonly name: string };
  /** Of all bytes, from 0 to 1. */
  readonly share: number;
  readonly bytes: number;
  readonly retained: number;
  readonly distance: number;
  /** Undefined where no root reaches it. */
  readonly path: Pick<ShownPath, 'path' | 'more'> | undefined;
  readonly classes: readonly Sum[];
  /** How many more classes there are. */
  readonly otherClasses: number;
}

/** Many objects of a class. */
export interface ShownMany extends Sum {
  readonly share: number;
}

interface Sum {
  readonly class: string;
  readonly count: number;
  readonly bytes: number;
}

export function suspectRecord({ node, share, bytes, retained, distance, path, classes }: ShownSuspect): object {
  return { ...node, share, bytes, retained, distance, ...(path === undefined ? {} : { path: steps(path) }), classes };
}

export const manyRecord = ({ class: name, count, bytes, share }: ShownMany): object => ({
  class: name,
  count,
  share,
  bytes,
});

export const SUSPECT_CSV_HEAD = csvLine([
  'n',
  'id',
  'type',
  'name',
  'class',
  'count',
  'share',
  'bytes',
  'retained',
  'distance',
  'path',
  'classes',
]);

export function suspectCsv(
  { node, share, bytes, retained, distance, path, classes }: ShownSuspect,
  spell: SpellVia,
): string {
  const { n, id, type, name } = node;
  const way = path === undefined ? '' : words(path, Number.POSITIVE_INFINITY, spell).join(' ');
  const holds = classes.map((sum) => `${sum.class} x${sum.count} ${sum.bytes}`).join('; ');
  return csvLine([n, id, type, name, '', '', share, bytes, retained, distance, way, holds]);
}

export const manyCsv = ({ class: name, count, share, bytes }: ShownMany): string =>
  csvLine(['', '', '', '', name, count, share, bytes, '', '', '', '']);

/** `many` are classes of which many small objects have no holder in common. They and `suspects` are the first ones of `totals.suspects`, which have `totals.share`. */
export function renderSuspects(
  totals: { readonly bytes: number; readonly suspects: number; readonly share: number },
  suspects: readonly ShownSuspect[],
  many: readonly ShownMany[],
  style: TableStyle,
  spell: SpellVia,
): string {
  const paragraphs = [
    ...suspects.map((suspect, at) => suspectText(at + 1, suspect, style, spell)),
    ...many.map((sum, at) => manyText(suspects.length + at + 1, sum, style)),
  ];
  return `${formatSize(totals.bytes)} in all\n\n${paragraphs.map((text) => `${text}\n`).join('')}${left(totals, [...suspects, ...many])}\n`;
}

function left(
  totals: { readonly suspects: number; readonly share: number },
  shown: readonly { readonly share: number }[],
): string {
  if (totals.suspects === 0) return 'nothing has a twentieth of it';
  const rest = `the rest, ${percent(1 - totals.share)}, is spread over the heap`;
  const more = totals.suspects - shown.length;
  if (more === 0) return rest;
  const share = totals.share - shown.reduce((sum, { share: own }) => sum + own, 0);
  return `and ${formatCount(more)} more with ${percent(share)} (--top COUNT); ${rest}`;
}

/** Columns of a name. */
const NAME = 40;
const LEAST_NAME = 10;
const INDENT = '   ';

function suspectText(number: number, suspect: ShownSuspect, style: TableStyle, spell: SpellVia): string {
  const { node, bytes, retained, share, path, classes, otherClasses } = suspect;
  const { id, type, name } = node;
  const called = name === type || name === '' ? '' : ` ${escapeControls(name)}`;
  const within = retained === bytes ? '' : `, ${formatSize(retained)} with the suspects in it`;
  const headed = (text: string): string =>
    `${number}. ${short(type)} @${id}${text} holds ${percent(share)} (${formatSize(bytes)}${within}):`;
  // A name gives way to the figures.
  const room = Math.min(NAME, (style.width ?? Number.POSITIVE_INFINITY) - displayWidth(headed('')));
  const head = headed(cutToWidth(called, Math.max(LEAST_NAME, room)));
  const sums = classes.map(({ class: of, count, bytes: size }, at) => {
    const isLast = at === classes.length - 1 && otherClasses === 0;
    return `${formatCount(count)} ${short(of)} ${formatSize(size)}${isLast ? '' : ','}`;
  });
  if (otherClasses > 0) sums.push(`and ${formatCount(otherClasses)} more ${otherClasses === 1 ? 'class' : 'classes'}`);
  const way = path === undefined ? ['no root reaches it'] : words(path, NAME, spell);
  return paragraph([head, ...sums], way, style);
}

function manyText(number: number, { class: name, count, bytes, share }: ShownMany, style: TableStyle): string {
  const head = `${number}. ${formatCount(count)} ${short(name)} hold ${percent(share)} (${formatSize(bytes)})`;
  return paragraph([head], ['each held for itself, or by several: nothing holds them all'], style);
}

/** The first line is bold. */
function paragraph(first: readonly string[], second: readonly string[], { width, color = false }: TableStyle): string {
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - INDENT.length;
  const fit = (line: string): string => (width === undefined ? line : cutToWidth(line, width));
  const [head = '', ...more] = wrapped(first, room).map((line, at) => fit(at === 0 ? line : INDENT + line));
  const way = wrapped(second, room).map((line) => fit(INDENT + line));
  return [color ? `\x1b[1m${head}\x1b[0m` : head, ...more, ...way].map((line) => `${line}\n`).join('');
}

function steps({ path, more }: Pick<ShownPath, 'path' | 'more'>): readonly object[] {
  if (more === 0) return path;
  return [...path.slice(0, path.length / 2), { more }, ...path.slice(path.length / 2)];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const short = (text: string): string => cutToWidth(escapeControls(text), NAME);
