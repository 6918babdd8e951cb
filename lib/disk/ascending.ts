/** Lists of numbers in ascending order. */

/** Where the first one of the first `length` stands that is not below `value`; `length` where there is none. */
export function placeIn(ascending: Uint32Array, value: number, length = ascending.length): number {
  let low = 0;
  for (let high = length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
