/**
 * Shortest paths from the roots to some nodes, alike ones as one class. A class is a pair: the class of the path up to the node before, and a step (kind and common
 * name of the reference, type of the node); steps that repeat the one before, as along a chain, stay in its class. Linear, nothing recursive: what stands
 * for recursion is that parents are turned around on the way up and back on the way down. Memory: three columns, and 16 to 32 bytes a class.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { Bits } from '../store/bits.ts';
import { StoredColumn } from '../store/columns.ts';
import { Pairs } from '../store/pairs.ts';
import type { Pool } from '../store/pool.ts';
import type { Graph } from '../store/read.ts';
import { NO_DISTANCE } from '../store/rows.ts';
import { holdsByItself, SYSTEM_DISTANCE, shortestPaths, UNREACHED } from '../walk/breadth.ts';
import { LAST, type RefRanks } from '../walk/ranks.ts';
import type { CommonNames } from './commonNames.ts';

/** No node, no class, no step. */
export const NONE = 0xffffffff;
/** Bytes a node that are kept free for classes. */
export const CLASS_BYTES = 1.4;
/** Columns that it takes from the pool, what sets of nodes need beside them, and classes. */
export const PATH_COLUMNS = 3.25 + CLASS_BYTES / 4;
/** Of more than one chosen node in so many all values of a column are read. */
const SPARSE = 64;

/** What was walked before: for each node the one before it on a shortest path, and its length. */
export interface KnownWalk {
  readonly parents: StoredColumn;
  readonly lengths: StoredColumn;
}

/** There are more classes than memory is for. */
export class TooManyPaths extends Error {}

export class Paths {
  /** Nodes that were chosen and are reached; how many are not. */
  readonly chosen: Bits;
  readonly unreached: number;
  /** Nodes on a path, the root and the chosen ones among them. */
  readonly marked: Bits;
  /** References from the root to each chosen node, in order of nodes. */
  readonly lengths: StoredColumn;
  /** A code of the reference's name, and a code of the node's type. */
  readonly steps = new Pairs();
  /** The class before, and a step. Class 0 is the root's, and ends no path but its own. A class comes after the one before it. */
  readonly classes = new Pairs();
  /** After `classify`: the class of each marked node, the nearest node above it that is in another one, and where names differ between the two. */
  readonly classOf: Uint32Array<ArrayBuffer>;
  readonly above: Uint32Array<ArrayBuffer>;
  readonly differs: Bits;
  readonly graph: Graph;
  #names: Uint32Array | undefined;

  /** Of a graph whose rows have names: walks, or takes what is `known`, and finds each marked node's step. `chosen` loses what no root reaches. The rows are not needed any more. */
  constructor(
    graph: Graph,
    pool: Pool,
    chosen: Bits,
    names: CommonNames,
    refRanks: RefRanks,
    scratch: Scratch,
    known?: KnownWalk,
  ) {
    this.graph = graph;
    this.chosen = chosen;
    this.marked = new Bits(graph.nodes);
    this.differs = new Bits(graph.nodes);
    this.lengths = new StoredColumn(scratch);
    // Of few nodes some values are read, of many all.
    const isSparse = known !== undefined && chosen.count() * SPARSE < graph.nodes;
    if (known === undefined) {
      const { reached, parents } = shortestPaths(graph, pool, refRanks);
      this.above = parents;
      const depths = pool.take();
      this.unreached = this.#climb(reached, depths);
      pool.give(depths);
    } else {
      this.above = isSparse ? pool.takeZeros() : pool.take();
      if (!isSparse) known.parents.load(this.above);
      this.unreached = this.#mark(known.lengths, isSparse ? (n) => known.parents.at(n) : undefined);
    }
    this.classOf = isSparse ? pool.takeZeros() : pool.take().fill(0);
    // After a walk there is no used column left that might be filled.
    const ranks = isSparse || known === undefined ? pool.takeZeros() : pool.take().fill(0);
    this.#findRefs(names, refRanks, ranks);
    pool.give(ranks);
    this.#findSteps();
  }

  /** Hashes of the marked nodes' names, which `classify` was given. */
  get names(): Uint32Array {
    if (this.#names === undefined) throw new Error('paths are classified by names');
    return this.#names;
  }

  /** `names` has a hash of each marked node's name. Throws TooManyPaths. */
  classify(mostClasses: number, names: Uint32Array): void {
    this.#names = names;
    const { chosen, classes, above, classOf: state, differs } = this;
    const { nodes } = this.graph;
    const isDone = new Bits(nodes);
    isDone.add(0);
    state[0] = classes.number(NONE, NONE);
    for (let n = chosen.next(0); n < nodes; n = chosen.next(n + 1)) {
      let below = NONE;
      let at = n;
      while (!isDone.has(at)) {
        const next = above[at]!;
        above[at] = below;
        below = at;
        at = next;
      }
      while (below !== NONE) {
        const here = below;
        below = above[here]!;
        const step = state[here]!;
        const before = state[at]!;
        if (classes.second(before) === step) {
          state[here] = before;
          above[here] = above[at]!;
          if (names[here] !== names[at] || differs.has(at)) differs.add(here);
        } else {
          state[here] = classes.number(before, step);
          above[here] = at;
        }
        isDone.add(here);
        at = here;
      }
      if (classes.size > mostClasses) throw new TooManyPaths();
    }
  }

  /** Goes up from each chosen node that is reached; `depths`, a column with whatever stands in it, is for lengths of paths to marked nodes. */
  #climb(reached: Bits, depths: Uint32Array): number {
    const { chosen, marked, above } = this;
    let unreached = 0;
    marked.add(0);
    depths[0] = 0;
    for (let n = chosen.next(0); n < this.graph.nodes; n = chosen.next(n + 1)) {
      if (!reached.has(n)) {
        chosen.delete(n);
        unreached++;
        continue;
      }
      let steps = 0;
      let at = n;
      for (; !marked.has(at); at = above[at]!) {
        marked.add(at);
        steps++;
      }
      let depth = depths[at]! + steps;
      this.lengths.push(depth);
      for (at = n; steps > 0; steps--, at = above[at]!) depths[at] = depth--;
    }
    return unreached;
  }

  /** Likewise, where lengths are known; `parentOf` says where `above` does not know yet. */
  #mark(lengths: StoredColumn, parentOf?: (n: number) => number): number {
    const { chosen, marked, above } = this;
    let unreached = 0;
    marked.add(0);
    lengths.forSet(chosen, (n, stored) => {
      const length = stored | 0;
      if (length === UNREACHED) {
        chosen.delete(n);
        unreached++;
        return;
      }
      this.lengths.push(length >= SYSTEM_DISTANCE ? length - SYSTEM_DISTANCE : length);
      for (let at = n; !marked.has(at); at = above[at]!) {
        marked.add(at);
        if (parentOf !== undefined) above[at] = parentOf(at);
      }
    });
    return unreached;
  }

  /**
   * By which of its parent's references each marked node is held: of those that hold by themselves the one of least rank, else (a WeakMap's, or the root's weak ones, from which
   * DevTools begins too) the first. Leaves the code of its name, plus one. `ranks`, of zeros, gets ranks plus one.
   */
  #findRefs(names: CommonNames, refRanks: RefRanks, ranks: Uint32Array): void {
    const { marked, above, classOf: state } = this;
    this.graph.rows.eachOf(marked, (n, cursor) => {
      const { to } = cursor;
      if (above[to] !== n || to === 0 || !marked.has(to)) return;
      const known = ranks[to]!;
      if (holdsByItself(cursor)) {
        const rank = refRanks.of(cursor.name) + 1;
        if (known !== 0 && known <= rank) return;
        ranks[to] = rank;
      } else {
        if (known !== 0 || (cursor.flags & NO_DISTANCE) !== 0 || (cursor.isWeak && n > 0)) return;
        ranks[to] = LAST;
      }
      state[to] = names.code(cursor.name) + 1;
    });
  }

  #findSteps(): void {
    const { marked, classOf: state, steps } = this;
    this.graph.type.forSet(marked, (n, type) => {
      if (n > 0) state[n] = steps.number(state[n]! - 1, type);
    });
  }
}
