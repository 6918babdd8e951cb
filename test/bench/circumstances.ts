/** Nothing in; what a reader has to know of where and when figures were taken out: commit, date, machine, versions. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';

export function circumstances(packageFolder: string): [string, string][] {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return [
    ['commit', commit(packageFolder)],
    ['date', new Date().toISOString().slice(0, 10)],
    [
      'machine',
      `${processors.length} cores, ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${type()} ${release()}`,
    ],
    ['Node', `${process.version}, V8 ${process.versions.v8}`],
    ['peers', peers(packageFolder)],
  ];
}

function commit(folder: string): string {
  const hash = firstLine('git', ['rev-parse', '--short', 'HEAD'], folder);
  if (hash === '') return 'unknown';
  const changed = firstLine('git', ['status', '--porcelain', '--', 'bin', 'lib', 'package.json'], folder) !== '';
  return changed ? `${hash} with changes` : hash;
}

function peers(folder: string): string {
  const text = readFileSync(join(folder, 'test/bench/package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> }; // our own file
  const jq = firstLine('jq', ['--version'], folder);
  return [
    ...Object.entries(dependencies).map(([name, version]) => `${name} ${version}`),
    ...(jq === '' ? [] : [jq]),
  ].join(', ');
}

/** Empty where the program is missing or refuses: the report then says less, and is no less right. */
export function firstLine(program: string, words: readonly string[], folder: string): string {
  try {
    return (
      execFileSync(program, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split(
        '\n',
      )[0] ?? ''
    );
  } catch {
    return '';
  }
}
