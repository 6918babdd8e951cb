/** The loops of kernel.as.ts in JavaScript: for where WebAssembly cannot be had, and to hold the other against. */

import { PAGE } from '../../../disk/pages.ts';
import { NO_KEY } from '../../../stream/batch.ts';
import {
  ALL_PACKED,
  CANDIDATE_BITS,
  GUESS_BITS,
  LENGTHS,
  LONGEST_SHAPE,
  MET_AGAIN,
  MET_BITS,
  MOST_HUBS,
  NO_SHAPE,
  PAGE_FULL,
  type Packer,
  ROOM,
  SLOT_BITS,
  type Tables,
} from './packer.ts';

/** The hub that a place of a shape has for itself. */
export const OWN_HUB = 0;
/** Targets nearer than this take two bytes anyway. */
export const FAR = 1 << 10;
/** A far target that is met so often becomes a hub. */
const OFTEN = 128;

export class PlainTables implements Tables {
  readonly page = new Uint8Array(PAGE + ROOM);
  readonly candidates = new Int32Array(LENGTHS.candidates);
  readonly hubs = new Uint32Array(LENGTHS.hubs);
  hubCount = OWN_HUB + 1;
}

export class PlainPacker extends PlainTables implements Packer {
  readonly starts = new Uint32Array(LENGTHS.starts);
  readonly keys = new Uint32Array(LENGTHS.keys);
  readonly targets = new Uint32Array(LENGTHS.targets);
  readonly classes = new Uint8Array(LENGTHS.classes);
  readonly slots = new Uint32Array(LENGTHS.slots);
  readonly rowType = new Uint32Array(LENGTHS.rowType);
  readonly rowStart = new Uint32Array(LENGTHS.rowStart);
  readonly rowIsOdd = new Uint8Array(LENGTHS.rowIsOdd);
  readonly refKey = new Uint32Array(LENGTHS.refKey);
  readonly refTo = new Uint32Array(LENGTHS.refTo);
  readonly begun = new Uint32Array(LENGTHS.begun);
  readonly #view = new DataView(this.page.buffer);
  readonly #met = new Uint32Array(1 << MET_BITS);
  readonly #guesses = new Uint32Array(1 << GUESS_BITS);
  begunCount = 0;
  hash = 0;
  at = 0;
  why = ALL_PACKED;

  pack(from: number, end: number, first: number, start: number): number {
    const { page, rowType, rowStart, rowIsOdd, refTo, starts, targets, classes, begun } = this;
    const view = this.#view;
    let at = start;
    let row = from;
    let n = first;
    let ref = rowStart[row]!;
    let begunCount = 0;
    this.why = ALL_PACKED;
    for (; row < end; row++, n++) {
      if (at >= PAGE) {
        this.why = PAGE_FULL;
        break;
      }
      if (rowIsOdd[row] !== 0) {
        this.why = NO_SHAPE;
        break;
      }
      const refEnd = rowStart[row + 1]!;
      const shape = refEnd > ref ? this.#shapeOf(rowType[row]!, ref, refEnd) : 0;
      if (shape < 0) break;
      if (row > from) {
        page[at++] = 0;
        if ((n & 3) === 0) begun[begunCount++] = at;
      }
      if (refEnd === ref) continue;
      at = putVarint(view, at, shape + 2);
      for (let place = starts[shape]!; ref < refEnd; ref++, place++) {
        const target = refTo[ref]!;
        const away = target - n;
        const zigzag = (away << 1) ^ (away >> 31);
        const hub = target === targets[place] ? OWN_HUB : zigzag >= FAR ? hubOf(this, target) : -1;
        at = putVarint(view, at, ((hub >= 0 ? (hub << 3) | 4 : zigzag << 3) | classes[place]!) + 1);
      }
    }
    this.at = at;
    this.begunCount = begunCount;
    return row;
  }

  /** -1, and `why`, where there is none. */
  #shapeOf(type: number, from: number, to: number): number {
    this.why = NO_SHAPE;
    if (to - from > LONGEST_SHAPE) return -1;
    const place = type & ((1 << GUESS_BITS) - 1);
    const guess = this.#guesses[place]! - 1;
    if (guess >= 0 && this.#is(guess, from, to)) {
      this.why = ALL_PACKED;
      return guess;
    }
    const found = this.#look(from, to);
    if (found >= 0) {
      this.#guesses[place] = found + 1;
      this.why = ALL_PACKED;
    }
    return found;
  }

  #look(from: number, to: number): number {
    const { refKey, slots } = this;
    let hash = to - from;
    for (let ref = from; ref < to; ref++) {
      if (refKey[ref] === NO_KEY) return -1;
      hash = Math.imul(hash ^ refKey[ref]!, 0x9e3779b1) ^ (hash >>> 15);
    }
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
    for (let slot = hash >>> (32 - SLOT_BITS); ; slot = (slot + 1) & (slots.length - 1)) {
      const known = slots[slot]! - 1;
      if (known < 0) break;
      if (this.#is(known, from, to)) return known;
    }
    const met = hash & (this.#met.length - 1);
    if (this.#met[met] === hash) {
      this.hash = hash;
      this.why = MET_AGAIN;
    } else this.#met[met] = hash;
    return -1;
  }

  #is(shape: number, from: number, to: number): boolean {
    const { starts, keys, refKey } = this;
    let at = starts[shape]!;
    if (starts[shape + 1]! - at !== to - from) return false;
    for (let ref = from; ref < to; ref++, at++) if (keys[at] !== refKey[ref]) return false;
    return true;
  }
}

/** The place of a far target among the hubs, or -1: of two with the same hash the one that is met more often stays. */
export function hubOf(tables: Tables, to: number): number {
  const table = tables.candidates;
  const slot = (Math.imul(to, 0x9e3779b1) >>> (32 - CANDIDATE_BITS)) << 1;
  const state = table[slot + 1]!;
  if (table[slot] === to) {
    if (state < 0) return -state;
    if (state < OFTEN) table[slot + 1] = state + 1;
    else if (tables.hubCount < MOST_HUBS) {
      table[slot + 1] = -tables.hubCount;
      tables.hubs[tables.hubCount++] = to;
    }
  } else if (state > 0) table[slot + 1] = state - 1;
  else if (state === 0) {
    table[slot] = to;
    table[slot + 1] = 1;
  }
  return -1;
}

/** All of four bytes but the last are followed by another one: by how many bits a value has, how many bytes, and those bits. */
const VARINT_BYTES = Uint8Array.from({ length: 29 }, (_, bits) => Math.max(1, Math.ceil(bits / 7)));
const FOLLOWED = Int32Array.from({ length: 29 }, (_, bits) => 0x808080 >>> (8 * (4 - VARINT_BYTES[bits]!)));

/** Writes a varint of up to 32 bits; gives where it ends. Up to 28 bits without a branch: how long the next one is cannot be foreseen, and a wrong guess takes longer than all of this. */
export function putVarint(view: DataView, at: number, value: number): number {
  if (value >>> 28 !== 0) return putLong(view, at, value >>> 0);
  const bits = 32 - Math.clz32(value);
  const groups = (value & 0x7f) | ((value & 0x3f80) << 1) | ((value & 0x1fc000) << 2) | ((value & 0xfe00000) << 3);
  view.setInt32(at, groups | FOLLOWED[bits]!, true);
  return at + VARINT_BYTES[bits]!;
}

function putLong(view: DataView, at: number, value: number): number {
  let rest = value;
  let to = at;
  for (; rest > 127; rest >>>= 7) view.setUint8(to++, (rest & 127) | 128);
  view.setUint8(to++, rest);
  return to;
}
