/**
 * Records of a few numbers, dealt out to partitions by one that writes them in any order, and given back partition by partition. Memory: 1,024 records a
 * partition, and one block when they are read; all else is in one temporary file.
 */
import type { Scratch, TempFile } from './scratch.ts';

/** Records that a partition holds before they are written. */
const HELD = 1024;

export class Records {
  /** Where whoever asked for `room` writes the numbers of a record. */
  readonly held: Uint32Array;
  readonly #width: number;
  readonly #counts: Uint32Array;
  readonly #totals: Float64Array;
  /** For each partition the places of its blocks in the file; every block is full. */
  readonly #blocks: number[][];
  readonly #scratch: Scratch;
  #file: TempFile | undefined;
  readonly #bytes: Uint8Array;

  /** `width`: numbers a record. */
  constructor(count: number, scratch: Scratch, width: number) {
    this.#width = width;
    this.held = new Uint32Array(count * width * HELD);
    this.#bytes = new Uint8Array(this.held.buffer);
    this.#counts = new Uint32Array(count);
    this.#totals = new Float64Array(count);
    this.#blocks = Array.from({ length: count }, () => []);
    this.#scratch = scratch;
  }

  /** One more record: its numbers go to `held` from the place that is given. */
  room(partition: number): number {
    let count = this.#counts[partition]!;
    if (count === HELD) {
      this.#flush(partition);
      count = 0;
    }
    this.#counts[partition] = count + 1;
    return (partition * HELD + count) * this.#width;
  }

  /** Records in a partition. */
  size(partition: number): number {
    return this.#totals[partition]! + this.#counts[partition]!;
  }

  /** The records of a partition in the order they came, their numbers in turn; a block is valid until the next one. */
  *blocks(partition: number): Generator<Uint32Array> {
    const block = new Uint32Array(this.#width * HELD);
    for (const position of this.#blocks[partition]!) {
      this.#file!.readAt(new Uint8Array(block.buffer), position);
      yield block;
    }
    const from = partition * this.#width * HELD;
    yield this.held.subarray(from, from + this.#width * this.#counts[partition]!);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #flush(partition: number): void {
    this.#file ??= this.#scratch.open();
    this.#blocks[partition]!.push(this.#file.length);
    const bytes = 4 * this.#width * HELD;
    this.#file.append(this.#bytes, (partition + 1) * bytes, partition * bytes);
    this.#totals[partition]! += HELD;
    this.#counts[partition] = 0;
  }
}
