/** One of a row's other fields, where its value is a text or a flag. A batch's row in, a range of bytes out; a search in a few bytes, and no allocation but for lines that others made. */
import type { Batch } from './batch.ts';
import { rawFields } from './json.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const COMMA = 44;
const QUOTE = 34;
const BACKSLASH = 92;
const TRUE = 116;
const FALSE = 102;
/** In a value that is an object or a list a field's name may be somebody else's. */
const BRACE = 123;
const BRACKET = 91;
const COLON = 58;

export class FieldFinder {
  /** After `find`: the token, with its quotes. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #name: string;
  readonly #key: Uint8Array;

  constructor(name: string) {
    this.#name = name;
    this.#key = encoder.encode(JSON.stringify(name));
  }

  /** Whether the row has the field, as a text. */
  find(batch: Batch, row: number): boolean {
    return this.#value(batch, row) && this.bytes[this.start] === QUOTE;
  }

  /** Its value, where the row has it as true or false. */
  flag(batch: Batch, row: number): boolean | undefined {
    if (!this.#value(batch, row)) return undefined;
    const first = this.bytes[this.start];
    return first === TRUE ? true : first === FALSE ? false : undefined;
  }

  #value(batch: Batch, row: number): boolean {
    const { text } = batch;
    const from = batch.extraStart[row]!;
    const to = batch.extraEnd[row]!;
    const key = this.#key;
    if (to - from <= key.length) return false;
    for (let at = from; at < to; at++) {
      const byte = text[at]!;
      if (byte === BACKSLASH || byte === BRACE || byte === BRACKET) return this.#slow(text, from, to);
    }
    for (let at = from; at + key.length < to; at++) {
      if (at > from && text[at - 1] !== COMMA) continue;
      let same = 0;
      while (same < key.length && text[at + same] === key[same]) same++;
      if (same < key.length || text[at + same] !== COLON) continue;
      this.bytes = text;
      this.start = at + same + 1;
      this.end = this.start + 1;
      // A text may have commas in it, what is none may not.
      if (text[this.start] === QUOTE) {
        while (text[this.end] !== QUOTE) this.end++;
        this.end++;
      } else while (this.end < to && text[this.end] !== COMMA) this.end++;
      return true;
    }
    return false;
  }

  #slow(text: Uint8Array, from: number, to: number): boolean {
    const field = rawFields(`{${decoder.decode(text.subarray(from, to))}}`).find(([name]) => name === this.#name);
    if (field === undefined) return false;
    this.bytes = encoder.encode(JSON.stringify(JSON.parse(field[1])));
    this.start = 0;
    this.end = this.bytes.length;
    return true;
  }
}
