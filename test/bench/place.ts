/** Nothing in, the package's own folder out, found upwards from this file: compiled files lie deeper than their sources. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @throws Error where no folder above this file holds the package.json of snap-tools */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isPackage(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('no folder above the benchmark holds the package.json of snap-tools');
    folder = parent;
  }
  return folder;
}

function isPackage(folder: string): boolean {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return false;
  const description: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return (
    typeof description === 'object' &&
    description !== null &&
    'name' in description &&
    description.name === 'snap-tools'
  );
}
