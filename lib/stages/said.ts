/** What a list says of its nodes beside their ids, against what they are: hashes of texts, four bytes for each. A text that is not told has none, and is as any. */
import { type Batch, SAME_AS_TYPE } from '../stream/batch.ts';
import { textOf } from '../stream/json.ts';
import { Answers } from './answers.ts';

/**
 * What a node keeps as long as it lives; so two of one place and id that differ in one of these are of two snapshots. Its size is not among them: the list may be of
 * the same object before it grew.
 */
export const SAID = ['kind', 'type', 'name'] as const;

/** A hash for each listed node, of each text that any of them is told with. */
export type Said = Readonly<Record<(typeof SAID)[number], Uint32Array | undefined>>;

const UNTOLD = 0;
/** Half a pair of surrogates, or what programs make of one: not everybody who hands a text on keeps it. */
const UNSTEADY = /[\p{Surrogate}\ufffd]/u;

export function hashOf(text: unknown): number {
  if (typeof text !== 'string' || UNSTEADY.test(text)) return UNTOLD;
  // FNV-1a over UTF-16 units.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}

export class SaidOfNodes {
  readonly #said: Said;
  readonly #kinds = new Answers(hashOf);
  readonly #types = new Answers(hashOf);

  constructor(said: Said) {
    this.#said = said;
  }

  /** What the row is and was not said to be, in words; undefined where it may be the one at `place` of the list. */
  difference(batch: Batch, row: number, place: number): string | undefined {
    const kind = batch.kind[row]!;
    const type = batch.type[row]!;
    const { kind: kinds, type: types, name: names } = this.#said;
    if (kinds !== undefined && differ(kinds[place]!, this.#kinds.of(batch.kinds, kind)))
      return `is of kind ${short(batch.kinds.text(kind))}`;
    if (types !== undefined && differ(types[place]!, this.#types.of(batch.types, type)))
      return `is of type ${short(batch.types.text(type))}`;
    if (names === undefined) return undefined;
    const start = batch.nameStart[row]!;
    if (start === SAME_AS_TYPE)
      return differ(names[place]!, this.#types.of(batch.types, type))
        ? `is called ${short(batch.types.text(type))}`
        : undefined;
    const name = textOf(batch.text, start, batch.nameEnd[row]!);
    return differ(names[place]!, hashOf(name)) ? `is called ${short(name)}` : undefined;
  }
}

const differ = (a: number, b: number): boolean => a !== UNTOLD && b !== UNTOLD && a !== b;

/** A text of any length, for a message. */
const short = (text: string): string => JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}...`);
