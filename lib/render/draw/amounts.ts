/** Words for amounts, the same in every picture. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import type { Amount } from './row.ts';

/** Bars, and rows of a table, that can be looked at. */
export const MOST_BARS = 40;

/** Sums of what was met, and of what is not shown. */
export class Sum {
  rows = 0;
  count = 0;
  bytes = 0;

  add({ count, bytes }: Amount): void {
    this.rows++;
    this.count += count;
    this.bytes += bytes;
  }
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** `1,234 objects, 5.6 MiB`. */
export const amountWords = ({ count, bytes }: Amount): string => `${plural(count, 'object')}, ${formatSize(bytes)}`;

/** With the bytes in full, for whoever looks closely. */
export const fullSize = (bytes: number): string =>
  Math.abs(bytes) < 1024 ? formatSize(bytes) : `${formatSize(bytes)} (${formatCount(bytes)} bytes)`;

/** What is folded away; nothing if nothing is. */
export const andMore = (rest: Sum): readonly string[] =>
  rest.rows === 0 ? [] : [`and ${formatCount(rest.rows)} more with ${amountWords(rest)}`];

/** The same where no sums of them are known, or none would mean anything. */
export const andMoreRows = (rows: number): readonly string[] => (rows > 0 ? [`and ${formatCount(rows)} more`] : []);

/** Growth has its sign. */
export const signed = (amount: number, format: (amount: number) => string): string =>
  amount > 0 ? `+${format(amount)}` : format(amount);

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`;
