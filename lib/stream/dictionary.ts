/** Numbers distinct JSON strings in order of first sight; costs the bytes of each once, and some 20 bytes beside them. */

import { grown } from '../disk/grow.ts';

const utf8 = new TextDecoder();
/** Beside its bytes an entry has an offset, a hash and two to four slots. */
const ENTRY = 20;

/**
 * Byte strings and their codes, 0, 1, 2, ... A code stays valid as long as its dictionary; `bytes` moves when it grows,
 * so read it anew after every call of `code`. Every entry is a JSON string token with its quotes, so that an encoder copies it as it is.
 */
export class Dictionary {
  bytes = new Uint8Array(4096);
  /** Where entry `code` begins in `bytes`; it ends where `code + 1` begins. */
  offsets = new Uint32Array(256);
  size = 0;
  #slots = new Int32Array(512).fill(-1);
  #hashes = new Int32Array(256);
  #texts: string[] = [];
  /** It was made from entries to which none was added yet. */
  #isUnhashed = false;

  /** Entries 0, 1, 2, ... as another dictionary has them; they are hashed when one is entered. */
  static of(bytes: Uint8Array<ArrayBuffer>, offsets: Uint32Array<ArrayBuffer>): Dictionary {
    const dictionary = new Dictionary();
    dictionary.bytes = bytes;
    dictionary.offsets = offsets;
    dictionary.size = offsets.length - 1;
    dictionary.#isUnhashed = true;
    return dictionary;
  }

  /** The code of source[start, end), entered if it is new. */
  code(source: Uint8Array, start: number, end: number): number {
    if (this.#isUnhashed) this.#hashAll();
    const hash = hashOf(source, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.#slots[slot]!;
      if (code < 0) return this.#enter(source, start, end, hash, slot);
      if (this.#hashes[code] === hash && this.is(code, source, start, end)) return code;
    }
  }

  /** The code of source[start, end), or -1 where it was never entered. */
  find(source: Uint8Array, start: number, end: number): number {
    if (this.#isUnhashed) return this.#scan(source, start, end);
    const hash = hashOf(source, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.#slots[slot]!;
      if (code < 0 || (this.#hashes[code] === hash && this.is(code, source, start, end))) return code;
    }
  }

  /** Forgets all entries and keeps the memory. */
  clear(): void {
    this.size = 0;
    this.#slots.fill(-1);
    this.#texts = [];
  }

  /** Bytes that its entries take, decoded texts not counted; room kept for more may be as much again. */
  get memory(): number {
    return this.offsets[this.size]! + this.size * ENTRY;
  }

  /** What the entry says, decoded and kept. */
  text(code: number): string {
    this.#texts[code] ??= JSON.parse(
      utf8.decode(this.bytes.subarray(this.offsets[code], this.offsets[code + 1])),
    ) as string;
    return this.#texts[code];
  }

  /** What all entries say, by code. */
  all(): readonly string[] {
    return Array.from({ length: this.size }, (_, code) => this.text(code));
  }

  /** To look at all entries for one is quicker than to hash them. */
  #scan(source: Uint8Array, start: number, end: number): number {
    let code = this.size - 1;
    while (code >= 0 && !this.is(code, source, start, end)) code--;
    return code;
  }

  /** Whether an entry is source[start, end). */
  is(code: number, source: Uint8Array, start: number, end: number): boolean {
    const from = this.offsets[code]!;
    if (this.offsets[code + 1]! - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) if (source[i] !== this.bytes[j]) return false;
    return true;
  }

  #enter(source: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const code = this.size++;
    const from = this.offsets[code]!;
    const to = from + end - start;
    // Eight spare bytes: an encoder copies eight at a time and may read past the last entry.
    if (to + 8 > this.bytes.length) this.bytes = grown(this.bytes, Math.max(to + 8, this.bytes.length * 2));
    this.bytes.set(source.subarray(start, end), from);
    if (code + 2 > this.offsets.length) {
      const wider = new Uint32Array(this.offsets.length * 2);
      wider.set(this.offsets);
      this.offsets = wider;
      const hashes = new Int32Array(this.#hashes.length * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.offsets[code + 1] = to;
    this.#hashes[code] = hash;
    this.#slots[slot] = code;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return code;
  }

  #hashAll(): void {
    this.#isUnhashed = false;
    let slots = 512;
    while (slots < 2 * this.size + 2) slots *= 2;
    this.#hashes = new Int32Array(Math.max(this.offsets.length, 256));
    for (let code = 0; code < this.size; code++)
      this.#hashes[code] = hashOf(this.bytes, this.offsets[code]!, this.offsets[code + 1]!);
    this.#slots = new Int32Array(slots / 2);
    this.#rehash();
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = this.#slots.length - 1;
    for (let code = 0; code < this.size; code++) {
      let slot = this.#hashes[code]! & mask;
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
      this.#slots[slot] = code;
    }
  }
}

/** FNV-1a over the bytes, with its bits mixed once more so that the low ones can index a table. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}
