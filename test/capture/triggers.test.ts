/** What starts a dump, and what becomes of the program around it: files, children, signals, a full disk, a debugger's request. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PythonHeap } from '../support/pythonHeap.ts';
import { type Python, pythons, snapdump } from '../support/pythons.ts';
import { bash, type Ended, execute, quoted, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

// What depends on the version is the interpreter's own ways at fork and at its end: the oldest and the newest say it.
for (const python of new Set([pythons[0], pythons.at(-1)])) {
  if (python === undefined) continue;
  describe(`on CPython ${python.version}`, () => {
    test('a path is written aside and renamed, zipped by its end, and nothing else is left', async () => {
      const folder = tempFolder('paths');
      await ok(python, folder, `print(snapdump.dump("a.nodes"), snapdump.dump(b"b.nodes.gz", fork=False))`);
      assert.deepEqual(readdirSync(folder), ['a.nodes', 'b.nodes.gz']);
      assert.deepEqual([...readFileSync(join(folder, 'b.nodes.gz')).subarray(0, 2)], [0x1f, 0x8b]);
      for (const file of readdirSync(folder))
        assert.equal((await run('snap-parse', ['--check', file], { cwd: folder })).status, 0);
    });

    test('a descriptor is written to from where it stands, and stays open', async () => {
      const folder = tempFolder('descriptor');
      await ok(
        python,
        folder,
        `
out = os.open("a.nodes", os.O_WRONLY | os.O_CREAT)
count = snapdump.dump(out)
os.close(out)
reading, writing = os.pipe()
os.set_blocking(writing, False)
import threading
pieces = []
def read():
    while True:
        piece = os.read(reading, 65536)
        if not piece: break
        pieces.append(piece)
thread = threading.Thread(target=read)
thread.start()
snapdump.dump(writing)
os.close(writing)
thread.join()
open("b.nodes", "wb").write(b"".join(pieces))`,
      );
      for (const file of ['a.nodes', 'b.nodes'])
        assert.equal((await run('snap-parse', ['--check', file], { cwd: folder })).status, 0);
    });

    test('a full disk is an error, in the program too, and leaves no file', async () => {
      const folder = tempFolder('full');
      const code = `
for fork in (True, False):
    try:
        snapdump.dump("full/a.nodes", fork=fork)
    except OSError as error:
        print(error.errno, os.listdir("full"))`;
      const mounted = 'mkdir full && mount -t tmpfs -o size=256k none full';
      const line = `unshare -m bash -c ${quoted(`${mounted} && ${quoted(python.path)} -c ${quoted(prologue + code)}`)}`;
      const ended = await bash(line, { cwd: folder });
      assert.deepEqual([ended.stdout, ended.stderr], ['28 []\n28 []\n', '']);
    });

    test('a folder that is not there, and a child that is killed, are told', async () => {
      const { stdout } = await ok(
        python,
        tempFolder('told'),
        `
try: snapdump.dump("nowhere/a.nodes")
except FileNotFoundError as error: print(error.filename.endswith("nowhere/a.nodes"))
import signal, threading, time
def kill():
    while True:
        for name in os.listdir("."):
            if ".tmp-" in name:
                os.kill(int(name.split("-")[-1]), signal.SIGKILL)
                return
keep = list(range(10**6))
threading.Thread(target=kill).start()
try: snapdump.dump("a.nodes")
except RuntimeError as error: print(error)
print(os.path.exists("a.nodes"))`,
      );
      assert.match(stdout, /^True\nthe process that wrote a\.nodes was killed\nFalse\n$/);
    });

    test('what a process that was killed had written is usable, and has no end', async () => {
      const folder = tempFolder('killed');
      const line = `${quoted(python.path)} -c ${quoted(`${prologue}keep = list(range(10**6)); snapdump.dump(1, fork=False)`)}`;
      await bash(`${line} | head -c 3000000 > a.nodes`, { cwd: folder });
      const grouped = await run('snap-group', ['a.nodes'], { cwd: folder });
      assert.equal(grouped.status, 2);
      assert.match(grouped.stderr, /without its end mark/);
      assert.match(grouped.stdout, /"type":"dict"/);
    });

    test("the program's own children, tracers and signal handlers are left alone", async () => {
      const { stdout } = await ok(
        python,
        tempFolder('alone'),
        `
import signal, time
heard = []
signal.signal(signal.SIGTERM, lambda *_: heard.append("TERM"))
signal.signal(signal.SIGINT, lambda *_: heard.append("INT"))
child = os.fork()
if child == 0:
    os._exit(7)
sys.settrace(lambda *_: None)
snapdump.dump("a.nodes")
snapdump.dump("b.nodes", fork=False)
print(sys.gettrace() is not None)
sys.settrace(None)
tick = snapdump.every(1, "c")
tick()
while not os.path.exists("c-0001.nodes.gz"): time.sleep(0.01)
series = next(cell.cell_contents for cell in tick.__closure__ if hasattr(cell.cell_contents, "busy"))
while series.busy: time.sleep(0.01)
print(os.WEXITSTATUS(os.wait()[1]))
try: os.wait()
except ChildProcessError: print("no other child")
os.kill(os.getpid(), signal.SIGTERM)
print(heard, signal.getsignal(signal.SIGINT) is signal.default_int_handler)`,
      );
      assert.equal(stdout, "True\n7\nno other child\n['TERM'] False\n");
    });

    test('the threads that wait for seconds and memory run at once, and are over before the interpreter takes itself down', async () => {
      const { stdout } = await ok(
        python,
        tempFolder('threads'),
        `
import atexit, warnings
warnings.simplefilter("ignore")  # 3.12 warns of the fork
def threads(): return len(sys._current_frames())
atexit.register(lambda: print(threads()))
snapdump.every_seconds(1e10)
snapdump.above(1 << 60)
print(threads(), flush=True)
if os.fork() == 0: sys.exit()
print(os.wait()[1])`,
      );
      assert.equal(stdout, '3\n1\n0\n1\n');
    });

    test('triggers write numbered files: calls, a signal, memory, seconds, the end, a MemoryError', async () => {
      const folder = tempFolder('triggers');
      const ended = await execute(
        python.path,
        [
          '-W',
          'error',
          '-c',
          `${prologue}
import signal, time
def wait(name):
    while not os.path.exists(name): time.sleep(0.02)
tick = snapdump.every(3, "calls")
for _ in range(3): tick()
wait("calls-0001.nodes.gz")
time.sleep(0.3)
for _ in range(3): tick()
wait("calls-0002.nodes.gz")
signal.signal(signal.SIGUSR1, lambda *_: print("handled before"))
snapdump.on_signal(signal.SIGUSR1, "signal")
os.kill(os.getpid(), signal.SIGUSR1)
wait("signal-0001.nodes.gz")
snapdump.above(1, "above")
wait("above-0001.nodes.gz")
os.environ["SNAPDUMP"] = '{"name": "env", "every": 0.3, "values": false}'
snapdump.from_environment()
wait("env-0001.nodes.gz")
snapdump.at_exit("exit")
snapdump.on_memory_error("memory")
def grow():
    in_the_way = ["a local of what failed"]
    raise MemoryError
grow()
`,
        ],
        { cwd: folder },
      );
      assert.match(ended.stdout, /^handled before\n$/);
      assert.match(ended.stderr, /MemoryError/);
      assert.doesNotMatch(ended.stderr, /snapdump: /);
      const files = readdirSync(folder);
      for (const name of [
        'calls-0001',
        'calls-0002',
        'signal-0001',
        'above-0001',
        'env-0001',
        'exit-0001',
        'memory-0001',
      ])
        assert.ok(files.includes(`${name}.nodes.gz`), `${name}: ${files}`);
      const memory = new PythonHeap(join(folder, 'memory-0001.nodes.gz'));
      assert.ok(memory.nodes.some(({ name }) => name === 'a local of what failed'));
      const silent = new PythonHeap(join(folder, 'env-0001.nodes.gz'));
      assert.ok(silent.of('str').every(({ name }) => name === undefined));
    });

    test('a request from a debugger is answered in a report, never raised, and leaves no module', async () => {
      const folder = tempFolder('inject');
      const request = (name: string, wanted: object) => writeFileSync(join(folder, name), JSON.stringify(wanted));
      const report = (name: string) => join(folder, `${name}.report`);
      for (const [name, wanted] of [
        ['child', { fork: true }],
        ['here', { fork: false, values: false }],
      ] as const)
        request(name, { to: join(folder, `${name}.nodes`), report: report(name), ...wanted });
      request('failing', { to: join(folder, 'nowhere', 'a.nodes'), report: report('failing') });
      const injected = (name: string) => `
import importlib.util
spec = importlib.util.spec_from_file_location("snapdump", ${JSON.stringify(snapdump)})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.inject(${JSON.stringify(join(folder, name))})`;
      const { stdout } = await execute(python.path, [
        '-c',
        `
import os, sys, time, importlib.util
before = set(sys.modules)
local = ["of the program"]
for code in ${JSON.stringify(['here', 'child', 'failing', 'missing'].map(injected))}:
    exec(code, {})
print(sorted(set(sys.modules) - before))
while open(${JSON.stringify(report('child'))}).read().count("\\n") < 2: time.sleep(0.02)
time.sleep(0.2)
try: os.wait()
except ChildProcessError: print("no child is left")`,
      ]);
      assert.equal(stdout, '[]\nno child is left\n');
      for (const name of ['child', 'here']) {
        const heap = new PythonHeap(join(folder, `${name}.nodes`));
        const lines = states(report(name));
        assert.deepEqual(
          lines.map(({ state }) => state),
          ['started', 'done'],
        );
        assert.equal(typeof lines[0]?.['pid_of_child'], name === 'child' ? 'number' : 'object');
        assert.deepEqual([lines[1]?.['nodes'], lines[1]?.['refs']], [heap.end?.['nodes'], heap.end?.['refs']]);
        const thread = heap.nodes[0]?.refs.find(([, via]) => String(via).startsWith('thread '));
        assert.match(heap.nodes[thread?.[2] ?? 0]?.name ?? '', /^<string>:\d+ in <module>$/);
        // The second one sees the first one's remains, until garbage is collected.
        if (name === 'here') assert.ok(!heap.nodes.some(({ name: text }) => text?.includes('snapdump.py:')));
      }
      assert.deepEqual(
        states(report('failing')).map(({ state, why }) => [state, why]),
        [
          ['started', undefined],
          ['failed', 'No such file or directory'],
        ],
      );
    });

    test('a chain of a million is no deeper than any other graph', async () => {
      const folder = tempFolder('deep');
      await ok(
        python,
        folder,
        'chain = None\nfor _ in range(10**6): chain = [chain]\nsnapdump.dump("deep.nodes", fork=False)',
      );
      const { stdout } = await run('snap-chainends', ['--type', 'list', '--via', '0', '-n', '1', 'deep.nodes'], {
        cwd: folder,
      });
      assert.ok(JSON.parse(stdout.split('\n')[0] ?? '').length >= 10 ** 6);
      assert.ok(statSync(join(folder, 'deep.nodes')).size > 10 ** 8);
      assert.ok(!existsSync(join(folder, 'deep.nodes.tmp')));
    });
  });
}

const prologue = `import sys, os
sys.path.insert(0, ${JSON.stringify(snapdump.slice(0, -'/snapdump.py'.length))})
sys.dont_write_bytecode = True
import snapdump
`;

async function ok(python: Python, folder: string, code: string): Promise<Ended> {
  const ended = await execute(python.path, ['-c', prologue + code], { cwd: folder });
  assert.deepEqual([ended.status, ended.stderr], [0, '']);
  return ended;
}

function states(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
