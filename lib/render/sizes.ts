/** Bytes to text for people, as 1.5 MiB, and back from what they type; constant cost. All units are powers of 1,024. */

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Bytes in the unit that leaves at most four digits before the point, with one decimal from KiB on. */
export function formatSize(bytes: number): string {
  const sign = bytes < 0 ? '-' : '';
  let amount = Math.abs(bytes);
  let unit = 0;
  // What one decimal would round to 1,024.0 belongs to the next unit.
  while (amount >= (unit === 0 ? 1024 : 1023.95) && unit < UNITS.length - 1) {
    amount /= 1024;
    unit++;
  }
  if (unit === 0) return `${sign}${amount} B`;
  const [whole = '', decimal = ''] = amount.toFixed(1).split('.');
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${decimal} ${UNITS[unit]}`;
}

const POWERS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Bytes from `65536`, `64K`, `64KB`, `64 KiB`, `1.5g`, in any case; undefined for anything else and beyond 2^53 - 1. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(?:([kmg])(?:i?b)?|b)?$/i.exec(text);
  if (!match) return undefined;
  const [, amount = '', prefix = ''] = match;
  const bytes = Math.round(Number(amount) * (POWERS[prefix.toLowerCase()] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
