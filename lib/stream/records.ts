/** NDJSON results (groups, lists of nodes) from bytes to objects, one at a time, by split2. Costs a line. */
import { type ByteReader, blocksOf } from '../disk/input.ts';
import { InputError } from './errors.ts';
import { lineFault } from './plain.ts';

const LONGEST = 1 << 20;

export interface NumberedRecord {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Every record of a stream of results. Throws InputError with the line for what is no JSON object. */
export async function* readRecords(name: string, reader: ByteReader): AsyncGenerator<NumberedRecord> {
  const [{ Readable }, { default: split2 }] = await Promise.all([import('node:stream'), import('split2')]);
  const lines = Readable.from(blocksOf(reader), { objectMode: false }).pipe(split2({ maxLength: LONGEST }));
  let line = 0;
  try {
    for await (const text of lines as AsyncIterable<string>) {
      line++;
      if (text.trim() === '') continue;
      yield { line, fields: parse(name, line, text) };
    }
  } catch (error) {
    if (error instanceof InputError || (error as Error).message !== 'maximum buffer reached') throw error;
    throw lineFault(name, line + 1, 'is longer than 1 MiB');
  }
}

function parse(name: string, line: number, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw lineFault(name, line, `is not JSON (${(error as SyntaxError).message})`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw lineFault(name, line, 'is not an object');
  return value as Record<string, unknown>;
}
