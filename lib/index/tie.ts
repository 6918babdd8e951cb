/** What ties an index to its file: size, time, and a hash of blocks of it. A file in, these out; costs the reading of 256 KB. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fileIdentity } from '../disk/input.ts';

/** Blocks of the file that are hashed, first and last among them. */
const SAMPLES = 64;
const SAMPLE = 4096;

export interface Tie {
  readonly size: number;
  readonly time: number;
  readonly hash: string;
}

export const isSame = (a: Tie, b: Tie): boolean => a.size === b.size && a.time === b.time && a.hash === b.hash;

/** What ties a folder to the file as it is now. Throws InputError where the file cannot be read. */
export function tieOf(file: string): Tie {
  fileIdentity(file);
  const fd = openSync(file, 'r');
  try {
    const { size, mtimeMs } = fstatSync(fd);
    const hash = createHash('sha256');
    const block = Buffer.alloc(SAMPLE);
    for (let i = 0; i < SAMPLES; i++) {
      const at = Math.floor((Math.max(0, size - SAMPLE) * i) / (SAMPLES - 1));
      hash.update(block.subarray(0, readSync(fd, block, 0, SAMPLE, at)));
    }
    return { size, time: mtimeMs, hash: hash.digest('hex') };
  } finally {
    closeSync(fd);
  }
}
