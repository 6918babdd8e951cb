/**
 * The memory of a graph command: columns of four bytes a node, lent and given back, so that no garbage waits for a collector. Two columns lie side by side, and are
 * lent together as one of doubles.
 */
export class Pool {
  readonly nodes: number;
  #pairs: Pair[] = [];

  constructor(nodes: number) {
    this.nodes = nodes;
  }

  /** A column with whatever stands in it. */
  take(): Column {
    // Halves of what is in use already come first, so that doubles find a whole pair.
    const pair =
      this.#pairs.find(({ isLent }) => isLent[0] !== isLent[1]) ??
      this.#pairs.find(({ isLent }) => !isLent[0]) ??
      this.#add();
    const half = pair.isLent[0] ? 1 : 0;
    pair.isLent[half] = true;
    pair.isFresh[half] = false;
    return pair.halves[half];
  }

  /** A column of zeros: of one that nobody has written to yet only what is written takes room. */
  takeZeros(): Column {
    const pair = this.#pairs.find(({ isFresh, isLent }) => isFresh.some((fresh, i) => fresh && !isLent[i]));
    const half = pair === undefined || (pair.isFresh[0] && !pair.isLent[0]) ? 0 : 1;
    const fresh = pair ?? this.#add();
    fresh.isLent[half] = true;
    fresh.isFresh[half] = false;
    return fresh.halves[half];
  }

  /** A column of doubles. */
  takeDoubles(): Float64Array<ArrayBuffer> {
    const pair = this.#pairs.find(({ isLent }) => !isLent[0] && !isLent[1]) ?? this.#add();
    pair.isLent = [true, true];
    pair.isFresh = [false, false];
    return pair.doubles;
  }

  /** Two numbers a node side by side, as whoever needs both at once wants them. */
  takePairs(): Column {
    const { buffer } = this.takeDoubles();
    return new Uint32Array(buffer, 0, 2 * this.nodes);
  }

  /** Keeps of such pairs the first numbers, as a column; the room of the others is given back. */
  keepFirst(pairs: Column): Column {
    const first = new Uint32Array(pairs.buffer, 0, this.nodes);
    // Never written before it was read.
    for (let n = 0; n < first.length; n++) first[n] = pairs[2 * n]!;
    this.#pairs.find(({ doubles }) => doubles.buffer === pairs.buffer)!.isLent = [true, false];
    return first;
  }

  give(...columns: (Column | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>)[]): void {
    for (const column of columns) {
      const pair = this.#pairs.find(({ doubles }) => doubles.buffer === column.buffer);
      if (pair === undefined) throw new Error('this column is not of this pool');
      if (column instanceof Float64Array) pair.isLent = [false, false];
      else pair.isLent[column.byteOffset === 0 ? 0 : 1] = false;
    }
  }

  /** Forgets what is not lent: for its memory to be used otherwise. */
  shrink(): void {
    this.#pairs = this.#pairs.filter(({ isLent }) => isLent.includes(true));
  }

  /** Memory that nobody has written to yet takes no room. */
  #add(): Pair {
    const even = this.nodes + (this.nodes & 1);
    const buffer = new ArrayBuffer(8 * even);
    const pair: Pair = {
      halves: [new Uint32Array(buffer, 0, this.nodes), new Uint32Array(buffer, 4 * even, this.nodes)],
      doubles: new Float64Array(buffer, 0, this.nodes),
      isLent: [false, false],
      isFresh: [true, true],
    };
    this.#pairs.push(pair);
    return pair;
  }
}

type Column = Uint32Array<ArrayBuffer>;

interface Pair {
  readonly halves: readonly [Column, Column];
  readonly doubles: Float64Array<ArrayBuffer>;
  isLent: [boolean, boolean];
  /** Nobody has had it. */
  isFresh: [boolean, boolean];
}
