/** Ids, names and places of the nodes that are entries of stacks: from one reading of the nodes, found by position. 24 bytes a node, and distinct names. */
import { placeIn } from '../../../disk/ascending.ts';
import type { Bits } from '../../../graph/store/bits.ts';
import { type Batch, SAME_AS_TYPE } from '../../../stream/batch.ts';
import { Dictionary } from '../../../stream/dictionary.ts';
import { FieldFinder } from '../../../stream/fieldFinder.ts';
import { textOf } from '../../../stream/json.ts';

export interface StackNode {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  /** Where it stands in the source, as the runtime says it. */
  readonly at: string | undefined;
  /** Lines and columns of what was running. */
  readonly span: string | undefined;
}

const NOTHING = 0xffffffff;
const MOST_DECODED = 4096;

export class StackTexts {
  readonly wanted: Bits;
  readonly #nodes: Uint32Array;
  readonly #id: Float64Array;
  readonly #texts = new Dictionary();
  readonly #type: Uint32Array;
  readonly #name: Uint32Array;
  readonly #at: Uint32Array;
  readonly #span: Uint32Array;
  readonly #findAt = new FieldFinder('at');
  readonly #findSpan = new FieldFinder('span');
  readonly #decoded = new Map<number, string>();
  #count = 0;

  constructor(wanted: Bits) {
    const count = wanted.count();
    this.wanted = wanted;
    this.#nodes = new Uint32Array(count);
    this.#id = new Float64Array(count);
    [this.#type, this.#name, this.#at, this.#span] = [1, 2, 3, 4].map(() => new Uint32Array(count).fill(NOTHING)) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
  }

  /** All batches in order. */
  take(batch: Batch): void {
    const { types, type, nameStart, nameEnd, text } = batch;
    for (let row = 0; row < batch.length; row++) {
      if (!this.wanted.has(batch.n[row]!)) continue;
      const at = this.#count++;
      this.#nodes[at] = batch.n[row]!;
      this.#id[at] = batch.id[row]!;
      this.#type[at] = this.#texts.code(types.bytes, types.offsets[type[row]!]!, types.offsets[type[row]! + 1]!);
      this.#name[at] =
        nameStart[row] === SAME_AS_TYPE ? this.#type[at]! : this.#texts.code(text, nameStart[row]!, nameEnd[row]!);
      for (const [finder, column] of [
        [this.#findAt, this.#at],
        [this.#findSpan, this.#span],
      ] as const)
        if (finder.find(batch, row)) column[at] = this.#texts.code(finder.bytes, finder.start, finder.end);
    }
  }

  /** Undefined for a node that did not come. */
  get(n: number): StackNode | undefined {
    const low = placeIn(this.#nodes, n, this.#count);
    if (low === this.#count || this.#nodes[low] !== n) return undefined;
    return {
      n,
      id: this.#id[low]!,
      type: this.#text(this.#type[low]!),
      name: this.#text(this.#name[low]!),
      at: this.#at[low] === NOTHING ? undefined : this.#text(this.#at[low]!),
      span: this.#span[low] === NOTHING ? undefined : this.#text(this.#span[low]!),
    };
  }

  /** Decoded texts are kept as long as they are few: the dictionary would keep all. */
  #text(code: number): string {
    let text = this.#decoded.get(code);
    if (text !== undefined) return text;
    if (this.#decoded.size >= MOST_DECODED) this.#decoded.clear();
    const { bytes, offsets } = this.#texts;
    text = textOf(bytes, offsets[code]!, offsets[code + 1]!);
    this.#decoded.set(code, text);
    return text;
  }
}
