/** Columns of numbers, one a node: in memory from one pool while they are worked on, else in temporary files. */
import type { Scratch } from '../../disk/scratch.ts';
import type { Bits } from './bits.ts';

/** Numbers that are moved between a file and memory at once. */
const CHUNK = 1 << 16;
/** Of fewer than one node in so many, values are read one by one. */
const SPARSE = 64;
/** A small graph's columns should not take 256 KiB each. */
const FIRST_CHUNK = 1 << 10;

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

/** A column in a temporary file: written in order, read into memory or walked through. */
export class StoredColumn {
  readonly #file: ColumnFile;
  readonly #one = new Uint32Array(1);
  #chunk = new Uint32Array(FIRST_CHUNK);
  #held = 0;
  length: number;

  /** A column to be written, or one that `stored` has. */
  constructor(scratch: Scratch | undefined, stored?: { readonly file: ColumnFile; readonly length: number }) {
    // One of the two is there.
    this.#file = stored?.file ?? scratch!.open();
    this.length = stored?.length ?? 0;
  }

  push(value: number): void {
    this.#chunk[this.#held++] = value;
    this.length++;
    if (this.#held === this.#chunk.length) this.#flush();
  }

  pushAll(values: Uint32Array | Float64Array): void {
    for (let at = 0; at < values.length; ) {
      const taken = Math.min(values.length - at, this.#chunk.length - this.#held);
      this.#chunk.set(values.subarray(at, at + taken), this.#held);
      this.#held += taken;
      this.length += taken;
      at += taken;
      if (this.#held === this.#chunk.length) this.#flush();
    }
  }

  /** One value of a column that is written. */
  at(n: number): number {
    this.#flush();
    this.#file.readAt(new Uint8Array(this.#one.buffer), 4 * n);
    return this.#one[0]!;
  }

  /** A whole column at once, behind what is there. */
  append(column: Uint32Array): void {
    this.#flush();
    this.#write(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    this.length += column.length;
  }

  /** All of it. */
  load(into: Uint32Array<ArrayBuffer>): void {
    this.#flush();
    this.#file.readAt(new Uint8Array(into.buffer, into.byteOffset, 4 * this.length), 0);
  }

  /** Chunks in order, those alone that have nodes of `set` if one is given: values of the nodes from `first` on. The chunk is valid until the next one. */
  *chunks(set?: Bits): Generator<{ readonly first: number; readonly values: Uint32Array }> {
    this.#flush();
    const chunk = new Uint32Array(CHUNK);
    const bytes = new Uint8Array(chunk.buffer);
    let wanted = set?.next(0) ?? 0;
    while (wanted < this.length) {
      const first = wanted - (wanted % CHUNK);
      const count = Math.min(CHUNK, this.length - first);
      this.#file.readAt(bytes, 4 * first, 4 * count);
      yield { first, values: chunk.subarray(0, count) };
      wanted = set?.next(first + CHUNK) ?? first + CHUNK;
    }
  }

  /** The values of some nodes, in order: one by one where they are few. */
  forSet(set: Bits, take: (n: number, value: number) => void): void {
    if (set.count() * SPARSE < this.length) {
      for (let n = set.next(0); n < this.length; n = set.next(n + 1)) take(n, this.at(n));
      return;
    }
    for (const { first, values } of this.chunks(set))
      for (let n = set.next(first); n < first + values.length; n = set.next(n + 1)) take(n, values[n - first]!);
  }

  /** One value after the other. */
  *values(): Generator<number, undefined> {
    for (const { values } of this.chunks()) yield* values;
  }

  close(): void {
    this.#file.close?.();
  }

  #flush(): void {
    if (this.#held === 0) return;
    this.#write(new Uint8Array(this.#chunk.buffer, 0, 4 * this.#held));
    this.#held = 0;
    if (this.#chunk.length < CHUNK) this.#chunk = new Uint32Array(CHUNK);
  }

  #write(bytes: Uint8Array): void {
    if (this.#file.append === undefined) throw new Error('this column is written');
    this.#file.append(bytes);
  }
}

/** What a column is in: a temporary file, or one that only is read. */
export interface ColumnFile {
  readAt(into: Uint8Array, position: number, length?: number): number;
  append?(bytes: Uint8Array): void;
  close?(): void;
}

/** Chunks of several columns of the same length, side by side; those alone that have nodes of `set` if one is given. */
export function* together(
  columns: readonly StoredColumn[],
  set?: Bits,
): Generator<{ readonly first: number; readonly chunks: readonly Uint32Array[] }> {
  const walks = columns.map((column) => column.chunks(set));
  for (;;) {
    const steps = walks.map((walk) => walk.next());
    const chunks = steps.flatMap(({ value }) => (value === undefined ? [] : [value]));
    if (chunks.length < columns.length) return;
    yield { first: chunks[0]!.first, chunks: chunks.map(({ values }) => values) };
  }
}

/** In a column of sizes: it is 4 GiB or more. */
const LARGE = 0xffffffff;

/** Sizes in four bytes each; the few of 4 GiB and more stand beside. */
export class Sizes {
  readonly column: StoredColumn;
  readonly large: Map<number, number>;
  total: number;

  /** Sizes to be told, or those that `stored` has. */
  constructor(
    scratch: Scratch | undefined,
    stored?: {
      readonly column: StoredColumn;
      readonly large: readonly (readonly [number, number])[];
      readonly total: number;
    },
  ) {
    this.column = stored?.column ?? new StoredColumn(scratch);
    this.large = new Map(stored?.large);
    this.total = stored?.total ?? 0;
  }

  at(n: number): number {
    return this.wide(n, this.column.at(n));
  }

  /** What the column has of a node, as it is. */
  wide(n: number, narrow: number): number {
    return narrow === LARGE ? this.large.get(n)! : narrow;
  }

  /** All of them into a column; gives who tells one. */
  load(into: Uint32Array<ArrayBuffer>): (n: number) => number {
    this.column.load(into);
    return (n) => this.wide(n, into[n]!);
  }

  push(n: number, bytes: number): void {
    this.total += bytes;
    if (bytes < LARGE) this.column.push(bytes);
    else {
      this.large.set(n, bytes);
      this.column.push(LARGE);
    }
  }

  /** Those of nodes that follow each other. */
  pushAll(first: number, bytes: Float64Array): void {
    let total = 0;
    let largest = 0;
    for (let i = 0; i < bytes.length; i++) {
      total += bytes[i]!;
      if (bytes[i]! > largest) largest = bytes[i]!;
    }
    if (largest >= LARGE) {
      for (let i = 0; i < bytes.length; i++) this.push(first + i, bytes[i]!);
      return;
    }
    this.total += total;
    this.column.pushAll(bytes);
  }

  /** Calls `each` for some nodes, in order. */
  forSet(set: Bits, each: (n: number, bytes: number) => void): void {
    this.column.forSet(set, (n, bytes) => each(n, this.wide(n, bytes)));
  }

  /** Calls `each` for every node in order. */
  forEach(each: (n: number, bytes: number) => void): void {
    for (const { first, values } of this.column.chunks())
      for (let i = 0; i < values.length; i++) each(first + i, this.wide(first + i, values[i]!));
  }
}
