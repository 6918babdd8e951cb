/**
 * Rows of an index as if some references were not in them: the rows that have names are asked, and where rows of the other direction have none, those of the
 * references' holders. Costs a second look at the row of each holder, and for long ones a set of what is left out of them.
 */
import { placeIn } from '../disk/ascending.ts';
import type { Neighbours, TakeNeighbour } from './neighbours.ts';
import { RowCursor, Rows } from './store/rows.ts';

/** Of a reference in a row with names, by the code of its name. */
export type IsLeftOut = (name: number) => boolean;

/** The same rows without these references. */
export class LeavingRows extends Rows {
  readonly #isLeftOut: IsLeftOut;

  constructor({ nodes, refs, pages, starts, hubs, form }: Rows, isLeftOut: IsLeftOut) {
    super(nodes, refs, pages, starts, hubs, form);
    this.#isLeftOut = isLeftOut;
  }

  override cursor(): RowCursor {
    return new LeavingCursor(this, this.#isLeftOut);
  }
}

class LeavingCursor extends RowCursor {
  readonly #isLeftOut: IsLeftOut;

  constructor(rows: Rows, isLeftOut: IsLeftOut) {
    super(rows);
    this.#isLeftOut = isLeftOut;
  }

  override next(): boolean {
    while (super.next()) if (!this.#isLeftOut(this.name)) return true;
    return false;
  }
}

/** A row of so many references is not read again for each of its targets; what is kept of such rows, in targets. */
const LONG = 256;
const MOST_KEPT = 1 << 22;

/** Who refers to nodes by a reference that is left: `sources` without those that have none. `rows` are what holders refer to, other rows than those of `sources`. */
export class LeavingSources implements Neighbours {
  readonly #sources: Neighbours;
  readonly #cursor: RowCursor;
  readonly #weak: boolean;
  /** Of holders with long rows: all that they still refer to, ascending. */
  readonly #long = new Map<number, Uint32Array>();
  #kept = 0;

  constructor(sources: Neighbours, rows: LeavingRows, weak: boolean) {
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
