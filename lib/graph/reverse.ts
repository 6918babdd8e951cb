/**
 * Rows of who refers to each node, from rows of what each refers to: sources ascend, parallel references are repeated, classes and names stay with the forward
 * rows. Costs the cache of the new rows, and 16 MB while it is made; some 70 ns a reference.
 */
import type { Scratch } from '../disk/scratch.ts';
import { ByTarget } from './byTarget.ts';
import { PLAIN, type Rows, RowWriter } from './rows.ts';

/** Without weak references, unless they are asked for. */
export function reversed(rows: Rows, weak: boolean, cacheBytes: number, scratch: Scratch): Rows {
  const pairs = new ByTarget(rows.nodes, scratch);
  const cursor = rows.cursor();
  cursor.seek(0);
  for (let n = 0; n < rows.nodes; n++) {
    cursor.follow(n);
    while (cursor.next()) if (weak || !cursor.isWeak) pairs.add(cursor.to, n);
  }
  const back = new RowWriter(cacheBytes, scratch, rows.nodes, { ascending: true });
  pairs.give('up', (target, sources, from, to) => {
    back.begin(target);
    for (let i = from; i < to; i++) back.add(sources[i]!, PLAIN);
  });
  return back.finish(rows.nodes);
}
