/** Digits of a block to numbers, numbers to columns of edges: what most of every reading is spent in. */
import type { RefColumns } from '../../../stream/batch.ts';

/** Most bytes that are scanned at once, and the numbers that may be at hand: those of a block, and some left over. */
export const BLOCK = 1 << 16;
export const VALUES = BLOCK / 2 + 64;

export interface Scanner extends RefColumns {
  /** A block of the file, with room for one more comma. */
  readonly bytes: Buffer;
  readonly values: Float64Array;
  /** The largest node that edges led to since it was set to -1, and which of the batch's references that was. */
  farthest: number;
  readonly farthestRef: number;
  /**
   * Digits and commas, or newline and comma, of the first `to` bytes, which end behind a comma, to `values` from `at` on.
   * Gives how many there are then, or -1: the bytes are laid out in another way, or a number is beyond 2^53.
   */
  scan(to: number, at: number): number;
  /** Has to be called once before edges are taken. */
  layOut(edges: EdgeLayout): void;
  /** Edges from values[at] on to references from `ref` to `end`. Gives the reference at which it stopped: `end`, or one that cannot be. */
  takeEdges(at: number, ref: number, end: number): number;
}

export interface EdgeLayout {
  /** Numbers in an edge, and where its type, name and target stand in it. */
  readonly width: number;
  readonly type: number;
  readonly name: number;
  readonly to: number;
  /** By edge type: the code of its kind; UNKNOWN, and what is beyond the end, cannot be. */
  readonly kinds: Uint8Array;
  /** Numbers in a node. */
  readonly nodeWidth: number;
  readonly strings: number;
}

export const UNKNOWN = 255;
