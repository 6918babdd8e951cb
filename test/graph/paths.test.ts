/** Paths from the roots: random heaps against the plain way of finding them, and the cases that a plain way gets wrong or never ends. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomFrom } from '../../lib/stages/sample.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { type Heap, type HeapRef, heap, type NodeHandle, type RefKind } from '../support/heap.ts';
import { type NaiveRow, naivePaths } from '../support/naivePaths.ts';
import { streamText } from '../support/nodeStream.ts';
import { inWords, type PathRow, pathsOf } from '../support/paths.ts';
import { testFile } from '../support/root.ts';
import { execute } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { node26, v8Text } from '../support/v8Text.ts';

const folder = tempFolder('paths');
const file = (h: Heap, name: string): string => {
  const path = join(folder, name);
  writeFileSync(path, v8Text(h, node26));
  return path;
};

const KINDS: readonly RefKind[] = [
  'property',
  'property',
  'element',
  'internal',
  'context',
  'hidden',
  'weak',
  'shortcut',
];

/** Many small heaps side by side would be many processes: here they are one heap, each with roots of its own. */
const anyHeap = fc
  .record({
    types: fc.array(fc.constantFrom('A', 'A', 'B', 'C', 'text', 'made up'), { minLength: 2, maxLength: 60 }),
    refs: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...KINDS), fc.constantFrom('next', 'x', '7', '12')), {
      maxLength: 140,
      size: 'max',
    }),
    roots: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...KINDS)), { maxLength: 6 }),
  })
  .map(({ types, refs, roots }) => {
    const h = heap();
    const kindOf = (type: string): string => (type === 'text' ? 'string' : type === 'made up' ? 'synthetic' : 'object');
    const nodes = [
      h.root,
      ...types.map((type, i) => h.node(type === 'text' ? `text ${i % 2}` : type, { kind: kindOf(type), size: 8 + i })),
    ];
    const at = (i: number): NodeHandle => nodes[i % nodes.length]!;
    const point = (from: NodeHandle, to: NodeHandle, kind: RefKind, name: string): unknown =>
      from.points(kind === 'element' || kind === 'hidden' ? 3 : name, to, kind);
    for (const [to, kind] of roots) point(h.root, at(to), kind, 'root');
    for (const [from, to, kind, name] of refs) point(at(from), at(to), kind, name);
    // A chain, so that long ones are not rare.
    for (let i = 1; i + 1 < nodes.length; i += 3) nodes[i]!.points('next', nodes[i + 1]!);
    return h.build();
  });

const plain = ({ count, bytes, length, path, example }: PathRow): NaiveRow =>
  ({ count, bytes, length, path, example: example.n }) as NaiveRow;
const sorted = (rows: readonly NaiveRow[]): readonly NaiveRow[] =>
  [...rows].sort(
    (a, b) => b.count - a.count || b.bytes - a.bytes || (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1),
  );

const RUNS = 12;

for (const fold of [false, true]) {
  test(`rows of random heaps are those found the plain way${fold ? ', names of properties left out' : ''}`, async () => {
    const heaps = fc.sample(anyHeap, { numRuns: RUNS, seed: 20_261_124 + Number(fold) });
    for (const [i, one] of heaps.entries()) {
      const isV8 = i % 2 === 0;
      const text = isV8 ? v8Text(one, node26) : streamText(one).replace('"format":"v8"', '"format":"other"');
      const args = fold ? ['--fold'] : [];
      for (const [types, all] of [
        [['*'], one.nodes.map((_, n) => n)],
        [['A'], one.nodes.flatMap(({ name, kind }, n) => (name === 'A' && kind === 'object' ? [n] : []))],
      ] as const) {
        if (all.length === 0) continue;
        const rows = await pathsOf([...args, ...types.flatMap((type) => ['--type', type])], { stdin: text });
        deepStrictEqual(sorted(rows.map(plain)), sorted(naivePaths(one, all, { isV8, fold })), `heap ${i}`);
        const order = rows.map(({ count, bytes, fingerprint }) => [-count, -bytes, fingerprint] as const);
        deepStrictEqual(
          order,
          [...order].sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1)),
        );
        strictEqual(new Set(rows.map(({ fingerprint }) => fingerprint)).size, rows.length);
      }
    }
  });
}

/** The same heap with its nodes, and each node's references, in another order; the root stays the first. */
function shuffled({ nodes, ...rest }: Heap, seed: number): Heap {
  const random = randomFrom(seed);
  const order = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => [random(), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  const from = [0, ...order(nodes.map((_, n) => n).slice(1))];
  const to = from.reduce<number[]>((places, n, place) => Object.assign(places, { [n]: place }), []);
  const refsOf = (n: number): readonly HeapRef[] =>
    order(nodes[n]!.refs).map(([kind, name, target]) => [kind, name, to[target]!]);
  return { ...rest, nodes: from.map((n) => ({ ...nodes[n]!, refs: refsOf(n) })) };
}

test('paths are told by what they are called, not by the order of nodes and references', async () => {
  const heaps = fc.sample(anyHeap, { numRuns: 12, seed: 20_261_125 });
  let kinds = 0;
  for (const [i, one] of heaps.entries()) {
    const told = async (heap: Heap): Promise<readonly unknown[]> =>
      (await pathsOf(['--type', '*'], { stdin: v8Text(heap, node26) })).map(({ fingerprint, count, bytes, length }) => [
        fingerprint,
        count,
        bytes,
        length,
      ]);
    const rows = await told(one);
    kinds += rows.length;
    deepStrictEqual(await told(shuffled(one, i)), rows, `heap ${i}`);
  }
  ok(kinds > 100, `${kinds}`);
});

test('several processes of one program have the same fingerprints, though V8 orders properties by chance', async () => {
  const program = join(folder, 'two.cjs');
  writeFileSync(
    program,
    `class Session {}
    function make() {
      const cache = new Map();
      globalThis.getCache = (key) => cache.get(key);
      globalThis.putCache = (key, value) => cache.set(key, value);
      globalThis.dropCache = (key) => cache.delete(key);
      globalThis.sizeCache = () => cache.size;
    }
    make();
    for (let i = 0; i < 50; i++) putCache('k' + i, new Session());
    require('v8').writeHeapSnapshot(process.argv[2]);`,
  );
  const told = new Set<string>();
  for (let i = 0; i < 5; i++) {
    const path = join(folder, `two-${i}.heapsnapshot`);
    strictEqual((await execute(process.execPath, [program, path])).status, 0);
    const rows = await pathsOf(['--type', 'Session', path]);
    told.add(rows.map(({ fingerprint, count }) => `${count} ${fingerprint}`).join());
  }
  strictEqual(told.size, 1, [...told].join('; '));
});

test('each: a row for each node, that add up to the rows of alike ones', async () => {
  const [one] = fc.sample(anyHeap, { numRuns: 1, seed: 7 });
  const path = file(one!, 'each.heapsnapshot');
  const each = await pathsOf(['--type', '*', '--each', path]);
  const rows = await pathsOf(['--type', '*', path]);
  deepStrictEqual(
    each.map(({ example }) => example.n),
    each.map(({ example }) => example.n).sort((a, b) => a - b),
  );
  for (const row of rows) {
    const alike = each.filter(({ fingerprint }) => fingerprint === row.fingerprint);
    strictEqual(alike.length, row.count);
    strictEqual(
      alike.reduce((sum, { bytes }) => sum + bytes, 0),
      row.bytes,
    );
    strictEqual(Math.min(...alike.map(({ length }) => length)), row.length);
  }
  strictEqual(
    rows.reduce((sum, { count }) => sum + count, 0),
    each.length,
  );
});

test('a step has the name that its nodes have in this row, whatever they are called in others', async () => {
  const h = heap();
  for (const [list, item] of [
    ['left', 'Apple'],
    ['right', 'Pear'],
  ] as const) {
    const names = h.node(list, { kind: 'string' });
    h.root.points('all', names);
    for (let i = 0; i < 3; i++) names.points(i, h.node(item));
  }
  const rows = await pathsOf(['--type', 'Apple', '--type', 'Pear', file(h.build(), 'names.heapsnapshot')]);
  const first = { ref: 'property', via: 'all', type: '(string)' };
  deepStrictEqual(Object.fromEntries(rows.map(({ path, example }) => [example.type, path[0]])), {
    Apple: { ...first, name: 'left' },
    Pear: { ...first, name: 'right' },
  });
});

test('objects that are used as maps: each key is a path of its own, unless they are folded', async () => {
  const h = heap();
  const cache = h.node('Object');
  h.root.points('cache', cache);
  for (let i = 0; i < 10; i++) cache.points(`/srv/app/${i}.js`, h.node('Module'));
  const path = file(h.build(), 'keys.heapsnapshot');
  strictEqual((await pathsOf(['--type', 'Module', path])).length, 10);
  const [row, ...more] = await pathsOf(['--type', 'Module', '--fold', path]);
  deepStrictEqual([inWords(row!), row!.count, more.length], ['property:[*] Object > property:[*] Module', 10, 0]);
});

test('keys, digits and ids in names are any', async () => {
  const h = heap();
  const dict = h.node('dict');
  h.root.points('d', dict);
  for (const name of ["['a key']", "('a', None)", '17', '[0]', "'b'"]) dict.points(name, h.node('Value'));
  for (const name of ['1', '2']) dict.points(name, h.node('Value'), 'internal');
  for (const name of ['slot @12', 'slot @4']) dict.points(name, h.node('Value'), 'internal');
  dict.points('name', h.node('Value'));
  const rows = await pathsOf(['--type', 'Value', file(h.build(), 'any.heapsnapshot')]);
  deepStrictEqual(rows.map((row) => `${row.count} ${inWords(row)}`).sort(), [
    '1 property:d dict > property:name Value',
    '2 property:d dict > internal:[*] Value',
    '2 property:d dict > internal:slot [*] Value',
    '5 property:d dict > property:[*] Value',
  ]);
});

test("a WeakMap's values are held when key and table are, and are alike whatever their keys are called", async () => {
  const h = heap();
  const map = h.node('WeakMap');
  const table = h.node('(table)', { kind: 'array' });
  const keys = h.node('Keys');
  h.root.points('map', map).points('keys', keys);
  map.points('table', table, 'internal');
  const pair = (key: NodeHandle, value: NodeHandle, name: string): void => {
    const tail = `part of key (${name} @${2 * key.n + 1}) -> value (V @${2 * value.n + 1}) pair in WeakMap (table @${2 * table.n + 1})`;
    key.points(`1 / ${tail}`, value, 'internal');
    table.points(`2 / ${tail}`, value, 'internal');
  };
  for (let i = 0; i < 4; i++) {
    const key = h.node('Key');
    keys.points(i, key);
    pair(key, h.node('Value'), `/srv/${i}.js`);
  }
  pair(h.node('Key'), h.node('Value'), 'nobody holds it');
  const rows = await pathsOf(['--type', 'Value', file(h.build(), 'weak.heapsnapshot')]);
  deepStrictEqual(
    rows.map((row) => `${row.count} ${inWords(row)}`),
    [
      '4 property:keys Keys > element:[*] Key > internal:part of key ([*]) -> value ([*]) pair in WeakMap (table [*]) Value',
    ],
  );
});

test('what only weak references reach has no row, and is counted', async () => {
  const h = heap();
  const held = h.node('Thing');
  h.root.points('held', held);
  held.points('other', h.node('Thing'), 'weak');
  const rows = await pathsOf(['--type', 'Thing', file(h.build(), 'reached.heapsnapshot')]);
  deepStrictEqual(
    rows.map(({ count, length }) => [count, length]),
    [[1, 1]],
  );
});

test('a chain of 200,000 is one step, and its length the least', async () => {
  const h = heap();
  let at = h.node('Link', { size: 8 });
  h.root.points('first', at);
  for (let i = 1; i < 200_000; i++) {
    const next = h.node('Link', { size: 8 });
    at.points('next', next);
    at = next;
  }
  at.points('end', h.node('End'));
  const path = file(h.build(), 'chain.heapsnapshot');
  const links = await pathsOf(['--type', 'Link', path]);
  deepStrictEqual(
    links.map((row) => [row.count, row.length, inWords(row)]),
    [
      [199_999, 2, 'property:first Link > property:next Link'],
      [1, 1, 'property:first Link'],
    ],
  );
  const [end] = await pathsOf(['--type', 'End', path]);
  deepStrictEqual(
    [end!.length, inWords(end!)],
    [200_001, 'property:first Link > property:next Link > property:end End'],
  );
});

test('of a path of 40,000 steps the first and last 50 are told; time grows with its nodes', async () => {
  const build = (pairs: number): Heap => {
    const h = heap();
    let at = h.root;
    for (let i = 0; i < pairs; i++) {
      const left = h.node('Left');
      const right = h.node('Right');
      at.points('down', left);
      left.points('across', right);
      at = right;
    }
    return h.build();
  };
  const [small, large] = [file(build(10_000), 'steps-1'), file(build(20_000), 'steps-2')];
  const [row] = await pathsOf(['--node', '40000', large]);
  strictEqual(row!.path.length, 101);
  strictEqual(row!.length, 40_000);
  deepStrictEqual(row!.path[50], { more: 39_900 });
  deepStrictEqual(row!.path[0], { ref: 'property', via: 'down', type: 'Left', name: 'Left' });
  deepStrictEqual(row!.path.at(-1), { ref: 'property', via: 'across', type: 'Right', name: 'Right' });
  const timed = async (path: string): Promise<number> => {
    const begun = performance.now();
    await pathsOf(['--type', '*', '--top', '3', path]);
    return performance.now() - begun;
  };
  await timed(small);
  const once = await timed(small);
  const twice = await timed(large);
  ok(twice < 3 * once + 200, `${Math.round(once)} ms, and for twice as many ${Math.round(twice)} ms`);
});

test('the fingerprint is the same in two snapshots of one process', async () => {
  const snapshots = ['leak20-before', 'leak20-after'].map((name) => fixtures.find((one) => one.name === name)!);
  const [before, after] = await Promise.all(
    snapshots.map((fixture) => pathsOf(['--type', 'QueryError', '--type', 'RequestContext', unzipped(fixture)])),
  );
  deepStrictEqual(
    before!.map(({ fingerprint }) => fingerprint).sort(),
    after!.map(({ fingerprint }) => fingerprint).sort(),
  );
  ok(after![0]!.count > before![0]!.count);
});

test('the fingerprint is the same in two processes of one program, whatever their strings and numbers', async () => {
  const rows = await Promise.all(
    [
      ['3', '40', '11'],
      ['5', '17', '99'],
    ].map(async ([chains, length, seed]) => {
      const path = join(folder, `process-${seed}.heapsnapshot`);
      const program = testFile('..', 'dist', 'test', 'support', 'leak.js');
      const { status, stderr } = await execute(process.execPath, [program, path, chains!, length!, seed!]);
      strictEqual(status, 0, stderr);
      return pathsOf(['--type', 'QueryError', path]);
    }),
  );
  const [one, other] = rows.map((some) => some.map(({ fingerprint }) => fingerprint).sort());
  deepStrictEqual(one, other);
  deepStrictEqual(
    rows.map((some) => some.reduce((sum, { count }) => sum + count, 0)),
    [120, 85],
  );
});

test('the paths of a leak end as the truth says', async () => {
  const fixture = fixtures.find((one) => one.name === 'leak26-after')!;
  const [row] = await pathsOf(['--type', 'RequestContext', unzipped(fixture)]);
  const words = inWords(row!);
  ok(
    words.endsWith(
      'context:failureCache Map > internal:table (array) > internal:[*] CachedResult > property:err QueryError > property:cause QueryError > property:ctx RequestContext',
    ),
    words,
  );
});
