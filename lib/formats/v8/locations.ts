/**
 * Source positions by node, from a section that is in no order: chunks are sorted and written to a temporary file, then merged.
 * Costs 16 bytes a location on disk, 4 MB of memory, and a buffer for each chunk.
 */
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import type { Header } from './header.ts';
import type { Numbers } from './numbers.ts';

/** Locations sorted at a time. */
const CHUNK = 1 << 17;
/** Locations of one chunk in memory while merging. */
const BUFFER = 256;

/** Answers `of(n)` for n that only grow. */
export class Locations {
  readonly #runs: Run[];
  /** The first node from the last one asked for on that has a location. */
  #next = 0;

  private constructor(runs: Run[]) {
    this.#runs = runs;
  }

  static async sorted(numbers: Numbers, header: Header, scratch: Scratch): Promise<Locations> {
    const fields = header.locationFields;
    const columns = ['object_index', 'script_id', 'line', 'column'].map((field) => fields.indexOf(field));
    if (columns.includes(-1)) return new Locations([]);
    const width = header.nodeFields.length;
    const runs: Run[] = [];
    let spill: TempFile | undefined;
    for (let chunk = takeChunk(numbers, fields.length, columns, width); chunk.length > 0; chunk = takeChunk(numbers, fields.length, columns, width)) {
      const isAll = runs.length === 0 && chunk.length < 4 * CHUNK;
      if (isAll) runs.push(new Run(chunk, undefined, 0, 0));
      else {
        spill ??= scratch.open();
        const from = spill.length;
        spill.append(new Uint8Array(chunk.buffer, 0, chunk.byteLength));
        runs.push(new Run(new Uint32Array(4 * BUFFER), spill, from, spill.length));
      }
    }
    return new Locations(runs);
  }

  /** `SCRIPT_ID:line:column` of node n, as the file has them, or undefined. */
  of(n: number): string | undefined {
    if (n < this.#next) return undefined;
    let found: string | undefined;
    this.#next = Number.POSITIVE_INFINITY;
    for (const run of this.#runs) {
      while (run.node < n) run.advance();
      if (run.node === n) found ??= run.text();
      this.#next = Math.min(this.#next, run.node === n ? n + 1 : run.node);
    }
    return found;
  }
}

/** One sorted chunk, read in order; four numbers a location. */
class Run {
  readonly #numbers: Uint32Array;
  readonly #spill: TempFile | undefined;
  #position: number;
  readonly #end: number;
  #at = 0;
  #length: number;
  node: number;

  constructor(numbers: Uint32Array, spill: TempFile | undefined, position: number, end: number) {
    this.#numbers = numbers;
    this.#spill = spill;
    this.#position = position;
    this.#end = end;
    this.#length = spill === undefined ? numbers.length : 0;
    this.node = -1;
    this.#at = -4;
    this.advance();
  }

  advance(): void {
    this.#at += 4;
    if (this.#at >= this.#length && !this.#refill()) this.node = Number.POSITIVE_INFINITY;
    else this.node = this.#numbers[this.#at]!;
  }

  text(): string {
    const at = this.#at;
    return `${this.#numbers[at + 1]}:${this.#numbers[at + 2]}:${this.#numbers[at + 3]}`;
  }

  #refill(): boolean {
    if (this.#spill === undefined || this.#position >= this.#end) return false;
    const bytes = new Uint8Array(this.#numbers.buffer);
    const read = this.#spill.readAt(bytes, this.#position, Math.min(bytes.length, this.#end - this.#position));
    this.#position += read;
    this.#length = read / 4;
    this.#at = 0;
    return read > 0;
  }
}

/** Up to CHUNK locations, sorted by node, those of one node in the file's order. */
function takeChunk(numbers: Numbers, fields: number, columns: readonly number[], nodeWidth: number): Uint32Array {
  const taken = new Uint32Array(4 * CHUNK);
  const order = new Float64Array(CHUNK);
  let count = 0;
  while (count < CHUNK) {
    while (numbers.length - numbers.next < fields && numbers.fill());
    if (numbers.length - numbers.next < fields) break;
    columns.forEach((column, i) => {
      taken[4 * count + i] = numbers.values[numbers.next + column]!;
    });
    taken[4 * count] = taken[4 * count]! / nodeWidth;
    order[count] = taken[4 * count]! * CHUNK + count;
    numbers.next += fields;
    count++;
  }
  const sorted = new Uint32Array(4 * count);
  order.subarray(0, count).sort().forEach((key, place) => {
    const from = 4 * (key % CHUNK);
    for (let i = 0; i < 4; i++) sorted[4 * place + i] = taken[from + i]!;
  });
  return sorted;
}
