/**
 * What would be freed, where a walk from the roots was kept: each node with the one before it. Whoever's path over these has only references that hold by themselves and are
 * not cut is still reached, and most are. The others, the doubtful ones, begin as lost and are reached again, if they are, from those who refer to them. Costs one reading of
 * all rows to find what is cut, then what is in doubt and its retainers. Memory: a column of parents first, then as without.
 */
import { UNREACHED } from './breadth.ts';
import { Bits } from './store/bits.ts';
import type { Pool, StoredColumn } from './store/columns.ts';
import { CUT, EPHEMERON, type Mark, type RowCursor, type Rows, SPECIAL, WEAK } from './store/rows.ts';

/** Above this part of all nodes a walk over everything is as fast. */
const MANY = 2;

/** What was kept of a graph. */
export interface Kept {
  readonly parents: StoredColumn;
  readonly distance: StoredColumn;
}

/** What a reading of all rows tells of references that are cut. */
export interface Found {
  /** The nodes that have such references. */
  readonly holders: Bits;
  /** Nodes that may be lost: every other one that was reached still is. Undefined where they are many. */
  readonly doubtful: Bits | undefined;
}

/** Rows with all names. */
export function findCut(rows: Rows, mark: Mark, pool: Pool, { parents, distance }: Kept): Found {
  const parent = pool.take();
  parents.load(parent);
  const { nodes } = rows;
  const holders = new Bits(nodes);
  const doubtful = new Bits(nodes);
  const cursor = rows.marked(mark).cursor();
  if (nodes > 0) cursor.seek(0);
  for (let n = 0; n < nodes; n++) {
    cursor.follow(n);
    while (cursor.next()) {
      if (cursor.kind !== SPECIAL) continue;
      if ((cursor.flags & CUT) !== 0) holders.add(n);
      if (mayNotHold(cursor, n) && parent[cursor.to] === n) doubtful.add(cursor.to);
    }
  }
  // Unreached ones are in doubt too: distances leave out some references that hold.
  for (const { first, values } of distance.chunks())
    for (let i = 0; i < values.length; i++) if ((values[i]! | 0) === UNREACHED) doubtful.add(first + i);
  spread(doubtful, parent);
  pool.give(parent);
  return { holders, doubtful: doubtful.count() * MANY <= nodes ? doubtful : undefined };
}

/** Whoever has a doubtful one above is doubtful too. From each node up to the first of which it is known, and once more to tell all on the way. */
function spread(doubtful: Bits, parent: Uint32Array): void {
  const known = new Bits(parent.length);
  known.add(0);
  for (let n = 0; n < parent.length; n++) {
    let at = n;
    while (!known.has(at) && !doubtful.has(at)) at = parent[at]!;
    const isDoubtful = doubtful.has(at);
    for (let below = n; below !== at; below = parent[below]!) {
      known.add(below);
      if (isDoubtful) doubtful.add(below);
    }
    known.add(at);
  }
}

/** A reference by which its target may have been reached, and of which it is not sure that it holds by itself now. The walk began with weak ones of the root too. */
function mayNotHold({ flags }: RowCursor, n: number): boolean {
  return (flags & (CUT | EPHEMERON)) !== 0 || (n === 0 && (flags & WEAK) !== 0);
}

/** Those beside a set who refer to nodes of it and may reach them: where the walk goes on. `back` has weak references marked. */
export function retainersOf(nodes: Bits, back: Rows): Bits {
  const found = new Bits(back.nodes);
  const cursor = back.cursor();
  for (let n = nodes.next(0), last = -2; n < back.nodes; last = n, n = nodes.next(n + 1)) {
    if (n === last + 1) cursor.follow(n);
    else cursor.seek(n);
    while (cursor.next()) if (!cursor.isWeak && !nodes.has(cursor.to)) found.add(cursor.to);
  }
  return found;
}
