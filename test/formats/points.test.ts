/** Some nodes of a file, read from where points say that they are: heaps in every form come in; what is read must be what a reading of the whole gives. */
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openAny, openSource } from '../../lib/formats/open.ts';
import { findPoints, sourceAt } from '../../lib/formats/points.ts';
import { Bits } from '../../lib/graph/store/bits.ts';
import { REFS } from '../../lib/stream/batch.ts';
import { InputError } from '../../lib/stream/errors.ts';
import type { Points } from '../../lib/stream/points.ts';
import { ALL_COLUMNS, type Columns } from '../../lib/stream/source.ts';
import { anyNodes, canonicalLines, holds } from '../stream/arbitrary.ts';
import { collect, type Item, NODES_ONLY, type Node } from '../stream/collect.ts';
import { sameRecords } from '../support/compare.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { type Heap, heap } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { shop } from '../support/small.ts';
import { tempFolder } from '../support/temp.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';
import { anyHeap } from './anyHeap.ts';
import { BARE, withScratch } from './reading.ts';

const START = '{"snap":"start","schema":1,"part":true}';
const file = join(tempFolder('points'), 'heap');
const sets: readonly Columns[] = [
  ALL_COLUMNS,
  NODES_ONLY,
  BARE,
  { names: false, extras: false, refs: true },
  { names: true, extras: false, refs: false },
];
const forms = [
  ['as Node 20 writes it', (h: Heap) => v8Text(h, node20)],
  ['as Node 26 writes it', (h: Heap) => v8Text(h, node26)],
  ['as a node stream', streamText],
] as const;

/** Reads wanted nodes alone, with each set of columns, and all nodes; throws where they differ. */
async function readsTheSame(path: string, choose: (nodes: readonly Node[]) => Iterable<number>): Promise<void> {
  const all = await wholeOf(path, ALL_COLUMNS);
  const wanted = new Bits(1);
  for (const n of choose(all)) wanted.add(n);
  const extras = new Map(all.map(({ n, extra }) => [n, extra]));
  // They are stored between being found and being used.
  const points = structuredClone(await withOpened(path, findPoints));
  strictEqual(points.nodes, (all.at(-1)?.n ?? -1) + 1);
  for (const columns of sets) {
    const expected = (await wholeOf(path, columns)).filter(({ n }) => wanted.has(n));
    const { items, verdict } = await someOf(path, points, columns, wanted, extras);
    sameRecords(items, expected, JSON.stringify(columns));
    deepStrictEqual(verdict, { notes: [], part: false });
    const only = (await wholeOf(path, { ...columns, only: wanted })).filter(({ n }) => wanted.has(n));
    sameRecords(only, expected, `${JSON.stringify(columns)} of those only`);
    const again = await secondOf(path, { ...columns, only: wanted });
    if (again !== undefined)
      sameRecords(
        again.filter(({ n }) => wanted.has(n)),
        expected,
        `${JSON.stringify(columns)} of those only, the second time`,
      );
  }
}

const wholeOf = (path: string, columns: Columns): Promise<readonly Node[]> =>
  withOpened(path, async (opened) =>
    (await collect(await openSource(opened, columns), columns)).items.filter((item: Item) => typeof item !== 'string'),
  );

/** Of a V8 snapshot, which can be read twice: what it gives when it has been read before, so that it is known where its nodes stand. */
const secondOf = (path: string, columns: Columns): Promise<readonly Node[] | undefined> =>
  withOpened(path, async (opened) => {
    if (opened.format !== 'v8') return undefined;
    await collect(await openSource(opened, ALL_COLUMNS), ALL_COLUMNS);
    const { items } = await collect(await openSource(opened, columns), columns);
    return items.filter((item: Item) => typeof item !== 'string');
  });

const someOf = (
  path: string,
  points: Points,
  columns: Columns,
  wanted: Bits,
  extras: ReadonlyMap<number, string>,
): ReturnType<typeof collect> =>
  withOpened(path, async (opened) =>
    collect(await sourceAt(opened, points, columns, wanted, (n) => extras.get(n) ?? ''), columns),
  );

function withOpened<T>(path: string, use: (opened: Awaited<ReturnType<typeof openAny>>) => Promise<T>): Promise<T> {
  return withScratch(async (scratch) => {
    const opened = await openAny(path, true, scratch);
    try {
      return await use(opened);
    } finally {
      opened.input.close();
    }
  });
}

/** So many copies of a heap behind each other, so that it has more nodes than stand between two points. */
function copies({ nodes, ...rest }: Heap, count: number): Heap {
  const all = Array.from({ length: count }, (_, copy) =>
    nodes.map(({ refs, ...node }) => ({
      ...node,
      refs: refs.map(([kind, name, to]) => [kind, name, to + copy * nodes.length] as const),
    })),
  );
  return { ...rest, nodes: all.flat() };
}

/** Few nodes, many, all or none; in clusters or scattered. */
const anyChoice = fc
  .record({
    share: fc.constantFrom(0, 0.005, 0.03, 0.3, 1),
    seed: fc.nat(),
    cluster: fc.constantFrom(1, 5, 80),
  })
  .map(({ share, seed, cluster }) => (nodes: readonly Node[]): number[] => {
    const isIn = (n: number): boolean =>
      ((Math.imul(Math.floor(n / cluster) + seed, 0x9e3779b1) >>> 8) & 0xffff) < share * 0x10000;
    return nodes.map(({ n }) => n).filter(isIn);
  });

for (const [form, write] of forms) {
  test(`any nodes of any heap ${form} are read from their places as a full reading gives them`, () =>
    holds(
      fc.asyncProperty(anyHeap, fc.integer({ min: 1, max: 60 }), anyChoice, async (small, count, choose) => {
        writeFileSync(file, write(copies(small, count)));
        await readsTheSame(file, choose);
      }),
      60,
    ));
}

test('any nodes of a stream that leaves nodes out are read from their lines', () =>
  holds(
    fc.asyncProperty(anyNodes(false), anyChoice, async (nodes, choose) => {
      writeFileSync(file, `${START}\n${canonicalLines(nodes).join('\n')}\n`);
      await readsTheSame(file, choose);
    }),
    100,
  ));

// Every second one: each is read eleven times.
for (const fixture of fixtures.filter((_, i) => i % 2 === 0)) {
  test(`some nodes of ${fixture.name} are read from their places as a full reading gives them`, () =>
    readsTheSame(unzipped(fixture), (nodes) =>
      nodes.map(({ n }) => n).filter((n) => (Math.imul(n, 0x9e3779b1) >>> 8) % 97 === 0),
    ));
}

/** A heap with an array of 70,000 references, which is more than a batch or a line holds, among other nodes. */
function withArray(): Heap {
  const h = heap();
  const others = Array.from({ length: 20 }, (_, i) => h.node(`Before${i}`).points('root', h.root));
  const array = h.node('', { kind: 'array' });
  for (let i = 0; i < 70_000; i++) array.points(i, others[i % 20]!, 'element');
  for (let i = 0; i < 200; i++) h.node(`Behind${i}`).points('array', array).points('root', h.root);
  return h.build();
}

for (const [form, write] of forms) {
  test(`an array of more references than a batch holds, ${form}, comes in parts or is passed over`, async () => {
    writeFileSync(file, write(withArray()));
    await readsTheSame(file, () => [21]);
    await readsTheSame(file, () => [20, 21, 22, 100, 200]);
    await readsTheSame(file, () => [20, 22, 40]);
    const points = await withOpened(file, findPoints);
    const wanted = new Bits(32);
    wanted.add(21);
    await withOpened(file, async (opened) => {
      let batches = 0;
      for await (const batch of (await sourceAt(opened, points, ALL_COLUMNS, wanted)).batches) {
        ok(batch.refs <= REFS);
        batches++;
      }
      ok(batches > 4, `${batches} batches`);
    });
  });
}

test('without extras of their own, nodes of a snapshot say what their record says: whether they are detached', async () => {
  const h = heap();
  const gone = h.node('<p>', { kind: 'native', detached: 2, at: [1, 2, 3] });
  h.root.points('gone', gone);
  writeFileSync(file, v8Text(h.build(), node26));
  const wanted = new Bits(2);
  wanted.add(1);
  const points = await withOpened(file, findPoints);
  const { items } = await withOpened(file, async (opened) =>
    collect(await sourceAt(opened, points, ALL_COLUMNS, wanted), ALL_COLUMNS),
  );
  deepStrictEqual(
    items.map((item) => typeof item === 'object' && item.extra),
    ['"detached":true'],
  );
});

test('records that nobody knows and a last line without its newline stand in nobody’s way', async () => {
  const lines = streamText(copies(shop(), 12)).trimEnd().split('\n');
  const mixed = lines.flatMap((line, i) => (i % 7 === 3 ? ['{"snap":"mine","value":1}', line] : [line]));
  writeFileSync(file, mixed.slice(0, -1).join('\n'));
  await readsTheSame(file, (nodes) => nodes.map(({ n }) => n).filter((n) => n % 29 === 0 || n === nodes.length - 1));
});

const text = v8Text(shop(), node26);
const stream = streamText(shop());
for (const [what, content, says] of [
  ['a pretty-printed snapshot', oddV8Text(shop(), { space: '\n  ' }), /is laid out in an unusual way.*snap-parse/],
  [
    'a snapshot with spaces among its edges alone',
    text.replace(/"edges":\[(\d+),/, '"edges":[$1, '),
    /is laid out in an unusual way.*snap-parse/,
  ],
  [
    'a snapshot with its sections backwards',
    oddV8Text(shop(), { order: ['strings', 'locations', 'edges', 'nodes', 'snapshot'] }),
    /is laid out in an unusual way.*snap-parse/,
  ],
  ['a stream with spaces', stream.replaceAll('{"n"', '{ "n"'), /not written as snap-parse writes.*snap-parse/],
  ['a stream with blank lines', stream.replaceAll('\n', '\n\n'), /not written as snap-parse writes.*snap-parse/],
  ['a zipped snapshot', gzipSync(text), /zipped.*gunzip/],
  ['a zipped stream', gzipSync(stream), /zipped.*gunzip/],
  [
    'a snapshot with too few edges',
    text.replace(/"edges":\[\d+,\d+,\d+,/, '"edges":['),
    /byte [\d,]+: the edges end early/,
  ],
] as const) {
  test(`${what} has no places that could be kept, and the message says what to do`, async () => {
    writeFileSync(file, content);
    await rejects(withOpened(file, findPoints), (error: unknown) => {
      ok(error instanceof InputError && says.test(error.message), String(error));
      ok(error.message.startsWith(`${file}: `));
      return true;
    });
  });
}

test('the next of a set of nodes is found across empty words, and beyond its end there is none', () => {
  const wanted = new Bits(300);
  for (const n of [0, 31, 32, 63, 200, 255]) wanted.add(n);
  deepStrictEqual(
    [0, 1, 31, 32, 33, 64, 200, 201, 255].map((n) => wanted.next(n)),
    [0, 31, 31, 32, 63, 200, 200, 255, 255],
  );
  for (const n of [256, 319, 320, 1_000_000]) strictEqual(wanted.next(n), Number.POSITIVE_INFINITY);
});
