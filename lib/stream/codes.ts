/** Codes of a dictionary for tokens that come again and again: 4 KB in front of its table. */
import type { Dictionary } from './dictionary.ts';

const CACHE_BITS = 10;
const CACHE = 1 << CACHE_BITS;

/** A small front for a dictionary: tokens by length and their first and last bytes, of which the last one seen is remembered. */
export class CodeCache {
  readonly dictionary: Dictionary;
  readonly #codes = new Int32Array(CACHE).fill(-1);

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  code(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const mixed = Math.imul(
      view.getUint32(start) ^ Math.imul(view.getUint32(end - 4), 0x85ebca6b) ^ (end - start),
      0x9e3779b1,
    );
    const slot = mixed >>> (32 - CACHE_BITS);
    const known = this.#codes[slot]!;
    if (known >= 0 && this.#isEntry(known, bytes, start, end)) return known;
    const code = this.dictionary.code(bytes, start, end);
    this.#codes[slot] = code;
    return code;
  }

  #isEntry(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    const { offsets, bytes: entries } = this.dictionary;
    const from = offsets[code]!;
    if (offsets[code + 1]! - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== entries[j]) return false;
    return true;
  }
}
