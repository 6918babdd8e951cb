/** A reader whose first bytes can be looked at before they are taken. */
import type { ByteReader } from './input.ts';

export class Peeked implements ByteReader {
  readonly #reader: ByteReader;
  #ahead = new Uint8Array(0);

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** At least `length` of the next bytes, fewer only at the end; at most `most`. */
  async peek(length: number, most = length): Promise<Uint8Array> {
    if (this.#ahead.length >= length) return this.#ahead;
    const ahead = new Uint8Array(most);
    ahead.set(this.#ahead);
    let held = this.#ahead.length;
    while (held < length) {
      const read = await this.#reader.read(ahead, held);
      if (read === 0) break;
      held += read;
    }
    this.#ahead = ahead.subarray(0, held);
    return this.#ahead;
  }

  read(into: Uint8Array, from: number): number | Promise<number> {
    if (this.#ahead.length === 0) return this.#reader.read(into, from);
    const taken = this.#ahead.subarray(0, into.length - from);
    into.set(taken, from);
    this.#ahead = this.#ahead.subarray(taken.length);
    return taken.length;
  }
}
