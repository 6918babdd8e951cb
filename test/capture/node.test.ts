/** snap-take of running Nodes, of several versions: what is in the snapshot, and that the process is as it was, whatever happened. Needs /proc. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSilent } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { listening } from '../../lib/capture/sockets.ts';
import { bash, quoted, run } from '../support/run.ts';
import { eventually, launch, type Running, sleep, start } from '../support/running.ts';
import { runtimes } from '../support/runtimes.ts';
import { tempFolder } from '../support/temp.ts';

/** A program with so many objects of a class of its own, that answers to a line of input with what it has computed meanwhile. */
const program = (leaks: number): string => `
  class PlantedLeak { constructor(i) { this.i = i; } }
  globalThis.leaks = Array.from({ length: ${leaks} }, (_, i) => new PlantedLeak(i));
  let ticks = 0;
  setInterval(() => { ticks++; }, 10);
  console.log('up ' + process.pid);`;

const leaky = (leaks: number, options: readonly string[] = ['--inspect-port=0']): Promise<Running> =>
  start(process.execPath, [...options, '-e', program(leaks)]);

async function planted(file: string): Promise<number> {
  const { stdout, stderr, status } = await bash(`snap-group ${quoted(file)} | grep '"PlantedLeak"'`);
  strictEqual(status, 0, stderr);
  return (JSON.parse(stdout) as { count: number }).count;
}

const ports = (pid: number): number[] =>
  listening(pid)
    .filter(({ own }) => own)
    .map(({ port }) => port);

for (const { name, command, args } of runtimes) {
  test(`the snapshot of a running ${name} has its objects, and its inspector is closed again`, async () => {
    const leaks = randomInt(100, 5000);
    const target = await start(command, [...args, '--inspect-port=0', '-e', program(leaks)]);
    const file = join(tempFolder('take'), 'app.heapsnapshot');
    const { stdout, stderr, status } = await run('snap-take', ['--pid', String(target.pid), '-o', file]);
    strictEqual(status, 0, stderr);
    strictEqual(stdout, '');
    match(
      stderr,
      /^snap-take: note: process \d+: a heap of [\d.]+ MiB; it will stand still for some \d+ s and need up to [\d.]+ MiB more memory meanwhile; some [\d.]+ MiB will be written\nsnap-take: note: \/.*\/app\.heapsnapshot: [\d.]+ MiB\n$/,
    );
    strictEqual(statSync(file).mode & 0o777, 0o600, 'only for the user: it holds all that the process knows');
    deepStrictEqual(ports(target.pid), []);
    // A second time: what was closed opens again. And compressed, and through a pipe.
    const again = await bash(`snap-take --quiet --pid ${target.pid} | snap-group | grep '"PlantedLeak"'`);
    strictEqual((JSON.parse(again.stdout) as { count: number }).count, leaks);
    strictEqual(again.stderr, '');
    deepStrictEqual(ports(target.pid), []);
    ok(target.isAlive());
    strictEqual(await planted(file), leaks);
    process.kill(target.pid);
  });
}

test('an inspector that was open before stays open, found by --inspect as well as by the process', async () => {
  const target = await leaky(7, ['--inspect=127.0.0.1:0']);
  const [, address = ''] = await target.says(/listening on (ws:\S+)/);
  const port = Number(/:(\d+)/.exec(address)?.[1]);
  const folder = tempFolder('take');
  for (const words of [
    ['--pid', String(target.pid)],
    ['--inspect', String(port)],
    ['--inspect', `localhost:${port}`],
    ['--inspect', address],
  ]) {
    const file = join(folder, 'open.heapsnapshot.gz');
    const { stderr, status } = await run('snap-take', ['--quiet', ...words, '-o', file]);
    strictEqual(status, 0, `${words.join(' ')}: ${stderr}`);
    strictEqual(await planted(file), 7);
    if (words[0] === '--inspect') deepStrictEqual(ports(target.pid), [port]);
  }
  target.kill();
});

test('a Node that does not catch SIGUSR1 is left alone: the signal would end it', async () => {
  const [, , node24] = runtimes;
  const target = await start(node24!.command, [...node24!.args, '--disable-sigusr1', '-e', program(1)]);
  const { stderr, status } = await run('snap-take', ['--pid', String(target.pid)]);
  match(stderr, /does not catch SIGUSR1, which would open its inspector and so would end it/);
  strictEqual(status, 2);
  ok(existsSync(`/proc/${target.pid}`));
  process.kill(target.pid);
});

test('a Node that is stuck in native code is given up after --timeout, and one that is stopped at once', async () => {
  const target = await start(process.execPath, [
    '--inspect-port=0',
    '-e',
    `console.log('up'); setTimeout(() => require('node:child_process').execSync('sleep 6'), 100); setTimeout(() => console.log('back'), 200); setInterval(() => {}, 1000)`,
  ]);
  await sleep(300);
  const folder = tempFolder('take');
  const stuck = await run('snap-take', ['--pid', String(target.pid), '--timeout', '1', '-o', join(folder, 'never')]);
  match(stuck.stderr, /has opened no inspector within 1 s after SIGUSR1: it is stopped, or stuck in native code/);
  strictEqual(stuck.status, 2);
  deepStrictEqual(readdirSync(folder), []);
  await target.says(/back/);
  target.kill('SIGSTOP');
  const stopped = await run('snap-take', ['--pid', String(target.pid)]);
  match(stopped.stderr, /is stopped, and can answer nothing \(kill -CONT/);
  target.kill();
});

test('whoever ends snap-take in the middle leaves nothing behind: no file, no open inspector', async () => {
  const target = await leaky(200_000);
  const folder = tempFolder('take');
  const taker = launch('snap-take', ['--quiet', '--pid', String(target.pid), '-o', join(folder, 'h')]);
  await eventually(() => readdirSync(folder).some((name) => statSync(join(folder, name)).size > 0), 'it writes');
  taker.kill('SIGINT');
  deepStrictEqual(await taker.ended, { status: null, signal: 'SIGINT' });
  deepStrictEqual(readdirSync(folder), []);
  deepStrictEqual(ports(target.pid), []);
  ok(target.isAlive());
  target.kill();
});

test('a reader that has enough ends it silently, and the inspector is closed', async () => {
  const target = await leaky(50_000);
  const { stdout, stderr, status } = await bash(`snap-take --quiet --pid ${target.pid} | head -c 12`);
  deepStrictEqual([stdout, stderr, status], ['{"snapshot":', '', 0]);
  deepStrictEqual(ports(target.pid), []);
  target.kill();
});

test('a target that ends in the middle is said, and no half file stays', async () => {
  const target = await leaky(300_000);
  const folder = tempFolder('take');
  const taken = run('snap-take', ['--quiet', '--pid', String(target.pid), '-o', join(folder, 'half')]);
  await eventually(() => readdirSync(folder).some((name) => statSync(join(folder, name)).size > 0), 'it writes');
  target.kill();
  const { stdout, stderr, status } = await taken;
  match(stderr, /^snap-take: process \d+: the connection ended in the middle of the snapshot, after \d+ bytes/);
  deepStrictEqual([stdout, status, readdirSync(folder)], ['', 2, []]);
});

test('a full disk ends it with one line, and the target goes on', async () => {
  const target = await leaky(10);
  const { stderr, status } = await run('snap-take', ['--quiet', '--pid', String(target.pid), '-o', '/dev/full']);
  deepStrictEqual([stderr, status], ['snap-take: /dev/full: no space left on device\n', 2]);
  deepStrictEqual(ports(target.pid), []);
  ok(target.isAlive());
  target.kill();
});

test('what listens and is no inspector is said, also where it never answers', async () => {
  const web = createServer((_, response) => response.end('<p>hello</p>')).listen(0, '127.0.0.1');
  const silent = createSilent().listen(0, '127.0.0.1');
  await Promise.all([once(web, 'listening'), once(silent, 'listening')]);
  const [page, nothing] = await Promise.all([
    run('snap-take', ['--inspect', String((web.address() as AddressInfo).port)]),
    run('snap-take', ['--inspect', String((silent.address() as AddressInfo).port), '--timeout', '1']),
  ]);
  web.close();
  silent.close();
  match(page.stderr, /^snap-take: 127.0.0.1:\d+: what listens there is no inspector of Node or Chrome\n$/);
  match(nothing.stderr, /: no inspector answers within 1 s\n$/);
  deepStrictEqual([page.status, nothing.status], [2, 2]);
});
