/** What a cut does, in words: `cutting 8 references (.err of CachedResult) frees 2,100 objects, 1.2 MiB, 18.0 % of what is reachable`. One cut in, a line out. */
import { type Called, short, shortName, typeAndId } from './called.ts';
import { formatCount } from './counts.ts';
import { escapeControls } from './escape.ts';
import { formatSize } from './sizes.ts';
import type { SpellVia } from './via.ts';
import { cutToWidth, displayWidth } from './width.ts';

/** Columns that a name keeps on the narrowest terminal. */
const LEAST_NAME = 16;

/** Which references, as far as it was said. */
export interface CutName {
  readonly type?: string;
  readonly via?: { readonly kind: string | undefined; readonly name: string };
  readonly to?: string;
  readonly id?: number;
}

interface Sum {
  readonly refs: number;
  readonly count: number;
  readonly bytes: number;
}

/** A line of its own; of all cuts together without a name. `reachable` is in bytes, `width` in columns of the terminal, if there is one. */
export function cutWords(
  name: CutName | undefined,
  sum: Sum,
  reachable: number,
  width: number | undefined,
  spell: SpellVia,
): string {
  const what = escapeControls(name === undefined ? 'all of these together' : reference(name, spell));
  const line = (called: string): string =>
    `cutting ${many(sum.refs, 'reference')} (${called}) ${effect(sum, reachable)}`;
  // A name gives way to the figures, which are the answer.
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(LEAST_NAME, width - displayWidth(line('')));
  return `${line(cutToWidth(what, room))}\n`;
}

/** Types of holders that are named. */
export const SHOWN_HOLDERS = 3;

/** Holders of one type, with one of them. */
export interface Holders {
  readonly type: string;
  readonly count: number;
  readonly first: Called | undefined;
}

/** A line of its own below that of a cut that frees nothing: `  still held by (system) @36967 system / PropertyCell, 3 Map (@35, ...)`; nothing where nobody is told. */
export function heldWords(holders: readonly Holders[], width: number | undefined): string {
  if (holders.length === 0) return '';
  const named = holders.slice(0, SHOWN_HOLDERS).map(({ type, count, first }) => {
    if (first === undefined) return `${formatCount(count)} ${short(type)}`;
    const name = shortName(first);
    return count > 1
      ? `${formatCount(count)} ${short(type)} (@${first.id}${name === '' ? '' : ` ${name}`}, ...)`
      : `${typeAndId(first)}${name === '' ? '' : ` ${name}`}`;
  });
  const more = holders.length - SHOWN_HOLDERS;
  const rest = more > 0 ? `, and ${more} more ${more === 1 ? 'type' : 'types'}` : '';
  const line = escapeControls(`  still held by ${named.join(', ')}${rest}`);
  return `${width === undefined ? line : cutToWidth(line, width)}\n`;
}

function reference({ type, via, to, id }: CutName, spell: SpellVia): string {
  return [
    via === undefined ? 'all' : spell(via.kind ?? 'property', via.name),
    type === undefined ? '' : `of ${type}`,
    id === undefined ? '' : `of @${id}`,
    to === undefined ? '' : `to ${to}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function effect({ refs, count, bytes }: Sum, reachable: number): string {
  if (refs === 0) return 'frees nothing';
  if (count === 0) return `frees nothing: nothing hangs on ${refs === 1 ? 'it' : 'them'} alone`;
  const share = reachable === 0 ? '0.0' : ((100 * bytes) / reachable).toFixed(1);
  return `frees ${many(count, 'object')}, ${formatSize(bytes)}, ${share} % of what is reachable`;
}

const many = (count: number, what: string): string => `${formatCount(count)} ${what}${count === 1 ? '' : 's'}`;
