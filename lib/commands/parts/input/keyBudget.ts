/** How much memory the keys of groups may take: what --memory leaves, else up to 256 MiB of what is free. */
import type { Frame } from '../../../cli/frame.ts';
import { formatSize } from '../../../render/sizes.ts';
import { InputError } from '../../../stream/errors.ts';
import { halfOfFree } from './budget.ts';

/** The least and the default that keys get. */
const LEAST = 4 << 20;
const DEFAULT = 256 << 20;

/** `base` is what the process takes without any keys. Throws InputError where --memory is not enough. */
export function keyBudget(frame: Frame, base: number): number {
  if (frame.memory === undefined) return Math.max(LEAST, Math.min(DEFAULT, halfOfFree() - base));
  if (frame.memory < base + LEAST) {
    throw new InputError(
      `--memory: ${formatSize(frame.memory)} are not enough: it needs ${formatSize(base + LEAST)}, and more to sort less on disk`,
    );
  }
  return frame.memory - base;
}
