/**
 * Every kind of path in a heap as a line of JSON, most nodes first, on its way into an index. A class of paths ends in one type, so whoever chooses by types alone chooses
 * some of these lines, whole (pathLines.ts). What comes again in them (a step, its type) is a byte below 32, which no JSON has, and a number: on real heaps a line takes
 * a tenth of its text. Memory: the pieces.
 */
import { grown, grownNumbers } from '../disk/grow.ts';
import type { Scratch, TempFile } from '../disk/scratch.ts';
import { StoredColumn } from '../graph/store/columns.ts';
import { LEAD_BITS, LEADS } from './contents.ts';
import type { Piece, PieceSink } from './pieces.ts';

const CHUNK = 1 << 16;
/** Up to so many units a text is written unit by unit. */
const SHORT = 24;

/** What a line says beside its text. */
export interface PathLine {
  /** Code of its nodes' type. */
  readonly type: number;
  readonly count: number;
  readonly bytes: number;
  /** Its names are of all paths of the heap: of a choice they may be others. */
  readonly isOfAll: boolean;
}

/** Takes lines in pieces, each closed by `end`. Memory: the pieces. */
export class PathLineWriter implements PieceSink {
  readonly rows: StoredColumn;
  readonly lines: TempFile;
  readonly #chunk = Buffer.alloc(2 * CHUNK);
  #at = 0;
  #begun = 0;
  #pieces: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 14);
  #offsets: Uint32Array<ArrayBuffer> = new Uint32Array(256);
  #size = 0;

  constructor(scratch: Scratch) {
    this.rows = new StoredColumn(scratch);
    this.lines = scratch.open();
  }

  get pieces(): { readonly text: Uint8Array; readonly offsets: Uint32Array } {
    return {
      text: this.#pieces.subarray(0, this.#offsets[this.#size]),
      offsets: this.#offsets.subarray(0, this.#size + 1),
    };
  }

  again(piece: Piece): void {
    if (piece.code < 0) piece.code = this.#enter(piece.text);
    if (this.#at > CHUNK) this.#flush();
    const chunk = this.#chunk;
    chunk[this.#at++] = piece.code & (LEADS - 1);
    let rest = piece.code >>> LEAD_BITS;
    for (; rest > 127; rest >>>= 7) chunk[this.#at++] = (rest & 127) | 128;
    chunk[this.#at++] = rest;
  }

  once(text: string): void {
    // A UTF-16 unit takes at most three bytes; what is told at once is a part of a line of a node stream.
    if (this.#at + 3 * text.length > this.#chunk.length) this.#flush();
    if (text.length > SHORT) this.#at += this.#chunk.write(text, this.#at);
    else this.#short(text);
  }

  end({ type, count, bytes, isOfAll }: PathLine): void {
    const end = this.lines.length + this.#at;
    const high = Math.floor(bytes / 2 ** 32);
    // PATH_WORDS of them.
    for (const word of [2 * type + (isOfAll ? 1 : 0), count, bytes - high * 2 ** 32, high, end - this.#begun])
      this.rows.push(word);
    this.#begun = end;
  }

  /** After the last line. */
  finish(): void {
    this.#flush();
  }

  /** Nearly all are numbers, for which to call the encoder takes five times as long. */
  #short(text: string): void {
    const from = this.#at;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) {
        this.#at = from + this.#chunk.write(text, from);
        return;
      }
      this.#chunk[this.#at++] = unit;
    }
  }

  #enter(text: string): number {
    const bytes = Buffer.from(text);
    const from = this.#offsets[this.#size]!;
    const to = from + bytes.length;
    if (to > this.#pieces.length) this.#pieces = grown(this.#pieces, 2 * to);
    this.#pieces.set(bytes, from);
    if (this.#size + 2 > this.#offsets.length) this.#offsets = grownNumbers(this.#offsets, 2 * this.#offsets.length);
    this.#offsets[this.#size + 1] = to;
    return this.#size++;
  }

  #flush(): void {
    this.lines.append(this.#chunk, this.#at);
    this.#at = 0;
  }
}
