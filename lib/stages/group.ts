/**
 * Count and bytes of all nodes with the same type, kind or name, or several of these. Memory grows with distinct keys up to a budget;
 * past it they go to temporary files as sorted runs.
 */
import { grownDoubles } from '../disk/grow.ts';
import type { Scratch } from '../disk/scratch.ts';
import { compareBytes, Sorter } from '../disk/sort.ts';
import { type Batch, SAME_AS_TYPE } from '../stream/batch.ts';
import { Dictionary } from '../stream/dictionary.ts';
import { type GroupKey, keyTexts, RowKey } from './keys.ts';

export type GroupOrder = 'count' | 'bytes';

/** One row: the values of the keys asked for, in that order. */
export interface Group {
  readonly keys: readonly string[];
  readonly count: number;
  readonly bytes: number;
}

export interface GroupTotals {
  readonly groups: number;
  readonly count: number;
  readonly bytes: number;
}

/** Adds up, by keys of its own: the tokens of the values with a separator between. */
export class Groups {
  readonly #by: readonly GroupKey[];
  readonly #budget: number;
  readonly #scratch: Scratch;
  #keys = new Dictionary();
  #count = new Float64Array(256);
  #bytes = new Float64Array(256);
  #spilled: Sorter | undefined;
  readonly #key: RowKey;
  /** For a single key that is coded, sums by code, until the dictionary changes. */
  #coded: { readonly dictionary: Dictionary; count: Float64Array; bytes: Float64Array } | undefined;

  constructor(by: readonly GroupKey[], budget: number, scratch: Scratch) {
    this.#by = by;
    this.#key = new RowKey(by);
    this.#budget = budget;
    this.#scratch = scratch;
  }

  add(batch: Batch): void {
    const [first] = this.#by;
    if (this.#by.length === 1 && first === 'type') this.#addCoded(batch, batch.types, batch.type);
    else if (this.#by.length === 1 && first === 'kind') this.#addCoded(batch, batch.kinds, batch.kind);
    else this.#addRows(batch);
  }

  /** One row of an earlier result. `key` is its tokens with separators. */
  addRow(key: Uint8Array, count: number, bytes: number): void {
    this.#addKey(key, 0, key.length, count, bytes);
  }

  /** Every group once, in no order; `key` holds its tokens with separators from `start` to `end`, until the next one. It ends the counting. */
  each(take: (key: Uint8Array, start: number, end: number, count: number, bytes: number) => void): void {
    this.#foldCoded();
    if (this.#spilled !== undefined) {
      this.#eachOfRuns(take);
      return;
    }
    const { bytes, offsets, size } = this.#keys;
    for (let code = 0; code < size; code++)
      take(bytes, offsets[code]!, offsets[code + 1]!, this.#count[code]!, this.#bytes[code]!);
  }

  /** The rows in order: largest first by `order`, equal ones by key; at most `top`. The totals are of all. */
  finish(order: GroupOrder, top: number | undefined): { totals: GroupTotals; rows: Iterable<Group> } {
    this.#foldCoded();
    if (this.#spilled === undefined) return this.#inMemory(order, top);
    return this.#fromRuns(order, top);
  }

  #addCoded(batch: Batch, dictionary: Dictionary, codes: Uint32Array): void {
    if (this.#coded?.dictionary !== dictionary) {
      this.#foldCoded();
      this.#coded = { dictionary, count: new Float64Array(256), bytes: new Float64Array(256) };
    }
    if (dictionary.size > this.#coded.count.length) {
      this.#coded.count = grownDoubles(this.#coded.count, 2 * dictionary.size);
      this.#coded.bytes = grownDoubles(this.#coded.bytes, 2 * dictionary.size);
    }
    const { count, bytes } = this.#coded;
    const { length, size } = batch;
    for (let row = 0; row < length; row++) {
      const code = codes[row]!;
      count[code]! += 1;
      bytes[code]! += size[row]!;
    }
  }

  #foldCoded(): void {
    if (this.#coded === undefined) return;
    const { dictionary, count, bytes } = this.#coded;
    this.#coded = undefined;
    for (let code = 0; code < dictionary.size; code++) {
      if (count[code]! > 0)
        this.#addKey(
          dictionary.bytes,
          dictionary.offsets[code]!,
          dictionary.offsets[code + 1]!,
          count[code]!,
          bytes[code]!,
        );
    }
  }

  #addRows(batch: Batch): void {
    const { size } = batch;
    if (this.#by.length === 1 && this.#by[0] === 'name') {
      // By name alone: the token is the key as it stands.
      const { types, type, nameStart, nameEnd, text } = batch;
      for (let row = 0; row < batch.length; row++) {
        const start = nameStart[row]!;
        if (start === SAME_AS_TYPE)
          this.#addKey(types.bytes, types.offsets[type[row]!]!, types.offsets[type[row]! + 1]!, 1, size[row]!);
        else this.#addKey(text, start, nameEnd[row]!, 1, size[row]!);
      }
      return;
    }
    for (let row = 0; row < batch.length; row++) {
      this.#key.take(batch, row);
      this.#addKey(this.#key.bytes, 0, this.#key.length, 1, size[row]!);
    }
  }

  #addKey(source: Uint8Array, start: number, end: number, count: number, bytes: number): void {
    const code = this.#keys.code(source, start, end);
    if (code >= this.#count.length) {
      this.#count = grownDoubles(this.#count, 2 * code);
      this.#bytes = grownDoubles(this.#bytes, 2 * code);
    }
    this.#count[code]! += count;
    this.#bytes[code]! += bytes;
    if (this.#keys.size * 16 + this.#keys.memory > this.#budget / 3) this.#spill();
  }

  /** The table as a sorted run; then it begins anew in the memory it has. */
  #spill(): void {
    this.#spilled ??= new Sorter(byKey, this.#budget / 4, this.#scratch);
    const { offsets, bytes, size } = this.#keys;
    const view = new DataView(bytes.buffer);
    const order = Uint32Array.from({ length: size }, (_, i) => i).sort((a, b) =>
      compareBytes(view, offsets[a]!, offsets[a + 1]!, view, offsets[b]!, offsets[b + 1]!),
    );
    this.#spilled.addRun(
      order,
      (code) => 16 + offsets[code + 1]! - offsets[code]!,
      (code, into, out, at) => {
        into.setFloat64(at, this.#count[code]!, true);
        into.setFloat64(at + 8, this.#bytes[code]!, true);
        out.set(bytes.subarray(offsets[code]!, offsets[code + 1]!), at + 16);
      },
    );
    this.#keys.clear();
    this.#count.fill(0);
    this.#bytes.fill(0);
  }

  #inMemory(order: GroupOrder, top: number | undefined): { totals: GroupTotals; rows: Iterable<Group> } {
    const keys = this.#keys;
    const count = this.#count.subarray(0, keys.size);
    const bytes = this.#bytes.subarray(0, keys.size);
    const amount = order === 'count' ? count : bytes;
    const view = new DataView(keys.bytes.buffer);
    const codes = largest(amount, top).sort(
      (a, b) =>
        amount[b]! - amount[a]! ||
        compareKeys(view, keys.offsets[a]!, keys.offsets[a + 1]!, view, keys.offsets[b]!, keys.offsets[b + 1]!),
    );
    const rows = function* (): Generator<Group> {
      for (const code of codes.subarray(0, top)) {
        yield {
          keys: keyTexts(keys.bytes, keys.offsets[code]!, keys.offsets[code + 1]!),
          count: count[code]!,
          bytes: bytes[code]!,
        };
      }
    };
    return { totals: { groups: keys.size, count: sum(count), bytes: sum(bytes) }, rows: rows() };
  }

  /** Merges equal keys of all runs, then sorts what they add up to. */
  #fromRuns(order: GroupOrder, top: number | undefined): { totals: GroupTotals; rows: Iterable<Group> } {
    const sorter = new Sorter(order === 'count' ? byCount : byBytes, this.#budget / 4, this.#scratch);
    const totals = { groups: 0, count: 0, bytes: 0 };
    this.#eachOfRuns((key, _start, _end, count, bytes) => {
      totals.groups++;
      totals.count += count;
      totals.bytes += bytes;
      addRecord(sorter, key, count, bytes);
    });
    const rows = function* (): Generator<Group> {
      let given = 0;
      for (const { view, bytes: from, start, end } of sorter.sorted()) {
        if (given++ === top) return;
        yield {
          keys: keyTexts(from, start + 16, end),
          count: view.getFloat64(start, true),
          bytes: view.getFloat64(start + 8, true),
        };
      }
    };
    return { totals, rows: rows() };
  }

  #eachOfRuns(take: (key: Uint8Array, start: number, end: number, count: number, bytes: number) => void): void {
    this.#spill();
    this.#keys = new Dictionary();
    this.#count = new Float64Array(0);
    this.#bytes = new Float64Array(0);
    let key: Uint8Array | undefined;
    let count = 0;
    let bytes = 0;
    for (const record of this.#spilled!.sorted()) {
      const keyBytes = record.bytes.subarray(record.start + 16, record.end);
      if (key === undefined || Buffer.compare(keyBytes, key) !== 0) {
        if (key !== undefined) take(key, 0, key.length, count, bytes);
        key = keyBytes.slice();
        count = 0;
        bytes = 0;
      }
      count += record.view.getFloat64(record.start, true);
      bytes += record.view.getFloat64(record.start + 8, true);
    }
    if (key !== undefined) take(key, 0, key.length, count, bytes);
  }
}

/** A record of a run: count, bytes, key. */
function addRecord(sorter: Sorter, key: Uint8Array, count: number, bytes: number): void {
  sorter.add(16 + key.length, (view, into, at) => {
    view.setFloat64(at, count, true);
    view.setFloat64(at + 8, bytes, true);
    into.set(key, at + 16);
  });
}

/** Keys by their bytes, without the quote that closes the last one: `Foo` before `Foo bar`. */
export const compareKeys = (
  a: DataView,
  aStart: number,
  aEnd: number,
  b: DataView,
  bStart: number,
  bEnd: number,
): number => compareBytes(a, aStart, aEnd - 1, b, bStart, bEnd - 1);

const byKey = (a: DataView, aStart: number, aEnd: number, b: DataView, bStart: number, bEnd: number): number =>
  compareBytes(a, aStart + 16, aEnd, b, bStart + 16, bEnd);

const byAmount =
  (offset: number) =>
  (a: DataView, aStart: number, aEnd: number, b: DataView, bStart: number, bEnd: number): number =>
    b.getFloat64(bStart + offset, true) - a.getFloat64(aStart + offset, true) ||
    compareKeys(a, aStart + 16, aEnd, b, bStart + 16, bEnd);

const byCount = byAmount(0);
const byBytes = byAmount(8);

/** Places of the `top` largest amounts and of those that tie with the last of them; of all without `top`. */
function largest(amount: Float64Array, top: number | undefined): Uint32Array {
  const all = Uint32Array.from({ length: amount.length }, (_, i) => i);
  if (top === undefined || top >= amount.length) return all;
  if (top === 0) return new Uint32Array(0);
  const least = amount.slice().sort()[amount.length - top]!;
  return all.filter((i) => amount[i]! >= least);
}

function sum(amounts: Float64Array): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
