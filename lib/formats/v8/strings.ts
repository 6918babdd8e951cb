/**
 * The string table of a snapshot, by index, without holding it: one pass notes where every 64th string begins, then blocks of 64 are
 * read when asked for. V8 numbers strings in order of first use, so a small cache answers nearly every look-up (of 34 million, 17,000 missed).
 * Costs 1/8 byte a string, and some MB of cache.
 *
 * Over 300 lines, because what finds where strings begin and what reads them from there must agree on every byte.
 */

import { isUtf8 } from 'node:buffer';
import { grown, grownDoubles } from '../../disk/grow.ts';
import type { RandomBytes } from '../../disk/input.ts';
import { cutText, LONGEST_TEXT, token } from '../../stream/json.ts';
import { byteFault } from './faults.ts';
import { type Section, UnusualLayout } from './locate.ts';

const WINDOW = 1 << 18;
/** What is read for a string far from the one before; as long as strings follow each other each piece is twice as long. */
const FEW = 1 << 11;
/** Strings follow each other also where a few blocks of them are passed over. */
const AHEAD = 1 << 14;
const PER_BLOCK = 64;
const SLOTS = 256;
/** Raw bytes that hold the opening quote and any 1,025 units: each is at most an escape of six. */
const ENOUGH = 1 + 6 * (LONGEST_TEXT + 1);

/** A block of strings up to this size is taken in one piece. */
const MOST_RAW = 1 << 15;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const CLOSE = 93;
const CLOSE_BRACE = 125;

/** 1 for the bytes that a string's text does not run over: the quote, the backslash, control characters. */
const ENDS_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 32 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** How many strings there are, and where every 64th begins in the file. */
export interface StringBlocks {
  readonly length: number;
  readonly blocks: Float64Array;
}

interface Slot {
  block: number;
  /** Token i is bytes[starts[i], ends[i]): raw bytes of the file, and behind them those that had to be made canonical. */
  bytes: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** `find` sets `bytes`, `start` and `end` to a string's canonical token, cut to the longest text; they hold until the next call. */
export class StringTable {
  /** Strings in the table. */
  readonly length: number;
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #file: RandomBytes;
  readonly #blocks: Float64Array;
  readonly #blockCount: number;
  readonly #slots: (Slot | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #window = Buffer.allocUnsafeSlow(1 << 16);
  #base = 0;
  #held = 0;
  #most = FEW;

  constructor(file: RandomBytes, { length, blocks }: StringBlocks) {
    this.#file = file;
    this.length = length;
    this.#blocks = blocks;
    this.#blockCount = Math.ceil(length / PER_BLOCK);
  }

  /** Throws RangeError beyond the table: callers know who asked. */
  find(index: number): void {
    if (index >= this.length) throw new RangeError(`string ${index} of ${this.length}`);
    const block = Math.floor(index / PER_BLOCK);
    let slot = this.#slots[block % SLOTS];
    if (slot === undefined || slot.block !== block) {
      slot ??= {
        block,
        bytes: new Uint8Array(2048),
        starts: new Uint32Array(PER_BLOCK),
        ends: new Uint32Array(PER_BLOCK),
      };
      this.#slots[block % SLOTS] = slot;
      this.#load(slot, block);
    }
    const i = index % PER_BLOCK;
    this.bytes = slot.bytes;
    this.start = slot.starts[i]!;
    this.end = slot.ends[i]!;
  }

  #load(slot: Slot, block: number): void {
    slot.block = -1;
    const count = Math.min(PER_BLOCK, this.length - block * PER_BLOCK);
    const position = this.#blocks[block]!;
    const next = this.#blocks[block + 1]!;
    const length = block + 1 < this.#blockCount ? next - position : MOST_RAW;
    if (length > MOST_RAW || !this.#loadRaw(slot, position, length, count)) this.#loadEach(slot, position, count);
    slot.block = block;
  }

  /** All tokens in one copy; false where the block has long strings or other surprises. */
  #loadRaw(slot: Slot, position: number, length: number, count: number): boolean {
    const from = this.#hold(position, length);
    const { starts, ends } = slot;
    const held = Math.min(length, this.#held - from);
    if (slot.bytes.length < held + 8 || slot.bytes.length > 4 * MOST_RAW) slot.bytes = new Uint8Array(held + 256);
    const bytes = slot.bytes;
    bytes.set(this.#window.subarray(from, from + held));
    let end = held;
    for (let i = 0, at = 0; i < count; i++) {
      while (at < held && bytes[at] !== QUOTE) at++;
      starts[i] = at++;
      let escaped = false;
      for (; at < held && bytes[at] !== QUOTE; at++) {
        if (bytes[at] === BACKSLASH) {
          escaped = true;
          at++;
        }
      }
      if (at >= held) return false;
      ends[i] = ++at;
      if (escaped || at - starts[i]! > LONGEST_TEXT + 2)
        end = this.#append(slot, i, end, this.#canonical(bytes.slice(starts[i]!, at), position + starts[i]!));
    }
    return true;
  }

  #append(slot: Slot, i: number, at: number, canonical: Uint8Array): number {
    // The loops above hold on to `bytes`: what was raw stays where it is, also in a copy that has grown.
    if (at + canonical.length + 8 > slot.bytes.length) slot.bytes = grown(slot.bytes, 2 * (at + canonical.length + 8));
    slot.bytes.set(canonical, at);
    slot.starts[i] = at;
    slot.ends[i] = at + canonical.length;
    return slot.ends[i]!;
  }

  /** Token by token: strings may be longer than any memory. */
  #loadEach(slot: Slot, first: number, count: number): void {
    let position = first;
    for (let i = 0, end = 0; i < count; i++) {
      const start = this.#hold(position, ENOUGH + 8);
      const window = this.#window;
      let at = start + 1;
      for (; at < this.#held && window[at] !== QUOTE; at++) if (window[at] === BACKSLASH) at++;
      let raw: Uint8Array = window.subarray(start, at + 1);
      let next = position + raw.length;
      if (at >= this.#held) {
        raw = Buffer.concat([wholeUnits(window.subarray(start, start + ENOUGH)), Buffer.of(QUOTE)]);
        next = this.#endOf(position);
      }
      end = this.#append(slot, i, end, this.#canonical(raw, position));
      position = this.#nextToken(next);
    }
  }

  #canonical(raw: Uint8Array, position: number): Uint8Array {
    try {
      return token(cutText(JSON.parse(Buffer.from(raw).toString()) as string));
    } catch {
      throw byteFault(this.#file, position, 'a string holds an escape that JSON does not have');
    }
  }

  /** Makes `bytes` bytes from `position` on stand in the window, or all there are; gives their place in it. */
  #hold(position: number, bytes: number): number {
    const at = position - this.#base;
    if (at >= 0 && at + bytes <= this.#held) return at;
    const follows = position >= this.#base && position <= this.#base + this.#held + AHEAD;
    this.#most = follows ? Math.min(2 * this.#most, this.#window.length) : FEW;
    this.#base = position;
    this.#held = this.#file.readAt(this.#window, position, Math.min(Math.max(bytes, this.#most), this.#window.length));
    return 0;
  }

  /** The place behind the closing quote of a string longer than the window. */
  #endOf(position: number): number {
    for (let at = position + 1; ; ) {
      let i = this.#hold(at, 1);
      for (; i < this.#held && this.#window[i] !== QUOTE; i++) if (this.#window[i] === BACKSLASH) i++;
      at = this.#base + i;
      if (i < this.#held) return at + 1;
    }
  }

  #nextToken(position: number): number {
    for (let at = position; ; ) {
      let i = this.#hold(at, 1);
      while (i < this.#held && this.#window[i] !== QUOTE && this.#window[i] !== CLOSE) i++;
      at = this.#base + i;
      if (i < this.#held || this.#held === 0) return at;
    }
  }
}

/** Cuts off an escape or a character that is not whole. */
function wholeUnits(raw: Uint8Array): Uint8Array {
  let at = 1;
  for (;;) {
    const byte = raw[at]!;
    const length =
      byte === BACKSLASH ? (raw[at + 1] === 117 ? 6 : 2) : byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (at + length > raw.length) return raw.subarray(0, at);
    at += length;
  }
}

/** The pass over all strings: counts them, notes the place of every 64th, and refuses what is no JSON or no UTF-8. */
export function findStrings(file: RandomBytes, section: Section): StringBlocks {
  const window = Buffer.allocUnsafeSlow(WINDOW);
  let blocks = new Float64Array(1024);
  let length = 0;
  let inString = false;
  let wantsComma = false;
  let base = section.start;
  let carried = 0;
  for (;;) {
    const read = file.readAt(window.subarray(carried), base + carried);
    const held = carried + read;
    if (read === 0) throw byteFault(file, file.size, 'the file ends in the middle of the strings (file cut short?)');
    // Whatever is not judged now is carried: the beginning of a character, and the byte that a backslash may need.
    const end = wholeCharacters(window, held) - 1;
    let at = 0;
    while (at < end) {
      let byte = window[at]!;
      if (inString) {
        // A quote behind the last byte ends the loop, so that it need not ask where it is.
        const behind = window[end]!;
        window[end] = QUOTE;
        while (ENDS_TEXT[byte] === 0) byte = window[++at]!;
        window[end] = behind;
        if (at === end) break;
        if (byte < 32) throw byteFault(file, base + at, 'a control character stands in a string');
        at += byte === BACKSLASH ? 2 : 1;
        inString = byte === BACKSLASH;
      } else if (byte === QUOTE && !wantsComma) {
        if (length % PER_BLOCK === 0) {
          if (length / PER_BLOCK === blocks.length) blocks = grownDoubles(blocks, 2 * blocks.length);
          blocks[length / PER_BLOCK] = base + at;
        }
        length++;
        inString = true;
        wantsComma = true;
        at++;
      } else if (byte === COMMA && wantsComma) {
        wantsComma = false;
        at++;
      } else if (byte === CLOSE && (wantsComma || length === 0)) {
        checkText(file, window, at, base);
        checkEnd(file, base + at + 1);
        return { length, blocks: blocks.slice(0, Math.ceil(length / PER_BLOCK)) };
      } else if (byte === 10 || byte === 32 || byte === 13 || byte === 9) at++;
      else throw new UnusualLayout();
    }
    at = wholeCharacters(window, at);
    checkText(file, window, at, base);
    window.copyWithin(0, at, held);
    carried = held - at;
    base += at;
  }
}

/** The place behind the last character that is whole. */
function wholeCharacters(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? end - back : end;
  }
  return end;
}

function checkText(file: RandomBytes, window: Buffer, end: number, base: number): void {
  if (isUtf8(window.subarray(0, end))) return;
  let at = 0;
  for (let step = 1 << 17; step >= 1; step >>= 1) {
    while (at + step < end && isUtf8(window.subarray(0, wholeCharacters(window, at + step)))) at += step;
  }
  throw byteFault(
    file,
    base + wholeCharacters(window, at),
    'a string is not UTF-8 (was the file written by a text tool?)',
  );
}

/** Behind the strings only the closing brace may stand. */
function checkEnd(file: RandomBytes, position: number): void {
  const tail = Buffer.alloc(4096);
  let braces = 0;
  for (let base = position; ; base += tail.length) {
    const read = file.readAt(tail, base);
    for (let i = 0; i < read; i++) {
      const byte = tail[i];
      if (byte === CLOSE_BRACE && braces === 0) braces++;
      else if (byte === COMMA && braces === 0) throw new UnusualLayout();
      else if (byte !== 10 && byte !== 32 && byte !== 13 && byte !== 9) {
        throw byteFault(file, base + i, 'data after the end of the snapshot (two snapshots in one file?)');
      }
    }
    if (read < tail.length) break;
  }
  if (braces === 0)
    throw byteFault(file, file.size, 'the file ends before the closing brace of the snapshot (file cut short?)');
}
