/** snap-take -- COMMAND: real Nodes and Pythons that write snapshots of themselves, and are otherwise as they would be without. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { python, pythons } from '../support/pythons.ts';
import { bash, quoted, run } from '../support/run.ts';
import { eventually, launch } from '../support/running.ts';
import { runtimes } from '../support/runtimes.ts';
import { tempFolder } from '../support/temp.ts';

const objects = async (file: string, type: string): Promise<number> => {
  const { stdout, stderr } = await bash(`snap-group ${quoted(file)} | grep '"type":"${type}"'`);
  ok(stdout, stderr);
  return (JSON.parse(stdout) as { count: number }).count;
};

const oldest = pythons[0]!;
const programs = [
  { name: 'Node', words: (code: string) => [process.execPath, '-e', code], ending: 'heapsnapshot' },
  { name: `Python ${oldest.version}`, words: (code: string) => [oldest.path, '-c', code], ending: 'nodes.gz' },
] as const;

const growing = {
  Node: `class Grown {}; globalThis.all = []; const grow = () => { for (let i = 0; i < 1000; i++) all.push(new Grown()); console.log(all.length); };
    grow(); process.stdin.on('data', grow).on('end', () => process.exit(7));`,
  Python: `import sys
class Grown: pass
all = []
def grow():
    all.extend(Grown() for _ in range(1000))
    print(len(all), flush=True)
grow()
for line in iter(sys.stdin.readline, ""): grow()
sys.exit(7)`,
};

for (const [runtime, { words, ending }, type] of [
  ['Node', programs[0], 'Grown'],
  ['Python', programs[1], '__main__.Grown'],
] as const) {
  test(`a ${runtime} program writes a snapshot for each signal and at its end, numbered, and its status is passed on`, async () => {
    const folder = tempFolder('watched');
    const taker = launch(
      'snap-take',
      ['--on-signal', '--at-exit', '-o', join(folder, 'leak'), '--', ...words(growing[runtime])],
      { stdin: 'pipe' },
    );
    await taker.says(/^1000$/m);
    const files = (): string[] =>
      readdirSync(folder)
        .filter((name) => name.endsWith(ending))
        .sort();
    process.kill(taker.pid, 'SIGUSR2');
    await eventually(() => files().length === 1, 'the first is written');
    taker.write('\n');
    await taker.says(/^2000$/m);
    taker.endInput();
    deepStrictEqual(await taker.ended, { status: 7, signal: null });
    deepStrictEqual(readdirSync(folder).sort(), [`leak-0001.${ending}`, `leak-0002.${ending}`]);
    deepStrictEqual(await Promise.all(files().map((name) => objects(join(folder, name), type))), [1000, 2000]);
    strictEqual(taker.said(), '1000\n2000\n');
  });
}

test('every so many seconds, past a size, and of what a program starts in turn', async () => {
  const folder = tempFolder('watched');
  const inner = `globalThis.held = Buffer.alloc(200 << 20); setTimeout(() => {}, 2600)`;
  const outer = `const { spawnSync } = require('node:child_process'); process.exit(spawnSync(process.execPath, ['-e', ${JSON.stringify(inner)}], { stdio: 'inherit' }).status)`;
  const { stderr, status } = await run('snap-take', [
    '--quiet',
    '--every',
    '2',
    '--above',
    '150M',
    '-o',
    join(folder, 'h'),
    '--',
    process.execPath,
    '-e',
    outer,
  ]);
  deepStrictEqual([stderr, status], ['', 0]);
  const names = readdirSync(folder).sort();
  strictEqual(names.length, 2, names.join(' '));
  for (const [at, name] of names.entries()) match(name, new RegExp(`^h-\\d+-000${at + 1}\\.heapsnapshot$`));
});

test("a program's own NODE_OPTIONS, PYTHONPATH and sitecustomize stay in force", async () => {
  const folder = tempFolder('site');
  writeFileSync(join(folder, 'sitecustomize.py'), 'import sys; sys.was_customized = True\n');
  writeFileSync(join(folder, 'before.cjs'), 'globalThis.wasRequired = true;\n');
  const env = { PYTHONPATH: folder, NODE_OPTIONS: `--require ${join(folder, 'before.cjs')}` };
  const words = (...command: readonly string[]): string[] => ['--quiet', '--every', '1000', '--', ...command];
  const [py, node, plain] = await Promise.all([
    run(
      'snap-take',
      words(python.path, '-c', 'import sys; print(sys.was_customized, sys.path[1], "sitecustomize" in sys.modules)'),
      { env },
    ),
    run('snap-take', words(process.execPath, '-p', 'wasRequired'), { env }),
    run('snap-take', words(python.path, '-c', 'import sys; print([p for p in sys.path if "capture" in p])')),
  ]);
  deepStrictEqual([py.stderr, py.stdout, py.status], ['', `True ${folder} True\n`, 0]);
  deepStrictEqual([node.stderr, node.stdout, node.status], ['', 'true\n', 0]);
  deepStrictEqual([plain.stderr, plain.stdout, plain.status], ['', '[]\n', 0]);
});

test('signals reach the program, and one that ends it is its status', async () => {
  const taker = launch('snap-take', [
    '--quiet',
    '--every',
    '1000',
    '--',
    process.execPath,
    '-e',
    `process.on('SIGTERM', () => { console.log('asked to end'); process.exit(3); }); setInterval(() => {}, 1000); console.log('up')`,
  ]);
  await taker.says(/^up$/m);
  taker.kill('SIGTERM');
  deepStrictEqual(await taker.ended, { status: 3, signal: null });
  match(taker.said(), /asked to end/);
});

test('other Nodes write theirs, too', async () => {
  for (const { name, command, args } of runtimes.slice(2, 3)) {
    const folder = tempFolder('watched');
    const { stderr, status } = await run(
      'snap-take',
      [
        '--quiet',
        '--at-exit',
        '-o',
        join(folder, 'h'),
        '--',
        command,
        ...args,
        '-e',
        'class Held {}; globalThis.held = new Held()',
      ],
      { cwd: folder },
    );
    strictEqual(status, 0, `${name}: ${stderr}`);
    const counts = await Promise.all(
      readdirSync(folder).map((file) => bash(`snap-group ${quoted(join(folder, file))} | grep -c '"type":"Held"'`)),
    );
    // npx is a Node as well, and writes one of its own.
    strictEqual(counts.filter(({ stdout }) => stdout === '1\n').length, 1, name);
  }
});
