/** The nodes of one level of a walk: told in any order, each once, given in order of nodes. A list while they are few, then a bit a node; costs a bit and half a bit a node. */
import { Bits } from './bits.ts';

/** A level with at least one node in so many is put in order by bits instead of by sorting. */
const SPARSE = 64;

export class Level {
  size = 0;
  readonly #nodes: number;
  readonly #few: Uint32Array;
  readonly #many: Bits;

  constructor(nodes: number) {
    this.#nodes = nodes;
    this.#few = new Uint32Array(Math.ceil(nodes / SPARSE));
    this.#many = new Bits(nodes);
  }

  add(n: number): void {
    const few = this.#few;
    if (this.size < few.length) few[this.size] = n;
    else {
      if (this.size === few.length) for (const one of few) this.#many.add(one);
      this.#many.add(n);
    }
    this.size++;
  }

  /** No more is told from here on. */
  settle(): void {
    if (this.size <= this.#few.length) this.#few.subarray(0, this.size).sort();
  }

  /** After `settle`. */
  each(take: (n: number) => void): void {
    if (this.size <= this.#few.length) for (let i = 0; i < this.size; i++) take(this.#few[i]!);
    else for (let n = this.#many.next(0); n < this.#nodes; n = this.#many.next(n + 1)) take(n);
  }

  clear(): void {
    if (this.size > this.#few.length) this.#many.clear();
    this.size = 0;
  }
}
