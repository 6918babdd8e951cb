/**
 * Names of references, with their kinds, as numbers that rows can hold: equal references have equal numbers. Names that come again and again are held once in
 * memory; those of a WeakMap's pairs, and past a limit all new ones, go to a temporary file, again each time. Costs at most some 64 MB, on real heaps of 8M nodes 20 MB.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { type Batch, REF_KINDS } from '../../stream/batch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { tokensOf } from '../../stream/json.ts';
import { isIndexed, RefToken } from '../../stream/refToken.ts';
import type { ColumnFile } from './columns.ts';
import { mayBePair } from './ephemerons.ts';
import { MOST_PLACES, NamesOnDisk } from './namesOnDisk.ts';

/** Bytes of names in memory, as their dictionary counts them. */
const LIMIT = 24 << 20;
/** The lowest three bits of a code: its kind, or that it is an element whose code is its index. */
const SLOT_BITS = 3;
const SLOT = 7;
const INDEX = 7;
const ELEMENT = REF_KINDS.indexOf('element');
/** Bytes from which on a name as that of a WeakMap's pair is no other's. */
const LONG = 48;
/** Digits of an index that is its own code, and the first one that is not: below 2^28. */
const DIGITS = 8;
const LONG_INDEX = 10 ** DIGITS;
/** Codes from here on are places in the file; from there on, names that are numerals: tables of the runtime have one for each of their places. */
const ON_DISK = MOST_PLACES;
const NUMERALS = MOST_PLACES / 2;
/** Digits of a numeral: below 2^26. */
const NUMERAL_DIGITS = 7;
const CACHE_BITS = 14;
/** Places of a batch's text of which the code is remembered: a source that has one name many times in a batch often writes it once. */
const PLACES = 1 << 12;
/** Numbers of names of which the code is remembered; of indexes that are too long, and of hidden references, likewise. */
const NUMBERS = 1 << 18;
const INDEXES = 1 << 12;

const QUOTE = 34;
const ZERO = 48;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Where a name is: its places in memory, its codes on disk, its code as a numeral, whether it is an index too. */
interface Found {
  readonly held: readonly number[];
  readonly onDisk: ReadonlySet<number>;
  readonly numeral: number;
  readonly isIndex: boolean;
}

export class NameCodes {
  readonly #limit: number;
  readonly #texts: Dictionary;
  readonly #rest: NamesOnDisk;
  /** Names came for which there was no more room: else on disk are only those of pairs. */
  hasLate: boolean;
  /** The texts met last, by a few of their bytes. */
  readonly #cache = new Int32Array(1 << CACHE_BITS).fill(-1);
  readonly #places = new Int32Array(PLACES);
  readonly #placeCodes = new Int32Array(PLACES);
  /** Where names come as numbers. */
  readonly #numbers = new Remembered(NUMBERS);
  readonly #indexes = new Remembered(INDEXES);
  readonly #token = new RefToken();

  /** Names to be told, or those that `stored` has. */
  constructor(
    scratch: Scratch | undefined,
    limit = LIMIT,
    stored?: { readonly texts: Dictionary; readonly rest: ColumnFile; readonly hasLate: boolean },
  ) {
    this.#limit = limit;
    this.#texts = stored?.texts ?? new Dictionary();
    this.#rest = new NamesOnDisk(scratch, stored?.rest);
    this.hasLate = stored?.hasLate ?? false;
  }

  /** The names in memory: to be written, and given back as `stored.texts`. */
  get texts(): Dictionary {
    return this.#texts;
  }

  /** What is on disk: to be written, and given back as `stored.rest`. */
  copyRest(sink: (bytes: Uint8Array, end: number) => void): void {
    this.#rest.copy(sink);
  }

  /** The place among `texts` of a name that is in memory; undefined for indexes and what is on disk. */
  held(code: number): number | undefined {
    const value = code >>> SLOT_BITS;
    return (code & SLOT) !== INDEX && value < NUMERALS ? value : undefined;
  }

  /** The places of all that are of this name, whatever their kind; undefined where some are indexes or on disk. */
  placesOf(name: string): readonly number[] | undefined {
    const { held, onDisk, isIndex } = this.#find(name);
    return onDisk.size > 0 || isIndex ? undefined : held;
  }

  /** Whether a code is of this name, and of this kind if one is given. Elements are called by their digits. */
  matcher(kind: number | undefined, name: string): (code: number) => boolean {
    const { held, onDisk, numeral, isIndex } = this.#find(name);
    const index = isIndex ? Number(name) : -1;
    return (code) => {
      if (kind !== undefined && this.kind(code) !== kind) return false;
      const value = code >>> SLOT_BITS;
      if ((code & SLOT) === INDEX) return value === index;
      if (value >= ON_DISK) return onDisk.has(value);
      return value < NUMERALS ? held.includes(value) : value === numeral;
    };
  }

  /** Where a name is: costs one reading of what is on disk, where it may be there. */
  #find(name: string): Found {
    const words = tokensOf(name);
    const tokens = words.map((word) => encoder.encode(word));
    const places = tokens.map((token) => this.#texts.find(token, 0, token.length));
    // A name that is in memory is never on disk too.
    const absent = tokens.filter((token, i) => places[i]! < 0 && (this.hasLate || isPair(token, 0, token.length)));
    return {
      held: places.filter((place) => place >= 0),
      onDisk: new Set(absent.length === 0 ? [] : Array.from(this.#rest.placesOf(absent), (place) => ON_DISK + place)),
      numeral: Math.max(...tokens.map((token) => numeralOf(token, 0, token.length))),
      isIndex: words.includes(name),
    };
  }

  /** Before the first reference of each batch. */
  begin(): void {
    this.#places.fill(-1);
  }

  /** The code of a reference of the batch that was begun, below 2^31. */
  code(batch: Batch, ref: number): number {
    if (batch.names !== undefined) return this.#numbered(batch, ref);
    const { text, refKind, refNameStart, refNameEnd } = batch;
    const kind = refKind[ref]!;
    const start = refNameStart[ref]!;
    const end = refNameEnd[ref]!;
    if (kind === ELEMENT && text[start] !== QUOTE && end - start <= DIGITS) {
      let index = 0;
      for (let at = start; at < end; at++) index = index * 10 + text[at]! - ZERO;
      return (index << SLOT_BITS) | INDEX;
    }
    const place = (start ^ (start >>> 12)) & (PLACES - 1);
    if (this.#places[place] !== start) {
      this.#places[place] = start;
      this.#placeCodes[place] = this.#codeOf(text, start, end);
    }
    return (this.#placeCodes[place]! << SLOT_BITS) | kind;
  }

  /** Index of REF_KINDS. */
  kind(code: number): number {
    const slot = code & SLOT;
    return slot === INDEX ? ELEMENT : slot;
  }

  /** The name as it stands in a line: a string with its quotes, or digits. */
  token(code: number): string {
    const value = code >>> SLOT_BITS;
    if ((code & SLOT) === INDEX) return String(value);
    if (value >= ON_DISK) return this.#rest.token(value - ON_DISK);
    if (value >= NUMERALS) return `"${value - NUMERALS}"`;
    const { bytes, offsets } = this.#texts;
    return decoder.decode(bytes.subarray(offsets[value], offsets[value + 1]));
  }

  /** The name itself. */
  text(code: number): string {
    const token = this.token(code);
    return token.startsWith('"') ? (JSON.parse(token) as string) : token;
  }

  /** The same kind and name. */
  isSame(a: number, b: number): boolean {
    if (a === b) return true;
    const isOnDisk = a >>> SLOT_BITS >= ON_DISK && b >>> SLOT_BITS >= ON_DISK;
    return isOnDisk && (a & SLOT) === (b & SLOT) && (a & SLOT) !== INDEX && this.token(a) === this.token(b);
  }

  #numbered(batch: Batch, ref: number): number {
    const kind = batch.refKind[ref]!;
    const number = batch.refName[ref]!;
    if (kind === ELEMENT && number < LONG_INDEX) return (number << SLOT_BITS) | INDEX;
    const { numbers, codes } = isIndexed(kind) ? this.#indexes : this.#numbers;
    const slot = number & (codes.length - 1);
    if (numbers[slot] !== number + 1) {
      this.#token.find(batch, ref);
      const { bytes, start, end } = this.#token;
      codes[slot] = this.#codeOf(bytes, start, end);
      numbers[slot] = number + 1;
    }
    return (codes[slot]! << SLOT_BITS) | kind;
  }

  #codeOf(text: Uint8Array, start: number, end: number): number {
    const middle = (start + end) >>> 1;
    const mixed = (text[start + 1]! << 24) ^ (text[middle]! << 16) ^ (text[end - 2]! << 8) ^ (text[middle - 1]! << 3);
    const slot = Math.imul(mixed ^ (end - start), 0x9e3779b1) >>> (32 - CACHE_BITS);
    const known = this.#cache[slot]!;
    if (known >= 0 && this.#texts.is(known, text, start, end)) return known;
    const code = this.#textCode(text, start, end);
    if (code < NUMERALS) this.#cache[slot] = code;
    return code;
  }

  #textCode(bytes: Uint8Array, start: number, end: number): number {
    const numeral = numeralOf(bytes, start, end);
    if (numeral >= 0) return numeral;
    // Each of these is told once: to look for it would take longer than all else.
    if (isPair(bytes, start, end)) return ON_DISK + this.#rest.add(bytes, start, end);
    if (this.#texts.memory < this.#limit) return this.#texts.code(bytes, start, end);
    const known = this.#texts.find(bytes, start, end);
    if (known >= 0) return known;
    this.hasLate = true;
    return ON_DISK + this.#rest.add(bytes, start, end);
  }
}

const isPair = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start > LONG && mayBePair(bytes, start, end);

/** The code of a token that is a string of few digits as a number is written; else -1. */
function numeralOf(bytes: Uint8Array, start: number, end: number): number {
  const digits = end - start - 2;
  if (digits < 1 || digits > NUMERAL_DIGITS || bytes[start] !== QUOTE) return -1;
  if (bytes[start + 1] === ZERO && digits > 1) return -1;
  let number = 0;
  for (let at = start + 1; at < end - 1; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return NUMERALS + number;
}

/** Codes by number, of the numbers met last: those of names are counted from 0, so that those of a heap with few all have their place. */
class Remembered {
  /** Plus one. */
  readonly numbers: Float64Array;
  readonly codes: Int32Array;

  constructor(slots: number) {
    this.numbers = new Float64Array(slots);
    this.codes = new Int32Array(slots);
  }
}
