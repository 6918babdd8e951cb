/**
 * Why a cut frees nothing: who else holds what its references lead to. One reading of the rows that have such references, and one or two of the rows of those who may
 * hold, which an index tells; else of all. Memory: two columns, those that judging has given back.
 */

import { Bits } from '../store/bits.ts';
import type { Pool } from '../store/pool.ts';
import type { Graph } from '../store/read.ts';
import { EPHEMERON, FROM_TABLE, type RowCursor, type Rows, SPECIAL } from '../store/rows.ts';
import type { Marks } from './freed.ts';

/** Cuts that are asked about in one reading, a bit each. */
const BITS = 31;

/** Holders of one type: how many there are, and the first of them. */
export interface Held {
  readonly type: number;
  count: number;
  readonly first: number;
}

export interface HeldOptions {
  /** Numbers of cuts that free nothing; undefined stands for all of them at once. */
  readonly asked: readonly (number | undefined)[];
  /** What the roots do not reach with nothing cut. */
  readonly unreached: Bits;
  /** Who refers to nodes, where that is known. */
  readonly back: Rows | undefined;
}

/** For each that is asked the types of holders, most first, then by the first one: nodes that are reached, with a reference that holds and is not cut. */
export function heldBy(graph: Graph, pool: Pool, marks: Marks, options: HeldOptions): readonly (readonly Held[])[] {
  const { asked } = options;
  const type = pool.take();
  graph.type.load(type);
  const found: (readonly Held[])[] = [];
  for (let first = 0; first < asked.length; first += BITS) {
    const some = asked.slice(first, first + BITS);
    found.push(...new Search(graph, pool, marks, { ...options, asked: some }).holders(type));
  }
  pool.give(type);
  return found;
}

class Search {
  readonly #graph: Graph;
  readonly #pool: Pool;
  readonly #marks: Marks;
  readonly #options: HeldOptions;
  readonly #all: number;
  /** For each place of references the questions for which they are still there. */
  readonly #left: Uint32Array;
  /** Of each node the questions that have cut a reference to it. */
  readonly #targets: Uint32Array<ArrayBuffer>;

  constructor(graph: Graph, pool: Pool, marks: Marks, options: HeldOptions) {
    this.#graph = graph;
    this.#pool = pool;
    this.#marks = marks;
    this.#options = options;
    this.#left = marks.left(options.asked.map((cut) => ({ cut })));
    this.#all = (-1 >>> (BITS - options.asked.length)) << 1;
    this.#targets = pool.take();
  }

  holders(type: Uint32Array): readonly (readonly Held[])[] {
    this.#findTargets();
    const among = this.#candidates();
    const both = this.#pairs(among);
    const found = this.#options.asked.map(() => new Map<number, Held>());
    let last = -1;
    let known = 0;
    this.#graph.rows.eachOf(among, (from, cursor) => {
      if (from !== last) known = 0;
      last = from;
      const holds = this.#holds(from, cursor) & both(cursor) & ~known;
      known |= holds;
      for (let bits = holds; bits !== 0; bits &= bits - 1) {
        const types = found[30 - Math.clz32(bits & -bits)]!;
        const code = type[from]!;
        const held = types.get(code);
        if (held === undefined) types.set(code, { type: code, count: 1, first: from });
        else held.count++;
      }
    });
    this.#pool.give(this.#targets);
    return found.map((types) => [...types.values()].sort((a, b) => b.count - a.count || a.first - b.first));
  }

  #findTargets(): void {
    const { rows } = this.#graph;
    const { meetsAll } = this.#marks;
    this.#targets.fill(0);
    rows.eachOf(meetsAll ? undefined : rows.marking, (from, cursor) => {
      if ((cursor.kind !== SPECIAL && !meetsAll) || cursor.isWeak || this.#options.unreached.has(from)) return;
      this.#targets[cursor.to]! |= this.#all & ~this.#left[this.#marks.place(cursor)]!;
    });
  }

  /** Who refers to what was found; undefined where it may be anybody. */
  #candidates(): Bits | undefined {
    const { back } = this.#options;
    const { nodes } = this.#graph;
    if (back === undefined) return undefined;
    const wanted = new Bits(nodes);
    for (let n = 0; n < nodes; n++) if (this.#targets[n] !== 0) wanted.add(n);
    const holders = new Bits(nodes);
    back.eachOf(wanted, (_, { to, isWeak }) => {
      if (!isWeak) holders.add(to);
    });
    return holders;
  }

  /** The questions for which the reference at the cursor holds by itself what they ask about. */
  #holds(from: number, cursor: RowCursor): number {
    const wanted = this.#targets[cursor.to]!;
    if (wanted === 0 || cursor.to === from || cursor.isWeak || this.#options.unreached.has(from)) return 0;
    return cursor.kind !== SPECIAL && !this.#marks.meetsAll ? wanted : wanted & this.#left[this.#marks.place(cursor)]!;
  }

  /** The questions for which the other side of a WeakMap's pair is there too; all for any other reference. */
  #pairs(among: Bits | undefined): (cursor: RowCursor) => number {
    const { rows, pairs } = this.#graph;
    if (pairs === 0) return () => -1;
    const met = new Uint32Array(2 * pairs);
    const place = ({ flags, value }: RowCursor): number => 2 * value + ((flags & FROM_TABLE) === 0 ? 1 : 0);
    const isHalf = ({ kind, flags }: RowCursor): boolean => kind === SPECIAL && (flags & EPHEMERON) !== 0;
    rows.eachOf(among, (from, cursor) => {
      if (!isHalf(cursor) || this.#options.unreached.has(from)) return;
      met[place(cursor)]! |= this.#targets[cursor.to]! & this.#left[this.#marks.place(cursor)]!;
    });
    return (cursor) => (isHalf(cursor) ? met[place(cursor) ^ 1]! : -1);
  }
}
