/** The dominator tree in positions of nodes: which node stands at a place, and which one dominates each. Memory: two columns while it works. */
import type { Scratch } from '../../disk/scratch.ts';
import { StoredColumn } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import type { DominatorTree } from './dominators.ts';

/** For each node the node that dominates it; node 0 itself. */
export function dominatorColumn({ place, parent }: DominatorTree, pool: Pool, scratch: Scratch): StoredColumn {
  const at = pool.take();
  const above = pool.take();
  for (const { first, values } of place.chunks()) for (let i = 0; i < values.length; i++) at[values[i]!] = first + i;
  parent.load(above);
  const column = new StoredColumn(scratch);
  for (const { values } of place.chunks()) for (let i = 0; i < values.length; i++) column.push(at[above[values[i]!]!]!);
  pool.give(at, above);
  return column;
}

/** The nodes that retain most, node 0 left out, largest first; of equal ones the one that comes first. */
export function largest(
  { place }: DominatorTree,
  retainedAt: (place: number) => number,
  most: number,
): readonly { readonly n: number; readonly place: number; readonly retained: number }[] {
  let found: { n: number; place: number; retained: number }[] = [];
  let least = -1;
  const keep = (): void => {
    found = found.sort((a, b) => b.retained - a.retained || a.n - b.n).slice(0, most);
    if (found.length === most) least = found[most - 1]?.retained ?? Number.POSITIVE_INFINITY;
  };
  for (const { first, values } of place.chunks()) {
    for (let i = first === 0 ? 1 : 0; i < values.length; i++) {
      const retained = retainedAt(values[i]!);
      if (retained <= least) continue;
      found.push({ n: first + i, place: values[i]!, retained });
      if (found.length >= 2 * most + 1024) keep();
    }
  }
  keep();
  return found;
}
