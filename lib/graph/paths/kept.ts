/**
 * Ids and names of the nodes of a set, from one reading of the nodes, in a temporary file: found by position with two reads each. Memory: an eighth of a byte a node
 * of the snapshot, and what was asked for last.
 */
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { type Batch, SAME_AS_TYPE } from '../../stream/batch.ts';
import type { Bits } from '../store/bits.ts';

/** Nodes of which the file knows where the first one stands. */
const GROUP_SHIFT = 6;
/** In front of each name: position, id (two words), bytes of the name. */
const HEAD = 16;
const CHUNK = 1 << 18;
/** A name is part of a line. */
const LONGEST = 1 << 16;
const WINDOW = 1 << 12;
const MOST_REMEMBERED = 4096;
/** Instead of a name's length: it is called as its type. */
const UNNAMED = 0xffffffff;

export interface KeptNode {
  readonly id: number;
  /** As JSON; undefined where it is called as its type. */
  readonly name: string | undefined;
}

export class KeptNodes {
  readonly #set: Bits;
  readonly #hashes: Uint32Array;
  readonly #file: TempFile;
  readonly #starts: Float64Array;
  readonly #chunk = Buffer.alloc(CHUNK);
  #at = 0;
  #group = -1;
  readonly #window = Buffer.alloc(WINDOW);
  #remembered = new Map<number, KeptNode>();

  /** `hashes` gets a hash of each kept node's name, 0 where it is called as its type. */
  constructor(set: Bits, nodes: number, hashes: Uint32Array, scratch: Scratch) {
    this.#set = set;
    this.#hashes = hashes;
    this.#file = scratch.open();
    this.#starts = new Float64Array((nodes >>> GROUP_SHIFT) + 1);
  }

  /** All batches in order. */
  take(batch: Batch): void {
    for (let row = 0; row < batch.length; row++) {
      const n = batch.n[row]!;
      if (!this.#set.has(n)) continue;
      if (this.#at > CHUNK - HEAD - LONGEST) this.#flush();
      if (n >>> GROUP_SHIFT !== this.#group) {
        this.#group = n >>> GROUP_SHIFT;
        this.#starts[this.#group] = this.#file.length + this.#at;
      }
      this.#put(batch, row, n);
    }
  }

  /** A node of the set. */
  get(n: number): KeptNode {
    let node = this.#remembered.get(n);
    if (node !== undefined) return node;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    node = this.#find(n);
    this.#remembered.set(n, node);
    return node;
  }

  /** Its name as JSON; undefined where it is called as its type. */
  name(n: number): string | undefined {
    return this.#hashes[n] === 0 ? undefined : this.get(n).name;
  }

  #put(batch: Batch, row: number, n: number): void {
    const chunk = this.#chunk;
    const start = batch.nameStart[row]!;
    const isNamed = start !== SAME_AS_TYPE;
    const length = isNamed ? batch.nameEnd[row]! - start : 0;
    let at = chunk.writeUInt32LE(n, this.#at);
    at = chunk.writeDoubleLE(batch.id[row]!, at);
    at = chunk.writeUInt32LE(isNamed ? length : UNNAMED, at);
    let hash = 0x811c9dc5;
    for (let i = 0; i < length; i++) {
      const byte = batch.text[start + i]!;
      chunk[at++] = byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    this.#hashes[n] = isNamed ? hash ^ (hash >>> 13) || 1 : 0;
    this.#at = at;
  }

  #find(n: number): KeptNode {
    if (this.#at > 0) this.#flush();
    let position = this.#starts[n >>> GROUP_SHIFT]!;
    for (;;) {
      const end = this.#file.readAt(this.#window, position);
      if (end < HEAD) throw new Error(`node ${n} was not kept`);
      for (let at = 0; at + HEAD <= end; ) {
        const length = this.#window.readUInt32LE(at + 12);
        if (this.#window.readUInt32LE(at) === n)
          return {
            id: this.#window.readDoubleLE(at + 4),
            name: length === UNNAMED ? undefined : this.#text(position + HEAD, length),
          };
        const taken = HEAD + (length === UNNAMED ? 0 : length);
        position += taken;
        at += taken;
      }
    }
  }

  #text(position: number, length: number): string {
    const bytes = Buffer.alloc(length);
    this.#file.readAt(bytes, position);
    return bytes.toString('utf8');
  }

  #flush(): void {
    this.#file.append(this.#chunk, this.#at);
    this.#at = 0;
  }
}
