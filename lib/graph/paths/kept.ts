/**
 * Ids and names of the nodes of a set, or of all, from one reading of the nodes, in a temporary file: found by position with one read each. Memory: an eighth of a byte a
 * node of the snapshot, and what was asked for last. On disk: 3 bytes a node of a V8 snapshot, 7 of Python's, and the names.
 */
import { grownDoubles } from '../../disk/grow.ts';
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { type Batch, SAME_AS_TYPE } from '../../stream/batch.ts';
import type { Bits } from '../store/bits.ts';
import { HeldNodes } from './held.ts';

/** Nodes of which the file knows where the first one stands. */
const GROUP_SHIFT = 6;
const IN_GROUP = (1 << GROUP_SHIFT) - 1;
/** The first byte of an entry: the node's place in its group, whether its id is below the one before in the group, and whether it has a name. */
const BELOW = 64;
const NAMED = 128;
/** In front of each name: that byte, the step from the id before, and the bytes of the name. */
const MOST_HEAD = 12;
const CHUNK = 1 << 18;
/** A name is part of a line. */
const LONGEST = 1 << 16;
/** A group seldom takes more. */
const WINDOW = 1 << 10;
const MOST_REMEMBERED = 4096;

export interface KeptNode {
  readonly id: number;
  /** As JSON; undefined where it is called as its type. */
  readonly name: string | undefined;
}

export class KeptNodes {
  readonly #set: Bits | undefined;
  readonly #hashed: (n: number, hash: number) => void;
  readonly #file: TempFile;
  #starts = new Float64Array(1024);
  readonly #chunk = Buffer.alloc(CHUNK);
  #at = 0;
  #group = -1;
  #lastId = 0;
  #held: HeldNodes | undefined;
  /** What was read last, and where it stands. */
  #window = Buffer.alloc(WINDOW);
  #windowAt = 0;
  #windowEnd = 0;
  #next = 0;
  #remembered = new Map<number, KeptNode>();

  /** `hashed` gets a hash of each kept node's name, 0 where it is called as its type. */
  constructor(set: Bits | undefined, scratch: Scratch, hashed: (n: number, hash: number) => void) {
    this.#set = set;
    this.#hashed = hashed;
    this.#file = scratch.open();
  }

  /** All batches in order. */
  take(batch: Batch): void {
    for (let row = 0; row < batch.length; row++) {
      const n = batch.n[row]!;
      if (this.#set !== undefined && !this.#set.has(n)) continue;
      if (this.#at > CHUNK - MOST_HEAD - LONGEST) this.#flush();
      if (n >>> GROUP_SHIFT !== this.#group) this.#begin(n >>> GROUP_SHIFT);
      this.#put(batch, row, n);
    }
  }

  /** A kept node. */
  get(n: number): KeptNode {
    let node = this.#remembered.get(n);
    if (node !== undefined) return node;
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
    node = this.#held?.get(n) ?? this.#find(n);
    this.#remembered.set(n, node);
    return node;
  }

  /** Holds some nodes in memory, as many as there is room for: read in their order they cost a fifth of what each by itself does. */
  hold(nodes: Bits, room: Uint32Array<ArrayBuffer>): void {
    const held = new HeldNodes(nodes, room);
    this.#window = Buffer.alloc(CHUNK);
    for (let n = nodes.next(0); n < Number.POSITIVE_INFINITY; n = nodes.next(n + 1))
      if (!held.add(this.#find(n))) break;
    this.#window = Buffer.alloc(WINDOW);
    this.#windowEnd = 0;
    this.#held = held;
  }

  close(): void {
    this.#file.close();
  }

  #begin(group: number): void {
    this.#group = group;
    this.#lastId = 0;
    if (group >= this.#starts.length)
      this.#starts = grownDoubles(this.#starts, Math.max(2 * this.#starts.length, group + 1));
    this.#starts[group] = this.#file.length + this.#at;
  }

  #put(batch: Batch, row: number, n: number): void {
    const chunk = this.#chunk;
    const start = batch.nameStart[row]!;
    const isNamed = start !== SAME_AS_TYPE;
    const id = batch.id[row]!;
    const step = id - this.#lastId;
    this.#lastId = id;
    let at = this.#at;
    chunk[at++] = (n & IN_GROUP) | (step < 0 ? BELOW : 0) | (isNamed ? NAMED : 0);
    at = putNumber(chunk, at, Math.abs(step));
    if (!isNamed) {
      this.#at = at;
      this.#hashed(n, 0);
      return;
    }
    const length = batch.nameEnd[row]! - start;
    at = putNumber(chunk, at, length);
    const { text } = batch;
    let hash = 0x811c9dc5;
    for (let i = 0; i < length; i++) {
      const byte = text[start + i]!;
      chunk[at++] = byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    this.#at = at;
    this.#hashed(n, hash ^ (hash >>> 13) || 1);
  }

  #find(n: number): KeptNode {
    if (this.#at > 0) this.#flush();
    const start = this.#starts[n >>> GROUP_SHIFT]!;
    if (start < this.#windowAt || start >= this.#windowAt + this.#windowEnd) this.#move(start);
    let id = 0;
    for (let at = start - this.#windowAt; ; at = this.#next) {
      if (at > 0 && at + MOST_HEAD > this.#windowEnd) {
        this.#move(this.#windowAt + at);
        at = 0;
      }
      if (this.#windowEnd === 0) throw new Error(`node ${n} was not kept`);
      const first = this.#window[at]!;
      const step = this.#number(at + 1);
      id += (first & BELOW) === 0 ? step : -step;
      const length = (first & NAMED) === 0 ? 0 : this.#number(this.#next);
      const name = this.#next;
      this.#next += length;
      if ((first & IN_GROUP) !== (n & IN_GROUP)) continue;
      return { id, name: (first & NAMED) === 0 ? undefined : this.#text(name, length) };
    }
  }

  #move(position: number): void {
    this.#windowEnd = this.#file.readAt(this.#window, position);
    this.#windowAt = position;
  }

  /** The number at a place of the window; `#next` is behind it. */
  #number(at: number): number {
    const window = this.#window;
    let byte = window[at++]!;
    let value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = window[at++]!;
      value += (byte & 127) * unit;
    }
    this.#next = at;
    return value;
  }

  /** A name that begins in the window. */
  #text(start: number, length: number): string {
    if (start + length <= this.#windowEnd) return this.#window.toString('utf8', start, start + length);
    const bytes = Buffer.alloc(length);
    this.#file.readAt(bytes, this.#windowAt + start);
    return bytes.toString('utf8');
  }

  #flush(): void {
    this.#file.append(this.#chunk, this.#at);
    this.#at = 0;
  }
}

/** Seven bits a byte, the lowest first: ids may have more than 32. */
function putNumber(bytes: Uint8Array, at: number, value: number): number {
  for (; value > 127; value = Math.floor(value / 128)) bytes[at++] = (value % 128) | 128;
  bytes[at++] = value;
  return at;
}
