/** One flat array of whole numbers, digits in, doubles out, a block of 64 KiB at a time. */
import type { RandomBytes } from '../../disk/input.ts';
import { byteFault } from './faults.ts';
import { type Section, UnusualLayout } from './locate.ts';
import { compiledScanner } from './scanner/compiled.ts';
import { PlainScanner } from './scanner/plain.ts';
import { BLOCK, type Scanner } from './scanner/scanner.ts';

/** The first block behind a jump; each further one is twice as long. */
const FEW = 1 << 11;
const COMMA = 44;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The numbers of a section in order: `values[next]` to `values[length - 1]` are at hand, `fill` brings more. */
export class Numbers {
  readonly scanner: Scanner = compiledScanner() ?? new PlainScanner();
  readonly values = this.scanner.values;
  length = 0;
  next = 0;
  /** Where blocks began, if somebody wants to come back: for each the place in the file, and which number from the origin on stands there. */
  starts: { readonly positions: number[]; readonly numbers: number[] } | undefined;
  readonly #file: RandomBytes;
  readonly #section: Section;
  readonly #bytes = this.scanner.bytes;
  /** Where reading began, at the section's beginning or by `seek`: places are counted from there. */
  #origin: number;
  #most = BLOCK;
  /** Where the next block begins in the file; where the present one began, its length, and how many values are older than it. */
  #position: number;
  #blockStart = 0;
  #blockBytes = 0;
  #older = 0;
  /** Which number from the origin on values[0] is. */
  #first = 0;

  constructor(file: RandomBytes, section: Section) {
    this.#file = file;
    this.#section = section;
    this.#origin = section.start;
    this.#position = section.start;
  }

  /** Goes on at a place of the section where a number begins, and reads little at first. */
  seek(position: number): void {
    this.length = 0;
    this.next = 0;
    this.#first = 0;
    this.#origin = position;
    this.#position = position;
    this.#most = FEW;
  }

  /** Keeps what has not been taken and reads one more block. False at the end of the section. */
  fill(): boolean {
    const { values } = this;
    values.copyWithin(0, this.next, this.length);
    this.length -= this.next;
    this.#first += this.next;
    this.next = 0;
    this.#older = this.length;
    const left = this.#section.end - this.#position;
    if (left <= 0) return false;
    const bytes = this.#bytes;
    if (this.starts !== undefined) {
      this.starts.positions.push(this.#position);
      this.starts.numbers.push(this.#first + this.length);
    }
    const read = this.#file.readAt(bytes, this.#position, Math.min(this.#most, left));
    if (this.#most < BLOCK) this.#most *= 2;
    const isLast = read === left;
    // A block ends behind a comma, so that no number crosses two; the last number gets a comma of its own.
    const end = isLast ? read : bytes.lastIndexOf(COMMA, read - 1);
    bytes[end] = COMMA;
    this.#blockStart = this.#position;
    this.#blockBytes = end + 1;
    this.#position += end + 1;
    if (isLast && isBlank(bytes, end) && this.#blockStart === this.#section.start) return false;
    const length = end < 0 ? -1 : this.scanner.scan(end + 1, this.length);
    if (length < 0) throw this.#misfit(end < 0 ? read : end + 1);
    this.length = length;
    return true;
  }

  /** What the scan stumbled over: a legal spelling for the slow path, or a fault at its byte. */
  #misfit(end: number): Error {
    const text = this.#bytes.toString('latin1', 0, end);
    for (let at = 0; at < end; ) {
      const comma = text.indexOf(',', at);
      const value = text.slice(at, comma < 0 ? end : comma).trim();
      const byte = this.#blockStart + at;
      // The section was not crossed, and there are others before its end.
      if (value.includes(']')) return new UnusualLayout();
      if (!JSON_NUMBER.test(value)) return byteFault(this.#file, byte, `${shown(value)} stands where a number must be`);
      if (!Number.isInteger(Number(value)) || Number(value) < 0)
        return byteFault(this.#file, byte, `${shown(value)} is not a whole number from 0`);
      if (Number(value) > Number.MAX_SAFE_INTEGER) return byteFault(this.#file, byte, `${shown(value)} is beyond 2^53`);
      at = comma < 0 ? end : comma + 1;
    }
    return new UnusualLayout();
  }

  /** A fault at values[index]. */
  fault(index: number, problem: string): Error {
    if (index < this.#older) return this.faultAtNumber(this.#first + index, problem);
    let at = 0;
    for (let left = index - this.#older; left > 0 && at < this.#blockBytes; at++) if (this.#bytes[at] === COMMA) left--;
    return byteFault(this.#file, this.#blockStart + at, problem);
  }

  /** A fault at a number counted from where reading began: reads it again up to there. */
  faultAtNumber(place: number, problem: string): Error {
    const bytes = this.#bytes;
    let position = this.#origin;
    for (let commas = 0; position < this.#section.end; ) {
      const read = this.#file.readAt(bytes, position, BLOCK);
      let at = 0;
      while (at < read && commas < place) if (bytes[at++] === COMMA) commas++;
      position += at;
      if (commas === place || read === 0) break;
    }
    return byteFault(this.#file, position, problem);
  }

  endFault(problem: string): Error {
    return byteFault(this.#file, this.#section.end, problem);
  }
}

/** For a message, which is one line. */
function shown(value: string): string {
  const line = value.replace(/[^!-~]+/g, ' ');
  return line === '' ? 'nothing' : line.length > 40 ? `${line.slice(0, 40)}...` : line;
}

function isBlank(bytes: Uint8Array, end: number): boolean {
  for (let i = 0; i < end; i++)
    if (bytes[i] !== 10 && bytes[i] !== 32 && bytes[i] !== 13 && bytes[i] !== 9) return false;
  return true;
}
