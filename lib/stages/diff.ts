/**
 * Two snapshots compared by key: what there was before and after, and of nodes that were matched how many are new, gone and resized. Memory: 64 bytes a distinct key, beside its text.
 */
import { grownDoubles } from '../disk/grow.ts';
import { compareBytes } from '../disk/sort.ts';
import { Dictionary } from '../stream/dictionary.ts';
import type { KeyCodes } from './keyCodes.ts';
import { keyOf, keyTexts } from './keys.ts';

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** In bytes delta = after - before = new - gone + resized, in counts delta = new - gone; `resized.count` is how many survivors changed their size. */
export interface Difference {
  readonly before: Amount;
  readonly after: Amount;
  readonly delta: Amount;
  /** Undefined where nodes were not matched. */
  readonly matched: { readonly new: Amount; readonly gone: Amount; readonly resized: Amount } | undefined;
}

/** The values of the keys asked for, in that order. */
export interface DifferenceRow extends Difference {
  readonly keys: readonly string[];
}

/** Sums of a key, in this order; all else follows from them. Survivors' bytes are those they had before, and those they have now. */
const [BEFORE, BEFORE_BYTES, NEW, NEW_BYTES, KEPT, KEPT_BEFORE, KEPT_AFTER, RESIZED] = [
  0, 1, 2, 3, 4, 5, 6, 7,
] as const;
const WIDTH = 8;

/** The values of a key as rows have them, where they are not those that nodes were matched by. */
export type Spelling = (texts: readonly string[]) => readonly string[];

export class Differences {
  readonly #codes: KeyCodes;
  #sums = new Float64Array(256 * WIDTH);

  constructor(codes: KeyCodes) {
    this.#codes = codes;
  }

  before(code: number, count: number, bytes: number): void {
    const at = this.#at(code);
    this.#sums[at + BEFORE]! += count;
    this.#sums[at + BEFORE_BYTES]! += bytes;
  }

  /** What there is after, and was not matched. */
  fresh(code: number, count: number, bytes: number): void {
    const at = this.#at(code);
    this.#sums[at + NEW]! += count;
    this.#sums[at + NEW_BYTES]! += bytes;
  }

  /** A node that is there before and after. */
  kept(code: number, before: number, after: number): void {
    const at = this.#at(code);
    const sums = this.#sums;
    sums[at + KEPT]! += 1;
    sums[at + KEPT_BEFORE]! += before;
    sums[at + KEPT_AFTER]! += after;
    if (before !== after) sums[at + RESIZED]! += 1;
  }

  /** The rows by the first so many values of the keys, or by one of them alone. Without `matched` there are no new, gone and resized. */
  rows(by: number | { readonly value: number }, matched: boolean, spelling?: Spelling): Rows {
    const { keys } = this.#codes;
    const width = keys.size === 0 ? 0 : this.#codes.texts(0).length;
    if (by === width && spelling === undefined) return new Rows(keys, this.#sums, matched);
    const folded = new Dictionary();
    let sums = new Float64Array(256 * WIDTH);
    for (let code = 0; code < keys.size; code++) {
      const texts = spelling?.(this.#codes.texts(code)) ?? this.#codes.texts(code);
      const key = keyOf(typeof by === 'number' ? texts.slice(0, by) : [texts[by.value]!]);
      const to = folded.code(key, 0, key.length) * WIDTH;
      if (to >= sums.length) sums = grownDoubles(sums, 2 * sums.length);
      for (let i = 0; i < WIDTH; i++) sums[to + i]! += this.#sums[code * WIDTH + i] ?? 0;
    }
    return new Rows(folded, sums, matched);
  }

  #at(code: number): number {
    const at = code * WIDTH;
    if (at >= this.#sums.length) this.#sums = grownDoubles(this.#sums, Math.max(2 * this.#sums.length, at + WIDTH));
    return at;
  }
}

/** Rows made one by one, those that grew most first; of equal bytes by count, then by key. The totals are of all. */
export class Rows {
  readonly size: number;
  readonly totals: Difference;
  readonly #keys: Dictionary;
  readonly #sums: Float64Array;
  readonly #matched: boolean;

  constructor(keys: Dictionary, sums: Float64Array, matched: boolean) {
    this.#keys = keys;
    this.#sums = sums;
    this.#matched = matched;
    this.size = keys.size;
    const totals = new Float64Array(WIDTH);
    for (let at = 0; at < keys.size * WIDTH; at++) totals[at % WIDTH]! += sums[at] ?? 0;
    this.totals = difference(totals, 0, matched);
  }

  *inOrder(top = Number.POSITIVE_INFINITY): Generator<DifferenceRow> {
    const { bytes, offsets, size } = this.#keys;
    const sums = this.#sums;
    const view = new DataView(bytes.buffer);
    const grew = Float64Array.from({ length: size }, (_, code) => deltaBytes(sums, code * WIDTH));
    const more = Float64Array.from({ length: size }, (_, code) => deltaCount(sums, code * WIDTH));
    const order = Uint32Array.from({ length: size }, (_, code) => code).sort(
      (a, b) =>
        // What shrank is news as much as what grew: a fix is seen by that.
        Math.abs(grew[b]!) - Math.abs(grew[a]!) ||
        grew[b]! - grew[a]! ||
        more[b]! - more[a]! ||
        // Without the quote that closes the last value: `Foo` before `Foo bar`.
        compareBytes(view, offsets[a]!, offsets[a + 1]! - 1, view, offsets[b]!, offsets[b + 1]! - 1),
    );
    for (const code of order.subarray(0, Math.min(top, size)))
      yield {
        keys: keyTexts(bytes, offsets[code]!, offsets[code + 1]!),
        ...difference(sums, code * WIDTH, this.#matched),
      };
  }
}

const deltaBytes = (sums: Float64Array, at: number): number =>
  (sums[at + NEW_BYTES] ?? 0) + (sums[at + KEPT_AFTER] ?? 0) - (sums[at + BEFORE_BYTES] ?? 0);

const deltaCount = (sums: Float64Array, at: number): number =>
  (sums[at + NEW] ?? 0) + (sums[at + KEPT] ?? 0) - (sums[at + BEFORE] ?? 0);

function difference(sums: Float64Array, at: number, isMatched: boolean): Difference {
  const sum = (column: number): number => sums[at + column] ?? 0;
  const amount = (count: number, bytes: number): Amount => ({ count, bytes });
  return {
    before: amount(sum(BEFORE), sum(BEFORE_BYTES)),
    after: amount(sum(NEW) + sum(KEPT), sum(NEW_BYTES) + sum(KEPT_AFTER)),
    delta: amount(deltaCount(sums, at), deltaBytes(sums, at)),
    matched: isMatched
      ? {
          new: amount(sum(NEW), sum(NEW_BYTES)),
          gone: amount(sum(BEFORE) - sum(KEPT), sum(BEFORE_BYTES) - sum(KEPT_BEFORE)),
          resized: amount(sum(RESIZED), sum(KEPT_AFTER) - sum(KEPT_BEFORE)),
        }
      : undefined,
  };
}
