/** snap-cut against the definition, on random graphs with weak references and WeakMaps, and random cuts. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Heap, heap, type RefKind } from '../support/heap.ts';
import { type CutLine, type NaiveSum, naiveCuts, typesOf, typeTest } from '../support/naiveCut.ts';
import { readStream, streamText } from '../support/nodeStream.ts';
import { testFile } from '../support/root.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { v8Text } from '../support/v8Text.ts';

const refKinds: readonly RefKind[] = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'];
const classes = ['A', 'Ab', 'Ac', 'A*', 'B'];
const names = ['x', 'y', 'long name', '3'];

/** Few classes and names, so that cuts meet many references; a chain from the root, so that much is reached in one way only. */
const anyHeap: fc.Arbitrary<Heap> = fc.integer({ min: 1, max: 16 }).chain((count) => {
  const node = fc.nat(count);
  return fc
    .record({
      classes: fc.array(fc.constantFrom(...classes), { minLength: count, maxLength: count }),
      chain: fc.array(fc.constantFrom(...names), { maxLength: count }),
      refs: fc.array(fc.tuple(node, node, fc.constantFrom(...refKinds), fc.constantFrom(...names)), {
        maxLength: 2 * count,
        size: 'max',
      }),
      pairs: fc.uniqueArray(
        fc.tuple(node, node, node).filter(([table, key]) => table !== key),
        { maxLength: 6, size: 'max', selector: ([table, key]) => `${table} ${key}` },
      ),
    })
    .map(({ classes, chain, refs, pairs }) => {
      const h = heap();
      const handles = [h.root, ...classes.map((name, i) => h.node(name, { size: 2 ** i }))];
      for (const [i, name] of chain.entries()) handles[i]!.points(name, handles[i + 1]!);
      for (const [from, to, kind, name] of refs)
        handles[from]!.points(kind === 'element' || kind === 'hidden' ? 3 : name, handles[to]!, kind);
      for (const [i, [table, key, value]] of pairs.entries()) {
        const [tableId, keyId, valueId] = [table, key, value].map((n) => 2 * n + 1);
        const name = `part of key (A @${keyId}) -> value (B @${valueId}) pair in WeakMap (table @${tableId})`;
        handles[table]!.points(`${2 * i + 1} / ${name}`, handles[value]!, 'internal');
        handles[key]!.points(`${2 * i + 2} / ${name}`, handles[value]!, 'internal');
      }
      return h.build();
    });
});

const patterns = ['*', 'A*', 'A?', '?', 'B'];
const vias = [...names, 'property:x', 'internal:y', 'element:3', 'property:3', 'no such name'];

const anyCut = (heap: Heap): fc.Arbitrary<CutLine> => {
  const types = typesOf(heap);
  const type = fc.constantFrom(...patterns.filter((pattern) => types.some(typeTest(pattern, types))), '(synthetic)');
  return fc
    .record(
      {
        type,
        via: fc.constantFrom(...vias),
        to: type,
        id: fc.constantFrom(...heap.nodes.map(({ id }) => id)),
      },
      { requiredKeys: [] },
    )
    .filter((cut) => Object.keys(cut).length > 0);
};

const anyCase = (most: number): fc.Arbitrary<{ readonly heap: Heap; readonly cuts: readonly CutLine[] }> =>
  anyHeap.chain((heap) =>
    fc.record({
      heap: fc.constant(heap),
      cuts: fc.array(anyCut(heap), { minLength: 1, maxLength: most, size: 'max' }),
    }),
  );

const folder = tempFolder('cuts');

test('what is freed is what the roots reach, and do not reach without the references that are cut; where that is nothing others hold it', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase(6), async ({ heap, cuts }) => {
      const { alone, together } = naiveCuts(heap, cuts);
      const { rows, nodes, held } = await ours(heap, cuts);
      const row = (cut: unknown, { refs, nodes: freed }: NaiveSum): unknown => ({
        cut,
        refs,
        count: freed.length,
        bytes: bytesOf(heap, freed),
      });
      const expected = [
        ...cuts.map(({ type, via, to, id }, i) => row({ type, via, to, id }, alone[i]!)),
        ...(cuts.length > 1 ? [row('all', together)] : []),
        ...byType(heap, together.nodes),
      ];
      deepStrictEqual(rows, JSON.parse(JSON.stringify(expected)));
      deepStrictEqual(nodes, together.nodes);
      deepStrictEqual(
        held,
        [...alone, ...(cuts.length > 1 ? [together] : [])].map((sum) => heldLine(heap, sum)),
      );
    }),
    { numRuns: 14, interruptAfterTimeLimit: 300_000 },
  );
});

test('with an index the same is freed, where each cut meets a reference', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase(6), fc.constantFrom('v8', 'other'), async ({ heap, cuts }, format) => {
      const { alone } = naiveCuts(heap, cuts);
      const met = cuts.filter((_, i) => alone[i]!.refs > 0);
      fc.pre(met.length > 0);
      deepStrictEqual(await ours(heap, met, { isIndexed: true, format }), await ours(heap, met, { format }));
    }),
    { numRuns: 10, interruptAfterTimeLimit: 300_000 },
  );
});

test('hundreds of cuts are each judged as if it were the only one', async () => {
  const cases = fc.sample(anyCase(100), { seed: 4, numRuns: 5 });
  for (const { heap, cuts } of cases) {
    const many = [...cuts, ...heap.nodes.map(({ id }) => ({ id })), ...vias.map((via) => ({ via }))];
    const { alone } = naiveCuts(heap, many);
    const { rows } = await ours(heap, many);
    deepStrictEqual(
      rows.slice(0, many.length).map(({ refs, count, bytes }) => [refs, count, bytes]),
      alone.map(({ refs, nodes }) => [refs, nodes.length, bytesOf(heap, nodes)]),
    );
  }
});

test('nobody holds what is cut who refers to itself, holds weakly, is not reached, or has lost his half of a WeakMap', async () => {
  const h = heap();
  const types = ['Target', 'Holder', 'Other', 'Lost', 'Table', 'Key', 'Key'];
  const [target, holder, other, lost, table, key, deadKey] = types.map((name) => h.node(name));
  for (const [name, node] of Object.entries({ cut: target!, holder: holder!, other: other!, table: table!, key: key! }))
    h.root.points(name, node);
  target!.points('self', target!);
  other!.points('weakly', target!, 'weak');
  lost!.points('field', target!);
  const pair = (by: typeof key): void => {
    const name = `part of key (Key @${2 * by!.n + 1}) -> value (Target @${2 * target!.n + 1}) pair in WeakMap (table @${2 * table!.n + 1})`;
    table!.points(`${2 * by!.n} / ${name}`, target!, 'internal');
    by!.points(`${2 * by!.n + 1} / ${name}`, target!, 'internal');
  };
  pair(deadKey);
  holder!.points('field', target!);
  const line = (...nodes: readonly (readonly [string, typeof key])[]): string =>
    `  still held by ${nodes.map(([type, node]) => `${type} @${2 * node!.n + 1}`).join(', ')}`;
  const cut = { via: 'cut' };
  for (const isIndexed of [false, true])
    deepStrictEqual((await ours(h.build(), [cut], { isIndexed })).held, [line(['Holder', holder])]);
  pair(key);
  for (const isIndexed of [false, true])
    deepStrictEqual((await ours(h.build(), [cut], { isIndexed })).held, [
      line(['Holder', holder], ['Table', table], ['Key', key]),
    ]);
});

test('the value of a WeakMap goes with its map, and with its key', async () => {
  const h = heap();
  const [map, table, key, value] = ['WeakMap', 'Table', 'Key', 'Value'].map((name) => h.node(name));
  h.root.points('map', map!).points('key', key!);
  map!.points('table', table!, 'internal').points('key', key!, 'weak');
  const name = `part of key (Key @${2 * key!.n + 1}) -> value (Value @${2 * value!.n + 1}) pair in WeakMap (table @${2 * table!.n + 1})`;
  table!.points(`1 / ${name}`, value!, 'internal');
  key!.points(`2 / ${name}`, value!, 'internal');
  const { rows } = await ours(h.build(), [{ via: 'map' }, { via: 'key' }, { type: 'Table' }, { type: 'Key' }]);
  deepStrictEqual(
    rows.slice(0, 5).map(({ refs, count }) => [refs, count]),
    [
      [1, 3],
      [1, 2],
      [1, 1],
      [1, 1],
      [4, 4],
    ],
  );
});

test('references that come with a later batch than their holder are cut, also where nothing that holds came with it', async () => {
  const h = heap();
  const wide = h.node('Wide');
  const holder = h.node('Holder');
  const only = h.node('Only');
  h.root.points('wide', wide).points('holder', holder);
  // A batch has room for 16,384 references: the last ones in the first are weak ones of the holder.
  for (let i = 0; i < 16_367; i++) wide.points(i, wide);
  for (let i = 0; i < 10; i++) holder.points('weak', only, 'weak');
  for (let i = 0; i < 100; i++) holder.points(i, only);
  for (let i = 0; i < 9; i++) h.root.points(i, h.node('Another'));
  const file = join(folder, 'wide.heapsnapshot');
  writeFileSync(file, v8Text(h.build()));
  const { stdout } = await run('snap-cut', ['--type', 'Holder', file], { seconds: 20 });
  strictEqual(
    stdout,
    '{"cut":{"type":"Holder"},"refs":100,"count":1,"bytes":16}\n{"type":"Only","count":1,"bytes":16}\n',
  );
});

for (const name of ['leak20', 'leak26']) {
  test(`${name}: without the variable that holds them, all that leaked is freed, and without one field all but the cache`, async () => {
    const truth = JSON.parse(readFileSync(testFile('fixtures', 'v8', `${name}-truth.json`), 'utf8')) as {
      readonly holder: { readonly variable: string; readonly entriesAfter: number };
      readonly afterCounts: Readonly<Record<string, number>>;
    };
    const file = testFile('fixtures', 'v8', `${name}-after.heapsnapshot.gz`);
    const countOf = async (...args: string[]): Promise<(type: string) => number> => {
      const { stdout, status } = await run('snap-cut', [...args, file]);
      strictEqual(status, 0);
      const rows = linesOf(stdout);
      return (type) => rows.find((row) => row.type === type)?.count ?? 0;
    };
    const byVariable = await countOf('--via', truth.holder.variable);
    for (const type of ['CachedResult', 'QueryError', 'RequestContext'])
      strictEqual(byVariable(type), truth.afterCounts[type], type);
    const byField = await countOf('--type', 'CachedResult', '--via', 'property:err');
    strictEqual(byField('QueryError'), truth.afterCounts['QueryError']);
    strictEqual(byField('CachedResult'), 0);
  });
}

interface Row {
  readonly cut?: CutLine | 'all';
  readonly type?: string;
  readonly refs?: number;
  readonly count: number;
  readonly bytes: number;
}

async function ours(
  heap: Heap,
  cuts: readonly CutLine[],
  { isIndexed = false, format = 'v8' }: { readonly isIndexed?: boolean; readonly format?: string } = {},
): Promise<{ rows: readonly Row[]; nodes: readonly number[]; held: readonly string[] }> {
  const file = join(folder, isIndexed ? 'indexed.nodes' : 'heap.nodes');
  writeFileSync(file, streamText(heap).replace('"format":"v8"', `"format":"${format}"`));
  if (isIndexed) strictEqual((await run('snap-index', [file])).status, 0);
  const stdin = cuts.map((cut) => `${JSON.stringify(cut)}\n`).join('');
  const [plain, full, table] = await Promise.all([
    run('snap-cut', ['--quiet', '--cuts', '-', file], { stdin }),
    run('snap-cut', ['--quiet', '--nodes', '--cuts', '-', file], { stdin }),
    run('snap-cut', ['--quiet', '--format', 'table', '--cuts', '-', file], { stdin }),
  ]);
  for (const { stderr } of [plain, full, table]) strictEqual(stderr, '');
  const rows = linesOf(plain.stdout);
  const isMet = rows.some(({ refs = 0 }) => refs > 0);
  deepStrictEqual(new Set([plain.status, full.status, table.status]), new Set([isMet ? 0 : 1]));
  const { nodes } = readStream(full.stdout);
  for (const { n, refs } of nodes) ok(refs !== undefined && refs.length === heap.nodes[n]!.refs.length);
  const lines = table.stdout.split('\n');
  const held = lines.flatMap((line, i) =>
    line.startsWith('cutting ') ? [lines[i + 1]!.startsWith('  still held by ') ? lines[i + 1]! : ''] : [],
  );
  return { rows, nodes: nodes.map(({ n }) => n), held };
}

/** What stands below a cut in the table. */
function heldLine(heap: Heap, { refs, nodes, held }: NaiveSum): string {
  if (refs === 0 || nodes.length > 0 || held.length === 0) return '';
  const some = held.slice(0, 3).map(({ type, count, first }) => {
    const id = `@${heap.nodes[first]!.id}`;
    return count === 1 ? `${type} ${id}` : `${count} ${type} (${id}, ...)`;
  });
  const more = held.length - some.length;
  const rest = more > 0 ? `, and ${more} more type${more === 1 ? '' : 's'}` : '';
  return `  still held by ${some.join(', ')}${rest}`;
}

const linesOf = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);

const bytesOf = (heap: Heap, nodes: readonly number[]): number =>
  nodes.reduce((sum, n) => sum + heap.nodes[n]!.size, 0);

/** Largest first, ties by type. */
function byType(heap: Heap, nodes: readonly number[]): unknown[] {
  const types = typesOf(heap);
  return [...new Set(nodes.map((n) => types[n]!))]
    .map((type) => {
      const own = nodes.filter((n) => types[n] === type);
      return { type, count: own.length, bytes: bytesOf(heap, own) };
    })
    .sort((a, b) => b.bytes - a.bytes || (a.type < b.type ? -1 : 1));
}
