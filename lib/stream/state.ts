/** Where a reader stands in a node stream: what both ways of reading lines keep between them. */

export interface EndMark {
  readonly nodes: number | undefined;
  readonly refs: number | undefined;
  /** Nodes may be missing: the stage before found its input to be a part only when that had ended. */
  readonly part: boolean;
}

export class StreamState {
  /** Lines read so far, the one being read not counted. */
  line = 0;
  lastN = -1;
  nodes = 0;
  refs = 0;
  /** References of the last node that are still to come. */
  left = 0;
  /** What the end mark says, once it has come. */
  ended: EndMark | undefined;
  /** The nodes came dense from 0. */
  dense = true;
  /** The last line had no newline and was not whole. */
  torn = false;
  #open = false;

  node(n: number, more: number, refs: number): void {
    if (n !== this.nodes) this.dense = false;
    this.nodes++;
    this.refs += refs;
    this.lastN = n;
    this.left = more;
    this.#open = more > 0;
  }

  /** `refs` more of the last node's references have come. */
  continued(refs: number): void {
    this.left -= refs;
    this.refs += refs;
  }

  /** Some more have come, nobody counts how many. */
  continuedUncounted(): void {
    this.left = 0;
  }

  /** Where references are not read, nobody knows how many a line holds: then one continuation is enough and more are welcome. */
  mayContinue(n: number, countsRefs: boolean): boolean {
    return this.#open && n === this.lastN && (this.left > 0 || !countsRefs) && this.ended === undefined;
  }
}
