/**
 * Pairs of a place and a number, dealt out to partitions by one that writes them in any order, and given back partition by partition. A pair takes four bytes where numbers
 * ascend in small steps, as they do where nodes are told in order, else eight. Memory: 4 KiB a partition; all else is in one temporary file.
 */
import type { Scratch, TempFile } from './scratch.ts';

/** Words that a partition holds before they are written. */
const HELD = 1024;

/** Pairs as they are given back, valid until the next ones. */
export interface PairBlock {
  length: number;
  readonly places: Uint32Array;
  readonly numbers: Uint32Array;
}

export class Partitions {
  /** Bits of a word that are the place; the rest is the step from the number before, or all ones: then the next word is the number. */
  readonly #bits: number;
  readonly #far: number;
  readonly #held: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #last: Uint32Array;
  readonly #sizes: Float64Array;
  /** For each partition the places of its blocks in the file, of HELD words each. */
  readonly #blocks: number[][];
  readonly #scratch: Scratch;
  #given: { readonly pairs: PairBlock; readonly block: Uint32Array } | undefined;
  #file: TempFile | undefined;

  /** Places are below 2 ** bits. */
  constructor(count: number, bits: number, scratch: Scratch) {
    this.#bits = bits;
    this.#far = 2 ** (32 - bits) - 1;
    this.#held = new Uint32Array(count * HELD);
    this.#bytes = new Uint8Array(this.#held.buffer);
    this.#words = new Uint32Array(count);
    this.#last = new Uint32Array(count);
    this.#sizes = new Float64Array(count);
    this.#blocks = Array.from({ length: count }, () => []);
    this.#scratch = scratch;
  }

  add(partition: number, place: number, number: number): void {
    let words = this.#words[partition]!;
    // The last word of a block is a number's, or nobody's.
    if (words >= HELD - 1) {
      this.#flush(partition);
      words = 0;
    }
    const at = partition * HELD + words;
    const step = number - this.#last[partition]!;
    this.#last[partition] = number;
    this.#sizes[partition]!++;
    if (step >= 0 && step < this.#far) {
      this.#held[at] = (step << this.#bits) | place;
      this.#words[partition] = words + 1;
    } else {
      this.#held[at] = (this.#far << this.#bits) | place;
      this.#held[at + 1] = number;
      this.#words[partition] = words + 2;
    }
  }

  /** Pairs in a partition. */
  size(partition: number): number {
    return this.#sizes[partition]!;
  }

  /** The pairs of a partition in the order they came; one partition after the other. Their room is the same each time, because V8 is slow to free such. */
  *blocks(partition: number): Generator<PairBlock> {
    this.#given ??= {
      pairs: { length: 0, places: new Uint32Array(HELD), numbers: new Uint32Array(HELD) },
      block: new Uint32Array(HELD),
    };
    const { pairs, block } = this.#given;
    const bytes = new Uint8Array(block.buffer);
    let last = 0;
    for (const position of this.#blocks[partition]!) {
      this.#file!.readAt(bytes, position);
      last = this.#unfold(block, HELD - 1, last, pairs);
      yield pairs;
    }
    const from = partition * HELD;
    this.#unfold(this.#held.subarray(from, from + HELD), this.#words[partition]!, last, pairs);
    yield pairs;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #unfold(words: Uint32Array, end: number, last: number, pairs: PairBlock): number {
    const { places, numbers } = pairs;
    const bits = this.#bits;
    const far = this.#far;
    const mask = 2 ** bits - 1;
    let length = 0;
    let number = last;
    for (let at = 0; at < end; length++) {
      const word = words[at++]!;
      const step = word >>> bits;
      number = step === far ? words[at++]! : number + step;
      places[length] = word & mask;
      numbers[length] = number;
    }
    pairs.length = length;
    return number;
  }

  #flush(partition: number): void {
    this.#file ??= this.#scratch.open();
    this.#blocks[partition]!.push(this.#file.length);
    const from = partition * 4 * HELD;
    this.#file.append(this.#bytes, from + 4 * HELD, from);
    this.#words[partition] = 0;
  }
}
