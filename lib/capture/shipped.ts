/** Where the files lie that are shipped to run in other programs. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** They are not compiled: from this file up to the package's own folder, they lie in `lib/capture`. */
export function shippedFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'lib', 'capture', name);
}

/** The part of this package that a Node loads before its program; compiled, beside this file. */
export const hookFile = (): string => join(dirname(fileURLToPath(import.meta.url)), 'hook.cjs');
