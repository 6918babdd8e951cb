/** What a cut does, in words: `cutting 8 references (.err of CachedResult) frees 2,100 objects, 1.2 MiB, 18.0 % of what is reachable`. One cut in, a line out. */
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
