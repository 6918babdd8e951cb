/** Nodes by id, whatever the ids are: a table with three of four slots full, 27 bytes a node. For a part of the nodes, as one partition on disk has. */
import { ABSENT, OTHER } from './idPages.ts';

const FULL = 3 / 4;
const HASHES = 2 ** 32;
/** In place of a code: an empty slot, and one whose node was taken. */
const EMPTY = 0;
const TAKEN = 1;
const FIRST_CODE = 2;

export function hashOf(low: number, high: number): number {
  let hash = low ^ Math.imul(high, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Ids in halves of 32 bits. */
export class IdTable {
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #codes: Uint32Array;
  readonly #sizes: Float64Array;

  /** Room for so many nodes. */
  constructor(nodes: number) {
    const slots = Math.ceil(nodes / FULL) + 1;
    this.#low = new Uint32Array(slots);
    this.#high = new Uint32Array(slots);
    this.#codes = new Uint32Array(slots);
    this.#sizes = new Float64Array(slots);
  }

  /** Of several nodes with one id the first counts. */
  put(low: number, high: number, code: number, size: number): void {
    const slot = this.#find(low, high);
    if (this.#codes[slot] !== EMPTY) return;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#codes[slot] = code + FIRST_CODE;
    this.#sizes[slot] = size;
  }

  /** The size of the node with this id and code, which is taken away; or ABSENT, or OTHER. */
  take(low: number, high: number, code: number): number {
    const slot = this.#find(low, high);
    const known = this.#codes[slot]!;
    if (known !== code + FIRST_CODE) return known === EMPTY || known === TAKEN ? ABSENT : OTHER;
    this.#codes[slot] = TAKEN;
    return this.#sizes[slot]!;
  }

  /** The slot of an id, or the empty one where it would be. */
  #find(low: number, high: number): number {
    const slots = this.#low.length;
    // The upper bits of the hash have chosen the partition: they would choose one place for all of it.
    let slot = Math.floor((Math.imul(hashOf(low, high), 0x9e3779b1) >>> 0) * (slots / HASHES));
    while (this.#codes[slot] !== EMPTY && (this.#low[slot] !== low || this.#high[slot] !== high))
      slot = slot + 1 === slots ? 0 : slot + 1;
    return slot;
  }
}
