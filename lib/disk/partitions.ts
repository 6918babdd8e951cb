/**
 * Pairs of numbers dealt out to partitions by one that writes them in any order, and given back partition by partition. Memory: 16 KiB a partition, and one
 * partition when it is read; all else is in one temporary file.
 */
import type { Scratch, TempFile } from './scratch.ts';

/** Pairs that a partition holds before they are written. */
const HELD = 2048;

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

  /** The pairs of a partition, first and second in turn, in the order they came; in `room` where that is large enough. */
  read(partition: number, room: Uint32Array): Uint32Array {
    const pairs = this.size(partition);
    const into = room.length >= 2 * pairs ? room : new Uint32Array(2 * pairs);
    let at = 0;
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (const position of this.#blocks[partition]!) {
      this.#file!.readAt(bytes.subarray(4 * at), position, 8 * HELD);
      at += 2 * HELD;
    }
    const from = partition * 2 * HELD;
    into.set(this.#held.subarray(from, from + 2 * this.#counts[partition]!), at);
    return into;
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
