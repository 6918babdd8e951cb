/**
 * Breadth first from the roots over references that hold: each node's distance, and if wanted by whom it was reached. Each level is walked in order of nodes, so
 * that rows are read in order and the answer depends on the graph alone. Linear; memory: a column of distances, one of the queue, one of parents if wanted.
 */
import { Bits } from './store/bits.ts';
import type { Pool } from './store/columns.ts';
import { DOCUMENT_TREES, type Graph, SYNTHETIC } from './store/read.ts';
import { EPHEMERON, NO_DISTANCE, type RowCursor, SPECIAL, WEAK } from './store/rows.ts';
import { Stack } from './store/stack.ts';

/** Never reached, as DevTools writes it. */
export const UNREACHED = -5;
/** DevTools: where what only the runtime holds begins. */
export const SYSTEM_DISTANCE = 100_000_000;
/** A level of at least one node in so many is put in order by a set instead of by sorting. */
const SPARSE = 64;

/** Distances as a column of 32-bit integers; `parents` gets for each node the one before it on a shortest path, the least one where there are several. */
export function distances(graph: Graph, pool: Pool, parents?: Uint32Array): Int32Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = pool.take();
  const distance = new Int32Array(buffer, byteOffset, length).fill(UNREACHED);
  const walk = new Walk(graph, pool, distance, parents);
  if (graph.isV8) {
    // A path does not lead back to the root; DevTools' distances may, in files in which something refers to it.
    if (parents !== undefined) distance[0] = 0;
    walk.startFromUserRoots();
    walk.run();
  }
  distance[0] = walk.reached > 0 ? SYSTEM_DISTANCE : 0;
  walk.startFromRoot();
  walk.run();
  walk.close();
  return distance;
}

class Walk {
  /** Nodes in the queue, all levels. */
  reached = 0;
  readonly #graph: Graph;
  readonly #pool: Pool;
  readonly #distance: Int32Array;
  readonly #parents: Uint32Array | undefined;
  readonly #queue: Uint32Array<ArrayBuffer>;
  readonly #cursor: RowCursor;
  /** Of each pair that holds only together, whether one of the two has been met. */
  readonly #met: Bits;
  readonly #level: Bits;
  #from = 0;
  /** User roots that the root refers to once more: DevTools walks them once more too, which counts where two references hold only together. */
  readonly #twice = new Stack();

  constructor(graph: Graph, pool: Pool, distance: Int32Array, parents: Uint32Array | undefined) {
    this.#graph = graph;
    this.#pool = pool;
    this.#distance = distance;
    this.#parents = parents;
    this.#queue = pool.take();
    this.#cursor = graph.rows.cursor();
    this.#met = new Bits(graph.pairs);
    this.#level = new Bits(graph.nodes);
  }

  /** User roots: what the root refers to and is not the runtime's own invention. Source: calculateDistances in DevTools. */
  startFromUserRoots(): void {
    const { flags } = this.#graph;
    const cursor = this.#cursor;
    cursor.seek(0);
    while (cursor.next()) {
      const { to } = cursor;
      if ((flags[to]! & SYNTHETIC) !== 0 && (flags[to]! & DOCUMENT_TREES) === 0) continue;
      if (to === 0 && this.#parents !== undefined) continue;
      if (this.#distance[to] === 1) this.#twice.push(to);
      else this.#enter(to, 0, 1);
    }
    this.#order();
  }

  startFromRoot(): void {
    // The root may have been reached before: then it stands in the queue already, and this is its second time.
    this.#from = 0;
    this.reached = 1;
    this.#queue[0] = 0;
  }

  run(): void {
    const queue = this.#queue;
    while (this.#from < this.reached) {
      const end = this.reached;
      for (let at = this.#from; at < end; at++) this.#expand(queue[at]!);
      while (this.#twice.length > 0) this.#expand(this.#twice.pop());
      this.#from = end;
      this.#order();
    }
  }

  #expand(n: number): void {
    const distance = this.#distance;
    const cursor = this.#cursor;
    const next = distance[n]! + 1;
    cursor.seek(n);
    while (cursor.next()) {
      const { to } = cursor;
      if (distance[to] !== UNREACHED) continue;
      if (cursor.kind === SPECIAL && !this.#holds()) continue;
      this.#enter(to, n, next);
    }
  }

  close(): void {
    this.#pool.give(this.#queue);
  }

  #enter(n: number, parent: number, distance: number): void {
    this.#distance[n] = distance;
    if (this.#parents !== undefined) this.#parents[n] = parent;
    this.#queue[this.reached++] = n;
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

  /** Puts the last level in order. */
  #order(): void {
    const level = this.#queue.subarray(this.#from, this.reached);
    if (level.length * SPARSE < this.#graph.nodes) {
      if (level.length > 1) level.sort();
      return;
    }
    for (let i = 0; i < level.length; i++) this.#level.add(level[i]!);
    this.#level.list(level);
    this.#level.clear();
  }
}
