/**
 * Finds a real leak: starts a program that leaks, asks its heap snapshot the questions of the README's hunt, and compares the
 * answers with what the program says of itself. Prints every command before its output; costs some 20 seconds and a temporary folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { chapter, checks, type Truth } from './chapter.ts';

const PROGRAMS = [
  'snap-parse',
  'snap-filter',
  'snap-sample',
  'snap-group',
  'snap-show',
  'snap-backrefs',
  'snap-chainends',
  'snap-paths',
  'snap-retain',
  'snap-cut',
];

/** A line of the demo that did not do what it should; the output above tells what. */
class Failed extends Error {}

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'snap-tools-demo-'));
let running: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(130));

try {
  stop((await demo()) ? 0 : 1);
} catch (error) {
  console.error(error instanceof Failed ? `demo: ${error.message}` : error);
  stop(1);
}

/** @returns whether all that was found is true */
async function demo(): Promise<boolean> {
  putProgramsIn(join(folder, 'bin'));
  console.log('A program leaks, and writes a snapshot of its heap. How much it leaks, and into what, is random.\n');
  const truth = await leak(join(folder, 'app.heapsnapshot'));
  const functions: string[] = [];
  for (const { ask, lines, learned } of chapter) {
    console.log(`${ask}\n`);
    for (const line of lines) {
      await show(line, functions);
      if (/^\w+\(\) \{/.test(line)) functions.push(line);
    }
    console.log(`\n${learned}\n`);
  }
  console.log(`Is it true? The program says: ${JSON.stringify(truth)}\n`);
  let isTrue = true;
  for (const { claim, line, found, truth: answer } of checks) {
    const [is, should] = [found(await show(line, functions)), answer(truth)];
    console.log(`  ${claim}: found ${is}, the program says ${should}${is === should ? '' : ': NOT THE SAME'}\n`);
    isTrue &&= is === should;
  }
  console.log(isTrue ? 'All that was found is true.' : 'What was found is not true.');
  return isTrue;
}

async function leak(snapshot: string): Promise<Truth> {
  console.log('$ node leak.cjs app.heapsnapshot');
  const said = await run(process.execPath, [join(root, 'demo', 'leak.cjs'), snapshot]);
  console.log(`(${(statSync(snapshot).size / 2 ** 20).toFixed(1)} MiB)\n`);
  // leak.cjs prints nothing but this.
  return JSON.parse(said) as Truth;
}

/** Runs a line in bash, prints it and its output, and gives that. A pipe fails where any part of it does. */
async function show(line: string, functions: readonly string[]): Promise<string> {
  console.log(`$ ${line}`);
  const output = await run('bash', ['-euo', 'pipefail', '-c', [...functions, line].join('\n')]);
  process.stdout.write(output);
  return output;
}

/** Runs a program in the folder, with ours on its PATH, and gives what it printed. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`, LC_ALL: 'C.UTF-8' };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  running = child;
  const ended = once(child, 'close');
  ended.catch(() => {});
  const output = await text(child.stdout);
  const [status, signal] = await ended.catch((error: unknown) => {
    throw new Failed(`${program}: ${String(error)}`);
  });
  running = undefined;
  if (status !== 0) throw new Failed(`${program} ended with ${signal ?? `status ${status}`}`);
  return output;
}

/** As an installed package has them. */
function putProgramsIn(bin: string): void {
  mkdirSync(bin);
  for (const program of PROGRAMS) {
    const file = join(bin, program);
    const words = [process.execPath, join(root, 'dist', 'bin', `${program}.js`)].map(quoted).join(' ');
    writeFileSync(file, `#!/bin/sh\nexec ${words} "$@"\n`);
    chmodSync(file, 0o755);
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function stop(status: number): never {
  running?.kill();
  rmSync(folder, { recursive: true, force: true });
  process.exit(status);
}
