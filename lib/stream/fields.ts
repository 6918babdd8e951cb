/** A number as a field of some nodes of a batch, beside the fields they have: their texts go to a copy of the batch's text. */
import { grown } from '../disk/grow.ts';
import type { Batch } from './batch.ts';
import { writeDigits } from './digits.ts';
import { rawFields } from './json.ts';

const utf8 = new TextEncoder();
const text = new TextDecoder();
const COMMA = 44;
/** Room for a number, a comma, and the spare bytes that a batch's text ends with. */
const SPARE = 32;

/** `begin` with a batch, `add` for some of its rows, then `finish`: now these rows have the field, and no other of its name. */
export class FieldAdder {
  readonly #name: string;
  readonly #key: Uint8Array;
  #batch: Batch | undefined;
  #text: Uint8Array = new Uint8Array(1 << 16);
  /** 0 as long as nothing was added: then the batch keeps its own text. */
  #end = 0;

  constructor(name: string) {
    this.#name = name;
    this.#key = utf8.encode(`${JSON.stringify(name)}:`);
  }

  begin(batch: Batch): void {
    this.#batch = batch;
    this.#end = 0;
  }

  add(row: number, value: number): void {
    // `begin` comes first.
    const batch = this.#batch!;
    if (this.#end === 0) {
      this.#room(batch.text.length);
      this.#text.set(batch.text);
      this.#end = batch.text.length;
    }
    const others = this.#others(batch, row);
    this.#room(others.length + this.#key.length);
    const start = this.#end;
    let at = start;
    if (others.length > 0) {
      this.#text.set(others, at);
      at += others.length;
      this.#text[at++] = COMMA;
    }
    this.#text.set(this.#key, at);
    at = writeDigits(this.#text, at + this.#key.length, value);
    batch.extraStart[row] = start;
    batch.extraEnd[row] = at;
    this.#end = at;
  }

  finish(): void {
    if (this.#end > 0) this.#batch!.text = this.#text;
  }

  /** The row's other fields: one of the same name gives way. */
  #others(batch: Batch, row: number): Uint8Array {
    const bytes = batch.text.subarray(batch.extraStart[row], batch.extraEnd[row]);
    const raw = text.decode(bytes);
    if (!raw.includes(`"${this.#name}"`)) return bytes;
    const fields = rawFields(`{${raw}}`).filter(([key]) => key !== this.#name);
    return utf8.encode(fields.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(','));
  }

  #room(bytes: number): void {
    if (this.#end + bytes + SPARE > this.#text.length) this.#text = grown(this.#text, 2 * (this.#end + bytes + SPARE));
  }
}
