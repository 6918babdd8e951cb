/**
 * References of WeakMaps: V8 writes one from the map's table and one from the key for each value, both called
 * `N / part of key (KEY @1) -> value (VALUE @2) pair in WeakMap (table @3)`, where only N differs. Memory: some 30 bytes a pair.
 */
import { grownNumbers } from '../../disk/grow.ts';
import { Bits } from './bits.ts';
import { Pairs } from './pairs.ts';

/** Source: tryParseWeakMapEdgeName in DevTools. */
const NAME = /^\d+( \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\))$/;

/** Whether a token may be such a name: it begins with a digit and ends with a bracket, as nothing else of the runtime's does. */
export function mayBePair(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start + 1]! - 48;
  return first >= 0 && first <= 9 && bytes[end - 2] === 41;
}

export class Ephemerons {
  /** Pairs seen so far: they are numbered from 0. */
  pairs = 0;
  /** Names by two hashes: each as long as the snapshot is read would be too much to hold. */
  readonly #names = new Pairs();
  /** Of each name whether one of two has come, and the number of its last pair. */
  readonly #isSingle = new Bits();
  #pair = new Uint32Array(256);

  /** The pair and the id of the table, if a reference's name is of that kind. */
  find(name: string): { readonly pair: number; readonly table: number } | undefined {
    const match = NAME.exec(name);
    if (match === null) return undefined;
    const [, shared = '', table] = match;
    const [high, low] = hashesOf(shared);
    const number = this.#names.number(high, low);
    if (number >= this.#pair.length) this.#pair = grownNumbers(this.#pair, 2 * number);
    if (this.#isSingle.has(number)) this.#isSingle.delete(number);
    else {
      this.#isSingle.add(number);
      this.#pair[number] = this.pairs++;
    }
    return { pair: this.#pair[number]!, table: Number(table) };
  }
}

/** Source: FNV-1a, and the same with another prime. Two of a million names are alike with a chance of one to tens of millions. */
function hashesOf(text: string): readonly [high: number, low: number] {
  let high = 0x811c9dc5;
  let low = 0x2f0b4c47;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return [high >>> 0, low >>> 0];
}
