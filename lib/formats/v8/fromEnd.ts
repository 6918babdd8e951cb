/**
 * Where the edges of a V8 snapshot end, found from the end of the file: they are more than half of it, and to cross them takes as long as all else that finds its sections.
 * Costs a reading of what stands behind them, and a look at 64 places of theirs.
 */
import type { RandomBytes } from '../../disk/input.ts';

const WINDOW = 1 << 18;
/** What V8 writes behind the edges. As a key it can stand nowhere else: inside a string its quotes would be escaped. */
const BEHIND_EDGES = Buffer.from('"trace_function_infos":');
/** Bytes before that key in which the bracket of the edges stands. */
const BEFORE = 64;
const LOOKS = 64;
const LOOK = 1 << 12;
const NEWLINE = 10;
const COMMA = 44;

/**
 * The place of the closing bracket; undefined where it must be looked for from the front. Between `from` and that place are lines of `width` numbers wherever it was looked: so it
 * is no second snapshot in the same file, but whoever reads them has to mind a bracket.
 */
export function edgesEnd(file: RandomBytes, from: number, width: number): number | undefined {
  const key = lastOf(file, from, BEHIND_EDGES);
  if (key === undefined) return undefined;
  const start = Math.max(from, key - BEFORE);
  const before = Buffer.alloc(key - start);
  file.readAt(before, start);
  const bracket = /\]\s*,\s*$/.exec(before.toString('latin1'));
  if (bracket === null) return undefined;
  const end = start + bracket.index;
  return areRecords(file, from, end, width) ? end : undefined;
}

function lastOf(file: RandomBytes, from: number, key: Buffer): number | undefined {
  const window = Buffer.allocUnsafeSlow(WINDOW);
  for (let end = file.size; end - from >= key.length; end -= WINDOW - key.length) {
    const base = Math.max(from, end - WINDOW);
    const found = window.subarray(0, file.readAt(window, base, end - base)).lastIndexOf(key);
    if (found >= 0) return base + found;
  }
  return undefined;
}

function areRecords(file: RandomBytes, from: number, end: number, width: number): boolean {
  const bytes = Buffer.alloc(LOOK);
  const step = Math.max(LOOK, Math.floor((end - from) / LOOKS));
  for (let at = from; at < end; at += step) {
    const length = file.readAt(bytes, at, Math.min(LOOK, end - at));
    if (!areLines(bytes, length, width)) return false;
  }
  return true;
}

/** Digits and commas, of these as many as numbers in each line that is there as a whole. */
function areLines(bytes: Uint8Array, length: number, width: number): boolean {
  let commas = Number.NaN;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte === COMMA) commas++;
    else if (byte === NEWLINE) {
      if (commas < width || commas > width) return false;
      commas = 0;
    } else if (byte < 48 || byte > 57) return false;
  }
  return true;
}
