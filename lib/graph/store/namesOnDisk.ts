/**
 * Names of references that memory is not for, in a temporary file or in one that was kept: tokens in, a place for each out, and back. Each is a length in two bytes and the token, at a
 * multiple of 32 bytes. Memory: some 72 KB, once there are such.
 */
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { InputError } from '../../stream/errors.ts';
import { isSame } from '../../stream/json.ts';
import type { ColumnFile } from './columns.ts';

/** Places are below it, of so many bytes each. */
export const MOST_PLACES = 1 << 27;
const PLACE = 32;
const HELD = 1 << 16;
/** The longest token: 1,024 units, each escaped, and its quotes. */
const LONGEST = 1024 * 6 + 2;

const decoder = new TextDecoder();

export class NamesOnDisk {
  readonly #scratch: Scratch | undefined;
  readonly #stored: ColumnFile | undefined;
  #file: TempFile | undefined;
  /** What is not yet in the file. */
  #held = new Uint8Array(0);
  #heldEnd = 0;
  /** What was read last, and where it stands. */
  #window = new Uint8Array(0);
  #windowAt = 0;
  #windowEnd = 0;

  /** Names to be added, or those that `stored` has. */
  constructor(scratch: Scratch | undefined, stored: ColumnFile | undefined) {
    this.#scratch = scratch;
    this.#stored = stored;
  }

  /** Gives the place of bytes[start, end). */
  add(bytes: Uint8Array, start: number, end: number): number {
    if (this.#file === undefined) {
      this.#file = this.#scratch!.open();
      this.#held = new Uint8Array(HELD);
    }
    if (this.#heldEnd + LONGEST + 2 * PLACE > HELD) this.#flush();
    const place = (this.#file.length + this.#heldEnd) / PLACE;
    if (place >= MOST_PLACES)
      throw new InputError('names of references take more than 4 GiB: there are too many for one graph');
    const at = this.#heldEnd;
    this.#held[at] = (end - start) & 255;
    this.#held[at + 1] = (end - start) >>> 8;
    this.#held.set(bytes.subarray(start, end), at + 2);
    this.#heldEnd = at + entryBytes(end - start);
    return place;
  }

  /** Names of nodes that follow each other stand behind each other: what was read for one often has the next. */
  token(place: number): string {
    if (this.#window.length === 0) this.#window = new Uint8Array(LONGEST + 2);
    const window = this.#window;
    let at = place * PLACE - this.#windowAt;
    if (at < 0 || at + 2 > this.#windowEnd || at + 2 + lengthAt(window, at) > this.#windowEnd) {
      this.#flush();
      this.#windowAt = place * PLACE;
      // Something has been written, or there would be no such place.
      this.#windowEnd = (this.#stored ?? this.#file)!.readAt(window, this.#windowAt);
      at = 0;
    }
    return decoder.decode(window.subarray(at + 2, at + 2 + lengthAt(window, at)));
  }

  /** All places of some tokens: one reading. */
  *placesOf(tokens: readonly Uint8Array[]): Generator<number> {
    this.#flush();
    const file = this.#stored ?? this.#file;
    if (file === undefined) return;
    const bytes = new Uint8Array(HELD);
    for (let position = 0; ; ) {
      const end = file.readAt(bytes, position);
      let at = 0;
      while (at + 2 <= end) {
        const length = lengthAt(bytes, at);
        const next = at + entryBytes(length);
        // What does not end here is read once more from its beginning.
        if (next > end) break;
        if (tokens.some((token) => token.length === length && isSame(bytes, at + 2, token, 0, length)))
          yield (position + at) / PLACE;
        at = next;
      }
      if (at === 0) return;
      position += at;
    }
  }

  /** All of it: to be written, and given back as `stored`. */
  copy(sink: (bytes: Uint8Array, end: number) => void): void {
    this.#flush();
    this.#file?.copy(0, this.#file.length, sink);
  }

  #flush(): void {
    if (this.#heldEnd > 0) this.#file?.append(this.#held, this.#heldEnd);
    this.#heldEnd = 0;
  }
}

const lengthAt = (bytes: Uint8Array, at: number): number => bytes[at]! + bytes[at + 1]! * 256;

/** A length and the token, up to the next place. */
const entryBytes = (length: number): number => (2 + length + PLACE - 1) & -PLACE;
