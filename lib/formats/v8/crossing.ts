/**
 * Over a flat array of whole numbers without keeping them: tells where each one begins. Takes the spellings that `Numbers` takes, and no others.
 * 64 KiB of memory, and about a nanosecond a byte.
 */
import type { RandomBytes } from '../../disk/input.ts';
import { type Section, UnusualLayout } from './locate.ts';

const BLOCK = 1 << 16;
const COMMA = 44;
const NEWLINE = 10;

export class Crossing {
  /** Of the column that `records` was asked for. */
  sum = 0;
  readonly #file: RandomBytes;
  readonly #section: Section;
  readonly #bytes = Buffer.allocUnsafeSlow(BLOCK + 1);
  /** Where bytes[0] stands in the file; bytes[at, end) are numbers, each with a comma behind it. */
  #base: number;
  #at = 0;
  #end = 0;

  constructor(file: RandomBytes, section: Section) {
    this.#file = file;
    this.#section = section;
    this.#base = section.start;
  }

  /** Where the next number begins. */
  get position(): number {
    return this.#base + this.#at;
  }

  /** Over so many numbers; gives how many there were. */
  numbers(count: number): number {
    const bytes = this.#bytes;
    let left = count;
    while (left > 0 && this.#has()) {
      const end = this.#end;
      let at = this.#at;
      while (left > 0 && at < end) {
        let byte = bytes[at++]!;
        if ((byte - 48) >>> 0 > 9) throw new UnusualLayout();
        do byte = bytes[at++]!;
        while ((byte - 48) >>> 0 <= 9);
        if (byte === NEWLINE) byte = bytes[at++]!;
        if (byte !== COMMA) throw new UnusualLayout();
        left--;
      }
      this.#at = at;
    }
    return count - left;
  }

  /** Over so many records of `width` numbers, adding up one column; gives how many there were. Throws UnusualLayout in the middle of one. */
  records(count: number, width: number, column: number): number {
    const bytes = this.#bytes;
    let left = count;
    let place = 0;
    let sum = 0;
    while (left > 0 && this.#has()) {
      const end = this.#end;
      let at = this.#at;
      while (left > 0 && at < end) {
        let value = bytes[at++]! - 48;
        if (value >>> 0 > 9) throw new UnusualLayout();
        let digit = bytes[at++]! - 48;
        for (; digit >>> 0 <= 9; digit = bytes[at++]! - 48) value = value * 10 + digit;
        if (digit === NEWLINE - 48) digit = bytes[at++]! - 48;
        if (digit !== COMMA - 48) throw new UnusualLayout();
        if (place === column) sum += value;
        if (++place === width) {
          place = 0;
          left--;
        }
      }
      this.#at = at;
    }
    if (place > 0) throw new UnusualLayout();
    this.sum = sum;
    return count - left;
  }

  /** Whether there is a number, reading one more block where it is not at hand. */
  #has(): boolean {
    if (this.#at < this.#end) return true;
    const { start, end } = this.#section;
    this.#base += this.#at;
    this.#at = 0;
    this.#end = 0;
    const left = end - this.#base;
    if (left <= 0) return false;
    const bytes = this.#bytes;
    const read = this.#file.readAt(bytes, this.#base, Math.min(BLOCK, left));
    // A block ends behind a comma, and the last number gets one of its own.
    const last = read === left ? read : bytes.lastIndexOf(COMMA, read - 1);
    if (last < 0) throw new UnusualLayout();
    bytes[last] = COMMA;
    this.#end = last + 1;
    return this.#base > start || bytes.toString('latin1', 0, last).trim() !== '';
  }
}
