/**
 * Sorts records of any number within a budget: what does not fit memory goes to a temporary file as sorted runs, which are merged in the end.
 * A record is a run of bytes; the order is the caller's. Memory: the budget, and 64 KiB a run while merging.
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
  readonly #runs: { readonly start: number; readonly end: number }[] = [];

  constructor(compare: Compare, budget: number, scratch: Scratch) {
    this.#compare = compare;
    this.#budget = Math.max(budget, 1 << 16);
    this.#scratch = scratch;
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
    yield* merge(
      this.#runs.map(({ start, end }) => new Run(this.#spill!, start, end)),
      this.#compare,
    );
    this.#spill.close();
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
    const start = this.#spill.length;
    let out: Uint8Array = new Uint8Array(RUN_BUFFER);
    let view = new DataView(out.buffer);
    let at = 0;
    for (const i of order) {
      const bytes = length(i);
      if (at + 4 + bytes > out.length) {
        this.#spill.append(out, at);
        at = 0;
        if (4 + bytes > out.length) out = new Uint8Array(4 + bytes);
        view = new DataView(out.buffer);
      }
      view.setUint32(at, bytes, true);
      write(i, view, out, at + 4);
      at += 4 + bytes;
    }
    this.#spill.append(out, at);
    this.#runs.push({ start, end: this.#spill.length });
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
