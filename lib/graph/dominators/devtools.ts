/**
 * DevTools' rules that come before its numbers: which nodes belong to the page, which are detached, and whose size counts as whose. Source:
 * calculateFlags, propagateDOMState and calculateShallowSizes of HeapSnapshot in DevTools. Each is a flood, linear; memory: a column of owners.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { Sizes } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import {
  ATTACHED,
  DETACHED,
  DOCUMENT_TREES,
  type Graph,
  NATIVE,
  OWNERLESS,
  PAGE_OBJECT,
  SYNTHETIC,
} from '../store/read.ts';
import { ELEMENT, HIDDEN, SHORTCUT, SPECIAL } from '../store/rows.ts';
import { Stack } from '../store/stack.ts';

/** Flags PAGE_OBJECT: what the root's shortcuts and the documents reach. */
export function markPageObjects({ rows, flags }: Graph): void {
  const cursor = rows.cursor();
  const stack = new Stack();
  cursor.seek(0);
  while (cursor.next()) {
    const { to } = cursor;
    const isDocuments =
      (flags[to]! & DOCUMENT_TREES) !== 0 && cursor.kind === SPECIAL && (cursor.flags & ELEMENT) !== 0;
    if ((cursor.base !== SHORTCUT && !isDocuments) || (flags[to]! & PAGE_OBJECT) !== 0) continue;
    flags[to]! |= PAGE_OBJECT;
    stack.push(to);
  }
  while (stack.length > 0) {
    cursor.seek(stack.pop());
    while (cursor.next()) {
      const { to } = cursor;
      if ((flags[to]! & PAGE_OBJECT) !== 0 || cursor.isWeak) continue;
      flags[to]! |= PAGE_OBJECT;
      stack.push(to);
    }
  }
}

/**
 * Flags DETACHED: native nodes that detached ones reach and attached ones do not. Nothing where the file says of no node what it is. DevTools calls them `Detached ...` from then on,
 * so that none of them is an external string's data any more.
 */
export function markDetached({ rows, flags, nodes }: Graph): void {
  const attached = new Stack();
  const detached = new Stack();
  for (let n = 0; n < nodes; n++) {
    if ((flags[n]! & NATIVE) === 0) flags[n]! &= ~(ATTACHED | DETACHED);
    else if ((flags[n]! & ATTACHED) !== 0) attached.push(n);
    else if ((flags[n]! & DETACHED) !== 0) {
      flags[n]! &= ~OWNERLESS;
      detached.push(n);
    }
  }
  const cursor = rows.cursor();
  for (const [stack, state] of [
    [attached, ATTACHED],
    [detached, DETACHED],
  ] as const) {
    while (stack.length > 0) {
      cursor.seek(stack.pop());
      while (cursor.next()) {
        const { to } = cursor;
        if ((flags[to]! & NATIVE) === 0 || (flags[to]! & (ATTACHED | DETACHED)) !== 0) continue;
        if (cursor.isWeak || cursor.base === HIDDEN) continue;
        flags[to]! |= state;
        if (state === DETACHED) flags[to]! &= ~OWNERLESS;
        stack.push(to);
      }
    }
  }
}

const NOBODY = 0xffffffff;
const SEVERAL = 0xfffffffe;

/**
 * DevTools' shallow sizes: what belongs to one owner alone (hidden nodes, arrays, the data of external strings) counts as the owner's, unless that is the runtime's
 * own invention. The total stays as it is; without user roots nothing is moved.
 */
export function shallowSizes(graph: Graph, pool: Pool, scratch: Scratch): Sizes {
  if (!graph.isV8 || !hasUserRoots(graph)) return graph.sizes;
  const { flags, sizes, nodes } = graph;
  const owners = findOwners(graph, pool.take());
  const shallow = pool.takeDoubles();
  sizes.forEach((n, bytes) => {
    shallow[n] = bytes;
  });
  for (let n = 0; n < nodes; n++) {
    const owner = owners[n]!;
    if (owner === n || owner >= SEVERAL || owner === 0 || (flags[owner]! & SYNTHETIC) !== 0) continue;
    shallow[owner]! += shallow[n]!;
    shallow[n] = 0;
  }
  pool.give(owners);
  const moved = new Sizes(scratch);
  for (let n = 0; n < nodes; n++) moved.push(n, shallow[n]!);
  pool.give(shallow);
  return moved;
}

function hasUserRoots({ rows, flags }: Graph): boolean {
  const cursor = rows.cursor();
  cursor.seek(0);
  while (cursor.next()) {
    const state = flags[cursor.to]!;
    if ((state & SYNTHETIC) === 0 || (state & DOCUMENT_TREES) !== 0) return true;
  }
  return false;
}

/** The one owner of each node, NOBODY or SEVERAL; a node that cannot be owned is its own. */
function findOwners({ rows, flags, nodes }: Graph, owners: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  for (let n = 0; n < nodes; n++) owners[n] = (flags[n]! & OWNERLESS) === 0 ? n : NOBODY;
  const cursor = rows.cursor();
  const stack = new Stack();
  for (let n = 0; n < nodes; n++) {
    if (owners[n] !== n) continue;
    stack.push(n);
    while (stack.length > 0) {
      const from = stack.pop();
      const owner = owners[from]!;
      cursor.seek(from);
      while (cursor.next()) {
        const { to } = cursor;
        if ((flags[to]! & OWNERLESS) === 0) continue;
        const other = owners[to]!;
        if (other === owner || other === SEVERAL || cursor.isWeak) continue;
        owners[to] = other === NOBODY ? owner : SEVERAL;
        stack.push(to);
      }
    }
  }
  return owners;
}
