/** Columns of numbers, one a node, in files: temporary ones, or those of an index. While they are worked on they are in memory (pool.ts). */
import type { Scratch } from '../../disk/scratch.ts';
import type { Bits } from './bits.ts';

/** Numbers that are moved between a file and memory at once. */
const CHUNK = 1 << 16;
/** Of fewer than one node in so many, values are read one by one. */
const SPARSE = 64;
/** With one value so many are read: whoever asks for some, ascending, asks for neighbours among them. */
const NEAR = 256;
/** A small graph's columns should not take 256 KiB each. */
const FIRST_CHUNK = 1 << 10;

/** A column in a temporary file: written in order, read into memory or walked through. */
export class StoredColumn {
  readonly #file: ColumnFile;
  /** The values that stand around the one that was asked for last: so many, from there on. */
  readonly #near = new Uint32Array(NEAR);
  #nearFrom = 0;
  #nearCount = 0;
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
    const near = this.#near;
    if (n < this.#nearFrom || n >= this.#nearFrom + this.#nearCount) {
      this.#nearFrom = n - (n % NEAR);
      this.#nearCount = Math.min(NEAR, this.length - this.#nearFrom);
      this.read(near.subarray(0, this.#nearCount), this.#nearFrom);
    }
    return near[n - this.#nearFrom]!;
  }

  /** A whole column at once, behind what is there. */
  append(column: Uint32Array): void {
    this.#flush();
    this.#write(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    this.length += column.length;
  }

  /** All of it. */
  load(into: Uint32Array<ArrayBuffer>): void {
    this.read(into.subarray(0, this.length), 0);
  }

  /** As many values as there is room for, from the one at `first` on. */
  read(into: Uint32Array<ArrayBuffer>, first: number): void {
    this.#flush();
    this.#file.readAt(new Uint8Array(into.buffer, into.byteOffset, into.byteLength), 4 * first);
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
