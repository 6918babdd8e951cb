/** Paths to whole types with an index: what it has kept is, to the byte, what is found without, and where it has kept nothing the walk answers. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { copyFileSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyGraph, asHeap, everyKind } from '../graph/anyGraph.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { type Heap, heap } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { bash, type Ended, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { tracebackHeap } from '../support/tracebackHeap.ts';
import { node26, v8Text } from '../support/v8Text.ts';

/** Two folders with the same file, of which one has an index. */
interface Pair {
  readonly name: string;
  readonly bare: string;
  readonly indexed: string;
}

async function pairOf(name: string, make: (file: string) => void): Promise<Pair> {
  const [bare, indexed] = [tempFolder('bare'), tempFolder('indexed')];
  make(join(bare, name));
  linkSync(join(bare, name), join(indexed, name));
  const made = await run('snap-index', [name], { cwd: indexed });
  deepStrictEqual([made.stderr, made.status], ['', 0]);
  return { name, bare, indexed };
}

/** Asks both, and gives what both said. */
async function same({ name, bare, indexed }: Pair, words: string): Promise<Ended> {
  const line = `snap-paths ${words} ${name}`;
  const [found, kept] = await Promise.all([bash(line, { cwd: bare }), bash(line, { cwd: indexed })]);
  deepStrictEqual([kept.stderr, kept.status], [found.stderr, found.status], line);
  // A difference of megabytes would be printed.
  ok(kept.stdout === found.stdout, `${line} says something else with an index`);
  return kept;
}

const part = ({ name, indexed }: Pair, of: string): string => join(indexed, `${name}.snapidx`, of);

/** Takes from an index all that a walk needs, as it cannot tell by sizes: from here on only what is kept can answer. */
function blind(pair: Pair): void {
  for (const name of ['forward.rows', 'forward.starts', 'parents', 'distance', 'type', 'size', 'names.text', 'flags'])
    writeFileSync(part(pair, name), Buffer.alloc(statSync(part(pair, name)).size));
}

const forms = [
  '',
  '--top 1',
  '--top 0 --format csv',
  '--top 7 --format csv',
  '--format table',
  '--format table --top 3',
];

/** Names that hurt: a type that is a glob, and one that needs escapes; nodes that no root reaches; a path longer than is told, whose names depend on who is chosen. */
function oddHeap(): Heap {
  const h = heap();
  const all = h.node('Array');
  h.root.points('all', all);
  for (const type of ['a*b', 'aXb', 'aYb', 'sn"o\\w\u0001', '雪']) {
    const made = [h.node(type), h.node(type), h.node(type, { kind: 'string' })];
    for (const [i, node] of made.entries()) all.points(i === 1 ? 'one' : i, node);
    made[0]!.points('lost', h.node(type), 'weak');
  }
  all.points('weakly', h.node('OnlyWeak'), 'weak');
  for (const [side, leaf] of [
    ['left', 'Apple'],
    ['right', 'Pear'],
  ] as const) {
    let at = h.node(side, { kind: 'string' });
    all.points('side', at);
    for (let i = 0; i < 120; i++) {
      const next = h.node(i === 3 ? side : `Step${i}`, { kind: i === 3 ? 'string' : 'object' });
      at.points(`step ${i}`, next);
      at = next;
    }
    at.points('leaf', h.node(leaf));
  }
  return h.build();
}

const fixture = (wanted: string): string => {
  const found = fixtures.find(({ name }) => name === wanted);
  ok(found !== undefined);
  return unzipped(found);
};

const subjects: readonly (readonly [name: string, make: (file: string) => void, choices: readonly string[]])[] = [
  [
    'bun.heapsnapshot',
    (file) => copyFileSync(fixture('bun'), file),
    ['--type Widget', "--type '*Reg*' --type Set", '--type Function'],
  ],
  [
    'python.nodes',
    (file) => {
      const { heap: small } = tracebackHeap(['/a.py:3 in load', '/b.py:9 in read'], [[0, 1, 0, 0], [1], [0, 1]]);
      writeFileSync(file, streamText(small));
    },
    ['--type types.TracebackType', "--type 'dict' --type '*Error'"],
  ],
  [
    'odd.heapsnapshot',
    (file) => writeFileSync(file, v8Text(oddHeap(), node26)),
    ["--type 'a*b'", "--type 'a?b'", "--type 'sn*'", '--type 雪 --type OnlyWeak', '--type OnlyWeak'],
  ],
];

for (const [name, make, choices] of subjects) {
  test(`${name}: paths to whole types are told from the index as they are found without it`, async () => {
    const pair = await pairOf(name, make);
    for (const form of forms) await same(pair, `--type '*' ${form}`);
    for (const [i, choice] of choices.entries())
      await same(pair, i % 2 === 0 ? choice : `${choice} --top 3 --format table`);
    for (const words of [
      "--type '*' --each --top 3",
      "--type '*' --fold",
      "--type '*' --kind object",
      '--type nothingLikeIt',
      "--type '*' --type nothingLikeIt",
      '--type Pear --quiet',
    ])
      await same(pair, words);
  });
}

test('of a path that is too long to be told, names depend on the choice: then the walk answers', async () => {
  const pair = await pairOf('odd.heapsnapshot', (file) => writeFileSync(file, v8Text(oddHeap(), node26)));
  const [pear, all] = [await same(pair, '--type Pear'), await same(pair, "--type '*'")];
  const both = all.stdout.split('\n').find((line) => line.includes('"type":"Pear","name":"Pear"}}'));
  ok(pear.stdout.includes('"more":') && both !== undefined);
  ok(pear.stdout.includes('"name":"right"') && !both.includes('"name":"right"'), both);
  await same(pair, '--type Pear --type Apple --format table');
});

test("of a real heap of Node's: as many kinds of paths as the runtime alone has, and functions with their places", async () => {
  const pair = await pairOf('leak26.heapsnapshot', (file) => copyFileSync(fixture('leak26-after'), file));
  ok(statSync(part(pair, 'paths.lines')).size > 1e6);
  const { stdout } = await same(pair, '--type Function --format table --top 3');
  ok(stdout.includes('example at '), stdout);
  await same(pair, "--type '*'");
});

test('random graphs: the same rows, and as many nodes without a path', async () => {
  const graphs = fc.sample(anyGraph(everyKind), { numRuns: 5, seed: 20_261_125 });
  let unreached = 0;
  for (const [i, graph] of graphs.entries()) {
    const one = asHeap(graph);
    const pair = await pairOf(i % 2 === 0 ? 'random.heapsnapshot' : 'random.nodes', (file) =>
      writeFileSync(
        file,
        i % 2 === 0 ? v8Text(one, node26) : streamText(one).replace('"format":"v8"', '"format":"other"'),
      ),
    );
    const { stderr } = await same(pair, "--type '*'");
    unreached += stderr === '' ? 0 : 1;
    await same(pair, "--type 'Class 1' --format csv");
    await same(pair, "--type '*' --type 'Class ?' --format table --top 2");
  }
  ok(unreached > 0 && unreached < graphs.length, `${unreached}`);
});

test('what is kept is what answers: without all that a walk needs the answer is the same', async () => {
  const pair = await pairOf('bun.heapsnapshot', (file) => copyFileSync(fixture('bun'), file));
  blind(pair);
  for (const choice of ['--type Widget']) await same(pair, choice);
  for (const form of ['--top 7 --format csv', '--top 3 --format table']) await same(pair, `--type 'S*' ${form}`);
  const line = `snap-paths --type Widget --each ${pair.name}`;
  const [found, walked] = [await bash(line, { cwd: pair.bare }), await bash(line, { cwd: pair.indexed })];
  ok(walked.stdout !== found.stdout, 'the walk does need it');
});

test('a heap with more kinds of paths than are kept is walked through, with the same answer', async () => {
  const kinds = 66_000;
  const wide = (): Heap => {
    const h = heap();
    const all = h.node('Object');
    h.root.points('all', all);
    for (let i = 0; i < kinds; i++) all.points(`k${i}`, h.node('Leaf'));
    return h.build();
  };
  const pair = await pairOf('wide.heapsnapshot', (file) => writeFileSync(file, v8Text(wide(), node26)));
  strictEqual(statSync(part(pair, 'paths.lines'), { throwIfNoEntry: false }), undefined);
  strictEqual((await same(pair, '--type Leaf --top 99999')).stdout.split('\n').length, kinds + 1);
  await same(pair, "--type '*' --format table --top 2");
  const parts = (JSON.parse(readFileSync(part(pair, 'meta.json'), 'utf8')) as { parts: Record<string, number> }).parts;
  ok(Object.keys(parts).every((name) => !name.startsWith('paths')));
});

test('an index without the lines of paths is not whole', async () => {
  const pair = await pairOf('odd.heapsnapshot', (file) => writeFileSync(file, v8Text(oddHeap(), node26)));
  rmSync(part(pair, 'paths.lines'));
  const line = `snap-paths --type '*' ${pair.name}`;
  const [found, ignored] = [await bash(line, { cwd: pair.bare }), await bash(line, { cwd: pair.indexed })];
  strictEqual(ignored.stdout, found.stdout);
  strictEqual(ignored.stderr.match(/it is ignored/g)?.length, 1, ignored.stderr);
});
