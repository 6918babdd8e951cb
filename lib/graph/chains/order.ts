/** Stable sorting of numbers by whole keys in linear time (least significant digit first, 16 bits a step). Eight bytes a number. */

const BITS = 16;
const DIGITS = 1 << BITS;

/** Reorders `order` so that `key` of each ascends; of equal keys the first stays first. `most` is the largest key there is. */
export function sortByKey(order: Uint32Array, key: (item: number) => number, most: number): void {
  const counts = new Uint32Array(DIGITS);
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  for (let shift = 0; shift < 32 && most >>> shift > 0; shift += BITS) {
    counts.fill(0);
    for (let i = 0; i < from.length; i++) counts[(key(from[i]!) >>> shift) & (DIGITS - 1)]!++;
    for (let digit = 0, start = 0; digit < DIGITS; digit++) {
      const count = counts[digit]!;
      counts[digit] = start;
      start += count;
    }
    for (let i = 0; i < from.length; i++) to[counts[(key(from[i]!) >>> shift) & (DIGITS - 1)]!++] = from[i]!;
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from);
}
