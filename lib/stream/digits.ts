/** Whole numbers to decimal digits in a byte buffer, without a string in between: four digits a step, from a table. */

const QUADS = new Uint8Array(40_000);
for (let i = 0; i < 10_000; i++) {
  QUADS[4 * i] = 48 + Math.floor(i / 1000);
  QUADS[4 * i + 1] = 48 + (Math.floor(i / 100) % 10);
  QUADS[4 * i + 2] = 48 + (Math.floor(i / 10) % 10);
  QUADS[4 * i + 3] = 48 + (i % 10);
}

/** Writes 0 <= value <= 2^53 - 1 at `at`; gives the place behind it. Room for 16 digits must be there. */
export function writeDigits(out: Uint8Array, at: number, value: number): number {
  if (value < 10_000) return writeHead(out, at, value);
  if (value < 100_000_000) {
    const high = (value / 10_000) | 0;
    return writeQuad(out, writeHead(out, at, high), value - high * 10_000);
  }
  const high = Math.floor(value / 100_000_000);
  const low = value - high * 100_000_000;
  const quad = (low / 10_000) | 0;
  return writeQuad(out, writeQuad(out, writeDigits(out, at, high), quad), low - quad * 10_000);
}

function writeQuad(out: Uint8Array, at: number, value: number): number {
  const from = value << 2;
  out[at] = QUADS[from]!;
  out[at + 1] = QUADS[from + 1]!;
  out[at + 2] = QUADS[from + 2]!;
  out[at + 3] = QUADS[from + 3]!;
  return at + 4;
}

function writeHead(out: Uint8Array, at: number, value: number): number {
  const from = value << 2;
  if (value >= 1000) out[at++] = QUADS[from]!;
  if (value >= 100) out[at++] = QUADS[from + 1]!;
  if (value >= 10) out[at++] = QUADS[from + 2]!;
  out[at++] = QUADS[from + 3]!;
  return at;
}
