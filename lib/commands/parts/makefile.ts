/** Where the Makefile rules that ship with the package lie, so that `include $(shell snap-parse --makefile)` finds them. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** From this file up to the package's own folder: compiled or not, it holds `lib/snapshots.mk`. */
export function makefilePath(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'lib', 'snapshots.mk');
}
