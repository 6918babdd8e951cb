/** snap-show --stack against the runtimes themselves: a real Python says what print_tb prints of the objects in its dump, a real Node what its errors' stacks are. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { streamText } from '../support/nodeStream.ts';
import { packageRoot, testFile } from '../support/root.ts';
import { bash, execute, quoted, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { tracebackHeap } from '../support/tracebackHeap.ts';

const folder = tempFolder('stack');

interface Answer {
  readonly id: number;
  readonly limit: number;
  readonly text: string;
}

test('a traceback, a frame and an exception are printed as Python prints them, with an index and without', async () => {
  const dump = join(folder, 'tracebacks.nodes');
  const python = await execute('/usr/bin/python3', [
    testFile('support', 'python', 'tracebacks.py'),
    join(packageRoot, 'lib', 'capture'),
    dump,
  ]);
  strictEqual(python.status, 0, `this test needs Debian's python3: ${python.stderr}`);
  const answers = JSON.parse(python.stdout) as Answer[];
  ok(answers.length > 200);
  for (const isIndexed of [false, true]) {
    if (isIndexed) strictEqual((await run('snap-index', [dump])).status, 0);
    for (const limit of new Set(answers.map((answer) => answer.limit))) {
      const asked = answers.filter((answer) => answer.limit === limit);
      const ids = asked.flatMap(({ id }) => ['--id', `0x${id.toString(16)}`]);
      const { stdout, stderr, status } = await run('snap-show', [
        ...ids,
        '--stack',
        `${limit}`,
        '--format',
        'table',
        dump,
      ]);
      strictEqual(stderr, '');
      strictEqual(status, 0);
      if (asked.length === 1) strictEqual(stdout, asked[0]!.text);
      else deepStrictEqual(blocks(stdout), new Map(asked.map(({ id, text }) => [id, text])));
    }
  }
});

/** Of several stacks each stands below a line with its id, with an empty line between. */
function blocks(text: string): ReadonlyMap<number, string> {
  const pieces = `\n${text}`.split('\n@').slice(1);
  return new Map(pieces.map((piece) => [Number.parseInt(piece, 10), piece.slice(piece.indexOf('\n') + 1)] as const));
}

test('a stack of 200,000 tracebacks has them all, in little memory', async () => {
  const deep = 200_000;
  const lines = [
    '{"snap":"start","schema":1,"format":"python","python":"3.10.1"}',
    '{"n":0,"id":0,"kind":"synthetic","type":"(roots)","size":0,"refs":[["internal","x",1]]}',
    ...Array.from({ length: deep }, (_, i) => {
      const next = i + 1 < deep ? `["internal","tb_next",${i + 2}]` : '';
      return `{"n":${i + 1},"id":${16 * i + 16},"kind":"object","type":"traceback","name":"/no/such.py:${i + 1} in f${i % 7}","size":64,"refs":[${next}]}`;
    }),
    `{"snap":"end","nodes":${deep + 1},"refs":${deep}}`,
  ];
  const file = join(folder, 'deep.nodes');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { stdout, status } = await run('snap-show', ['--id', '16', '--stack', '2000000', '--memory', '180M', file]);
  strictEqual(status, 0);
  const rows = stdout.trimEnd().split('\n');
  strictEqual(rows.length, deep);
  deepStrictEqual(JSON.parse(rows[deep - 1]!), {
    n: deep,
    id: 16 * deep,
    type: 'traceback',
    name: `/no/such.py:${deep} in f${(deep - 1) % 7}`,
    file: '/no/such.py',
    line: deep,
    function: `f${(deep - 1) % 7}`,
  });
});

test('what has no stack is said, and what comes again and again is folded', async () => {
  const small = tracebackHeap(['/no/a in b.py:3 in load'], [[0, 0, 0, 0, 0], [0]]);
  const file = join(folder, 'small.nodes');
  writeFileSync(file, streamText(small.heap));
  const show = (...args: string[]) => run('snap-show', [...args, '--stack', '9', '--format', 'table', file]);
  const folded = await show('--id', `${2 * small.errors[0]!.n + 1}`);
  const line = '  File "/no/a in b.py", line 3, in load\n';
  strictEqual(folded.stdout, `${line.repeat(3)}  [Previous line repeated 2 more times]\n`);
  const both = await show('--type', 'ImportError', '--type', 'module');
  strictEqual(both.stdout.split('\n').filter((one) => one.startsWith('@')).length, 2);
  ok(both.stderr.includes('1 of the chosen nodes are not'), both.stderr);
  const none = await show('--type', 'module');
  strictEqual(none.status, 1);
  ok(none.stderr.includes('the chosen node is not a traceback, a frame or an exception with a traceback'), none.stderr);
});

const throwing = `
class AppError extends Error {}
function inner() { return new AppError('no\\nanswer'); }
function outer() { return inner(); }
globalThis.untouched = outer();
globalThis.asked = outer();
console.log(JSON.stringify(globalThis.asked.stack));
require('node:v8').writeHeapSnapshot(process.argv[2]);
`;

test("an error's stack is its functions, or its text where the program has asked for it", async () => {
  const program = join(folder, 'throwing.cjs');
  const file = join(folder, 'throwing.heapsnapshot');
  writeFileSync(program, throwing);
  const { stdout } = await execute(process.execPath, [program, file]);
  const text = JSON.parse(stdout.split('\n')[0]!) as string;
  const errors = (await run('snap-filter', ['--type', 'AppError', '--has', 'message', file])).stdout
    .split('\n')
    .flatMap((line) => (line.startsWith('{"n":') ? [JSON.parse(line) as { n: number; at?: string }] : []))
    .filter(({ at }) => at !== undefined);
  const stacks = await Promise.all(
    errors.map(({ n }) => run('snap-show', ['--node', `${n}`, '--stack', '3', '--format', 'table', file])),
  );
  const asked = stacks.find((one) => one.stdout.startsWith('Error: no'));
  strictEqual(asked?.stdout, `${text.split('\n').slice(0, 5).join('\n')}\n`);
  const functions = stacks.find((one) => one.stdout.startsWith('    at inner'));
  deepStrictEqual(functions?.stdout.split('\n').slice(0, 2), [
    `    at inner (${program}:3:15)`,
    `    at outer (${program}:4:15)`,
  ]);
  ok(functions?.stderr.includes('each position is where the function begins'), functions?.stderr);
});

interface Truth {
  readonly chains: readonly { readonly length: number; readonly head: number }[];
  readonly tails_by_place: Readonly<Record<string, number>>;
  readonly heads: number;
  readonly print_tb_longest_limit_20: string;
}

test('the leak of pylint is told as the process itself saw it: the longest stack, the tails by place, who holds the heads', async () => {
  const dump = join(folder, 'pylint.nodes');
  const truthFile = join(folder, 'truth.json');
  const script = (name: string) => testFile('support', 'pylint', name);
  const snapdump = join(packageRoot, 'lib', 'capture', 'snapdump.py');
  await execute('/usr/bin/python3', [script('gen_pkg.py'), join(folder, 'pkg'), '4']);
  const args = ['4', '--bug', '--snapdump', snapdump, '--dump', dump, '--truth', truthFile];
  const python = await execute('/usr/bin/python3', [script('run_case.py'), join(folder, 'pkg'), ...args]);
  strictEqual(python.status, 0, `this test needs Debian's pylint and python3-objgraph: ${python.stderr}`);
  const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as Truth;
  const { head, length } = truth.chains[0]!;
  const stack = await run('snap-show', ['--id', `@${head}`, '--stack', '20', '--format', 'table', dump]);
  strictEqual(stack.stdout, truth.print_tb_longest_limit_20);
  const whole = await run('snap-show', ['--id', `@${head}`, '--stack', '100000', dump]);
  strictEqual(whole.stdout.trimEnd().split('\n').length, length);
  const ends = (which: string) => `snap-chainends --type types.TracebackType --via tb_next --${which} ${quoted(dump)}`;
  const tails = await bash(`${ends('tails')} | snap-group --by place`);
  const places = tails.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { place: string; count: number });
  deepStrictEqual(Object.fromEntries(places.map(({ place, count }) => [basename(place), count])), truth.tails_by_place);
  const paths = await bash(`${ends('heads')} | snap-paths --of - --format table ${quoted(dump)}`);
  const holders = paths.stdout.split('\n').flatMap((line) => /^\s+= (.*)$/.exec(line)?.[1] ?? []);
  ok(holders.length > 0);
  for (const holder of holders) match(holder, /^astroid\.[\w.]+\._mod_file_cache\[\*\](\.\w+)*\.__traceback__$/);
  strictEqual(paths.stdout.split(' ', 1)[0], `${truth.heads}`);
});
