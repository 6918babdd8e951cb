/**
 * Nodes by their order among those that are looked at: positions in a snapshot in, ascending, their numbers 0, 1, 2, ... out. Four bytes a
 * node, none as long as they are dense from 0, and one more once they are looked up.
 */
import { grownNumbers } from '../../disk/grow.ts';

/** No node: what `indexOf` and links say where there is none. */
export const NONE = 0xffffffff;

export class Positions {
  count = 0;
  #n: Uint32Array | undefined;
  /** Numbers of the first nodes at or behind each multiple of `1 << #shift`. */
  #buckets: Uint32Array | undefined;
  #shift = 0;

  /** Positions that are in order already: the array is taken, not copied. */
  static of(n: Uint32Array): Positions {
    const positions = new Positions();
    positions.#n = n;
    positions.count = n.length;
    return positions;
  }

  /** `n` is larger than all before. */
  add(n: number): void {
    if (this.#n === undefined) {
      if (n === this.count) {
        this.count++;
        return;
      }
      this.#n = Uint32Array.from({ length: Math.max(1024, 2 * this.count) }, (_, i) => i);
    }
    if (this.count === this.#n.length) this.#n = grownNumbers(this.#n, 2 * this.count);
    this.#n[this.count++] = n;
  }

  /** Takes the last one back. */
  pop(): void {
    this.count--;
  }

  at(index: number): number {
    return this.#n === undefined ? index : this.#n[index]!;
  }

  /** NONE where the node is not among them. Constant time where positions are spread evenly, a binary search at worst. */
  indexOf(n: number): number {
    const { count } = this;
    const list = this.#n;
    if (list === undefined) return n < count ? n : NONE;
    const buckets = this.#buckets ?? this.#index(list);
    const bucket = n >>> this.#shift;
    if (bucket + 1 >= buckets.length) return NONE;
    let from = buckets[bucket]!;
    let to = buckets[bucket + 1]!;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (list[middle]! < n) from = middle + 1;
      else to = middle;
    }
    return from < count && list[from] === n ? from : NONE;
  }

  /** One bucket for some four nodes. */
  #index(list: Uint32Array): Uint32Array {
    const { count } = this;
    const last = count === 0 ? 0 : list[count - 1]!;
    while (last >>> this.#shift > Math.max(1, count / 4)) this.#shift++;
    const buckets = new Uint32Array((last >>> this.#shift) + 2).fill(count);
    for (let i = count; i-- > 0; ) buckets[list[i]! >>> this.#shift] = i;
    for (let bucket = buckets.length - 1; bucket-- > 0; )
      if (buckets[bucket]! > buckets[bucket + 1]!) buckets[bucket] = buckets[bucket + 1]!;
    this.#buckets = buckets;
    return buckets;
  }
}
