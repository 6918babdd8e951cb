/** Where things lie: finds the package's root from wherever this file was compiled to; costs a few look-ups of package.json. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, bin, lib and test. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The compiled program of a command, as `npm install` would link it. */
export const program = (command: string): string => join(packageRoot, 'dist', 'bin', `${command}.js`);

/** A file under test/, where it was written: fixtures and golden cases are not compiled. */
export const testFile = (...parts: readonly string[]): string => join(packageRoot, 'test', ...parts);

/** Every command that package.json installs. */
export const commands: readonly string[] = Object.keys(manifest(packageRoot)?.bin ?? {});

function findRoot(folder: string): string {
  if (manifest(folder)?.name === 'snap-tools') return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('no package.json named snap-tools above this test');
  return findRoot(above);
}

interface Manifest {
  readonly name?: string;
  readonly bin?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}
