/** Every CPython from 3.8 on that this machine has: the system's, and those of pyenv. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Python {
  /** As `3.11.2`. */
  readonly version: string;
  readonly file: string;
}

const pyenv = join(homedir(), '.pyenv', 'versions');
const files = [
  ...['/usr/bin/python3', '/usr/local/bin/python3'],
  ...(existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, 'bin', 'python3')) : []),
];

export const pythons: readonly Python[] = files.flatMap((file) => {
  const { stdout } = spawnSync(file, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])'], {
    encoding: 'utf8',
  });
  const version = (stdout ?? '').trim();
  return Number(version.split('.')[0]) === 3 && Number(version.split('.')[1]) >= 8 ? [{ version, file }] : [];
});

if (pythons.length === 0) throw new Error('no Python from 3.8 on is installed (.ci/run installs one)');

/** Any one of them, where the version does not matter. */
export const python: Python = pythons[0]!;
