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

/** A set of nodes, one bit each. */
export interface Wanted {
  readonly words: Uint32Array;
  has(n: number): boolean;
}

/** The least of a set from n on, or infinity. */
export function nextWanted({ words }: Wanted, n: number): number {
  let at = n >>> 5;
  if (at >= words.length) return Number.POSITIVE_INFINITY;
  let word = words[at]! & (-1 << (n & 31));
  while (word === 0) {
    if (++at >= words.length) return Number.POSITIVE_INFINITY;
    word = words[at]!;
  }
  return at * 32 + 31 - Math.clz32(word & -word);
}
