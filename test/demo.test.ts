/** Runs the demo for real, from a leak to its proof; costs what the demo costs, some 20 seconds. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chapter, checks, report } from '../demo/chapter.ts';
import { packageRoot } from './support/root.ts';
import { environment, execute } from './support/run.ts';
import { tempFolder } from './support/temp.ts';

const program = join(packageRoot, 'dist', 'demo', 'demo.js');
const demo = (tmp: string, cwd: string) =>
  execute(process.execPath, [program], { cwd, env: { TMPDIR: tmp }, seconds: 120 });

test('the demo prints every command before its output, finds what the program leaked, and cleans up', async () => {
  const tmp = tempFolder('demo');
  const began = performance.now();
  const cwd = tempFolder('demo-page');
  const { stdout, stderr, status } = await demo(tmp, cwd);
  strictEqual(stderr, '');
  strictEqual(status, 0, stdout);
  const printed = stdout.split('\n').filter((line) => line.startsWith('$ '));
  const lines = [...chapter.flatMap(({ lines: asked }) => asked), ...checks.map(({ line }) => line), ...report];
  deepStrictEqual(printed.slice(1), [...lines.map((line) => `$ ${line}`)]);
  match(printed[0]!, /^\$ node leak\.cjs before/);
  const confirmed = [...stdout.matchAll(/^ {2}the .*: found (.+), the program says (.+)$/gm)];
  strictEqual(confirmed.length, checks.length);
  for (const [line, found, truth] of confirmed) strictEqual(found, truth, line);
  match(stdout, /All that was found is true\.\n$/);
  const page = readFileSync(join(cwd, 'demo.html'), 'utf8');
  ok(stdout.includes(`\n${join(cwd, 'demo.html')}\n`));
  strictEqual(page.match(/<h2/g)?.length, 6);
  deepStrictEqual(readdirSync(tmp), []);
  ok(performance.now() - began < 110_000, 'with the set-up it stays under two minutes');
});

test('a program that fails on the way ends the demo with status 1 and a message, and it still cleans up', async () => {
  const tmp = tempFolder('demo');
  const broken = await execute(process.execPath, [program], { env: { TMPDIR: tmp, PATH: '/nowhere' } });
  strictEqual(broken.status, 1, broken.stdout);
  match(broken.stderr, /^demo: bash: /m);
  deepStrictEqual(readdirSync(tmp), []);
});

test('Ctrl-C ends the demo and everything it started, with nothing left behind', async () => {
  const tmp = tempFolder('demo');
  const child = spawn(process.execPath, [program], {
    env: environment({ TMPDIR: tmp }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = once(child, 'close');
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let waited = 0; !said.includes('$ snap-parse') && waited < 600; waited++) await sleep(50);
  ok(child.pid);
  process.kill(-child.pid, 'SIGINT');
  deepStrictEqual(await ended, [130, null]);
  deepStrictEqual(readdirSync(tmp), []);
});
