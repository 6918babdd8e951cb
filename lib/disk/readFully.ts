/** Reads at a place of a file until all has come that was asked for; fewer bytes only at its end. No memory. */
import { readSync } from 'node:fs';

export function readFully(fd: number, into: Uint8Array, position: number, length = into.length): number {
  let done = 0;
  for (let count = -1; done < length && count !== 0; done += count)
    count = readSync(fd, into, done, length - done, position + done);
  return done;
}
