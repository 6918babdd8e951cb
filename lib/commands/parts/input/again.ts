/** Inputs that are read more than once: a file is opened again, what comes from standard input is kept in a temporary file. */
import type { Frame } from '../../../cli/frame.ts';
import type { ByteReader } from '../../../disk/input.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import { escapeGlob, isGlob } from '../../../stages/names.ts';
import { asSnapshot, openShown } from './snapshot.ts';

/** Opens an operand: each call gives it from its beginning. The first must be read to its end before the second is asked for. */
export async function openAgain(operand: string, scratch: Scratch, frame: Frame): Promise<() => Promise<Opened>> {
  const first = await openShown(operand, true, scratch, frame);
  if (first.format === 'v8') return async () => first;
  let passes = 0;
  // A pipe by name, as <(...) gives, can be read once just as standard input.
  if (operand !== '-' && first.input.seekable)
    return async () => (passes++ === 0 ? first : openShown(operand, true, scratch, frame));
  const kept = scratch.open();
  const keeping: ByteReader = {
    async read(into, from) {
      const read = await first.reader.read(into, from);
      kept.append(into, from + read, from);
      return read;
    },
  };
  return async () => ({ ...first, reader: passes++ === 0 ? keeping : kept.reader() });
}

/**
 * "An exact match wins": of the patterns that look like globs, those that some node's type equals are made literal. It takes a pass over the
 * nodes, so only where there is such a pattern.
 */
export async function settleTypes(
  patterns: readonly string[],
  opened: () => Promise<Opened>,
  frame: Frame,
): Promise<readonly string[]> {
  const open = new Set(patterns.filter(isGlob));
  if (open.size === 0) return patterns;
  const exact = new Set<string>();
  const snapshot = await asSnapshot(await opened(), { names: false, extras: false, refs: false }, frame);
  let types: unknown;
  let seen = 0;
  for await (const batch of snapshot.batches) {
    if (types !== batch.types) seen = 0;
    types = batch.types;
    for (; seen < batch.types.size; seen++) if (open.has(batch.types.text(seen))) exact.add(batch.types.text(seen));
  }
  return patterns.map((pattern) => (exact.has(pattern) ? escapeGlob(pattern) : pattern));
}
