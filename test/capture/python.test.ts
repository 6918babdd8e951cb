/** snap-take of running Pythons by their process ids, of every version there is, with a real lldb; each is unharmed, whatever happened. Needs /proc and the right to trace. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { python, pythons } from '../support/pythons.ts';
import { bash, execute, run } from '../support/run.ts';
import { childrenOf, eventually, launch, type Running, type StartOptions, start } from '../support/running.ts';
import { tempFolder } from '../support/temp.ts';

/** Chains of exceptions and other objects, and then work that uses the heap: a debugger meets it in the middle of anything. It counts what it has done. */
const program = (leaks: number, then = 'work()'): string => `
import os, sys, time
class PlantedLeak:
    pass
leaks = [PlantedLeak() for _ in range(${leaks})]
secret = "the quick" + " brown fox"
def work():
    while True:
        for _ in range(50):
            kept = [str(i) * 3 for i in range(200)]
        assert set(globals()) == before and "snapdump" not in sys.modules, sorted(set(globals()) - before)
        os.write(1, b".")
        time.sleep(0.01)
before = set(globals()) | {"before"}
print("up", flush=True)
${then}
`;

const busy = (leaks: number, file = python.path, options: StartOptions = {}): Promise<Running> =>
  start(file, ['-c', program(leaks)], options);
/** It goes on as before: two more rounds, and nothing said of an error. */
async function unharmed(target: Running): Promise<void> {
  const rounds = target.said().length;
  await eventually(() => target.said().length > rounds + 1, 'it goes on');
  match(target.said(), /^up\n\.+$/);
}

test('lldb is there', async () => {
  strictEqual((await bash('command -v lldb')).status, 0, 'lldb is not installed (.ci/run installs it)');
});

for (const { version, path: interpreter } of pythons) {
  test(`the snapshot of a running Python ${version} is whole, has its objects, and the program never notices`, async () => {
    const leaks = randomInt(100, 3000);
    const target = await busy(leaks, interpreter);
    const file = join(tempFolder('take'), 'app.nodes.gz');
    const { stdout, stderr, status } = await run('snap-take', ['--pid', String(target.pid), '-o', file]);
    strictEqual(status, 0, stderr);
    match(
      stderr,
      /^snap-take: note: process \d+: Python 3\.\d+, [\d.]+ MiB of memory; it will stand still for about a second at most, and a forked child may come to need up to [\d.]+ MiB until all is written; some [\d.]+ MiB will be\nsnap-take: note: \/.*\/app\.nodes\.gz: [\d.]+ [KM]iB\n$/,
    );
    strictEqual(stdout, '');
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const nodes = lines.filter((line) => /^\{"n":\d+,"id"/.test(line)).length;
    strictEqual((JSON.parse(lines.at(-1) ?? '') as { nodes: number }).nodes, nodes);
    strictEqual(lines.filter((line) => line.includes('"type":"__main__.PlantedLeak"')).length, leaks);
    await unharmed(target);
    target.kill();
  });
}

test('without a fork, without values, with garbage collected, and through a pipe it is a whole snapshot, too', async () => {
  const target = await busy(55);
  const { stdout, stderr, status } = await run('snap-take', [
    '--quiet',
    '--no-fork',
    '--no-values',
    '--collect',
    '--pid',
    String(target.pid),
  ]);
  deepStrictEqual([stderr, status], ['', 0]);
  match(stdout, /^\{"snap":"start","schema":1,"format":"python",/);
  match(stdout, /\n\{"snap":"end","nodes":\d+,"refs":\d+\}\n$/);
  ok(!stdout.includes('the quick brown fox'));
  strictEqual([...stdout.matchAll(/"type":"__main__\.PlantedLeak"/g)].length, 55);
  await unharmed(target);
  target.kill();
});

test('a Python that runs no line of Python is given up after --timeout, and does nothing when it comes back', async () => {
  const target = await start(python.path, [
    '-c',
    program(
      1,
      'time.sleep(14); print("back", flush=True); time.sleep(0.5); print(len(os.listdir("/proc/self/fd")), flush=True); work()',
    ),
  ]);
  const folder = tempFolder('take');
  // Time enough for lldb to get hold of it, on a slow machine too.
  const { stderr, status } = await run('snap-take', [
    '--quiet',
    '--pid',
    String(target.pid),
    '--timeout',
    '5',
    '-o',
    join(folder, 'never'),
  ]);
  match(
    stderr,
    /^snap-take: process \d+ has run no line of Python in its main thread for 5 s: it waits in native code or in a system call; the request is withdrawn/,
  );
  deepStrictEqual([status, readdirSync(folder)], [2, []]);
  await target.says(/back\n\d+\n\.\./);
  ok(target.isAlive());
  target.kill();
});

test('of a child that is killed in the middle, what came is kept and can be used, and the program goes on', async () => {
  const target = await busy(200_000);
  const folder = tempFolder('take');
  const taker = launch('snap-take', ['--quiet', '--pid', String(target.pid), '-o', join(folder, 'h.nodes.gz')]);
  const child = await eventually(() => childrenOf(target.pid)[0], 'it forks');
  await eventually(() => readdirSync(folder).some((name) => statSync(join(folder, name)).size > 0), 'it writes');
  process.kill(child, 'SIGKILL');
  strictEqual((await taker.ended).status, 2);
  match(
    taker.said(),
    /^snap-take: process \d+: the snapshot was cut off: .*; what came of it, [\d.]+ MiB, is in .*h\.nodes\.gz\.cut and can be used as far as it goes\n$/,
  );
  deepStrictEqual(readdirSync(folder), ['h.nodes.gz.cut']);
  const used = await run('snap-filter', ['--type', 'dict', join(folder, 'h.nodes.gz.cut')]);
  match(used.stdout, /"type":"dict"/);
  match(used.stderr, /the stream ends (without its end mark|in the middle of a node) after [\d,]+ nodes/);
  strictEqual(used.status, 2);
  await unharmed(target);
  target.kill();
});

test('whoever ends snap-take in the middle leaves nothing behind, neither here nor in the program', async () => {
  const meeting = tempFolder('meeting');
  const target = await busy(200_000, python.path, { env: { TMPDIR: meeting } });
  const folder = tempFolder('take');
  const taker = launch('snap-take', ['--quiet', '--pid', String(target.pid), '-o', join(folder, 'h.nodes')]);
  const child = await eventually(() => childrenOf(target.pid)[0], 'it forks');
  taker.kill('SIGINT');
  deepStrictEqual(await taker.ended, { status: null, signal: 'SIGINT' });
  deepStrictEqual([readdirSync(folder), readdirSync(meeting)], [[], []]);
  await eventually(() => !existsSync(`/proc/${child}`), 'its child ends');
  await unharmed(target);
  target.kill();
});

test('a full disk ends it with one line, and the program goes on', async () => {
  const meeting = tempFolder('meeting');
  const target = await busy(10, python.path, { env: { TMPDIR: meeting } });
  const { stderr, status } = await run('snap-take', ['--quiet', '--pid', String(target.pid), '-o', '/dev/full']);
  deepStrictEqual([stderr, status], ['snap-take: /dev/full: no space left on device\n', 2]);
  await unharmed(target);
  deepStrictEqual(readdirSync(meeting), []);
  target.kill();
});

test('a Python whose symbols cannot be read is not touched', async () => {
  const bare = join(tempFolder('bare'), 'python3');
  copyFileSync(realpathSync(python.path), bare);
  const bytes = readFileSync(bare);
  // The table of sections is for those who look at the file, not for those who run it: elf(5), e_shoff and e_shnum.
  bytes.fill(0, 0x28, 0x30);
  bytes.fill(0, 0x3c, 0x40);
  writeFileSync(bare, bytes);
  chmodSync(bare, 0o755);
  const target = await start(bare, ['-c', program(1)], {
    env: { PYTHONHOME: join(realpathSync(python.path), '..', '..') },
  });
  const { stderr, status } = await run('snap-take', ['--quiet', '--pid', String(target.pid)]);
  match(
    stderr,
    /^snap-take: process \d+ exports no Py_AddPendingCall, no PyRun_SimpleString, so no debugger can ask it for anything \(run it by snap-take --on-signal/,
  );
  strictEqual(status, 2);
  await unharmed(target);
  target.kill();
});

test('a Python that a debugger holds is left to it', async () => {
  const target = await busy(1);
  const tracer = launch('lldb', ['--no-lldbinit', '-o', `process attach --pid ${target.pid}`], { stdin: 'pipe' });
  await tracer.says(/Architecture set/);
  const { stderr, status } = await run('snap-take', ['--quiet', '--pid', String(target.pid)]);
  match(
    stderr,
    /^snap-take: process \d+ is stopped, and can answer nothing \(kill -CONT \d+, or let its debugger, process \d+ \(lldb-server.*\), go on\)\n$/,
  );
  strictEqual(status, 2);
  target.kill();
  tracer.kill();
});

test('a program of another user is looked into only by who may', async () => {
  const isRoot = process.getuid?.() === 0;
  const other = isRoot ? await busy(5, '/usr/bin/python3', { uid: 65_534 }) : undefined;
  const pid = String(other?.pid ?? 1);
  // Root without its rights over others is as good as any user.
  const refused = isRoot
    ? await execute('setpriv', ['--bounding-set=-all', '--inh-caps=-all', 'snap-take', '--pid', pid])
    : await run('snap-take', ['--pid', pid]);
  match(
    refused.stderr,
    /^snap-take: process \d+ belongs to user \d+, and this is user \d+, who may not look into it \(run it as that user or as root\)\n$/,
  );
  strictEqual(refused.status, 2);
  if (other === undefined) return;
  const { stdout, stderr, status } = await run('snap-take', ['--quiet', '--pid', pid]);
  deepStrictEqual([stderr, status], ['', 0]);
  strictEqual([...stdout.matchAll(/"type":"__main__\.PlantedLeak"/g)].length, 5);
  await unharmed(other);
  other.kill();
});

test('a program with its own /tmp is reached there, and one with another Python in the place of ours is not touched', async () => {
  const inside = (mounts: string): Promise<Running> =>
    start('unshare', ['--mount', 'sh', '-c', `${mounts} && exec /usr/bin/python3 -c "$0"`, program(5)]);
  const alike = await inside('mount -t tmpfs tmpfs /tmp');
  const { stdout, stderr, status } = await run('snap-take', ['--quiet', '--pid', String(alike.pid)]);
  deepStrictEqual([stderr, status], ['', 0]);
  match(stdout, /\n\{"snap":"end","nodes":\d+,"refs":\d+\}\n$/);
  deepStrictEqual(readdirSync(`/proc/${alike.pid}/root/tmp`), []);
  await unharmed(alike);
  alike.kill();
  const own = realpathSync('/usr/bin/python3');
  const other = await inside(`mount -t tmpfs tmpfs /mnt && cp ${own} /mnt/python && mount --bind /mnt/python ${own}`);
  const refused = await run('snap-take', ['--quiet', '--pid', String(other.pid)]);
  match(refused.stderr, /has its own file system, with another \S*python\S*, which lldb would take for the one here/);
  strictEqual(refused.status, 2);
  await unharmed(other);
  other.kill();
});
