/**
 * Breadth first from the roots over references that hold: each node's distance, and if wanted by whom it was reached. Each level is walked in order of nodes, so
 * that rows are read in order and the answer depends on the graph alone. Linear; memory: a column of distances, two of parents and ranks of paths if wanted.
 */

import { Bits } from '../store/bits.ts';
import type { Pool } from '../store/columns.ts';
import { Level } from '../store/level.ts';
import { DOCUMENT_TREES, type Graph, SYNTHETIC } from '../store/read.ts';
import { EPHEMERON, NO_DISTANCE, type RowCursor, SPECIAL, WEAK } from '../store/rows.ts';
import { Stack } from '../store/stack.ts';
import { LAST, PathRanks, type RefRanks } from './ranks.ts';

/** Never reached, as DevTools writes it. */
export const UNREACHED = -5;
/** DevTools: where what only the runtime holds begins. */
export const SYSTEM_DISTANCE = 100_000_000;

/** DevTools' distances as a column of 32-bit integers. */
export function distances(graph: Graph, pool: Pool): Int32Array<ArrayBuffer> {
  return breadthFirst(graph, pool, undefined);
}

/** Lengths of shortest paths, likewise; `parents` gets for each node the one before it on the path that is told. */
export function shortestPaths(
  graph: Graph,
  pool: Pool,
  parents: Uint32Array,
  refRanks: RefRanks,
): Int32Array<ArrayBuffer> {
  const ranks = pool.take();
  const lengths = breadthFirst(graph, pool, { parents, refRanks, pathRanks: new PathRanks(graph), ranks });
  pool.give(ranks);
  return lengths;
}

/** What paths are told by. */
interface Told {
  readonly parents: Uint32Array;
  readonly refRanks: RefRanks;
  readonly pathRanks: PathRanks;
  /** Of a node that was reached in this level the rank of its reference, of those before the rank of their path. */
  readonly ranks: Uint32Array<ArrayBuffer>;
}

function breadthFirst(graph: Graph, pool: Pool, told: Told | undefined): Int32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = pool.take();
  const distance = new Int32Array(buffer, byteOffset, length).fill(UNREACHED);
  const walk = new Walk(graph, distance, told);
  if (graph.isV8) {
    // A path does not lead back to the root; DevTools' distances may, in files in which something refers to it.
    if (told !== undefined) distance[0] = 0;
    walk.startFromUserRoots();
    walk.run();
  }
  distance[0] = walk.reached > 0 ? SYSTEM_DISTANCE : 0;
  walk.startFromRoot();
  walk.run();
  return distance;
}

class Walk {
  /** Nodes so far. */
  reached = 0;
  readonly #graph: Graph;
  readonly #distance: Int32Array;
  readonly #told: Told | undefined;
  readonly #cursor: RowCursor;
  /** Of each pair that holds only together, whether one of the two has been met. */
  readonly #met: Bits;
  #level: Level;
  #next: Level;
  /** User roots that the root refers to once more: DevTools walks them once more too, which counts where two references hold only together. */
  readonly #twice = new Stack();

  constructor(graph: Graph, distance: Int32Array, told: Told | undefined) {
    this.#graph = graph;
    this.#distance = distance;
    this.#told = told;
    this.#cursor = graph.rows.cursor();
    this.#met = new Bits(graph.pairs);
    this.#level = new Level(graph.nodes);
    this.#next = new Level(graph.nodes);
    if (told !== undefined && graph.nodes > 0) told.ranks[0] = 0;
  }

  /** User roots: what the root refers to and is not the runtime's own invention. Source: calculateDistances in DevTools. */
  startFromUserRoots(): void {
    const { flags } = this.#graph;
    const cursor = this.#cursor;
    cursor.seek(0);
    while (cursor.next()) {
      const { to } = cursor;
      if ((flags[to]! & SYNTHETIC) !== 0 && (flags[to]! & DOCUMENT_TREES) === 0) continue;
      if (to === 0 && this.#told !== undefined) continue;
      if (this.#distance[to] === 1) {
        this.#twice.push(to);
        this.#compare(0, to);
      } else this.#enter(to, 0, 1);
    }
  }

  startFromRoot(): void {
    // The root may have been reached before: then this is its second time.
    this.#next.add(0);
  }

  run(): void {
    const expand = (n: number): void => this.#expand(n);
    const rank = (n: number): void => this.#rank(n);
    while (this.#next.size > 0) {
      [this.#level, this.#next] = [this.#next, this.#level];
      this.#level.settle();
      if (this.#told !== undefined) this.#level.each(rank);
      this.#level.each(expand);
      while (this.#twice.length > 0) this.#expand(this.#twice.pop());
      this.#level.clear();
    }
  }

  #expand(n: number): void {
    const distance = this.#distance;
    const cursor = this.#cursor;
    const isTold = this.#told !== undefined;
    const next = distance[n]! + 1;
    cursor.seek(n);
    while (cursor.next()) {
      const { to } = cursor;
      const known = distance[to]!;
      if (known === UNREACHED) {
        if (cursor.kind !== SPECIAL || this.#holds()) this.#enter(to, n, next);
      } else if (isTold && known === next) this.#compare(n, to);
    }
  }

  #enter(n: number, parent: number, distance: number): void {
    this.#distance[n] = distance;
    this.#next.add(n);
    this.reached++;
    if (this.#told === undefined) return;
    const { parents, ranks, refRanks } = this.#told;
    parents[n] = parent;
    ranks[n] = holdsByItself(this.#cursor) ? refRanks.of(this.#cursor.name) : LAST;
  }

  /** Another reference to a node of the next level: takes the place of the one before if it comes first. */
  #compare(n: number, to: number): void {
    if (this.#told === undefined || !holdsByItself(this.#cursor)) return;
    const { parents, ranks, refRanks } = this.#told;
    const rank = refRanks.of(this.#cursor.name);
    const known = ranks[to]!;
    if (rank > known || (rank === known && ranks[n]! >= ranks[parents[to]!]!)) return;
    ranks[to] = rank;
    parents[to] = n;
  }

  /** A node of a level that is whole: nothing will take its reference's place any more. */
  #rank(n: number): void {
    const { parents, ranks, pathRanks } = this.#told!;
    if (n > 0) ranks[n] = pathRanks.further(ranks[parents[n]!]!, ranks[n]!, n);
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

/** It needs no other, and distances do not leave it out. */
export function holdsByItself({ kind, flags }: RowCursor): boolean {
  return kind !== SPECIAL || (flags & (WEAK | EPHEMERON | NO_DISTANCE)) === 0;
}
