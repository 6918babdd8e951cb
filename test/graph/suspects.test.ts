/** Where a heap accumulates: small heaps of which anybody can say it, and what must be true of the answer on random graphs. */
import { deepStrictEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { type HeapBuilder, heap, type NodeHandle } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { type RetainedNode, retain } from '../support/retained.ts';
import { testFile } from '../support/root.ts';
import { anyGraph, asHeap, everyKind } from './anyGraph.ts';

interface Suspect {
  readonly n?: number;
  readonly type?: string;
  readonly class?: string;
  readonly count?: number;
  readonly share: number;
  readonly bytes: number;
  readonly retained: number;
  readonly path?: readonly { readonly via: string; readonly type: string }[];
  readonly classes: readonly { readonly class: string; readonly count: number; readonly bytes: number }[];
}

const suspects = (stdin: string): Promise<Suspect[]> => retain<Suspect>(['--suspects'], { stdin });

/** A program's global object, which holds a thousand bytes of its own in ten parts. */
function program(): { readonly h: HeapBuilder; readonly global: NodeHandle } {
  const h = heap();
  const global = h.node('global', { size: 10 });
  h.root.points('global', global, 'shortcut').points(0, global);
  for (let i = 0; i < 33; i++) global.points(`part${i}`, h.node(`Part${i}`, { size: 30 }));
  return { h, global };
}

const told = (rows: readonly Suspect[]) => rows.map(({ type, class: name, bytes }) => [type ?? name, bytes]);

test('a chain of one class is told as its head, with all that it holds', async () => {
  const { h, global } = program();
  const chain = Array.from({ length: 100 }, () => h.node('Link', { size: 10 }));
  for (const [i, link] of chain.entries()) {
    link.points('load', h.node('Load', { size: 20 }));
    if (i > 0) chain[i - 1]!.points('next', link);
  }
  global.points('list', chain[0]!);
  const [row, ...others] = await suspects(streamText(h.build()));
  deepStrictEqual(others, []);
  deepStrictEqual([row!.n, row!.share, row!.bytes], [chain[0]!.n, 0.75, 3000]);
  deepStrictEqual(
    row!.path?.map(({ via }) => via),
    ['global', 'list'],
  );
  deepStrictEqual(row!.classes, [
    { class: 'Load', count: 100, bytes: 2000 },
    { class: 'Link', count: 100, bytes: 1000 },
  ]);
});

for (const period of [2, 3, 4]) {
  test(`a chain in which ${period} classes come again and again is told as its head`, async () => {
    const { h, global } = program();
    const chain = Array.from({ length: 240 }, (_, i) => h.node(`Kind${i % period}`, { size: 10 }));
    for (const [i, link] of chain.entries()) if (i > 0) chain[i - 1]!.points('next', link);
    global.points('first', chain[0]!);
    const rows = await suspects(streamText(h.build()));
    deepStrictEqual(told(rows), [['Kind0', 2400]]);
    deepStrictEqual(rows[0]!.n, chain[0]!.n);
  });
}

test('what is large within something large is told for itself, and no byte twice', async () => {
  const { h, global } = program();
  const cache = h.node('Cache', { size: 400 });
  const giant = h.node('Giant', { size: 2000 });
  for (let i = 0; i < 20; i++) cache.points(i, h.node('Entry', { size: 30 }));
  global.points('cache', cache.points('giant', giant));
  const rows = await suspects(streamText(h.build()));
  deepStrictEqual(told(rows), [
    ['Giant', 2000],
    ['Cache', 1000],
  ]);
  deepStrictEqual(rows[1]!.retained, 3000);
  deepStrictEqual(rows[1]!.classes, [
    { class: 'Entry', count: 20, bytes: 600 },
    { class: 'Cache', count: 1, bytes: 400 },
  ]);
});

test("the storage of a Map is the Map's, and so are several chains of one class that it holds", async () => {
  const { h, global } = program();
  const map = h.node('Map', { size: 40 });
  const table = h.node('', { kind: 'array', size: 60 });
  global.points('failures', map.points('table', table, 'internal'));
  for (let i = 0; i < 5; i++) {
    const [first, second] = [h.node('Failure', { size: 150 }), h.node('Failure', { size: 150 })];
    table.points(i, first.points('cause', second), 'internal');
  }
  deepStrictEqual(told(await suspects(streamText(h.build()))), [['Map', 1600]]);
});

test('two chains of one class in a Map are two suspects: each is a third of it', async () => {
  const { h, global } = program();
  const map = h.node('Map', { size: 40 });
  const table = h.node('', { kind: 'array', size: 60 });
  global.points('failures', map.points('table', table, 'internal'));
  for (let i = 0; i < 2; i++) table.points(i, h.node('Failure', { size: 500 }), 'internal');
  deepStrictEqual(told(await suspects(streamText(h.build()))), [
    ['Failure', 500],
    ['Failure', 500],
  ]);
});

test('many objects of one class that two others hold are told as a class', async () => {
  const { h, global } = program();
  const [byName, byId] = [h.node('Index'), h.node('Index')];
  global.points('byName', byName).points('byId', byId);
  for (let i = 0; i < 150; i++) {
    const user = h.node('User', { size: 10 }).points('address', h.node('Address', { size: 10 }));
    byName.points(i, user);
    byId.points(i, user);
  }
  const [row, ...others] = await suspects(streamText(h.build()));
  deepStrictEqual(others, []);
  deepStrictEqual([row!.class, row!.count, row!.bytes], ['User', 150, 3000]);
});

test('the global object of a program is no suspect, however much it holds', async () => {
  const { h } = program();
  deepStrictEqual(await suspects(streamText(h.build())), []);
});

test('a suspect that no root reaches has no path', async () => {
  const { h } = program();
  const lost = h.node('Lost', { size: 900 });
  const [row] = await suspects(streamText(h.build()));
  deepStrictEqual([row!.n, row!.path], [lost.n, undefined]);
});

for (const name of ['leak20', 'leak26']) {
  test(`the largest suspect of a real leak (${name}) is the cache that its program knows of`, async () => {
    const truth = JSON.parse(readFileSync(testFile('fixtures', 'v8', `${name}-truth.json`), 'utf8')) as {
      readonly holder: { readonly variable: string; readonly kind: string };
      readonly afterCounts: { readonly QueryError: number };
    };
    const after = fixtures.find((fixture) => fixture.name.startsWith(`${name}-after`));
    ok(after);
    const [row] = await retain<Suspect>(['--suspects', '--top', '1', unzipped(after)]);
    deepStrictEqual([row!.type, row!.path?.at(-1)?.via], [truth.holder.kind, truth.holder.variable]);
    deepStrictEqual(row!.classes[0]!.class, 'QueryError');
    deepStrictEqual(row!.classes[0]!.count, truth.afterCounts.QueryError);
  });
}

test('on random graphs each suspect has a twentieth that no other has, and holds what it says', async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph(everyKind), fc.boolean(), async (graph, isV8) => {
      const text = streamText(asHeap(graph));
      const stdin = isV8 ? text : text.replace('"format":"v8"', '"format":"x"');
      const [rows, nodes] = [await suspects(stdin), await retain<RetainedNode>(['--all'], { stdin })];
      const total = nodes[0]!.retained;
      const above = (n: number): readonly number[] => (n === 0 ? [] : [n, ...above(nodes[n]!.dominator)]);
      const objects = rows.filter(({ n }) => n !== undefined);
      for (const { n, bytes, retained, classes } of objects) {
        const mine = nodes.filter((node) => above(node.n).find((at) => objects.some((row) => row.n === at)) === n);
        deepStrictEqual(
          bytes,
          mine.reduce((sum, { shallow }) => sum + shallow, 0),
        );
        ok(bytes >= total / 20);
        deepStrictEqual(retained, nodes[n!]!.retained);
        ok(classes.reduce((sum, row) => sum + row.bytes, 0) <= bytes);
      }
      ok(rows.reduce((sum, { bytes }) => sum + bytes, 0) <= total);
      deepStrictEqual(
        objects.map(({ bytes }) => bytes),
        objects.map(({ bytes }) => bytes).sort((a, b) => b - a),
      );
    }),
    { numRuns: 18, interruptAfterTimeLimit: 300_000 },
  );
});
