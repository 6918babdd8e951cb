/** What is known of where nodes stand in a file, and which of them are wanted: so that nobody reads it from its beginning. 16 bytes for each 64 nodes. */

/** Nodes from one known place to the next. */
export const STEP = 64;

/** Plain data, to be stored and given back. All places are bytes from the file's beginning. */
export interface Points {
  readonly step: number;
  /** Nodes in the file; in a part of a snapshot one more than the largest n. */
  readonly nodes: number;
  /** Where the first node with n >= step * i begins, for each i up to the last node. */
  readonly nodeAt: Float64Array;
  /** Where that node's references begin, or the next node's that has any; empty for a node stream, where they are part of the node. */
  readonly refAt: Float64Array;
  /** Of a V8 snapshot: how many strings it has, and where every 64th begins. */
  readonly strings?: { readonly length: number; readonly blocks: Float64Array };
  /** Of a V8 snapshot: beginning and end of its header, its nodes and its edges. */
  readonly sections?: Float64Array;
}

/** A set of nodes. `next` gives the least of it from n on, or infinity. */
export interface Wanted {
  has(n: number): boolean;
  next(n: number): number;
}
