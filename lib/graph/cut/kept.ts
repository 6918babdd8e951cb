/**
 * What would be freed, where a walk from the roots was kept: each node with the one before it. Whoever's path over these has only references that hold by themselves and are
 * not cut is still reached, and most are. The others, the doubtful ones, begin as lost and are reached again, if they are, from those who refer to them. Costs the rows of
 * those who may have references that are cut, then what is in doubt and its retainers. Memory: a column of parents first, then as without.
 */

import { Bits } from '../store/bits.ts';
import type { StoredColumn } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import { CUT, EPHEMERON, type Mark, type RowCursor, type Rows, SPECIAL, WEAK } from '../store/rows.ts';
import { UNREACHED } from '../walk/breadth.ts';

/** Above this part of all nodes a walk over everything is as fast. */
const MANY = 2;
/** Up to this part of all nodes more it is quicker to go down from one to the next than to look at all. */
const FEW = 1024;

/** What was kept of a graph. */
export interface Kept {
  readonly parents: StoredColumn;
  /** As `Doubts` gives them. */
  readonly unsure: Uint32Array;
}

/** What a reading of rows tells of references that are cut. */
export interface Found {
  /** The nodes that have such references. */
  readonly holders: Bits;
  /** Nodes that may be lost: every other one that was reached still is. Undefined where they are many. */
  readonly doubtful: Bits | undefined;
}

/** For the keeping: who is in doubt whatever is cut. */
export class Doubts {
  readonly #pool: Pool;
  readonly #parents: Uint32Array<ArrayBuffer>;
  readonly #found: Bits;

  constructor(parents: StoredColumn, pool: Pool) {
    this.#pool = pool;
    this.#parents = pool.take();
    parents.load(this.#parents);
    this.#found = new Bits(parents.length);
  }

  /** A reference of node n by which its target may have been reached, though it does not hold by itself. The walk began with weak ones of the root too. */
  look(n: number, { to, kind, flags }: RowCursor): void {
    if (kind !== SPECIAL || this.#parents[to] !== n) return;
    if ((flags & EPHEMERON) !== 0 || (n === 0 && (flags & WEAK) !== 0)) this.#found.add(to);
  }

  /** Once: these, ascending, and those unreached, since distances leave out some references that hold. */
  all(distance: StoredColumn): Uint32Array {
    for (const { first, values } of distance.chunks())
      for (let i = 0; i < values.length; i++) if ((values[i]! | 0) === UNREACHED) this.#found.add(first + i);
    this.#pool.give(this.#parents);
    const all = new Uint32Array(this.#found.count());
    this.#found.list(all);
    return all;
  }
}

/** `rows` have all names; `among`: those who may have references that are cut, all if undefined. */
export function findCut(rows: Rows, mark: Mark, among: Bits | undefined, pool: Pool, { parents, unsure }: Kept): Found {
  const parent = pool.take();
  parents.load(parent);
  const { nodes } = rows;
  const holders = new Bits(nodes);
  const doubtful = new Bits(nodes);
  for (const n of unsure) doubtful.add(n);
  rows.marked(mark).eachOf(among, (n, { to, kind, flags }) => {
    if (kind !== SPECIAL || (flags & CUT) === 0) return;
    holders.add(n);
    if (parent[to] === n) doubtful.add(to);
  });
  const queue = pool.take();
  if (!spreadDown(doubtful, rows, parent, queue)) spreadToAll(doubtful, parent);
  pool.give(parent, queue);
  return { holders, doubtful: doubtful.count() * MANY <= nodes ? doubtful : undefined };
}

/** Whoever has a doubtful one above is doubtful too: from one to the next, as long as they are few. Whether they were. */
function spreadDown(doubtful: Bits, rows: Rows, parent: Uint32Array, queue: Uint32Array): boolean {
  const cursor = rows.cursor();
  let end = doubtful.list(queue);
  const most = end + rows.nodes / FEW;
  for (let at = 0; at < end && end <= most; at++) {
    const n = queue[at]!;
    cursor.seek(n);
    while (cursor.next()) {
      const { to } = cursor;
      if (parent[to] !== n || doubtful.has(to)) continue;
      doubtful.add(to);
      queue[end++] = to;
    }
  }
  return end <= most;
}

/** The same where they are more. From each node up to the first of which it is known, and once more to tell all on the way. */
function spreadToAll(doubtful: Bits, parent: Uint32Array): void {
  const known = new Bits(parent.length);
  known.add(0);
  for (let n = 0; n < parent.length; n++) {
    let at = n;
    while (!known.has(at) && !doubtful.has(at)) at = parent[at]!;
    const same = doubtful.has(at) ? doubtful : known;
    for (let below = n; below !== at; below = parent[below]!) same.add(below);
  }
}

/** Those beside a set who refer to nodes of it and may reach them: where the walk goes on. `back` has weak references marked. */
export function retainersOf(nodes: Bits, back: Rows): Bits {
  const found = new Bits(back.nodes);
  back.eachOf(nodes, (_, { to, isWeak }) => {
    if (!isWeak && !nodes.has(to)) found.add(to);
  });
  return found;
}
