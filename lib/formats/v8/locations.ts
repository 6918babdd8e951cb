/**
 * Source positions by node, from a section that is in no order: one pass deals them out to buckets of 65,536 nodes, then one bucket at a time is
 * a table. 16 bytes a location in a temporary file, 1 MB of memory, and up to 4 KB a bucket. (Sorted runs, merged, took three times as long.)
 */
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { writeDigits } from '../../stream/digits.ts';
import type { Header } from './header.ts';
import type { Numbers } from './numbers.ts';

const BUCKET_BITS = 16;
const PER_BUCKET = 1 << BUCKET_BITS;
/** Locations that a bucket holds before they go to the temporary file; it begins with few. */
const HELD = 256;
const FEW = 16;
const MOST = 0xffffffff;

/** Answers for nodes that come in order. */
export class Locations {
  readonly #buckets: (Bucket | undefined)[] = [];
  readonly #scratch: Scratch;
  #spill: TempFile | undefined;
  /** Four numbers a node of the bucket that is open: the bucket's number plus one, script, line, column. */
  readonly #table = new Uint32Array(4 * PER_BUCKET);
  #open = -1;
  #at = 0;

  /** Reads the whole section, and keeps what is of the nodes that are wanted. Without its four columns there are no locations. */
  constructor(numbers: Numbers, header: Header, scratch: Scratch, only?: { has(n: number): boolean }) {
    this.#scratch = scratch;
    const fields = header.locationFields;
    const [nodeAt, scriptAt, lineAt, columnAt] = ['object_index', 'script_id', 'line', 'column'].map((field) =>
      fields.indexOf(field),
    ) as [number, number, number, number];
    if (Math.min(nodeAt, scriptAt, lineAt, columnAt) < 0) return;
    const nodeWidth = header.nodeFields.length;
    const width = fields.length;
    for (;;) {
      while (numbers.length - numbers.next < width && numbers.fill());
      if (numbers.length === numbers.next) return;
      if (numbers.length - numbers.next < width)
        throw numbers.endFault('the locations end in the middle of a record (file cut short?)');
      const { values, next } = numbers;
      const place = values[next + nodeAt]!;
      const node = place / nodeWidth;
      const script = values[next + scriptAt]!;
      const line = values[next + lineAt]!;
      const column = values[next + columnAt]!;
      if (!Number.isInteger(node) || Math.max(node, script, line, column) > MOST) {
        throw numbers.fault(
          next + nodeAt,
          `a location belongs to place ${place}, which is no multiple of ${nodeWidth}, or is beyond 2^32`,
        );
      }
      if (only === undefined || only.has(node)) this.#add(node, script, line, column);
      numbers.next += width;
    }
  }

  /** Whether node n has a location: then `write` gives it. Of two of one node the last counts, as in DevTools. */
  isAt(n: number): boolean {
    const bucket = n >>> BUCKET_BITS;
    if (bucket !== this.#open) this.#load(bucket);
    this.#at = 4 * (n & (PER_BUCKET - 1));
    return this.#table[this.#at] === bucket + 1;
  }

  /** `SCRIPT_ID:line:column` of the node that was found last, as the file has them. Room for 32 bytes must be there. */
  write(out: Uint8Array, at: number): number {
    let to = writeDigits(out, at, this.#table[this.#at + 1]!);
    out[to++] = 58;
    to = writeDigits(out, to, this.#table[this.#at + 2]!);
    out[to++] = 58;
    return writeDigits(out, to, this.#table[this.#at + 3]!);
  }

  #add(node: number, script: number, line: number, column: number): void {
    const number = node >>> BUCKET_BITS;
    let bucket = this.#buckets[number];
    if (bucket === undefined) {
      bucket = { held: new Uint32Array(4 * FEW), count: 0, spilled: [] };
      this.#buckets[number] = bucket;
    }
    if (4 * bucket.count === bucket.held.length) this.#makeRoom(bucket);
    const { held } = bucket;
    const at = 4 * bucket.count++;
    held[at] = node & (PER_BUCKET - 1);
    held[at + 1] = script;
    held[at + 2] = line;
    held[at + 3] = column;
  }

  #makeRoom(bucket: Bucket): void {
    if (bucket.count < HELD) {
      const wider = new Uint32Array(2 * bucket.held.length);
      wider.set(bucket.held);
      bucket.held = wider;
      return;
    }
    this.#spill ??= this.#scratch.open();
    bucket.spilled.push(this.#spill.length);
    this.#spill.append(new Uint8Array(bucket.held.buffer));
    bucket.count = 0;
  }

  #load(number: number): void {
    this.#open = number;
    const bucket = this.#buckets[number];
    if (bucket === undefined) return;
    const block = new Uint32Array(4 * HELD);
    for (const position of bucket.spilled) {
      this.#spill!.readAt(new Uint8Array(block.buffer), position);
      this.#enter(block, HELD, number);
    }
    this.#enter(bucket.held, bucket.count, number);
    this.#buckets[number] = undefined;
  }

  #enter(locations: Uint32Array, count: number, bucket: number): void {
    const table = this.#table;
    for (let from = 0; from < 4 * count; from += 4) {
      const to = 4 * locations[from]!;
      table[to] = bucket + 1;
      table[to + 1] = locations[from + 1]!;
      table[to + 2] = locations[from + 2]!;
      table[to + 3] = locations[from + 3]!;
    }
  }
}

interface Bucket {
  /** Four numbers a location: node within the bucket, script, line, column. */
  held: Uint32Array;
  count: number;
  /** Places of full blocks in the temporary file. */
  readonly spilled: number[];
}
