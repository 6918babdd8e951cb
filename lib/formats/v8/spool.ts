/**
 * A snapshot from a pipe to a temporary file, because its names come last. Where nobody asks for references, the edges, more than
 * half of it, are left out on the way.
 */
import type { ByteReader, RandomBytes } from '../../disk/input.ts';
import type { Scratch } from '../../disk/scratch.ts';

const BLOCK = 1 << 18;
/** What ends a flat array; or begins something else, which is another section's of that name: what is kept of it is legal JSON still. */
const ENDS = [...Buffer.from(']"[{')];
/** As a key it can stand nowhere else: inside a string its quotes would be escaped. */
const EDGES = Buffer.from('"edges":[');

export async function spool(
  name: string,
  reader: ByteReader,
  wantsEdges: boolean,
  scratch: Scratch,
): Promise<RandomBytes> {
  const file = scratch.open();
  // Bytes left out, and where.
  let gap = 0;
  let gapAt = Number.POSITIVE_INFINITY;
  const block = Buffer.allocUnsafeSlow(BLOCK);
  let state: 'before' | 'inside' | 'behind' = wantsEdges ? 'behind' : 'before';
  let held = 0;
  for (;;) {
    const answer = reader.read(block, held);
    const read = typeof answer === 'number' ? answer : await answer;
    let end = held + read;
    if (read === 0) break;
    let from = 0;
    held = 0;
    if (state === 'before') {
      const found = block.subarray(0, end).indexOf(EDGES);
      if (found >= 0) {
        from = found + EDGES.length;
        file.append(block, from);
        gapAt = file.length;
        state = 'inside';
      } else held = Math.min(end, EDGES.length - 1);
    }
    if (state === 'inside') {
      const found = firstOf(ENDS, block.subarray(0, end), from);
      gap += (found < 0 ? end : found) - from;
      from = found < 0 ? end : found;
      if (found >= 0) state = 'behind';
    }
    end -= held;
    if (state !== 'inside') file.append(block, end, from);
    block.copyWithin(0, end, end + held);
  }
  file.append(block, held);
  return file.as(name, (position) => `byte ${(position + (position >= gapAt ? gap : 0)).toLocaleString('en-US')}`);
}

/** Where the first of these bytes stands from `from` on, or -1. */
function firstOf(wanted: readonly number[], bytes: Buffer, from: number): number {
  let first = -1;
  for (const byte of wanted) {
    const found = (first < 0 ? bytes : bytes.subarray(0, first)).indexOf(byte, from);
    if (found >= 0) first = found;
  }
  return first;
}
