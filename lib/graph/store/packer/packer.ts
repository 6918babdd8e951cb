/**
 * Rows that have a shape, from a batch's columns to bytes in the code of rows.ts: what most of a reading for a graph question is spent in, apart from scanning.
 *
 * A shape is what rows have in common whose references are called alike: most objects refer by the same names, in the same order, as all others of their class do. Such a row has the
 * number of its shape in place of a name for each reference. Shapes are known by keys (stream/batch.ts), where names come as numbers; what is met a second time may become one.
 * Measured on 8.4M nodes of Node 20: a thousand shapes have nine in ten of 27M references. Memory: up to 2.5 MB.
 */
import { NODES, REFS } from '../../../stream/batch.ts';

/** A page, and room behind it for the rest of a row that began in it. */
export const ROOM = 1 << 10;
/** References of the longest row that has a shape. */
export const LONGEST_SHAPE = 64;
export const MOST_SHAPES = 1 << 14;
/** References of all shapes together. */
export const MOST_SHAPED = 1 << 17;
/** Shapes by the hash of their keys, and hashes of rows that were met last. */
export const SLOT_BITS = 15;
export const MET_BITS = 14;
/** By code of type the shape that was found last. */
export const GUESS_BITS = 12;
/** Far targets by hash: small enough for the processor's own memory. */
export const CANDIDATE_BITS = 13;
export const MOST_HUBS = 1 << 17;

/** Why rows were packed no further. */
export const ALL_PACKED = 0;
export const PAGE_FULL = 1;
export const NO_SHAPE = 2;
export const MET_AGAIN = 3;

/** What all rows are written with. */
export interface Tables {
  /** The open page. */
  readonly page: Uint8Array;
  /** In pairs a target, and how often it was met or, below 0, its place among the hubs. */
  readonly candidates: Int32Array;
  readonly hubs: Uint32Array;
  hubCount: number;
}

/** Everything that the loops share with who calls them: columns that both write to, and a few counters. */
export interface Packer extends Tables {
  /** Where each shape begins among `keys`, and where the last one ends; of each reference its key, its class, and where it leads most often. */
  readonly starts: Uint32Array;
  readonly keys: Uint32Array;
  readonly targets: Uint32Array;
  readonly classes: Uint8Array;
  /** An open hash table of numbers of shapes plus one. */
  readonly slots: Uint32Array;
  /** Hash of the row at which it stopped with MET_AGAIN. */
  readonly hash: number;

  /** A batch's columns: types of its rows, where their references begin, rows that have none of the usual shape, and of each reference its key and its target. */
  readonly rowType: Uint32Array;
  readonly rowStart: Uint32Array;
  readonly rowIsOdd: Uint8Array;
  readonly refKey: Uint32Array;
  readonly refTo: Uint32Array;

  /**
   * Rows of the batch from one that is open to `end`: of nodes that follow each other from `n` on, from place `at` of the page on. Gives the row at which it stopped;
   * `why`, and in `at` where the page's bytes end, perhaps behind it.
   */
  pack(row: number, end: number, n: number, at: number): number;
  readonly at: number;
  readonly why: number;
  /** Places in the page where rows of every fourth node begin that were packed, but for the first row. */
  readonly begun: Uint32Array;
  readonly begunCount: number;
}

/** Of what there is how many: as in kernel.as.ts. */
export const LENGTHS = {
  candidates: 2 << CANDIDATE_BITS,
  hubs: MOST_HUBS,
  starts: MOST_SHAPES + 1,
  keys: MOST_SHAPED,
  targets: MOST_SHAPED,
  classes: MOST_SHAPED,
  slots: 1 << SLOT_BITS,
  rowType: NODES,
  rowStart: NODES + 1,
  rowIsOdd: NODES,
  refKey: REFS,
  refTo: REFS,
  begun: NODES / 4 + 1,
} as const;
