/**
 * Sorts records of any number within a budget: what does not fit memory goes to a temporary file as sorted runs, which are merged in the end.
 * A record is a run of bytes; the order is the caller's. Memory: the budget; while merging 64 KiB for each of as many runs as fit it, or 16.
 */
import { grown } from './grow.ts';
import type { Scratch, TempFile } from './scratch.ts';

/** Negative, zero or positive, as records a[aStart, aEnd) and b[bStart, bEnd) are in order, equal or not. */
export type Compare = (a: DataView, aStart: number, aEnd: number, b: DataView, bStart: number, bEnd: number) => number;

/** A record on its way out: valid until the next one is asked for. */
export interface SortedRecord {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

const RUN_BUFFER = 1 << 16;
const LEAST_FAN_IN = 16;

/** Where a run stands in its file. */
interface Range {
  readonly start: number;
  readonly end: number;
}

export class Sorter {
  readonly #compare: Compare;
  readonly #budget: number;
  readonly #scratch: Scratch;
  #bytes: Uint8Array = new Uint8Array(1 << 14);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  #ends: Uint32Array = new Uint32Array(256);
  #count = 0;
  #spill: TempFile | undefined;
  #runs: Range[] = [];
  /** Runs that are merged at once. */
  readonly #fanIn: number;

  constructor(compare: Compare, budget: number, scratch: Scratch) {
    this.#compare = compare;
    this.#budget = Math.max(budget, 1 << 16);
    this.#scratch = scratch;
    this.#fanIn = Math.max(LEAST_FAN_IN, Math.floor(this.#budget / RUN_BUFFER));
  }

  /** Adds a record of `length` bytes that `write` fills from the place it is given on. */
  add(length: number, write: (view: DataView, bytes: Uint8Array, at: number) => void): void {
    if (this.#used > 0 && this.#used + length + this.#count * 8 > this.#budget) this.#flush();
    if (this.#used + length > this.#bytes.length) {
      this.#bytes = grown(this.#bytes, Math.max(2 * this.#bytes.length, this.#used + length));
      this.#view = new DataView(this.#bytes.buffer);
    }
    if (this.#count === this.#ends.length) {
      const wider = new Uint32Array(2 * this.#count);
      wider.set(this.#ends);
      this.#ends = wider;
    }
    write(this.#view, this.#bytes, this.#used);
    this.#used += length;
    this.#ends[this.#count++] = this.#used;
  }

  /** All records in order, once. */
  *sorted(): Generator<SortedRecord> {
    if (this.#spill === undefined) {
      for (const i of this.#order()) {
        yield { view: this.#view, bytes: this.#bytes, start: this.#startOf(i), end: this.#ends[i]! };
      }
      return;
    }
    if (this.#count > 0) this.#flush();
    this.#bytes = new Uint8Array(0);
    this.#ends = new Uint32Array(0);
    while (this.#runs.length > this.#fanIn) this.#mergeSome();
    yield* this.#merged(this.#runs);
    this.#spill.close();
  }

  /** Every so many runs become one, in another file, so that what merges them in the end needs no more memory however many there were. */
  #mergeSome(): void {
    const writer = new RunWriter(this.#scratch.open());
    const longer: Range[] = [];
    for (let from = 0; from < this.#runs.length; from += this.#fanIn) {
      for (const { bytes, start, end } of this.#merged(this.#runs.slice(from, from + this.#fanIn)))
        writer.add(end - start, (_, into, at) => into.set(bytes.subarray(start, end), at));
      longer.push(writer.endRun());
    }
    this.#spill?.close();
    this.#spill = writer.file;
    this.#runs = longer;
  }

  #merged(runs: readonly Range[]): Generator<SortedRecord> {
    return merge(
      runs.map(({ start, end }) => new Run(this.#spill!, start, end)),
      this.#compare,
    );
  }

  #startOf(i: number): number {
    return i === 0 ? 0 : this.#ends[i - 1]!;
  }

  #order(): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    const view = this.#view;
    const ends = this.#ends;
    const compare = this.#compare;
    return order.sort(
      (a, b) =>
        compare(view, a === 0 ? 0 : ends[a - 1]!, ends[a]!, view, b === 0 ? 0 : ends[b - 1]!, ends[b]!) || a - b,
    );
  }

  /** Adds records that are in order already: places in `order`, of `length(i)` bytes that `write` fills from `at` on. */
  addRun(
    order: Uint32Array,
    length: (i: number) => number,
    write: (i: number, view: DataView, bytes: Uint8Array, at: number) => void,
  ): void {
    this.#spill ??= this.#scratch.open();
    const writer = new RunWriter(this.#spill);
    for (const i of order) writer.add(length(i), (view, bytes, at) => write(i, view, bytes, at));
    this.#runs.push(writer.endRun());
  }

  #flush(): void {
    this.addRun(
      this.#order(),
      (i) => this.#ends[i]! - this.#startOf(i),
      (i, _, into, at) => into.set(this.#bytes.subarray(this.#startOf(i), this.#ends[i]!), at),
    );
    this.#used = 0;
    this.#count = 0;
  }
}

/** Writes runs behind each other: each record after its length. */
class RunWriter {
  readonly file: TempFile;
  #bytes: Uint8Array = new Uint8Array(RUN_BUFFER);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;
  #start: number;

  constructor(file: TempFile) {
    this.file = file;
    this.#start = file.length;
  }

  add(length: number, write: (view: DataView, bytes: Uint8Array, at: number) => void): void {
    if (this.#at + 4 + length > this.#bytes.length) {
      this.file.append(this.#bytes, this.#at);
      this.#at = 0;
      if (4 + length > this.#bytes.length) {
        this.#bytes = new Uint8Array(4 + length);
        this.#view = new DataView(this.#bytes.buffer);
      }
    }
    this.#view.setUint32(this.#at, length, true);
    write(this.#view, this.#bytes, this.#at + 4);
    this.#at += 4 + length;
  }

  endRun(): Range {
    this.file.append(this.#bytes, this.#at);
    this.#at = 0;
    const start = this.#start;
    this.#start = this.file.length;
    return { start, end: this.#start };
  }
}

/** One sorted run, a record at a time. */
class Run implements SortedRecord {
  bytes: Uint8Array = new Uint8Array(RUN_BUFFER);
  view = new DataView(this.bytes.buffer);
  start = 0;
  end = 0;
  readonly #file: TempFile;
  #position: number;
  readonly #limit: number;
  #held = 0;

  constructor(file: TempFile, position: number, limit: number) {
    this.#file = file;
    this.#position = position;
    this.#limit = limit;
  }

  next(): boolean {
    if (!this.#hold(4)) return false;
    const length = this.view.getUint32(this.end, true);
    this.#hold(4 + length);
    this.start = this.end + 4;
    this.end = this.start + length;
    return true;
  }

  /** Makes `length` bytes behind `end` stand in `bytes`; false where the run is over. */
  #hold(length: number): boolean {
    if (this.end + length <= this.#held) return true;
    this.bytes.copyWithin(0, this.end, this.#held);
    this.#held -= this.end;
    this.end = 0;
    if (length > this.bytes.length) {
      this.bytes = grown(this.bytes, length);
      this.view = new DataView(this.bytes.buffer);
    }
    const wanted = Math.min(this.bytes.length - this.#held, this.#limit - this.#position);
    const read = this.#file.readAt(this.bytes.subarray(this.#held), this.#position, wanted);
    this.#position += read;
    this.#held += read;
    return length <= this.#held;
  }
}

/** A binary heap of runs, least record first; of equal ones the older run's. */
function* merge(all: readonly Run[], compare: Compare): Generator<SortedRecord> {
  const age = new Map(all.map((run, i) => [run, i]));
  const isBefore = (a: Run, b: Run): boolean =>
    (compare(a.view, a.start, a.end, b.view, b.start, b.end) || age.get(a)! - age.get(b)!) < 0;
  const heap = all.filter((run) => run.next());
  const sink = (from: number): void => {
    const run = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, run)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = run;
  };
  for (let i = heap.length >> 1; i-- > 0; ) sink(i);
  while (heap.length > 0) {
    const top = heap[0]!;
    yield top;
    if (!top.next()) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    sink(0);
  }
}

/** Compares bytes as unsigned numbers, the shorter first where one begins with the other. */
export function compareBytes(
  a: DataView,
  aStart: number,
  aEnd: number,
  b: DataView,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const difference = a.getUint8(aStart + i) - b.getUint8(bStart + i);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}
