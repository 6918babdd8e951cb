/** A size in, a real V8 snapshot of that size out, made once and kept; making the large takes 40 s, the huge minutes and 13 GB. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { link, mkdir, rename, rm } from 'node:fs/promises';
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
  /** a reference that nodes of that class have */
  readonly via: string;
}

export const sizes: Readonly<Record<Size, Recipe>> = {
  small: { says: '6 MB', program: 'small.cjs', options: [], needsBytes: 0, type: 'Function', via: 'context' },
  large: {
    says: '738 MB',
    program: 'mix.cjs',
    options: ['--ast-mb=6', '--scale=2'],
    needsBytes: 4e9,
    type: 'Traceback',
    via: 'next',
  },
  huge: {
    says: '2.8 GB',
    program: 'mix.cjs',
    options: ['--ast-mb=26', '--scale=9'],
    needsBytes: 14e9,
    type: 'Traceback',
    via: 'next',
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

/** The number of nodes that a snapshot's header claims, which is true of what Node writes. */
export function nodeCountOf(snapshot: string): number {
  const start = Buffer.alloc(65_536);
  const file = openSync(snapshot, 'r');
  const length = readSync(file, start);
  closeSync(file);
  const count = /"node_count":(\d+)/.exec(start.toString('latin1', 0, length))?.[1];
  if (count === undefined) throw new BenchError(`${snapshot}: no node_count in its first 64 KiB`);
  return Number(count);
}

/** The snapshot under another name, beside which its index may lie: without one under the first name, rows there do without. */
export async function indexedOf(snapshot: string, { packageFolder }: Places): Promise<string> {
  const file = snapshot.replace(/\.heapsnapshot$/, '-indexed.heapsnapshot');
  if (!existsSync(file)) await link(snapshot, file);
  const program = join(packageFolder, 'dist/bin/snap-index.js');
  const sidecar = `${file}.snapidx`;
  if (existsSync(sidecar) && statSync(sidecar).mtimeMs > statSync(program).mtimeMs) return file;
  await rm(sidecar, { recursive: true, force: true });
  await run('node', [program, '--quiet', file], packageFolder);
  return file;
}

export const shapes = ['list', 'chain', 'star', 'cycles', 'tree'] as const;

/** So many nodes has a shape, and twice as many: some million, or a sixteenth of that. */
const shapeNodes: Readonly<Record<Size, number>> = { small: 2 ** 17, large: 2 ** 21, huge: 2 ** 21 };

/** A folder with SHAPE.heapsnapshot and SHAPE-2x.heapsnapshot of each shape. */
export async function shapesOf(size: Size, { packageFolder, cacheFolder }: Places): Promise<string> {
  const folder = join(cacheFolder, `shapes-${shapeNodes[size]}`);
  await mkdir(folder, { recursive: true });
  const program = join(packageFolder, 'test/bench/corpora/shapes.cjs');
  for (const shape of shapes) {
    for (const [name, times] of [
      [shape, 1],
      [`${shape}-2x`, 2],
    ] as const) {
      const file = join(folder, `${name}.heapsnapshot`);
      const unfinished = `${file}-unfinished-${process.pid}`;
      if (existsSync(file)) continue;
      await makeWhole(unfinished, file, () =>
        run('node', [program, unfinished, shape, String(times * shapeNodes[size])], packageFolder),
      );
    }
  }
  return folder;
}

export interface Pair {
  readonly before: string;
  readonly after: string;
}

/** 11 and 26 MB, or 294 and 492 MB. */
const pairOptions: Readonly<Record<Exclude<Size, 'huge'>, readonly string[]>> = {
  small: ['--leaks=10', '--chain=1000'],
  large: ['--leaks=60', '--chain=2000', '--base=1'],
};

/** Two snapshots of one process, before and after a leak. */
export async function pairOf(size: Size, { packageFolder, cacheFolder }: Places): Promise<Pair> {
  if (size === 'huge') throw new BenchError('there is no pair of that size');
  const prefix = join(cacheFolder, `pair-${size}`);
  const pair = { before: `${prefix}-before.heapsnapshot`, after: `${prefix}-after.heapsnapshot` };
  if (existsSync(pair.before) && existsSync(pair.after)) return pair;
  const programs = join(packageFolder, 'test/bench/corpora');
  await mkdir(cacheFolder, { recursive: true });
  if (size === 'large' && !existsSync(join(programs, 'node_modules')))
    await run('npm', ['ci', '--no-audit', '--no-fund'], programs);
  const unfinished = `${prefix}-unfinished-${process.pid}`;
  const words = [
    '--expose-gc',
    '--max-old-space-size=8000',
    join(programs, 'pair.cjs'),
    unfinished,
    ...pairOptions[size],
  ];
  await run('node', words, programs);
  for (const time of ['before', 'after'] as const) {
    await rename(`${unfinished}-${time}.heapsnapshot`, pair[time]);
    await rm(`${unfinished}-${time}.taking.json`, { force: true });
  }
  await rm(`${unfinished}-truth.json`, { force: true });
  return pair;
}

/** A folder with twenty snapshots of one process, in the order of their names. */
export async function courseOf({ packageFolder, cacheFolder }: Places): Promise<string> {
  const folder = join(cacheFolder, 'course');
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}-unfinished-${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const program = join(packageFolder, 'test/bench/corpora/course.cjs');
  await makeWhole(unfinished, folder, () =>
    run('node', ['--expose-gc', program, join(unfinished, 'h')], packageFolder),
  );
  return folder;
}

async function makeWhole(unfinished: string, file: string, make: () => Promise<void>): Promise<void> {
  try {
    await make();
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
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
