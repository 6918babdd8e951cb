/**
 * DevTools' Summary: for each class how many objects there are, their shallow size, their distance, and what all of them retain together, nothing counted twice. Source:
 * buildAggregates and calculateClassesRetainedSize of HeapSnapshot in DevTools. Memory: a column, and what the distinct classes need.
 */
import type { StoredColumn } from '../store/columns.ts';
import { together } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import type { DominatorTree } from './dominators.ts';
import type { Retained } from './retained.ts';

export interface ClassRow {
  readonly class: string;
  readonly count: number;
  readonly shallow: number;
  readonly retained: number;
  /** The least of its objects' distances. */
  readonly distance: number;
}

/** A part of the dominator tree: places [from, to). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Rows of all classes of which a node in `range` takes any bytes, largest retained size first. `names` are known when `codes` have been walked. */
export function byClass(
  codes: Iterable<{ readonly first: number; readonly codes: Uint32Array }>,
  names: readonly string[],
  { place }: DominatorTree,
  distance: StoredColumn,
  retained: Retained,
  range: Range,
  pool: Pool,
): readonly ClassRow[] {
  const code = pool.take();
  const rows: { count: number; shallow: number; retained: number; distance: number }[] = [];
  const columns = together([place, distance]);
  for (const { codes: chunk } of codes) {
    const { chunks } = columns.next().value!;
    const [places, distances] = chunks as [Uint32Array, Uint32Array];
    for (let i = 0; i < chunk.length; i++) {
      const at = places[i]!;
      code[at] = chunk[i]!;
      if (at < range.from || at >= range.to) continue;
      const bytes = retained.shallowAt(at);
      if (bytes === 0) continue;
      rows[chunk[i]!] ??= { count: 0, shallow: 0, retained: 0, distance: Number.POSITIVE_INFINITY };
      const row = rows[chunk[i]!]!;
      row.count++;
      row.shallow += bytes;
      // Distances are signed: -5 is "never".
      row.distance = Math.min(row.distance, distances[i]! | 0);
    }
  }
  // A node of a class counts unless it stands within what another one of the class retains; a class's last one that counted is the only one it can be in.
  const ends = new Uint32Array(names.length);
  for (let at = range.from; at < range.to; at++) {
    const own = code[at]!;
    if (at < ends[own]! || retained.shallowAt(at) === 0) continue;
    ends[own] = retained.endOf(at);
    rows[own]!.retained += retained.at(at);
  }
  pool.give(code);
  return rows
    .flatMap((row, own) => [{ class: names[own]!, ...row }])
    .sort(
      (a, b) =>
        b.retained - a.retained || b.shallow - a.shallow || (a.class < b.class ? -1 : a.class > b.class ? 1 : 0),
    );
}
