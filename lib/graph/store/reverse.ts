/**
 * Rows of who refers to each node: sources ascend, parallel references are repeated, classes and names stay with the forward rows. Costs the cache of the new rows, and
 * 16 MB while it is made; some 70 ns a reference.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { ByTarget } from './byTarget.ts';
import { MOST_NODES, PLAIN, type RowCursor, type Rows, RowWriter, WEAK } from './rows.ts';

/** Added to the source of a weak reference. */
const WEAK_MARK = MOST_NODES;

/**
 * From rows of what each node refers to: without weak references, unless they are asked for; those are told apart only if `tellsWeak`. `tap` sees each
 * reference at a cursor, with the node that it is of.
 */
export function reversed(
  rows: Rows,
  weak: boolean,
  cacheBytes: number,
  scratch: Scratch,
  {
    tellsWeak = false,
    tap,
  }: { readonly tellsWeak?: boolean; readonly tap?: (from: number, cursor: RowCursor) => void } = {},
): Rows {
  const dealt = new ByTarget(rows.nodes, scratch);
  rows.eachOf(undefined, (n, cursor) => {
    const { isWeak } = cursor;
    if (weak || !isWeak) dealt.add(cursor.to, isWeak && tellsWeak ? n + WEAK_MARK : n);
    tap?.(n, cursor);
  });
  return rowsOf(dealt, rows.nodes, cacheBytes, scratch);
}

/** From references that were dealt out, which are used up. */
export function rowsOf(dealt: ByTarget, nodes: number, cacheBytes: number, scratch: Scratch): Rows {
  const back = new RowWriter(cacheBytes, scratch, nodes, { ascending: true });
  dealt.give('up', (target, sources, from, to) => {
    back.begin(target);
    for (let i = from; i < to; i++) {
      const source = sources[i]!;
      if (source < WEAK_MARK) back.add(source, PLAIN);
      else back.special(source - WEAK_MARK, WEAK);
    }
  });
  return back.finish(nodes);
}
