/** One record of a result, whose fields are read with a complaint that names its file and line. Costs a few look-ups. */
import type { InputError } from '../../stream/errors.ts';
import { lineFault } from '../../stream/plain.ts';
import { escapeControls } from '../escape.ts';

export interface Amount {
  readonly count: number;
  readonly bytes: number;
}

export class Row {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly #file: string;
  readonly #line: number;

  constructor(file: string, line: number, fields: Readonly<Record<string, unknown>>) {
    this.#file = file;
    this.#line = line;
    this.fields = fields;
  }

  has(...keys: readonly string[]): boolean {
    return keys.every((key) => this.fields[key] !== undefined);
  }

  /** A text that may be shown: what a heap calls things is data, so control characters and halves of pairs are escaped here, once for all pictures. */
  text(key: string): string {
    const value = this.fields[key];
    if (typeof value !== 'string' && typeof value !== 'number') throw this.fault(`has no ${key}`);
    return shown(value);
  }

  /** A whole number, from `least` on. */
  whole(key: string, least = 0): number {
    const value = this.fields[key];
    if (!Number.isSafeInteger(value) || (value as number) < least) throw this.fault(`has no ${key}, a whole number`);
    return value as number;
  }

  /** Count and bytes: the fields of this record, or the two within its field `key`. */
  amount(key?: string, least = 0): Amount {
    if (key === undefined) return { count: this.whole('count', least), bytes: this.whole('bytes', least) };
    return this.within(key).amount(undefined, least);
  }

  /** The record that its field `key` is. */
  within(key: string): Row {
    const value = this.fields[key];
    if (!isRecord(value)) throw this.fault(`has no ${key} of its kind`);
    return new Row(this.#file, this.#line, value);
  }

  /** The records of a list. */
  list(key: string): readonly Row[] {
    const value = this.fields[key];
    if (!Array.isArray(value) || !value.every(isRecord)) throw this.fault(`has no ${key}, a list of records`);
    return value.map((record) => new Row(this.#file, this.#line, record));
  }

  /** The numbers of a list. */
  numbers(key: string): readonly number[] {
    const value = this.fields[key];
    if (!Array.isArray(value) || !value.every(Number.isSafeInteger))
      throw this.fault(`has no ${key}, a list of numbers`);
    return value as readonly number[];
  }

  fault(problem: string): InputError {
    return lineFault(this.#file, this.#line, problem);
  }
}

// What XML cannot hold even as an escape, and marks of direction, by which a name could reorder what stands beside it.
const UNSHOWN = /[\ufffe\uffff\u200e\u200f\u061c\u2028\u2029]/g;

/** Any text of a heap as a picture shows it. */
export const shown = (text: string | number): string =>
  escapeControls(String(text)).replace(UNSHOWN, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
