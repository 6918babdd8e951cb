/** Nothing in; what capturing pylint's heap costs beside a bare walk of it, as a section for docs/benchmarks.md, out. Costs a minute. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';
import { circumstances } from './circumstances.ts';
import { table } from './report.ts';

const files = 30;
const command = 'node dist/test/bench/main.js --only python';

interface Figures {
  readonly python: string;
  readonly walked: number;
  readonly nodes: number;
  readonly walkSeconds: number;
  readonly childSeconds: number;
  readonly zippedSeconds: number;
  readonly hereSeconds: number;
  readonly pauseSeconds: number;
  readonly residentBytes: number;
  readonly addedBytes: number;
  readonly fileBytes: number;
  readonly unnamed: number;
  readonly unnamedHere: number;
}

/** @throws BenchError where Debian's pylint is missing */
export function pythonSection(packageFolder: string): string {
  const f = measured(packageFolder);
  const times = (seconds: number) => `${(seconds / f.walkSeconds).toFixed(1)} x (${seconds.toFixed(2)} s)`;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const figures: [string, string, string][] = [
    ['a bare walk with gc.get_referents', '', `${f.walked} objects in ${f.walkSeconds.toFixed(2)} s of CPU`],
    ['capture in a child, CPU against the walk', '8 x', times(f.childSeconds)],
    ['the same, zipped', '', times(f.zippedSeconds)],
    ['capture without fork', '8 x', times(f.hereSeconds)],
    [
      'the program stands still for the fork',
      '50 ms at 150 MB',
      `${(1000 * f.pauseSeconds).toFixed(1)} ms at ${mega(f.residentBytes)} MB`,
    ],
    ['memory added without fork', '40 bytes an object', `${(f.addedBytes / f.nodes).toFixed(1)} bytes an object`],
    ['references without a name', '1 %', percent(f.unnamed)],
    ['the same without fork', '', percent(f.unnamedHere)],
    ['a node in the file', '', `${(f.fileBytes / f.nodes).toFixed(0)} bytes, ${f.nodes} nodes`],
  ];
  const around = [...circumstances(packageFolder).filter(([label]) => label !== 'peers'), ['CPython', f.python]];
  return [
    `## python: pylint over ${files} files with astroid's old leak`,
    [...around, ['command', `\`${command}\``]].map(([label, value]) => `- ${label}: ${value}`).join('\n'),
    table(['', 'to reach', 'measured'], figures),
  ]
    .join('\n\n')
    .concat('\n');
}

function measured(packageFolder: string): Figures {
  const scratch = mkdtempSync(join(tmpdir(), 'snap-bench-python-'));
  const support = join(packageFolder, 'demo/pylint');
  const code = readFileSync(join(packageFolder, 'test/bench/corpora/capture.py'), 'utf8');
  const env = {
    ...process.env,
    SNAPDUMP: join(packageFolder, 'lib/capture/snapdump.py'),
    SCRATCH: scratch,
    PYLINTHOME: scratch,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const python = (...args: string[]) => execFileSync('/usr/bin/python3', args, { env, encoding: 'utf8' });
  try {
    const pkg = join(scratch, 'pkg');
    python(join(support, 'gen_pkg.py'), pkg, String(files));
    const answer = python(join(support, 'run_case.py'), pkg, String(files), '--bug', '--exec', code);
    return JSON.parse(answer) as Figures; // our own program
  } catch (error) {
    throw new BenchError(
      `no heap of pylint (Debian's pylint, python3-objgraph?): ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const mega = (bytes: number) => (bytes / 1e6).toFixed(0);
