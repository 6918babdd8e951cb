/**
 * Pairs of numbers dealt out to partitions by one that writes them in any order, and given back partition by partition. Memory: 8 KiB a partition, and one
 * partition when it is read; all else is in one temporary file.
 */
import type { Scratch, TempFile } from './scratch.ts';

/** Pairs that a partition holds before they are written. */
const HELD = 1024;

export class Partitions {
  readonly #held: Uint32Array;
  readonly #counts: Uint32Array;
  readonly #totals: Float64Array;
  /** For each partition the places of its blocks in the file; every block is full. */
  readonly #blocks: number[][];
  readonly #scratch: Scratch;
  #file: TempFile | undefined;
  readonly #bytes: Uint8Array;

  constructor(count: number, scratch: Scratch) {
    this.#held = new Uint32Array(count * 2 * HELD);
    this.#bytes = new Uint8Array(this.#held.buffer);
    this.#counts = new Uint32Array(count);
    this.#totals = new Float64Array(count);
    this.#blocks = Array.from({ length: count }, () => []);
    this.#scratch = scratch;
  }

  add(partition: number, first: number, second: number): void {
    let count = this.#counts[partition]!;
    if (count === HELD) {
      this.#flush(partition);
      count = 0;
    }
    const at = (partition * HELD + count) * 2;
    this.#held[at] = first;
    this.#held[at + 1] = second;
    this.#counts[partition] = count + 1;
  }

  /** Pairs in a partition. */
  size(partition: number): number {
    return this.#totals[partition]! + this.#counts[partition]!;
  }

  /** The pairs of a partition in the order they came, first and second in turn; a block is valid until the next one. */
  *blocks(partition: number): Generator<Uint32Array> {
    const block = new Uint32Array(2 * HELD);
    for (const position of this.#blocks[partition]!) {
      this.#file!.readAt(new Uint8Array(block.buffer), position);
      yield block;
    }
    const from = partition * 2 * HELD;
    yield this.#held.subarray(from, from + 2 * this.#counts[partition]!);
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #flush(partition: number): void {
    this.#file ??= this.#scratch.open();
    this.#blocks[partition]!.push(this.#file.length);
    const from = partition * 8 * HELD;
    this.#file.append(this.#bytes, from + 8 * HELD, from);
    this.#totals[partition]! += HELD;
    this.#counts[partition] = 0;
  }
}
