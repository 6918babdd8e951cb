/** Ids and names of some nodes in a column that is free: told in order of nodes, found by position. Memory: the column. */
import { type Bits, ones } from '../store/bits.ts';
import type { KeptNode } from './kept.ts';

/** Bytes of an id. */
const ID = 8;

export class HeldNodes {
  readonly #nodes: Bits;
  /** For each word of the set how many of its nodes come before, then for each node where its entry ends; entries behind them. */
  readonly #ranks: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #entries: Buffer;
  #size = 0;

  constructor(nodes: Bits, room: Uint32Array<ArrayBuffer>) {
    this.#nodes = nodes;
    const { words } = nodes;
    const count = nodes.count();
    const isEnough = words.length + count <= room.length;
    this.#ranks = room.subarray(0, isEnough ? words.length : 0);
    this.#ends = room.subarray(this.#ranks.length, isEnough ? words.length + count : 0);
    const from = this.#ranks.length + this.#ends.length;
    this.#entries = Buffer.from(room.buffer, room.byteOffset + 4 * from, isEnough ? 4 * (room.length - from) : 0);
    for (let word = 0, rank = 0; word < this.#ranks.length; word++) {
      this.#ranks[word] = rank;
      rank += ones(words[word]!);
    }
  }

  /** The next node of the set; false where there is no more room. */
  add({ id, name }: KeptNode): boolean {
    const from = this.#size === 0 ? 0 : this.#ends[this.#size - 1]!;
    // A UTF-16 unit takes at most three bytes.
    if (from + ID + 3 * (name?.length ?? 0) > this.#entries.length) return false;
    let end = this.#entries.writeDoubleLE(id, from);
    if (name !== undefined) end += this.#entries.write(name, end);
    this.#ends[this.#size++] = end;
    return true;
  }

  get(n: number): KeptNode | undefined {
    if (this.#ranks.length === 0 || !this.#nodes.has(n)) return undefined;
    const before = this.#nodes.words[n >>> 5]! & ((1 << (n & 31)) - 1);
    const rank = this.#ranks[n >>> 5]! + ones(before);
    if (rank >= this.#size) return undefined;
    const from = rank === 0 ? 0 : this.#ends[rank - 1]!;
    const end = this.#ends[rank]!;
    const id = this.#entries.readDoubleLE(from);
    return { id, name: end === from + ID ? undefined : this.#entries.toString('utf8', from + ID, end) };
  }
}
