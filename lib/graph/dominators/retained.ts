/**
 * Retained sizes: in the order of the dominator tree all that a node retains stands in one piece, so its retained size is a difference of two sums. Memory: a column of
 * doubles and one of ends.
 */
import type { Sizes } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import type { DominatorTree } from './dominators.ts';

export class Retained {
  /** Bytes of all that stands before each place; one more than there are nodes. */
  #before: Float64Array<ArrayBuffer>;
  #end: Uint32Array<ArrayBuffer>;
  readonly #pool: Pool;

  constructor(nodes: number, { place, end }: DominatorTree, shallow: Sizes, pool: Pool) {
    this.#pool = pool;
    this.#end = pool.take();
    end.load(this.#end);
    const bytes = pool.takeDoubles();
    const places = place.chunks();
    let chunk: { readonly first: number; readonly values: Uint32Array } = { first: 0, values: new Uint32Array(0) };
    shallow.forEach((n, size) => {
      // Both columns have as many rows as there are nodes.
      if (n - chunk.first >= chunk.values.length) chunk = places.next().value!;
      bytes[chunk.values[n - chunk.first]!] = size;
    });
    let sum = 0;
    for (let at = 0; at < nodes; at++) {
      const size = bytes[at]!;
      bytes[at] = sum;
      sum += size;
    }
    this.#before = bytes;
    this.total = sum;
  }

  readonly total: number;

  /** Bytes that would be freed with the node at a place, itself included. */
  at(place: number): number {
    const end = this.#end[place]!;
    return (end < this.#before.length ? this.#before[end]! : this.total) - this.#before[place]!;
  }

  /** Where what stands at a place ends. */
  endOf(place: number): number {
    return this.#end[place]!;
  }

  /** The node's own bytes. */
  shallowAt(place: number): number {
    return (place + 1 < this.#before.length ? this.#before[place + 1]! : this.total) - this.#before[place]!;
  }

  close(): void {
    this.#pool.give(this.#end, this.#before);
    this.#end = new Uint32Array(0);
    this.#before = new Float64Array(0);
  }
}
