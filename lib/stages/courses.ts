/**
 * The groups of many snapshots, one snapshot after the other, to the course of each group over them. Memory grows with distinct keys times snapshots up
 * to a budget; past it they go to temporary files as sorted runs.
 */
import { grownDoubles } from '../disk/grow.ts';
import type { Scratch } from '../disk/scratch.ts';
import { type Compare, compareBytes, Sorter } from '../disk/sort.ts';
import { Dictionary } from '../stream/dictionary.ts';
import { compareKeys, type Groups } from './group.ts';
import { keyTexts } from './keys.ts';

export type CourseOrder = 'steps' | 'delta' | 'slope' | 'last';

/** A value for each snapshot, in their order. */
export interface Series {
  readonly count: readonly number[];
  readonly bytes: readonly number[];
}

/** One row: the values of the keys asked for, in that order, and what became of them. */
export interface Course {
  readonly keys: readonly string[];
  readonly series: Series;
  /** Steps from one snapshot to the next in which its bytes grew. */
  readonly stepsUp: number;
  /** Bytes a step: of the straight line through its bytes with the least squares, to a thousandth. */
  readonly slope: number;
}

export interface CourseTotals {
  readonly groups: number;
  /** Groups that grew in every step. */
  readonly growing: number;
  readonly all: Course;
}

export interface Asked {
  readonly order: CourseOrder;
  readonly top: number | undefined;
  readonly onlyGrowing: boolean;
  /** Is shown every group, in no order, whatever is asked for. */
  readonly see?: ((course: Course) => void) | undefined;
}

/** A group's course, before its key is text: valid until the next one. */
interface Raw {
  readonly key: Uint8Array;
  readonly count: Float64Array;
  readonly bytes: Float64Array;
}

/** A number of a snapshot, a count and bytes stand before the key in a record. */
const HEAD = 20;
/** What a course is ranked by. */
const RANKS = 3;

export class Courses {
  readonly #budget: number;
  readonly #scratch: Scratch;
  #snapshots = 0;
  #keys = new Dictionary();
  /** For each snapshot, by the code of the key; shorter where later snapshots have more keys. */
  #count: Float64Array[] = [];
  #bytes: Float64Array[] = [];
  #spilled: Sorter | undefined;

  constructor(budget: number, scratch: Scratch) {
    this.#budget = budget;
    this.#scratch = scratch;
  }

  /** The next snapshot's groups. */
  add(groups: Groups): void {
    const snapshot = this.#snapshots++;
    this.#count.push(new Float64Array(this.#keys.size));
    this.#bytes.push(new Float64Array(this.#keys.size));
    groups.each((key, start, end, count, bytes) => {
      if (this.#spilled !== undefined) addRecord(this.#spilled, snapshot, key, start, end, count, bytes);
      else this.#hold(snapshot, this.#keys.code(key, start, end), count, bytes);
    });
  }

  /** The courses in order, at most `top`. The totals are of all. */
  finish({ order, top, onlyGrowing, see }: Asked): { totals: CourseTotals; rows: Iterable<Course> } {
    const steps = this.#snapshots - 1;
    const sorter = new Sorter(byRank(this.#snapshots), this.#budget / 4, this.#scratch);
    const count = new Float64Array(this.#snapshots);
    const bytes = new Float64Array(this.#snapshots);
    let groups = 0;
    let growing = 0;
    for (const raw of this.#spilled === undefined ? this.#inMemory() : this.#fromRuns(this.#spilled)) {
      groups++;
      for (let i = 0; i <= steps; i++) {
        count[i]! += raw.count[i]!;
        bytes[i]! += raw.bytes[i]!;
      }
      const isGrowing = stepsUp(raw.bytes) === steps;
      if (isGrowing) growing++;
      see?.(course(keyTexts(raw.key, 0, raw.key.length), Array.from(raw.count), Array.from(raw.bytes)));
      if (isGrowing || !onlyGrowing) addRanked(sorter, raw, rank(raw.bytes, order));
    }
    const totals = { groups, growing, all: course([], Array.from(count), Array.from(bytes)) };
    return { totals, rows: ranked(sorter, this.#snapshots, top) };
  }

  #hold(snapshot: number, code: number, count: number, bytes: number): void {
    if (code >= this.#count[snapshot]!.length) {
      this.#count[snapshot] = grownDoubles(this.#count[snapshot]!, 2 * code + 64);
      this.#bytes[snapshot] = grownDoubles(this.#bytes[snapshot]!, 2 * code + 64);
    }
    this.#count[snapshot]![code]! += count;
    this.#bytes[snapshot]![code]! += bytes;
    if (this.#keys.memory + 16 * this.#keys.size * this.#snapshots > this.#budget / 3) this.#spill();
  }

  /** All that is held goes to sorted runs, and so does all that follows. */
  #spill(): void {
    this.#spilled = new Sorter(byKey, this.#budget / 4, this.#scratch);
    const { bytes: keys, offsets, size } = this.#keys;
    for (let code = 0; code < size; code++) {
      for (let snapshot = 0; snapshot < this.#snapshots; snapshot++) {
        const count = this.#count[snapshot]![code] ?? 0;
        const bytes = this.#bytes[snapshot]![code] ?? 0;
        // Of a key that never has anything, one record keeps its place.
        if (count > 0 || bytes > 0 || snapshot === 0)
          addRecord(this.#spilled, snapshot, keys, offsets[code]!, offsets[code + 1]!, count, bytes);
      }
    }
    this.#keys = new Dictionary();
    this.#count = [];
    this.#bytes = [];
  }

  *#inMemory(): Generator<Raw> {
    const { bytes: keys, offsets, size } = this.#keys;
    const count = new Float64Array(this.#snapshots);
    const bytes = new Float64Array(this.#snapshots);
    for (let code = 0; code < size; code++) {
      for (let snapshot = 0; snapshot < this.#snapshots; snapshot++) {
        count[snapshot] = this.#count[snapshot]![code] ?? 0;
        bytes[snapshot] = this.#bytes[snapshot]![code] ?? 0;
      }
      yield { key: keys.subarray(offsets[code], offsets[code + 1]), count, bytes };
    }
  }

  *#fromRuns(runs: Sorter): Generator<Raw> {
    const count = new Float64Array(this.#snapshots);
    const bytes = new Float64Array(this.#snapshots);
    let key: Uint8Array | undefined;
    for (const record of runs.sorted()) {
      const next = record.bytes.subarray(record.start + HEAD, record.end);
      if (key === undefined || Buffer.compare(next, key) !== 0) {
        if (key !== undefined) yield { key, count, bytes };
        key = next.slice();
        count.fill(0);
        bytes.fill(0);
      }
      const snapshot = record.view.getUint32(record.start, true);
      count[snapshot]! += record.view.getFloat64(record.start + 4, true);
      bytes[snapshot]! += record.view.getFloat64(record.start + 12, true);
    }
    if (key !== undefined) yield { key, count, bytes };
  }
}

/** The course of several groups together. */
export function addUp(series: readonly Series[], snapshots: number): Course {
  const sum = (of: 'count' | 'bytes'): number[] =>
    Array.from({ length: snapshots }, (_, i) => series.reduce((total, one) => total + one[of][i]!, 0));
  return course([], sum('count'), sum('bytes'));
}

const course = (keys: readonly string[], count: readonly number[], bytes: readonly number[]): Course => ({
  keys,
  series: { count, bytes },
  stepsUp: stepsUp(bytes),
  slope: Math.round(1000 * slope(bytes)) / 1000,
});

function stepsUp(values: ArrayLike<number>): number {
  let steps = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[i - 1]!) steps++;
  return steps;
}

/** Sum of (x - mean x)(y - mean y) by sum of (x - mean x)^2, for x = 0, 1, 2, ...; 0 for a single value. */
function slope(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 2) return 0;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (2 * i - (n - 1)) * values[i]!;
  return (6 * sum) / (n * (n * n - 1));
}

/** What it is ranked by, the most important first; more comes before less. */
function rank(bytes: Float64Array, order: CourseOrder): readonly [number, number, number] {
  const delta = bytes[bytes.length - 1]! - bytes[0]!;
  switch (order) {
    case 'steps':
      return [stepsUp(bytes), Math.max(0, leastStep(bytes)), delta];
    case 'delta':
      return [delta, 0, 0];
    case 'slope':
      return [slope(bytes), 0, 0];
    case 'last':
      return [bytes[bytes.length - 1]!, 0, 0];
  }
}

function leastStep(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < values.length; i++) least = Math.min(least, values[i]! - values[i - 1]!);
  return least;
}

function addRecord(
  sorter: Sorter,
  snapshot: number,
  key: Uint8Array,
  start: number,
  end: number,
  count: number,
  bytes: number,
): void {
  sorter.add(HEAD + end - start, (view, into, at) => {
    view.setUint32(at, snapshot, true);
    view.setFloat64(at + 4, count, true);
    view.setFloat64(at + 12, bytes, true);
    into.set(key.subarray(start, end), at + HEAD);
  });
}

const byKey: Compare = (a, aStart, aEnd, b, bStart, bEnd) =>
  compareBytes(a, aStart + HEAD, aEnd, b, bStart + HEAD, bEnd);

/** A record: what it is ranked by, counts, bytes, key. */
function addRanked(sorter: Sorter, { key, count, bytes }: Raw, ranks: readonly number[]): void {
  sorter.add(8 * (RANKS + 2 * count.length) + key.length, (view, into, at) => {
    for (const values of [ranks, count, bytes])
      for (const value of values) {
        view.setFloat64(at, value, true);
        at += 8;
      }
    into.set(key, at);
  });
}

function byRank(snapshots: number): Compare {
  const head = 8 * (RANKS + 2 * snapshots);
  return (a, aStart, aEnd, b, bStart, bEnd) => {
    for (let at = 0; at < 8 * RANKS; at += 8) {
      const difference = b.getFloat64(bStart + at, true) - a.getFloat64(aStart + at, true);
      if (difference !== 0) return difference;
    }
    return compareKeys(a, aStart + head, aEnd, b, bStart + head, bEnd);
  };
}

function* ranked(sorter: Sorter, snapshots: number, top: number | undefined): Generator<Course> {
  let given = 0;
  for (const { view, bytes: from, start, end } of sorter.sorted()) {
    if (given++ === top) return;
    const counts = start + 8 * RANKS;
    const sizes = counts + 8 * snapshots;
    const count: number[] = [];
    const bytes: number[] = [];
    for (let at = 0; at < 8 * snapshots; at += 8) {
      count.push(view.getFloat64(counts + at, true));
      bytes.push(view.getFloat64(sizes + at, true));
    }
    yield course(keyTexts(from, sizes + 8 * snapshots, end), count, bytes);
  }
}
