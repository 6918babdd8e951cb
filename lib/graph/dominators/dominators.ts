/**
 * Immediate dominators by Semi-NCA, in memory bounded by the number of nodes: depth-first numbers; references in those numbers dealt out by target to a temporary
 * file; then from the last number to the first, so that what leads to a node streams past once. Nothing is recursive and nothing iterates until it settles.
 * Linear but for path compression; four columns. Source: Georgiadis, Linear-Time Algorithms for Dominators and Related Problems (2005), ch. 2.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { Bits } from '../store/bits.ts';
import { ByTarget } from '../store/byTarget.ts';
import { StoredColumn } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import { type Graph, PAGE_OBJECT } from '../store/read.ts';
import { EPHEMERON, FROM_TABLE, PLAIN, type RowCursor, SHORTCUT, SPECIAL, WEAK } from '../store/rows.ts';
import { Stack } from '../store/stack.ts';

const UNSEEN = 0xffffffff;

/**
 * The dominator tree in an order of its own, where each node stands before all that it dominates, and these directly behind it.
 * `place` says for each node where it stands, `end` for each place where what it dominates ends, `parent` for each place that of the immediate dominator (0 for 0).
 */
export interface DominatorTree {
  readonly place: StoredColumn;
  readonly end: StoredColumn;
  readonly parent: StoredColumn;
}

/** Takes four columns of the pool, and gives them back. */
export function dominators(graph: Graph, pool: Pool, scratch: Scratch): DominatorTree {
  const { nodes } = graph;
  const number = pool.take().fill(UNSEEN);
  const idom = pool.take();
  const retainers = new ByTarget(nodes, scratch);
  new DepthFirst(graph, number, idom, retainers).run();
  const numbers = new StoredColumn(scratch);
  numbers.append(number.subarray(0, nodes));
  pool.give(number);
  semiNca(nodes, pool, idom, retainers);
  return inTreeOrder(nodes, pool, idom, numbers, scratch);
}

/** Numbers all nodes, the parents of each in the tree of the walk, and all other references in these numbers. */
class DepthFirst {
  readonly #graph: Graph;
  readonly #number: Uint32Array;
  readonly #parent: Uint32Array;
  readonly #retainers: ByTarget;
  readonly #cursor: RowCursor;
  readonly #path = new Stack();
  #count = 0;

  constructor(graph: Graph, number: Uint32Array, parent: Uint32Array, retainers: ByTarget) {
    this.#graph = graph;
    this.#number = number;
    this.#parent = parent;
    this.#retainers = retainers;
    this.#cursor = graph.rows.cursor();
  }

  /**
   * What is not reached hangs on the root: first each node that nobody holds, with all below it, then each that is left, alone. Source: calculateDominatorsAndRetainedSizes
   * in DevTools; the first ones can be told before the walk ends, because they depend on references alone.
   */
  run(): void {
    const { nodes } = this.#graph;
    this.#walk(0);
    if (this.#count === nodes) return;
    const held = this.#held();
    for (let n = 0; n < nodes; n++) if (this.#number[n] === UNSEEN && !held.has(n)) this.#walk(n);
    if (this.#count === nodes) return;
    // Cycles that nobody holds. Nothing is said of whom they hold: in DevTools that lifts nobody.
    for (let n = 0; n < nodes; n++) if (this.#number[n] === UNSEEN) this.#enter(n, 0);
  }

  #walk(start: number): void {
    const number = this.#number;
    const cursor = this.#cursor;
    const path = this.#path;
    const retainers = this.#retainers;
    const { isV8, flags } = this.#graph;
    let n = start;
    let own = this.#enter(n, 0);
    cursor.seek(n);
    for (;;) {
      while (cursor.next()) {
        const { to, kind } = cursor;
        if (to === n || (kind !== PLAIN && !this.#mayHold(n))) continue;
        if (isV8 && n !== 0 && (flags[to]! & PAGE_OBJECT) > (flags[n]! & PAGE_OBJECT)) continue;
        const known = number[to]!;
        if (known !== UNSEEN) {
          retainers.add(known, own);
          continue;
        }
        // The positions go to 2^32, a node's number to 2^28: both fit.
        path.push(n);
        path.push(cursor.position);
        own = this.#enter(to, own);
        n = to;
        cursor.seek(n);
      }
      if (path.length === 0) return;
      const position = path.pop();
      n = path.pop();
      own = number[n]!;
      cursor.resume(n, position);
    }
  }

  #enter(n: number, parent: number): number {
    this.#number[n] = this.#count;
    this.#parent[this.#count] = parent;
    return this.#count++;
  }

  /** The nodes that anybody holds. */
  #held(): Bits {
    const { nodes } = this.#graph;
    const cursor = this.#cursor;
    const held = new Bits(nodes);
    for (let n = 0; n < nodes; n++) {
      cursor.seek(n);
      while (cursor.next()) if (this.#isEssential(n)) held.add(cursor.to);
    }
    return held;
  }

  #isEssential(n: number): boolean {
    const { to, kind } = this.#cursor;
    const { isV8, flags } = this.#graph;
    if (to === n || (kind !== PLAIN && !this.#mayHold(n))) return false;
    return !isV8 || n === 0 || (flags[to]! & PAGE_OBJECT) <= (flags[n]! & PAGE_OBJECT);
  }

  /** Whether a reference that is not plain counts. Source: computeIsEssentialEdge in DevTools. */
  #mayHold(n: number): boolean {
    const { kind, flags, base } = this.#cursor;
    if (kind === SPECIAL) {
      if ((flags & WEAK) !== 0) return false;
      if ((flags & EPHEMERON) !== 0 && (flags & FROM_TABLE) !== 0) return false;
    }
    return base !== SHORTCUT || n === 0 || !this.#graph.isV8;
  }
}

/** Parents in `idom` to immediate dominators, both in depth-first numbers. */
function semiNca(nodes: number, pool: Pool, idom: Uint32Array, retainers: ByTarget): void {
  const ancestor = pool.take();
  const label = pool.take();
  const semi = pool.take();
  ancestor.set(idom);
  const path = new Stack();
  /** The least semidominator on the way from v up to where it is no longer linked, which is at w and before. */
  const evaluate = (v: number, w: number): number => {
    let above = ancestor[v]!;
    if (above <= w) return label[v]!;
    let at = v;
    while (above > w) {
      path.push(at);
      at = above;
      above = ancestor[at]!;
    }
    let least = label[at]!;
    while (path.length > 0) {
      at = path.pop();
      ancestor[at] = above;
      if (least < label[at]!) label[at] = least;
      else least = label[at]!;
    }
    return least;
  };
  // Nodes from `settled` on have their semidominator, and are linked.
  let settled = nodes;
  const settleTo = (w: number): void => {
    while (settled > w) {
      settled--;
      label[settled] = semi[settled]!;
    }
  };
  semi.set(idom);
  retainers.give('down', (w, sources, from, to) => {
    settleTo(w + 1);
    let least = semi[w]!;
    for (let at = from; at < to; at++) {
      const v = sources[at]!;
      const candidate = v <= w ? v : evaluate(v, w);
      if (candidate < least) least = candidate;
    }
    semi[w] = least;
  });
  for (let w = 1; w < nodes; w++) {
    const bound = semi[w]!;
    let at = idom[w]!;
    while (at > bound) at = idom[at]!;
    idom[w] = at;
  }
  pool.give(ancestor, label, semi);
}

/** Orders the tree so that what a node dominates stands behind it in one piece. A node's number is larger than its dominator's, so two passes do. */
function inTreeOrder(
  nodes: number,
  pool: Pool,
  idom: Uint32Array<ArrayBuffer>,
  numbers: StoredColumn,
  scratch: Scratch,
): DominatorTree {
  const count = pool.take().fill(1);
  for (let w = nodes - 1; w > 0; w--) count[idom[w]!]! += count[w]!;
  // Where the next one that w dominates goes; in the end where all of them end.
  const next = pool.take();
  next[0] = 1;
  for (let w = 1; w < nodes; w++) {
    const above = idom[w]!;
    const place = next[above]!;
    next[above] = place + count[w]!;
    next[w] = place + 1;
  }
  const column = pool.take();
  const store = (): StoredColumn => {
    const stored = new StoredColumn(scratch);
    stored.append(column.subarray(0, nodes));
    return stored;
  };
  for (let w = 0; w < nodes; w++) column[next[w]! - count[w]!] = next[w]!;
  const end = store();
  for (let w = 0; w < nodes; w++) column[next[w]! - count[w]!] = next[idom[w]!]! - count[idom[w]!]!;
  const parent = store();
  for (const { first, values } of numbers.chunks()) {
    for (let i = 0; i < values.length; i++) column[first + i] = next[values[i]!]! - count[values[i]!]!;
  }
  const place = store();
  numbers.close();
  pool.give(idom, count, next, column);
  return { place, end, parent };
}
