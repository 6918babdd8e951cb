/** Whole numbers to text for people, as 1,234,567, and back from what they type; constant cost. */

/** A count with commas between thousands. */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** A whole number from 0 to 2^53 - 1 in decimal digits, or undefined: `-1`, `1e3`, `0x10` and `1.5` are not counts. */
export function parseCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(count) ? count : undefined;
}
