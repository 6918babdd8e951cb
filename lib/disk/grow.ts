/** Longer copies of typed arrays, for tables whose length nobody knows beforehand. */

/** A copy of `bytes` with room for `length`. */
export function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(length);
  wider.set(bytes);
  return wider;
}

/** A copy of `numbers` with room for `length`. */
export function grownDoubles(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(length);
  wider.set(numbers);
  return wider;
}

/** A copy of `numbers` with room for `length`. */
export function grownNumbers(numbers: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(length);
  wider.set(numbers);
  return wider;
}
