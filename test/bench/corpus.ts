/** A size in, a real V8 snapshot of that size out, made once and kept; making the large takes 40 s, the huge minutes and 13 GB. */
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';

export type Size = 'small' | 'large' | 'huge';

interface Recipe {
  readonly says: string;
  readonly program: string;
  readonly options: readonly string[];
  readonly needsBytes: number;
  /** a class that it holds many of */
  readonly type: string;
}

export const sizes: Readonly<Record<Size, Recipe>> = {
  small: { says: '6 MB', program: 'small.cjs', options: [], needsBytes: 0, type: 'Function' },
  large: {
    says: '738 MB',
    program: 'mix.cjs',
    options: ['--ast-mb=6', '--scale=2'],
    needsBytes: 4e9,
    type: 'Traceback',
  },
  huge: {
    says: '2.8 GB',
    program: 'mix.cjs',
    options: ['--ast-mb=26', '--scale=9'],
    needsBytes: 14e9,
    type: 'Traceback',
  },
};

export interface Places {
  readonly packageFolder: string;
  readonly cacheFolder: string;
}

/** The file's name. A half-made file never has it. */
export async function snapshotOf(size: Size, places: Places): Promise<string> {
  const file = join(places.cacheFolder, `${size}.heapsnapshot`);
  if (existsSync(file)) return file;
  const { program, options, needsBytes, says } = sizes[size];
  if (totalmem() < needsBytes) {
    throw new BenchError(
      `making ${size}.heapsnapshot (${says}) takes ${needsBytes / 1e9} GB of memory: make it elsewhere and put it into the folder of --corpora`,
    );
  }
  const programs = join(places.packageFolder, 'test/bench/corpora');
  await mkdir(places.cacheFolder, { recursive: true });
  if (program !== 'small.cjs' && !existsSync(join(programs, 'node_modules')))
    await run('npm', ['ci', '--no-audit', '--no-fund'], programs);
  const unfinished = join(places.cacheFolder, `${size}-unfinished-${process.pid}.heapsnapshot`);
  await makeWhole(unfinished, file, () =>
    run(
      'node',
      ['--expose-gc', '--max-old-space-size=12000', join(programs, program), unfinished, ...options],
      programs,
    ),
  );
  await rm(unfinished.replace('.heapsnapshot', '.taking.json'), { force: true });
  return file;
}

/** The snapshot's node stream beside it, made again whenever snap-parse was built again. */
export async function nodeStreamOf(snapshot: string, { packageFolder }: Places): Promise<string> {
  const file = snapshot.replace(/\.heapsnapshot$/, '.nodes');
  const parse = join(packageFolder, 'dist/bin/snap-parse.js');
  if (existsSync(file) && statSync(file).mtimeMs > statSync(parse).mtimeMs) return file;
  const unfinished = `${file}-unfinished-${process.pid}`;
  await makeWhole(unfinished, file, () =>
    run('bash', ['-c', 'node "$0" "$1" > "$2"', parse, snapshot, unfinished], packageFolder),
  );
  return file;
}

async function makeWhole(unfinished: string, file: string, make: () => Promise<void>): Promise<void> {
  try {
    await make();
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function run(program: string, words: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 2, 2] });
    child.on('error', (error) => reject(new BenchError(`${program} does not start: ${error.message}`)));
    child.on('close', (status) =>
      status === 0 ? resolve() : reject(new BenchError(`${program} ${words.join(' ')} ended with status ${status}`)),
    );
  });
}
