/** snap-refs and snap-backrefs on heaps that are large where it hurts: long chains, wide arrays, hubs; as programs, over real pipes. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Heap, heap } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { bash, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

interface Line {
  readonly n: number;
  readonly id?: number;
  readonly depth?: number;
  readonly run?: number;
  readonly refs: readonly (readonly [kind: string, name: string | number, to: number])[];
}

const records = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"n"'))
    .map((line) => JSON.parse(line) as Line);

function fileOf(built: Heap): string {
  const file = join(tempFolder('around'), 'heap.nodes');
  writeFileSync(file, streamText(built));
  return file;
}

/** A chain of links from the root, and the last one's value. */
function chain(length: number): Heap {
  const h = heap();
  let at = h.node('Holder');
  h.root.points('holder', at);
  for (let i = 0; i < length; i++) {
    const next = h.node('Link');
    at.points(i === 0 ? 'first' : 'next', next);
    at = next;
  }
  at.points('value', h.node('Value'));
  return h.build();
}

test('a chain of 200,000 is one step to depth 100, in both directions', async () => {
  const file = fileOf(chain(200_000));
  const [back, forth] = await Promise.all([
    run('snap-backrefs', ['--type', 'Value', '--depth', '100', file]),
    run('snap-refs', ['--type', 'Holder', '--depth', '100', file]),
  ]);
  deepStrictEqual([back.stderr, forth.stderr], ['', '']);
  deepStrictEqual(
    records(back.stdout).map(({ n, depth, run: count }) => [n, depth, count]),
    [
      [0, 4, undefined],
      [1, 3, undefined],
      [2, 2, undefined],
      [200_001, 1, 199_999],
      [200_002, 0, undefined],
    ],
  );
  deepStrictEqual(
    records(forth.stdout).map(({ n, depth, run: count }) => [n, depth, count]),
    [
      [1, 0, undefined],
      [2, 1, 199_999],
      [200_001, 2, undefined],
      [200_002, 3, undefined],
    ],
  );
});

test('a chain shown node by node is a tree with short lines', async () => {
  const file = fileOf(chain(3000));
  const words = ['--type', 'Value', '--depth', '5000', '--no-collapse', '--top', '5000', '--format', 'table', file];
  const { stdout, stderr, status } = await run('snap-backrefs', words);
  deepStrictEqual([stderr, status], ['', 0]);
  const lines = stdout.trimEnd().split('\n');
  strictEqual(lines.length, 3003);
  ok(lines.every((line) => line.length < 120));
  match(lines.at(-1)!, /\(3,002\) <- \.holder \(synthetic\) @1 \(root\)$/);
});

test('all references of a wide array come through, on as many lines as they need', async () => {
  const h = heap();
  const array = h.node('Array');
  const twice = h.node('Item');
  h.root.points('array', array);
  for (let i = 0; i < 20_000; i++) array.points(i, i % 2 === 0 ? h.node('Item') : twice);
  const file = fileOf(h.build());
  const { stdout, stderr, status } = await bash(`snap-refs --type Array --top 20000 ${file}`);
  deepStrictEqual([stderr, status], ['', 0]);
  const lines = records(stdout).filter(({ n }) => n === array.n);
  ok(lines.length > 5);
  const refs = lines.flatMap((line) => line.refs);
  deepStrictEqual(
    refs.map(([kind, name]) => [kind, name]),
    Array.from({ length: 20_000 }, (_, i) => ['element', i]),
  );
  strictEqual(refs.filter(([, , to]) => to === twice.n).length, 10_000);
  match((await run('snap-parse', ['--check'], { stdin: stdout })).stdout, /"nodes":10002,"refs":20000,"ok":true/);
});

test('of a hub with 100,000 retainers so many are shown as there is room for, and the rest is counted', async () => {
  const h = heap();
  const hub = h.node('Hub');
  for (let i = 0; i < 100_000; i++) h.node('User').points('hub', hub);
  const file = fileOf(h.build());
  const { stdout, stderr } = await run('snap-backrefs', ['--type', 'Hub', '--format', 'table', file]);
  strictEqual(stdout.split('\n').length, 6);
  match(stdout, /(\n {2}<- \.hub User @\d+){2}\n {2}<- \.hub User: 97 more \(@\d+ \.\.\. @\d+\)\n/);
  match(stdout, /\n {2}and 99,901 more retainers \(--top COUNT\)\n$/);
  match(stderr, /100 nodes shown, .*99,901 more retainers of Hub @3, all retainers of 99 nodes\n$/);
});

test('where memory is short the answer is the same', async () => {
  const h = heap();
  const nodes = Array.from({ length: 120_000 }, (_, i) => h.node(`Type${i % 7}`));
  for (const [i, node] of nodes.entries())
    for (let k = 1; k <= 40; k++) node.points(`name${(i * k) % 5000}`, nodes[(i * 7919 + k * 104_729) % nodes.length]!);
  const file = fileOf(h.build());
  const words = ['--node', '77', '--depth', '4', '--top', '3000', '-q'];
  const [plenty, short] = await Promise.all([
    run('snap-backrefs', [...words, file]),
    run('snap-backrefs', [...words, '--memory', '160M', file]),
  ]);
  strictEqual(plenty.stderr, '');
  strictEqual(short.stderr, '');
  ok(plenty.bytes.equals(short.bytes));
  strictEqual(records(plenty.stdout).filter(({ id }) => id !== undefined).length, 3000);
});
