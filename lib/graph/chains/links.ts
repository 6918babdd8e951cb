/**
 * References of one name between some nodes, as they come in: at most one a node for nearly all, so the first stands in an array and the
 * rest in a list. Four bytes a node, eight for each further reference. Repeats count once.
 */
import { grownNumbers } from '../../disk/grow.ts';
import { NONE } from './positions.ts';

/** From each of `count` nodes to the next one, or NONE; those that have several have the rest in `moreFrom` and `moreTo`, sorted by both. */
export interface Links {
  readonly count: number;
  readonly next: Uint32Array;
  readonly moreFrom: Uint32Array;
  readonly moreTo: Uint32Array;
}

export class LinkList {
  #next = new Uint32Array(1024);
  /** From here on `#next` says nothing yet: pages that nobody wrote to take no memory. */
  #known = 0;
  #from = new Uint32Array(16);
  #to = new Uint32Array(16);
  more = 0;

  /** A reference of node `from`: nodes come in order. */
  add(from: number, to: number): void {
    if (from >= this.#known) this.#know(from + 1);
    const first = this.#next[from]!;
    if (first === to && to !== NONE) return;
    if (first === NONE && to !== NONE) {
      this.#next[from] = to;
      return;
    }
    // Of several to one node in a row, as a list of arguments has them, one is enough.
    if (this.more > 0 && this.#from[this.more - 1] === from && this.#to[this.more - 1] === to) return;
    if (this.more === this.#from.length) {
      this.#from = grownNumbers(this.#from, 2 * this.more);
      this.#to = grownNumbers(this.#to, 2 * this.more);
    }
    this.#from[this.more] = from;
    this.#to[this.more++] = to;
  }

  /** Takes back all references of the last node. */
  drop(from: number): void {
    if (from < this.#known) this.#next[from] = NONE;
    while (this.more > 0 && this.#from[this.more - 1] === from) this.more--;
  }

  /** The links of `count` nodes; `numberOf` turns what was added as `to` into a node's number or NONE. The list is used up. */
  finish(count: number, numberOf: (to: number) => number): Links {
    if (count > this.#known) this.#know(count);
    const next = this.#next.subarray(0, count);
    for (let i = 0; i < count; i++) if (next[i] !== NONE) next[i] = numberOf(next[i]!);
    let kept = 0;
    for (let start = 0; start < this.more; ) {
      const from = this.#from[start]!;
      let end = start;
      for (; end < this.more && this.#from[end] === from; end++) this.#to[end] = numberOf(this.#to[end]!);
      const targets = this.#to.subarray(start, end).sort();
      let last = NONE;
      for (const to of targets) {
        if (to === last || to === next[from] || to === NONE) continue;
        last = to;
        if (next[from] === NONE) next[from] = to;
        else {
          this.#from[kept] = from;
          this.#to[kept++] = to;
        }
      }
      start = end;
    }
    return { count, next, moreFrom: this.#from.subarray(0, kept), moreTo: this.#to.subarray(0, kept) };
  }

  #know(count: number): void {
    if (count > this.#next.length) this.#next = grownNumbers(this.#next, Math.max(2 * this.#next.length, count));
    this.#next.fill(NONE, this.#known, count);
    this.#known = count;
  }
}
