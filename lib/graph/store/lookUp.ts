/**
 * A stored column that is asked for some of its numbers, here and there: a piece of it is read when the first of its numbers is asked for, and stays. Costs 8 KiB for each piece that
 * was asked for, and a place for each that was not: memory that nobody writes to need not be found.
 */
import type { StoredColumn } from './columns.ts';

/** Numbers that are read at once: some, since neighbours are asked for as a rule, but so few that a thousand nodes far from each other cost 8 MB. */
const PIECE_BITS = 11;
const PIECE = 1 << PIECE_BITS;

export class LookUp {
  readonly #column: StoredColumn;
  readonly #pieces: (Uint32Array | undefined)[];

  /** Of a column that grows no more. */
  constructor(column: StoredColumn) {
    this.#column = column;
    this.#pieces = new Array<Uint32Array | undefined>(Math.ceil(column.length / PIECE)).fill(undefined);
  }

  /** The number at a place, which must be one of the column's. */
  at(n: number): number {
    const piece = this.#pieces[n >>> PIECE_BITS] ?? this.#read(n >>> PIECE_BITS);
    return piece[n & (PIECE - 1)]!;
  }

  #read(place: number): Uint32Array {
    const first = place << PIECE_BITS;
    const piece = new Uint32Array(Math.min(PIECE, this.#column.length - first));
    this.#column.read(piece, first);
    this.#pieces[place] = piece;
    return piece;
  }
}
