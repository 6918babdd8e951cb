/**
 * Who refers to nodes, as if some references were not there, where rows of that direction have no names: the rows of those who refer are asked. Costs a second look at the row of
 * each of them, and for long ones a set of what is left in them.
 */
import { placeIn } from '../../disk/ascending.ts';
import type { RowCursor, Rows } from '../store/rows.ts';
import type { Neighbours, TakeNeighbour } from './neighbours.ts';

/** A row of so many references is not read again for each of its targets; what is kept of such rows, in targets. */
const LONG = 256;
const MOST_KEPT = 1 << 22;

/** Who refers to nodes by a reference that is left: `sources` without those that have none. `rows` are what these refer to, without what is left out; other rows than those of `sources`. */
export class RemainingSources implements Neighbours {
  readonly #sources: Neighbours;
  readonly #cursor: RowCursor;
  readonly #weak: boolean;
  /** Of holders with long rows: all that they still refer to, ascending. */
  readonly #long = new Map<number, Uint32Array>();
  #kept = 0;

  constructor(sources: Neighbours, rows: Rows, weak: boolean) {
    this.#sources = sources;
    this.#cursor = rows.cursor();
    this.#weak = weak;
  }

  each(nodes: Uint32Array, take: TakeNeighbour): void {
    this.#sources.each(nodes, (node, source) => {
      if (this.#refersTo(source, node)) take(node, source);
    });
  }

  #refersTo(source: number, node: number): boolean {
    const long = this.#long.get(source);
    if (long !== undefined) return long[placeIn(long, node)] === node;
    let count = 0;
    for (const to of this.#targets(source)) {
      if (to === node) return true;
      if (++count === LONG) break;
    }
    if (count < LONG) return false;
    const targets = Uint32Array.from(this.#targets(source)).sort();
    if (this.#kept + targets.length > MOST_KEPT) {
      this.#long.clear();
      this.#kept = 0;
    }
    this.#kept += targets.length;
    this.#long.set(source, targets);
    return targets[placeIn(targets, node)] === node;
  }

  *#targets(source: number): Generator<number> {
    const cursor = this.#cursor;
    cursor.seek(source);
    while (cursor.next()) if (this.#weak || !cursor.isWeak) yield cursor.to;
  }
}
