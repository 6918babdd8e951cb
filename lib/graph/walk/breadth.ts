/**
 * Breadth first from the roots over references that hold: each node's distance, and if wanted by whom it was reached. Each level is walked in order of nodes, so
 * that rows are read in order and the answer depends on the graph alone. Linear; memory: a column for each of distances, parents, and ranks of paths, as far as they are wanted, and half a
 * byte a node.
 */

import { Bits } from '../store/bits.ts';
import { Level } from '../store/level.ts';
import type { Pool } from '../store/pool.ts';
import { DOCUMENT_TREES, type Graph, SYNTHETIC } from '../store/read.ts';
import { EPHEMERON, NO_DISTANCE, type RowCursor, SPECIAL, WEAK } from '../store/rows.ts';
import { Stack } from '../store/stack.ts';
import { LAST, PathRanks, type RefRanks } from './ranks.ts';

/** Never reached, as DevTools writes it. */
export const UNREACHED = -5;
/** DevTools: where what only the runtime holds begins. */
export const SYSTEM_DISTANCE = 100_000_000;
const NONE = 0xffffffff;

/** DevTools' distances as a column of 32-bit integers. */
export function distances(graph: Graph, pool: Pool): Int32Array<ArrayBuffer> {
  const distance = unreached(pool);
  breadthFirst(graph, distance, undefined);
  return distance;
}

/** Of each node that a path leads to the one before it on the shortest path that is told. */
export interface ShortestPaths {
  readonly reached: Bits;
  /** A column of the pool. */
  readonly parents: Uint32Array<ArrayBuffer>;
}

/** `lengths` gets the lengths of the paths, told as distances are. */
export function shortestPaths(graph: Graph, pool: Pool, refRanks: RefRanks, lengths?: Int32Array): ShortestPaths {
  const ways = pool.takePairs();
  const told = { ways, refRanks, pathRanks: new PathRanks(graph), ranked: new Bits(graph.nodes) };
  const reached = breadthFirst(graph, lengths, told);
  return { reached, parents: pool.keepFirst(ways) };
}

/** A column in which nothing has been reached. */
export function unreached(pool: Pool): Int32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = pool.take();
  return new Int32Array(buffer, byteOffset, length).fill(UNREACHED);
}

/** What paths are told by. */
interface Told {
  /**
   * Of each node, side by side because both are met together: the node before it; and the code of its reference's name, or LAST, or once the rank of its path was asked for, that.
   * Side by side they cost a miss of the processor's memory less for each node.
   */
  readonly ways: Uint32Array;
  readonly refRanks: RefRanks;
  readonly pathRanks: PathRanks;
  /** Those whose path's rank is known. */
  readonly ranked: Bits;
}

function breadthFirst(graph: Graph, distance: Int32Array | undefined, told: Told | undefined): Bits {
  const walk = new Walk(graph, distance, told);
  if (graph.isV8) walk.fromUserRoots();
  walk.fromRoot();
  return walk.seen;
}

class Walk {
  /** Nodes that have a distance: most references lead to such, and bits are nearer than distances. */
  readonly seen: Bits;
  readonly #graph: Graph;
  readonly #distance: Int32Array | undefined;
  readonly #told: Told | undefined;
  readonly #cursor: RowCursor;
  /** Of each pair that holds only together, whether one of the two has been met. */
  readonly #met: Bits;
  #level: Level;
  /** The nodes behind it, and their distance. */
  #next: Level;
  #nextDistance = 0;
  #hasReached = false;
  /** User roots that the root refers to once more: DevTools walks them once more too, which counts where two references hold only together. */
  readonly #twice = new Stack();

  constructor(graph: Graph, distance: Int32Array | undefined, told: Told | undefined) {
    this.#graph = graph;
    this.#distance = distance;
    this.#told = told;
    this.#cursor = graph.rows.cursor();
    this.seen = new Bits(graph.nodes);
    this.#met = new Bits(graph.pairs);
    this.#level = new Level(graph.nodes);
    this.#next = new Level(graph.nodes);
    if (told === undefined || graph.nodes === 0) return;
    told.ways.fill(0, 0, 2);
    told.ranked.add(0);
    // A path does not lead back to the root; DevTools' distances may, in files in which something refers to it.
    this.seen.add(0);
  }

  /** User roots: what the root refers to and is not the runtime's own invention. Source: calculateDistances in DevTools. */
  fromUserRoots(): void {
    const { flags } = this.#graph;
    const cursor = this.#cursor;
    this.#nextDistance = 1;
    cursor.seek(0);
    while (cursor.next()) {
      const { to } = cursor;
      if ((flags[to]! & SYNTHETIC) !== 0 && (flags[to]! & DOCUMENT_TREES) === 0) continue;
      if (to === 0 && this.#told !== undefined) continue;
      if (this.#next.has(to)) {
        this.#twice.push(to);
        this.#compare(0, to);
      } else this.#enter(to, 0);
    }
    this.#run();
  }

  /** What the root alone holds. It may have been reached before: then this is its second time. */
  fromRoot(): void {
    this.#nextDistance = this.#hasReached ? SYSTEM_DISTANCE : 0;
    if (this.#distance !== undefined) this.#distance[0] = this.#nextDistance;
    this.seen.add(0);
    this.#next.add(0);
    this.#run();
  }

  #run(): void {
    const expand = (n: number): void => this.#expand(n);
    while (this.#next.size > 0) {
      [this.#level, this.#next] = [this.#next, this.#level];
      this.#nextDistance++;
      this.#level.settle();
      this.#level.each(expand);
      while (this.#twice.length > 0) this.#expand(this.#twice.pop());
      this.#level.clear();
    }
  }

  #expand(n: number): void {
    const cursor = this.#cursor;
    const isTold = this.#told !== undefined;
    cursor.seek(n);
    while (cursor.next()) {
      const { to } = cursor;
      if (!this.seen.has(to)) {
        if (cursor.kind !== SPECIAL || this.#holds()) this.#enter(to, n);
      } else if (isTold && this.#next.has(to)) this.#compare(n, to);
    }
  }

  #enter(n: number, parent: number): void {
    this.#hasReached = true;
    if (this.#distance !== undefined) this.#distance[n] = this.#nextDistance;
    this.seen.add(n);
    this.#next.add(n);
    if (this.#told === undefined) return;
    const { ways } = this.#told;
    ways[2 * n] = parent;
    ways[2 * n + 1] = holdsByItself(this.#cursor) ? this.#cursor.name : LAST;
  }

  /** Another reference to a node of the next level: takes the place of the one before if it comes first. */
  #compare(n: number, to: number): void {
    if (this.#told === undefined || !holdsByItself(this.#cursor)) return;
    const { ways, refRanks } = this.#told;
    const { name } = this.#cursor;
    const known = ways[2 * to + 1]!;
    // Most have the same name: then no rank need be known.
    const ahead = name === known ? 0 : rankOf(known, refRanks) - refRanks.of(name);
    if (ahead < 0 || (ahead === 0 && !this.#isBefore(n, ways[2 * to]!))) return;
    ways[2 * to] = n;
    ways[2 * to + 1] = name;
  }

  /** Whether the path to a node comes before that to another one of its level. */
  #isBefore(n: number, other: number): boolean {
    if (n === other) return false;
    const { ways } = this.#told!;
    this.#rank(n);
    this.#rank(other);
    return ways[2 * n + 1]! < ways[2 * other + 1]!;
  }

  /** The path to a node whose level is whole: nothing will take its reference's place any more. On the way up parents are turned around, on the way down back. */
  #rank(n: number): void {
    const { ways, refRanks, pathRanks, ranked } = this.#told!;
    let below = NONE;
    let at = n;
    while (!ranked.has(at)) {
      const parent = ways[2 * at]!;
      ways[2 * at] = below;
      below = at;
      at = parent;
    }
    while (below !== NONE) {
      const here = below;
      below = ways[2 * here]!;
      ways[2 * here] = at;
      ways[2 * here + 1] = pathRanks.further(ways[2 * at + 1]!, rankOf(ways[2 * here + 1]!, refRanks), here);
      ranked.add(here);
      at = here;
    }
  }

  #holds(): boolean {
    const { flags, value } = this.#cursor;
    if ((flags & (WEAK | NO_DISTANCE)) !== 0) return false;
    if ((flags & EPHEMERON) === 0) return true;
    if (this.#met.has(value)) {
      this.#met.delete(value);
      return true;
    }
    this.#met.add(value);
    return false;
  }
}

const rankOf = (name: number, refRanks: RefRanks): number => (name === LAST ? LAST : refRanks.of(name));

/** It needs no other, and distances do not leave it out. */
export function holdsByItself({ kind, flags }: RowCursor): boolean {
  return kind !== SPECIAL || (flags & (WEAK | EPHEMERON | NO_DISTANCE)) === 0;
}
