/**
 * Lines of a node stream by split2 and JSON.parse, into the same columns as canonical.ts: every valid line, in any order of keys and with
 * any spaces, at a tenth of the speed; and every message about what is wrong with a line.
 */
import { grown } from '../disk/grow.ts';
import { type Batch, NODES, REF_HEADS, REF_KINDS, REFS, SAME_AS_TYPE } from './batch.ts';
import { KNOWN, LINE_REFS } from './canonical.ts';
import type { Dictionary } from './dictionary.ts';
import { LONGEST_LINE } from './encode.ts';
import { InputError } from './errors.ts';
import { rawFields, token } from './json.ts';
import type { Columns } from './source.ts';
import type { StreamState } from './state.ts';

const MAX_N = 0xffffffff;
const COMMA = Uint8Array.of(44);

type Fields = Record<string, unknown>;

/** Fills batches of its own from whole lines. */
export class PlainReader {
  readonly #name: string;
  readonly #columns: Columns;
  readonly #state: StreamState;
  #text: Uint8Array = new Uint8Array(1 << 16);
  #textEnd = 0;

  constructor(name: string, columns: Columns, state: StreamState) {
    this.#name = name;
    this.#columns = columns;
    this.#state = state;
  }

  /** `block` holds whole lines; `isTorn` says that its last one came without a newline. */
  async *read(block: Uint8Array, batch: Batch, isTorn: boolean): AsyncGenerator<Batch> {
    // Loaded here: a canonical stream never comes this way.
    const [{ Readable }, { default: split2 }] = await Promise.all([import('node:stream'), import('split2')]);
    const lines = Readable.from([Buffer.from(block)]).pipe(split2());
    let rest = block.length;
    this.#begin(batch);
    for await (const line of lines as AsyncIterable<string>) {
      rest -= Buffer.byteLength(line) + 1;
      if (batch.length === NODES || batch.refs > REFS - LINE_REFS) {
        yield this.#finished(batch);
        this.#begin(batch);
      }
      try {
        this.#take(line, batch, isTorn && rest <= 0);
      } catch (error) {
        // What was complete before the fault is not lost.
        if (batch.length > 0) yield this.#finished(batch);
        throw error;
      }
      this.#state.line++;
    }
    if (batch.length > 0 || batch.refs > 0 || batch.foreign.length > 0) yield this.#finished(batch);
  }

  /** One line that is a mark or a record of somebody else's, into a batch whose columns are another reader's. */
  mark(line: string, batch: Batch, isTorn: boolean): void {
    const record = this.#parse(line, isTorn);
    if (record !== undefined) this.#mark(record, line, batch);
  }

  #begin(batch: Batch): void {
    batch.clear();
    this.#textEnd = 0;
  }

  #finished(batch: Batch): Batch {
    batch.text = this.#text;
    batch.more = this.#columns.refs ? this.#state.left : 0;
    return batch;
  }

  #take(line: string, batch: Batch, isTorn: boolean): void {
    if (/^\s*$/.test(line)) return;
    if (Buffer.byteLength(line) >= LONGEST_LINE)
      this.#fault('is longer than 64 KiB (references go on in lines with only n and refs)');
    const record = this.#parse(line, isTorn);
    if (record === undefined) return;
    if (typeof record['snap'] === 'string') this.#mark(record, line, batch);
    else if (this.#state.ended !== undefined) this.#fault('stands behind the end mark (two streams in one?)');
    else if (record['n'] === undefined) this.#fault('is neither a node nor a mark: it has no n');
    else if (record['refs'] !== undefined && Object.keys(record).length === 2) this.#continuation(record, batch);
    else this.#node(record, line, batch);
  }

  #parse(line: string, isTorn: boolean): Fields | undefined {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      if (!isTorn) this.#fault(`is not JSON (${(error as SyntaxError).message})`);
      this.#state.torn = true;
      return undefined;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#fault('is not an object');
    return value as Fields;
  }

  #mark(record: Fields, line: string, batch: Batch): void {
    const state = this.#state;
    if (record['snap'] === 'start') this.#fault('begins a second snapshot: one stream holds one');
    else if (record['snap'] === 'end') {
      if (state.ended !== undefined) this.#fault('is a second end mark');
      if (state.left > 0) this.#missing();
      state.ended = { nodes: count(record['nodes']), refs: count(record['refs']), part: record['part'] === true };
    } else {
      if (state.ended !== undefined) this.#fault('stands behind the end mark (two streams in one?)');
      if (state.left > 0) this.#missing();
      batch.foreign.push({ row: batch.length, line });
    }
  }

  #continuation(record: Fields, batch: Batch): void {
    const state = this.#state;
    const n = this.#whole(record['n'], 'n', MAX_N);
    if (!state.mayContinue(n, this.#columns.refs))
      this.#fault(`goes on with the references of node ${n}, which is not the line before or is complete`);
    if (!this.#columns.refs) {
      state.continuedUncounted();
      return;
    }
    const refs = this.#refs(record['refs'], batch, batch.refs);
    const taken = refs - batch.refs;
    if (taken > state.left)
      this.#fault(`holds ${taken} references of node ${n}, of which only ${state.left} were to come`);
    batch.refStart[batch.length] = refs;
    state.continued(taken);
  }

  #node(record: Fields, line: string, batch: Batch): void {
    const state = this.#state;
    if (state.left > 0) this.#missing();
    const n = this.#whole(record['n'], 'n', MAX_N);
    if (n <= state.lastN) this.#fault(`has n ${n} after ${state.lastN}: nodes come in ascending order`);
    const row = batch.length;
    batch.n[row] = n;
    batch.id[row] = this.#whole(record['id'], 'id');
    batch.size[row] = this.#whole(record['size'], 'size');
    batch.kind[row] = enter(batch.kinds, this.#string(record['kind'], 'kind'));
    const type = this.#string(record['type'], 'type');
    batch.type[row] = enter(batch.types, type);
    const name = record['name'] === undefined ? type : this.#string(record['name'], 'name');
    batch.nameStart[row] = name === type ? SAME_AS_TYPE : this.#write(token(name));
    batch.nameEnd[row] = this.#textEnd;
    batch.extraStart[row] = this.#write(Buffer.from(extras(line, record)));
    batch.extraEnd[row] = this.#textEnd;
    const more = record['more'] === undefined ? 0 : this.#whole(record['more'], 'more', MAX_N);
    if (more > 0 && record['refs'] === undefined) this.#fault('has more but no refs');
    const before = batch.refs;
    const reads = this.#columns.refs && record['refs'] !== undefined;
    batch.hasRefs[row] = reads ? 1 : 0;
    const refs = reads ? this.#refs(record['refs'], batch, before) : before;
    batch.length = row + 1;
    batch.refStart[row + 1] = refs;
    state.node(n, more, refs - before);
  }

  /** Into columns from `ref` on; gives where they end. */
  #refs(value: unknown, batch: Batch, from: number): number {
    if (!Array.isArray(value)) this.#fault('has refs that are no array');
    let ref = from;
    for (const item of value as readonly unknown[]) {
      const [kind, name, to] = Array.isArray(item) && item.length === 3 ? (item as [unknown, unknown, unknown]) : [];
      const code = (REF_KINDS as readonly unknown[]).indexOf(kind);
      if (code < 0)
        this.#fault(
          `has the reference ${JSON.stringify(item).slice(0, 80)}, which is not [kind, name, n] with a known kind`,
        );
      batch.refKind[ref] = code;
      this.#write(REF_HEADS[code]!);
      batch.refNameStart[ref] = this.#write(
        typeof name === 'string' ? token(name) : Buffer.from(String(this.#whole(name, 'a reference name'))),
      );
      batch.refNameEnd[ref] = this.#textEnd;
      this.#write(COMMA);
      batch.refTo[ref] = this.#whole(to, 'a reference target', MAX_N);
      ref++;
    }
    return ref;
  }

  #write(bytes: Uint8Array): number {
    const start = this.#textEnd;
    if (start + bytes.length + 8 > this.#text.length) this.#text = grown(this.#text, 2 * (start + bytes.length + 8));
    this.#text.set(bytes, start);
    this.#textEnd = start + bytes.length;
    return start;
  }

  #whole(value: unknown, what: string, most: number = Number.MAX_SAFE_INTEGER): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
      this.#fault(
        value === undefined
          ? `has no ${what}`
          : `has ${JSON.stringify(value)} as ${what}, not a whole number up to ${most === MAX_N ? '2^32-1' : '2^53-1'}`,
      );
    }
    return value as number;
  }

  #string(value: unknown, what: string): string {
    if (typeof value !== 'string')
      this.#fault(value === undefined ? `has no ${what}` : `has ${JSON.stringify(value)} as ${what}, not a string`);
    return value as string;
  }

  #missing(): never {
    const { lastN, left } = this.#state;
    return this.#fault(
      `comes before the ${this.#columns.refs ? `${left} references` : 'references'} that node ${lastN} still announced (was a line dropped?)`,
    );
  }

  #fault(problem: string): never {
    throw lineFault(this.#name, this.#state.line + 1, problem);
  }
}

export function lineFault(name: string, line: number, problem: string): InputError {
  return new InputError(`${name}: line ${line.toLocaleString('en-US')} ${problem}`);
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function enter(dictionary: Dictionary, text: string): number {
  const bytes = token(text);
  return dictionary.code(bytes, 0, bytes.length);
}

/** Fields that are none of the contract's: numbers as they were spelt, strings canonical, no spaces. */
function extras(line: string, record: Fields): string {
  if (Object.keys(record).every((key) => KNOWN.has(key))) return '';
  return rawFields(line)
    .filter(([key]) => !KNOWN.has(key))
    .map(([key, raw]) => `${JSON.stringify(key)}:${compact(raw)}`)
    .join(',');
}

function compact(raw: string): string {
  return raw.replace(/"(?:[^"\\]|\\.)*"|\s+/g, (piece) => (piece[0] === '"' ? JSON.stringify(JSON.parse(piece)) : ''));
}
