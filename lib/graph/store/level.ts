/** The nodes of one level of a walk: told in any order, each once, given in order of nodes. A bit a node, and while they are few a list: costs a bit and half a bit a node. */
import { Bits } from './bits.ts';

/** A level with at least one node in so many is put in order by bits instead of by sorting. */
const SPARSE = 64;
/** So few are put in order by insertion: a chain's levels, of which there are millions, have a few nodes each. */
const SHORT = 16;

export class Level {
  size = 0;
  readonly #nodes: number;
  readonly #few: Uint32Array;
  readonly #all: Bits;

  constructor(nodes: number) {
    this.#nodes = nodes;
    this.#few = new Uint32Array(Math.ceil(nodes / SPARSE));
    this.#all = new Bits(nodes);
  }

  has(n: number): boolean {
    return this.#all.has(n);
  }

  add(n: number): void {
    if (this.size < this.#few.length) this.#few[this.size] = n;
    this.#all.add(n);
    this.size++;
  }

  /** No more is told from here on. */
  settle(): void {
    const few = this.#few;
    const { size } = this;
    if (size > few.length) return;
    if (size > SHORT) few.subarray(0, size).sort();
    else for (let i = 1; i < size; i++) insert(few, i);
  }

  /** After `settle`. */
  each(take: (n: number) => void): void {
    if (this.size <= this.#few.length) for (let i = 0; i < this.size; i++) take(this.#few[i]!);
    else for (let n = this.#all.next(0); n < this.#nodes; n = this.#all.next(n + 1)) take(n);
  }

  clear(): void {
    if (this.size > this.#few.length) this.#all.clear();
    else for (let i = 0; i < this.size; i++) this.#all.delete(this.#few[i]!);
    this.size = 0;
  }
}

/** Puts few[end] among those before it, which are in order. */
function insert(few: Uint32Array, end: number): void {
  const n = few[end]!;
  let at = end;
  for (; at > 0 && few[at - 1]! > n; at--) few[at] = few[at - 1]!;
  few[at] = n;
}
