/** Where nodes stand in a V8 file, as one reading of it has seen: each block's place in, the block to begin with for a node out. 16 bytes for 64 KiB of nodes. */
/** Where to begin to read for a node. */
export interface Place {
  /** The first node that begins there, behind so many numbers. */
  readonly first: number;
  readonly nodeAt: number;
  readonly pass: number;
  /** Where its references begin. */
  readonly refAt: number;
}

export class NodeBlocks {
  readonly #positions: readonly number[];
  readonly #numbers: readonly number[];
  readonly #width: number;

  /** `numbers`: which number of the section stands at the beginning of each block, ascending. `width`: numbers a node. */
  constructor(positions: readonly number[], numbers: readonly number[], width: number) {
    this.#positions = positions;
    this.#numbers = numbers;
    this.#width = width;
  }

  /** The last place before a node, or at it. */
  readonly before = (n: number): Place => {
    const wanted = n * this.#width;
    let low = 0;
    for (let high = this.#numbers.length; high - low > 1; ) {
      const middle = (low + high) >>> 1;
      if (this.#numbers[middle]! <= wanted) low = middle;
      else high = middle;
    }
    // A block may begin in the middle of a node: the first whole one is not past the wanted one, whose first number the block has.
    const number = this.#numbers[low]!;
    const first = Math.ceil(number / this.#width);
    return { first, nodeAt: this.#positions[low]!, pass: first * this.#width - number, refAt: 0 };
  };
}
