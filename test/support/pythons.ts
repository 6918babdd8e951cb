/** The CPythons of this machine that snapdump.py has to run on; costs a start of each. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from './root.ts';

export interface Python {
  readonly path: string;
  /** as 3.11.2 */
  readonly version: string;
  readonly minor: number;
}

/** The capture script, where it was written. */
export const snapdump = join(packageRoot, 'lib', 'capture', 'snapdump.py');

/** Every CPython from 3.8 on that is found: Debian's, the first on the path, pyenv's. One of each version, oldest first. */
export const pythons: readonly Python[] = oneOfEach(
  ['/usr/bin/python3', 'python3', ...pyenv()].flatMap((path) => asked(path) ?? []),
);

function pyenv(): string[] {
  const folder = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  try {
    return readdirSync(folder).map((version) => join(folder, version, 'bin', 'python3'));
  } catch {
    return [];
  }
}

function asked(path: string): Python | undefined {
  const question = 'import sys; print(sys.implementation.name, *sys.version_info[:3])';
  try {
    const answer = execFileSync(path, ['-c', question], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
    const [name, major, minor, micro] = answer.trim().split(' ');
    return name === 'cpython' && major === '3' && Number(minor) >= 8
      ? { path, version: `3.${minor}.${micro}`, minor: Number(minor) }
      : undefined;
  } catch {
    return undefined;
  }
}

function oneOfEach(found: readonly Python[]): Python[] {
  const byVersion = new Map(found.toReversed().map((python) => [python.version, python]));
  return [...byVersion.values()].sort((a, b) => a.minor - b.minor);
}

if (pythons.length === 0) throw new Error('no CPython from 3.8 on is installed (.ci/run installs one)');

/** Any one of them, where the version does not matter. */
export const python: Python = pythons.find(({ path }) => path === '/usr/bin/python3') ?? pythons[0]!;
