/** How much memory a command may take for itself: what --memory says, else half of what the machine has left. */
import { freemem } from 'node:os';
import type { Frame } from '../../../cli/frame.ts';
import { formatSize } from '../../../render/sizes.ts';
import { InputError } from '../../../stream/errors.ts';

/** Half of what the machine, or the container that the process is in, has left. */
export function halfOfFree(): number {
  const limit = process.constrainedMemory() ?? 0;
  return Math.min(freemem(), limit > 0 ? limit : Number.POSITIVE_INFINITY) / 2;
}

/** Bytes beside `base`, which the process takes anyway. Throws InputError where --memory does not leave `least`. */
export function budgetOf(frame: Frame, base: number, least: number): number {
  if (frame.memory === undefined) return Math.max(least, halfOfFree() - base);
  if (frame.memory < base + least)
    throw new InputError(
      `--memory: ${formatSize(frame.memory)} are not enough: it needs ${formatSize(base + least)}, and more for more nodes`,
    );
  return frame.memory - base;
}
