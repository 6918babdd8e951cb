/**
 * Legal JSON in any layout to the layout that writers use, in a temporary file, by stream-json: 14 MB/s, constant memory.
 * Whatever reads snapshots then reads that file, so that both ways give the same stream.
 */

import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import type { ByteReader } from '../../disk/input.ts';
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { InputError } from '../../stream/errors.ts';
import { LONGEST_TEXT } from '../../stream/json.ts';

/** Sections that readers use; the others are passed over. */
const ARRAYS = ['nodes', 'edges', 'locations', 'strings'] as const;
type ArrayName = (typeof ARRAYS)[number];

/** Of a string this much is kept before it is cut to the longest text. */
const KEPT = LONGEST_TEXT + 2;
const CHUNK = 1 << 16;

interface Token {
  readonly name: string;
  readonly value?: string;
}

export async function normalise(name: string, bytes: ByteReader, scratch: Scratch): Promise<TempFile> {
  const [{ chain }, { parser }] = await Promise.all([import('stream-chain'), import('stream-json')]);
  const sections = new Sections(name, scratch);
  const tokens = chain([
    parser({
      packKeys: true,
      packNumbers: true,
      packStrings: false,
      streamKeys: false,
      streamNumbers: false,
      streamStrings: true,
    }),
    (token: Token) => {
      sections.take(token);
      return undefined;
    },
  ]);
  tokens.resume();
  try {
    await new Promise<void>((resolve, reject) => {
      tokens.on('error', reject);
      tokens.on('end', () => resolve());
      Readable.from(chunks(name, bytes), { objectMode: false }).on('error', reject).pipe(tokens);
    });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name}: is not JSON as a heap snapshot is (${(error as Error).message})`);
  }
  return sections.joined();
}

async function* chunks(name: string, bytes: ByteReader): AsyncGenerator<Buffer> {
  for (let position = 0, carry = Buffer.alloc(0); ; ) {
    const chunk = Buffer.allocUnsafeSlow(CHUNK + carry.length);
    carry.copy(chunk);
    const read = await bytes.read(chunk, carry.length);
    const held = carry.length + read;
    const end = read === 0 ? held : lastWhole(chunk, held);
    if (!isUtf8(chunk.subarray(0, end))) {
      throw new InputError(
        `${name}: near byte ${position.toLocaleString('en-US')}: a string is not UTF-8 (was the file written by a text tool?)`,
      );
    }
    if (end > 0) yield chunk.subarray(0, end);
    if (read === 0) return;
    position += end;
    carry = chunk.subarray(end, held);
  }
}

function lastWhole(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back]!;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return end - back;
  }
  return end;
}

/** Sorts tokens into one temporary file for each section. */
class Sections {
  readonly #name: string;
  readonly #scratch: Scratch;
  readonly #arrays = new Map<ArrayName, ArrayWriter>();
  #depth = 0;
  #section: string | undefined;
  #writer: ArrayWriter | undefined;
  #header: HeaderBuilder | undefined;
  #text = '';

  constructor(name: string, scratch: Scratch) {
    this.#name = name;
    this.#scratch = scratch;
  }

  take(token: Token): void {
    switch (token.name) {
      case 'keyValue':
        if (this.#depth === 1) this.#open(token.value!);
        else this.#header?.key(token.value!);
        return;
      case 'startObject':
      case 'startArray':
        this.#depth++;
        if (this.#depth === 1 && token.name === 'startArray')
          throw new InputError(`${this.#name}: is a JSON array, not a heap snapshot`);
        if (this.#depth > 2 || this.#header !== undefined) {
          if (this.#writer !== undefined) this.#refuse('an array or object');
          this.#header?.start(token.name === 'startArray' ? [] : {});
        } else if (this.#writer !== undefined && token.name !== 'startArray') this.#refuse('an object');
        return;
      case 'endObject':
      case 'endArray':
        this.#depth--;
        this.#header?.end();
        return;
      case 'startString':
        this.#text = '';
        return;
      case 'stringChunk':
        if (this.#text.length < KEPT) this.#text += token.value!.slice(0, KEPT);
        return;
      case 'endString':
        if (this.#writer !== undefined && this.#depth === 1) this.#refuse('a string');
        if (this.#writer !== undefined) this.#writer.string(this.#text);
        else this.#header?.value(this.#text);
        return;
      case 'numberValue':
        if (this.#writer !== undefined && this.#depth === 1) this.#refuse('a number');
        if (this.#writer !== undefined) this.#writer.number(token.value!);
        else this.#header?.value(Number(token.value));
        return;
      case 'nullValue':
      case 'trueValue':
      case 'falseValue':
        if (this.#writer !== undefined) this.#refuse(token.name.slice(0, -5));
        else this.#header?.value(token.name === 'nullValue' ? null : token.name === 'trueValue');
        return;
      default:
        if (this.#depth === 0) throw new InputError(`${this.#name}: is JSON, but no heap snapshot`);
    }
  }

  /** The snapshot as writers lay it out. */
  joined(): TempFile {
    const header = this.#headerValue;
    const missing = ['nodes', 'edges', 'strings'].filter((name) => !this.#arrays.has(name as ArrayName));
    if (header === undefined) missing.unshift('snapshot');
    if (missing.length > 0) {
      throw new InputError(`${this.#name}: is JSON, but no heap snapshot: it has no ${missing.join(', no ')}`);
    }
    const file = this.#scratch.open();
    file.append(Buffer.from(`{"snapshot":${JSON.stringify(header)}`));
    for (const name of ARRAYS) this.#arrays.get(name)?.appendTo(file, name);
    file.append(Buffer.from('}'));
    return file;
  }

  #headerValue: unknown;

  #open(key: string): void {
    if (this.#header !== undefined) this.#headerValue = this.#header.result;
    this.#section = key;
    this.#header = key === 'snapshot' ? new HeaderBuilder((value) => (this.#headerValue = value)) : undefined;
    this.#writer = undefined;
    const array = ARRAYS.find((name) => name === key);
    if (array === undefined) return;
    if (this.#arrays.has(array)) throw new InputError(`${this.#name}: has two sections ${key}`);
    this.#writer = new ArrayWriter(this.#name, key, this.#scratch.open());
    this.#arrays.set(array, this.#writer);
  }

  #refuse(what: string): never {
    throw new InputError(
      `${this.#name}: ${what} stands ${this.#depth === 1 ? 'as' : 'in'} the section ${this.#section}`,
    );
  }
}

/** A JSON value from tokens; only for the header. */
class HeaderBuilder {
  result: unknown;
  readonly #stack: (unknown[] | Record<string, unknown>)[] = [];
  readonly #keys: string[] = [];
  #key = '';
  readonly #done: (value: unknown) => void;

  constructor(done: (value: unknown) => void) {
    this.#done = done;
  }

  key(key: string): void {
    this.#key = key;
  }

  start(value: unknown[] | Record<string, unknown>): void {
    this.#put(value);
    this.#stack.push(value);
    this.#keys.push(this.#key);
  }

  end(): void {
    this.#stack.pop();
    this.#key = this.#keys.pop() ?? '';
    if (this.#stack.length === 0) this.#done(this.result);
  }

  value(value: unknown): void {
    this.#put(value);
  }

  #put(value: unknown): void {
    const top = this.#stack.at(-1);
    if (top === undefined) this.result ??= value;
    else if (Array.isArray(top)) top.push(value);
    else top[this.#key] = value;
  }
}

/** One section's values, comma by comma, into a file of its own. */
class ArrayWriter {
  readonly #name: string;
  readonly #section: string;
  readonly #file: TempFile;
  #block = '';
  #count = 0;

  constructor(name: string, section: string, file: TempFile) {
    this.#name = name;
    this.#section = section;
    this.#file = file;
  }

  number(text: string): void {
    if (this.#section === 'strings') this.#fault(`is the number ${text}`);
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) this.#fault(`is ${text}, not a whole number`);
    if (value > Number.MAX_SAFE_INTEGER) this.#fault(`is ${text}, beyond 2^53`);
    this.#put(String(value));
  }

  string(text: string): void {
    if (this.#section !== 'strings') this.#fault('is a string');
    this.#put(JSON.stringify(text));
  }

  appendTo(file: TempFile, name: string): void {
    this.#flush();
    file.append(Buffer.from(`,"${name}":[`));
    this.#file.copy(0, this.#file.length, (bytes, end) => file.append(bytes, end));
    this.#file.close();
    file.append(Buffer.from(']'));
  }

  #put(text: string): void {
    this.#block += this.#count++ === 0 ? text : `,${text}`;
    if (this.#block.length >= CHUNK) this.#flush();
  }

  #flush(): void {
    this.#file.append(Buffer.from(this.#block));
    this.#block = '';
  }

  #fault(problem: string): never {
    throw new InputError(
      `${this.#name}: value ${this.#count.toLocaleString('en-US')} of the section ${this.#section} ${problem}`,
    );
  }
}
