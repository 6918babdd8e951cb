/** Real make with the shipped rules on a small snapshot: what is built, what is not built again, and that nothing half-written is ever left. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { testFile } from './support/root.ts';
import { bash, environment, execute, run } from './support/run.ts';
import { tempFolder } from './support/temp.ts';

const snapshot = testFile('fixtures', 'small', 'shop.heapsnapshot');
const CUT = 1_100;
const results = ['nodes.gz', 'groups', 'kinds', 'strings', 'info', 'check'];

/** A folder with the user's Makefile and copies of a snapshot. */
function investigation(...names: readonly string[]): string {
  const folder = tempFolder('make');
  for (const name of names) copyFileSync(snapshot, join(folder, name));
  writeFileSync(
    join(folder, 'Makefile'),
    'include $(shell snap-parse --makefile)\nall: $(patsubst %.heapsnapshot,%.groups,$(wildcard *.heapsnapshot))\n',
  );
  return folder;
}

const textOf = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
const filesIn = (folder: string): string[] => readdirSync(folder).sort();

test('every result is built, is what the command says, and is not built twice', async () => {
  const cwd = investigation('app.heapsnapshot');
  const targets = results.map((result) => `app.${result}`);
  const built = await execute('make', ['-j2', ...targets], { cwd });
  strictEqual(built.status, 0, built.stderr);
  deepStrictEqual(filesIn(cwd), ['Makefile', 'app.heapsnapshot', ...targets].sort());
  strictEqual(
    gunzipSync(readFileSync(join(cwd, 'app.nodes.gz'))).toString(),
    (await run('snap-parse', [snapshot])).stdout,
  );
  strictEqual(textOf(cwd, 'app.groups'), (await run('snap-group', [snapshot])).stdout);
  strictEqual(textOf(cwd, 'app.kinds'), (await run('snap-group', ['--by', 'kind', snapshot])).stdout);
  const strings = await bash(`snap-filter --kind '*string' ${snapshot} | snap-group --by name`);
  strictEqual(textOf(cwd, 'app.strings'), strings.stdout);
  strictEqual(JSON.parse(textOf(cwd, 'app.info')).format, 'v8');
  strictEqual(JSON.parse(textOf(cwd, 'app.check')).ok, true);

  const again = await execute('make', targets, { cwd });
  strictEqual(again.status, 0);
  ok(!again.stdout.includes('snap-'), again.stdout);
  strictEqual(again.stderr, '');
});

test('all files of a folder by one rule, and only those that are older than their snapshot again', async () => {
  const cwd = investigation('a.heapsnapshot', 'b.heapsnapshot', 'c.heapsnapshot');
  strictEqual((await execute('make', ['-j3', 'all'], { cwd })).status, 0);
  strictEqual(textOf(cwd, 'a.groups'), textOf(cwd, 'c.groups'));
  await execute('touch', ['-d', '+1 minute', 'b.heapsnapshot'], { cwd });
  const again = await execute('make', ['all'], { cwd });
  deepStrictEqual(
    [...again.stdout.matchAll(/snap-group (\S+)/g)].map(([, file]) => file),
    ['b.heapsnapshot'],
  );
});

test('results come from a zipped snapshot or a kept node stream too, and are the same', async () => {
  const cwd = investigation('a.heapsnapshot', 'b.heapsnapshot');
  strictEqual((await execute('make', ['a.groups', 'a.nodes.gz'], { cwd })).status, 0);
  writeFileSync(join(cwd, 'z.heapsnapshot.gz'), gzipSync(readFileSync(snapshot)));
  copyFileSync(join(cwd, 'a.nodes.gz'), join(cwd, 'kept.nodes.gz'));
  writeFileSync(join(cwd, 'plain.nodes'), gunzipSync(readFileSync(join(cwd, 'a.nodes.gz'))));
  const built = await execute('make', ['z.groups', 'z.nodes.gz', 'kept.groups', 'plain.groups', 'plain.nodes.gz'], {
    cwd,
  });
  strictEqual(built.stderr, '');
  for (const name of ['z.groups', 'kept.groups', 'plain.groups'])
    strictEqual(textOf(cwd, name), textOf(cwd, 'a.groups'), name);
  for (const name of ['z.nodes.gz', 'plain.nodes.gz']) {
    ok(gunzipSync(readFileSync(join(cwd, name))).equals(gunzipSync(readFileSync(join(cwd, 'a.nodes.gz')))), name);
  }
});

test('an index is built once, again where its snapshot is newer, and not of one that was cut off', async () => {
  const cwd = investigation('app.heapsnapshot', 'cut.heapsnapshot');
  const target = 'app.heapsnapshot.snapidx';
  strictEqual((await execute('make', [target], { cwd })).status, 0);
  strictEqual((await run('snap-index', ['--check', 'app.heapsnapshot'], { cwd })).status, 0);
  ok(!(await execute('make', [target], { cwd })).stdout.includes('snap-index'));
  await execute('touch', ['-d', '+1 minute', 'app.heapsnapshot'], { cwd });
  match((await execute('make', [target], { cwd })).stdout, /snap-index app/);
  strictEqual((await run('snap-index', ['--check', 'app.heapsnapshot'], { cwd })).status, 0);
  truncateSync(join(cwd, 'cut.heapsnapshot'), CUT);
  strictEqual((await execute('make', ['cut.heapsnapshot.snapidx'], { cwd })).status, 2);
  deepStrictEqual(filesIn(cwd), ['Makefile', 'app.heapsnapshot', target, 'cut.heapsnapshot']);
});

for (const result of results) {
  test(`a snapshot that was cut off leaves no .${result}, and nothing of it`, async () => {
    const cwd = investigation('app.heapsnapshot');
    truncateSync(join(cwd, 'app.heapsnapshot'), CUT);
    const built = await execute('make', [`app.${result}`], { cwd });
    strictEqual(built.status, 2);
    match(built.stderr, /snap-\w+: app\.heapsnapshot: byte 1,100/);
    deepStrictEqual(filesIn(cwd), ['Makefile', 'app.heapsnapshot']);
  });

  test(`a node stream that was cut off leaves no .${result}`, async () => {
    const cwd = investigation();
    const whole = (await run('snap-parse', [snapshot])).stdout;
    writeFileSync(join(cwd, 'app.nodes'), whole.slice(0, whole.lastIndexOf('\n', whole.length / 2) + 1));
    // What its start mark says is there.
    const status = result === 'info' ? 0 : 2;
    strictEqual((await execute('make', [`app.${result}`], { cwd })).status, status);
    deepStrictEqual(filesIn(cwd), ['Makefile', ...(status === 0 ? ['app.info'] : []), 'app.nodes']);
  });
}

test('a program that fails at the beginning, in the middle or at the end of a pipe leaves nothing', async () => {
  for (const broken of [
    'SNAP_PARSE=false',
    'SNAP_FILTER=false',
    'SNAP_GROUP=false',
    'SNAP_GZIP=false',
    'SNAP_PARSE=snap-parse-missing',
  ]) {
    const cwd = investigation('app.heapsnapshot');
    const target = broken.startsWith('SNAP_GZIP') ? 'app.nodes.gz' : 'app.strings';
    strictEqual((await execute('make', [broken, target], { cwd })).status, 2, broken);
    deepStrictEqual(filesIn(cwd), ['Makefile', 'app.heapsnapshot'], broken);
  }
});

test('an older result is still there when building it anew fails, and is built when it can be', async () => {
  const cwd = investigation('app.heapsnapshot');
  await execute('make', ['app.groups'], { cwd });
  const before = textOf(cwd, 'app.groups');
  await execute('touch', ['-d', '+1 minute', 'app.heapsnapshot'], { cwd });
  strictEqual((await execute('make', ['SNAP_GROUP=false', 'app.groups'], { cwd })).status, 2);
  strictEqual(textOf(cwd, 'app.groups'), before);
  match((await execute('make', ['app.groups'], { cwd })).stdout, /snap-group/);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} in the middle leaves nothing half-written`, async () => {
    for (const target of ['app.nodes.gz', 'app.strings']) {
      const cwd = investigation('app.heapsnapshot');
      // A producer that never ends: there is a half-written file when the signal comes, to all processes as a terminal sends it.
      const slow = "SNAP_PARSE=sh -c 'snap-parse app.heapsnapshot; sleep 60' --";
      const child = spawn('make', [slow, target], { cwd, env: environment(), stdio: 'ignore', detached: true });
      const ended = once(child, 'close');
      for (let waited = 0; !filesIn(cwd).includes(`${target}.part`) && waited < 200; waited++) await sleep(50);
      await sleep(500);
      ok(filesIn(cwd).includes(`${target}.part`), 'it is being written');
      ok(child.pid);
      process.kill(-child.pid, signal);
      await ended;
      deepStrictEqual(filesIn(cwd), ['Makefile', 'app.heapsnapshot'], target);
    }
  });
}

test('make -n says in one line for each result what would be run', async () => {
  const cwd = investigation('app.heapsnapshot');
  const { stdout } = await execute('make', ['-n', ...results.map((result) => `app.${result}`)], { cwd });
  const lines = stdout.trim().split('\n');
  strictEqual(lines.length, results.length);
  for (const line of lines)
    match(line, /; (.*\{ )?snap-(parse|group) .*app\.heapsnapshot.* > app\.\S+\.part && .*mv app\.\S+\.part app\.\S+$/);
});

test('the rules work with each shell that make may call /bin/sh', async () => {
  for (const shell of ['dash', 'bash', 'busybox sh']) {
    const [program = ''] = shell.split(' ');
    if ((await bash(`command -v ${program}`)).status !== 0) continue;
    const cwd = investigation('app.heapsnapshot', 'cut.heapsnapshot');
    truncateSync(join(cwd, 'cut.heapsnapshot'), CUT);
    writeFileSync(join(cwd, 'shell'), `#!/bin/sh\nexec ${shell} "$@"\n`, { mode: 0o755 });
    const built = await execute(
      'make',
      ['-k', 'SHELL=./shell', 'app.nodes.gz', 'app.strings', 'cut.nodes.gz', 'cut.strings'],
      { cwd },
    );
    strictEqual(built.status, 2, built.stderr);
    deepStrictEqual(
      filesIn(cwd),
      ['Makefile', 'app.heapsnapshot', 'app.nodes.gz', 'app.strings', 'cut.heapsnapshot', 'shell'],
      shell,
    );
  }
});
