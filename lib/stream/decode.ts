/**
 * Lines of a node stream in, batches out. Whole lines of a block go to the canonical scanner; what it does not know of a block goes through
 * the plain path. Memory: one block, whatever the stream.
 */
import { isUtf8 } from 'node:buffer';
import type { ByteReader } from '../disk/input.ts';
import { Batch } from './batch.ts';
import { CanonicalScanner } from './canonical.ts';
import { Dictionary } from './dictionary.ts';
import { LONGEST_LINE } from './encode.ts';
import { InputError } from './errors.ts';
import { type StartMark, UNMARKED } from './marks.ts';
import { lineFault, PlainReader } from './plain.ts';
import type { Columns, NodeSource, Verdict } from './source.ts';
import { StreamState } from './state.ts';

const BLOCK = 1 << 18;
const NEWLINE = 10;
const MARK = [...Buffer.from('{"snap":"')];
/** From this many entries on a new dictionary is begun with the next batch. */
const MANY = 1 << 16;

/** Opens a node stream: reads as far as its start mark. Throws InputError where there is nothing or no such stream. */
export async function decodeStream(name: string, reader: ByteReader, columns: Columns): Promise<NodeSource> {
  const decoder = new Decoder(name, reader, columns);
  await decoder.open();
  return decoder;
}

class Decoder implements NodeSource {
  readonly name: string;
  start: StartMark = UNMARKED;
  readonly #reader: ByteReader;
  readonly #columns: Columns;
  readonly #state = new StreamState();
  readonly #scanner: CanonicalScanner;
  readonly #plain: PlainReader;
  readonly #batch = new Batch(new Dictionary(), new Dictionary());
  /** Lines not yet decoded: bytes[from, held). Eight spare bytes at the end, as a batch's text has. */
  readonly #bytes = Buffer.allocUnsafeSlow(BLOCK + 16);
  #from = 0;
  #held = 0;
  #isEnd = false;
  #isTorn = false;

  constructor(name: string, reader: ByteReader, columns: Columns) {
    this.name = name;
    this.#reader = reader;
    this.#columns = columns;
    this.#scanner = new CanonicalScanner(columns);
    this.#plain = new PlainReader(name, columns, this.#state);
  }

  async open(): Promise<void> {
    let end = await this.#fill();
    while (end > 0 && isBlankLine(this.#bytes, this.#from, end)) {
      this.#from = this.#bytes.indexOf(NEWLINE, this.#from) + 1;
      this.#state.line++;
      if (this.#from >= end) end = await this.#fill();
    }
    if (end === 0) throw new InputError(`${this.name}: is empty: no snapshot came (did its producer fail?)`);
    const newline = this.#bytes.indexOf(NEWLINE, this.#from);
    if (newline - this.#from >= LONGEST_LINE)
      throw lineFault(this.name, this.#state.line + 1, 'is longer than 64 KiB (is this a node stream?)');
    this.#requireUtf8(newline + 1);
    const line = this.#bytes.toString('utf8', this.#from, newline);
    const mark = parseStart(this.name, line, this.#state.line + 1, this.#isTorn && newline + 1 === end);
    if (mark === undefined) return;
    this.start = mark;
    this.#from = newline + 1;
    this.#state.line++;
  }

  get batches(): AsyncIterable<Batch> {
    return this.#decode();
  }

  async *#decode(): AsyncGenerator<Batch> {
    for (let end = await this.#fill(); end > 0; end = await this.#fill()) {
      this.#requireUtf8(end);
      while (this.#from < end) {
        const batch = this.#begin();
        if (this.#mayHide(end)) {
          const lines = this.#bytes.subarray(this.#from, end);
          this.#from = end;
          yield* this.#plain.read(lines, batch, this.#isTorn && end === this.#held);
          continue;
        }
        let stop = this.#scanner.scan(this.#bytes, this.#from, end, batch, this.#state);
        let fault: unknown;
        try {
          while (stop === 'odd' && this.#takeMark(batch))
            stop = this.#scanner.scan(this.#bytes, this.#scanner.at, end, batch, this.#state);
        } catch (error) {
          // What was complete before the fault is not lost.
          fault = error;
        }
        this.#from = this.#scanner.at;
        batch.more = this.#columns.refs ? this.#state.left : 0;
        if (!this.#columns.refs) batch.hasRefs.fill(0, 0, batch.length);
        if (batch.length > 0 || batch.refs > 0 || batch.foreign.length > 0) yield batch;
        if (fault !== undefined) throw fault;
        if (stop !== 'odd') continue;
        const lines = this.#bytes.subarray(this.#from, end);
        this.#from = end;
        yield* this.#plain.read(lines, batch, this.#isTorn && end === this.#held);
      }
    }
  }

  /** Whether a line may have fields behind its references, which the scanner passes over where nobody wants references: rare, and costs one search. */
  #mayHide(end: number): boolean {
    const { names, extras, refs } = this.#columns;
    return !refs && (names || extras) && this.#bytes.subarray(this.#from, end).includes('],"');
  }

  /** Takes the line at the scanner's place if it is a mark as writers write them. */
  #takeMark(batch: Batch): boolean {
    const { at } = this.#scanner;
    if (!MARK.every((byte, i) => this.#bytes[at + i] === byte)) return false;
    const newline = this.#bytes.indexOf(NEWLINE, at);
    if (newline - at >= LONGEST_LINE) return false;
    const line = this.#bytes.toString('utf8', at, newline).replace(/\r$/, '');
    this.#plain.mark(line, batch, this.#isTorn && newline + 1 === this.#held);
    this.#state.line++;
    this.#scanner.at = newline + 1;
    return true;
  }

  verdict(): Verdict {
    const { nodes, refs, ended, torn, dense, left } = this.#state;
    const isMarked = this.start !== UNMARKED;
    if (torn || left > 0 || (isMarked && ended === undefined)) {
      // A torn line has been counted, a missing one has not.
      const line = this.#state.line + (torn ? 0 : 1);
      const announced = this.start.nodes === undefined ? '' : ` of ${this.start.nodes.toLocaleString('en-US')}`;
      const cut = `${this.name}: line ${line.toLocaleString('en-US')}: the stream ends ${left > 0 ? 'in the middle of a node' : 'without its end mark'} after ${nodes.toLocaleString('en-US')}${announced} nodes (did its producer die?)`;
      return { cut, notes: [], part: true };
    }
    const differs =
      (ended?.nodes !== undefined && ended.nodes !== nodes) ||
      (this.#columns.refs && ended?.refs !== undefined && ended.refs !== refs);
    const notes = differs
      ? [
          `${this.name}: the end mark counts ${said(ended.nodes, 'nodes')}${this.#columns.refs ? ` and ${said(ended.refs, 'references')}` : ''}, there came ${nodes}${this.#columns.refs ? ` and ${refs}` : ''}: taken as a part of a snapshot`,
        ]
      : [];
    return { notes, part: differs || this.start.part || ended?.part === true || !dense };
  }

  #begin(): Batch {
    const batch = this.#batch;
    batch.clear();
    batch.text = this.#bytes;
    if (batch.types.size > MANY) batch.types = new Dictionary();
    if (batch.kinds.size > MANY) batch.kinds = new Dictionary();
    return batch;
  }

  /** Reads until there is a whole line behind `from`; gives where whole lines end, 0 at the end of input. */
  async #fill(): Promise<number> {
    let end = this.#from < this.#held ? this.#bytes.lastIndexOf(NEWLINE, this.#held - 1) + 1 : 0;
    if (end > this.#from) return end;
    this.#bytes.copyWithin(0, this.#from, this.#held);
    this.#held -= this.#from;
    this.#from = 0;
    end = 0;
    while (end === 0 && !this.#isEnd) {
      if (this.#held > LONGEST_LINE)
        throw lineFault(this.name, this.#state.line + 1, 'is longer than 64 KiB (is this a node stream?)');
      const answer = this.#reader.read(this.#bytes.subarray(0, BLOCK), this.#held);
      const read = typeof answer === 'number' ? answer : await answer;
      this.#isEnd = read === 0;
      const searched = this.#held;
      this.#held += read;
      const last = this.#bytes.lastIndexOf(NEWLINE, this.#held - 1);
      if (this.#held > 0 && last >= searched) end = last + 1;
    }
    if (end === 0 && this.#held > 0) {
      this.#bytes[this.#held++] = NEWLINE;
      this.#isTorn = true;
      end = this.#held;
    }
    return end;
  }

  #requireUtf8(end: number): void {
    if (isUtf8(this.#bytes.subarray(this.#from, end))) return;
    let line = this.#state.line + 1;
    for (let from = this.#from; ; line++) {
      const to = this.#bytes.indexOf(NEWLINE, from) + 1;
      if (!isUtf8(this.#bytes.subarray(from, to))) throw lineFault(this.name, line, 'is not UTF-8');
      from = to;
    }
  }
}

const said = (count: number | undefined, what: string): string => `${count ?? 'no'} ${what}`;

function isBlankLine(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === NEWLINE) return true;
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

/** The start mark, or undefined if the first record is a node or another mark: then somebody made the stream by hand. */
function parseStart(name: string, line: string, number: number, isTorn: boolean): StartMark | undefined {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    throw lineFault(
      name,
      number,
      isTorn ? 'is cut off: no snapshot came (did its producer die?)' : 'is not JSON: this is no node stream',
    );
  }
  if (typeof record !== 'object' || record === null)
    throw lineFault(name, number, 'is not an object: this is no node stream');
  if (record['snap'] !== 'start') {
    if (record['snap'] !== undefined || record['n'] !== undefined) return undefined;
    throw lineFault(
      name,
      number,
      `is neither a mark nor a node (it has ${Object.keys(record).slice(0, 5).join(', ') || 'no fields'}): this is no node stream`,
    );
  }
  if (record['schema'] !== 1)
    throw lineFault(
      name,
      number,
      record['schema'] === undefined
        ? 'has no schema: this program reads schema 1'
        : `says schema ${JSON.stringify(record['schema'])}, this program reads schema 1`,
    );
  const hint = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);
  return {
    format: typeof record['format'] === 'string' ? record['format'] : undefined,
    nodes: hint(record['nodes']),
    refs: hint(record['refs']),
    part: record['part'] === true,
    line: line.trim(),
  };
}
