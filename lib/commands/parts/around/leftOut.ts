/** What of the graph around some nodes found no room, in a note: the answer and who is in it in, sentences out. */
import type { Frame } from '../../../cli/frame.ts';
import type { Bits } from '../../../graph/store/bits.ts';
import type { Around } from '../../../graph/walk/around.ts';
import { type Called, typeAndId } from '../../../render/called.ts';
import { formatCount } from '../../../render/counts.ts';

/** Nodes of which it is said that neighbours found no room. */
const SAID = 3;
/** With so many chosen nodes left out another question is worth asking. */
const MANY = 10;

export interface LeftWords {
  /** What neighbours are called, as `retainers`. */
  readonly neighbours: string;
  /** What to ask where many of the chosen nodes found no room. */
  readonly instead: string | undefined;
}

/** `who` says whose neighbours they are, where that is known. */
export function sayLeft(
  around: Around,
  chosen: Bits,
  who: ReadonlyMap<number, Called> | undefined,
  { neighbours, instead }: LeftWords,
  frame: Frame,
): void {
  const { shown, unopened } = around;
  const crowded = shown.filter(({ left }) => left > 0).sort((a, b) => b.left - a.left);
  const called = (n: number): string => {
    const node = who?.get(n);
    return node === undefined ? `node ${formatCount(n)}` : typeAndId(node);
  };
  const left = chosenLeft(around, chosen);
  const parts = [
    ...(left > 0 ? [`${formatCount(left)} of the chosen nodes`] : []),
    ...crowded
      .slice(0, SAID)
      .map(({ n, left }) => `${formatCount(left)} more ${plural(neighbours, left)} of ${called(n)}`),
    ...(crowded.length > SAID
      ? [`some of ${formatCount(crowded.length - SAID)} more ${plural('nodes', crowded.length - SAID)}`]
      : []),
    ...(unopened > 0 ? [`all ${neighbours} of ${formatCount(unopened)} ${plural('nodes', unopened)}`] : []),
  ];
  if (parts.length > 0)
    frame.note(
      `${formatCount(shown.length)} ${plural('nodes', shown.length)} shown, nearest first (--top COUNT); left out are ${parts.join(', ')}`,
    );
  if (left >= MANY && instead !== undefined)
    frame.note(`paths from the roots to all of the chosen nodes, alike ones counted together: ${instead}`);
}

/** Chosen nodes that are neither shown nor inside of a run. */
function chosenLeft(around: Around, chosen: Bits): number {
  let left = 0;
  for (let n = chosen.next(0); n < Number.POSITIVE_INFINITY; n = chosen.next(n + 1)) if (!around.met(n)) left++;
  return left;
}

const plural = (word: string, count: number): string => (count === 1 ? word.slice(0, -1) : word);
