/** Snapshots with more of something than a block or a batch holds: references of one node, locations, types; and numbers at their limits. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../../lib/stages/sample.ts';
import { type Heap, heap } from '../support/heap.ts';
import { readStream } from '../support/nodeStream.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';
import { nodesOf, readFile, readPipe, readsAs } from './reading.ts';

test('a node with 200,000 edges is read whole, and those before and behind it', async () => {
  const h = heap();
  const before = h.node('Before');
  const array = h.node('Array', { size: 16, at: [1, 2, 3], detached: 1 });
  const behind = h.node('Behind');
  const empty = h.node('Empty');
  const exact = [16_384, 16_383, 16_385, 32_768].map((count) => ({ count, node: h.node(`Of ${count}`) }));
  const last = h.node('Last');
  for (let i = 0; i < 200_000; i++) array.points(i % 3 === 0 ? `key${i % 1000}` : i, i % 2 === 0 ? behind : before);
  before.points('next', array);
  behind.points('next', empty);
  for (const { count, node } of exact) for (let i = 0; i < count; i++) node.points(i, last);
  last.points('first', h.root);
  for (const layout of [node20, node26]) {
    const expected = nodesOf(h.build());
    const { items, text } = await readFile(v8Text(h.build(), layout));
    deepStrictEqual(items, expected);
    const { nodes } = readStream(text);
    deepStrictEqual(
      nodes.map(({ refs }) => refs?.length),
      expected.map(({ refs }) => refs?.length),
    );
  }
  deepStrictEqual((await readPipe(oddV8Text(h.build(), { space: ' ' }))).items, nodesOf(h.build()));
});

test('ids above 2^31, sizes above 2^32 and indexes up to 2^53 - 1 are read as they are', async () => {
  const h = heap({ extraNativeBytes: Number.MAX_SAFE_INTEGER });
  for (const value of [
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32 - 1,
    2 ** 32,
    10 ** 9,
    10 ** 10 - 1,
    10 ** 15,
    Number.MAX_SAFE_INTEGER,
  ]) {
    h.root.points(value, h.node('A', { id: value, size: value })).points(value, h.root, 'hidden');
  }
  await readsAs(v8Text(h.build(), node20), nodesOf(h.build()));
});

/** As many nodes as told, with locations in an order of its own. */
function located(
  count: number,
  order: (locations: number[][]) => number[][],
): { text: string; expected: ReturnType<typeof nodesOf> } {
  const h = heap();
  for (let i = 1; i < count; i++) h.node('A', i % 5 === 0 ? {} : { at: [i % 77, i, 4_294_967_295 - i] });
  const made: Heap = h.build();
  const rows = made.nodes.flatMap(({ at }, n) => (at === undefined ? [] : [[6 * n, ...at]]));
  const text = v8Text(made, node26);
  const start = text.indexOf('"locations":[') + 13;
  return {
    text: text.slice(0, start) + order(rows).join(',') + text.slice(text.indexOf(']', start)),
    expected: nodesOf(made),
  };
}

test('locations in any order, more of them than are held at a time, come to their nodes', async () => {
  const random = randomFrom(3);
  for (const order of [
    (rows: number[][]) => rows,
    (rows: number[][]) => rows.reverse(),
    (rows: number[][]) =>
      rows
        .map((row) => ({ row, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ row }) => row),
    (rows: number[][]) => [...rows.filter((_, i) => i % 2 === 1), ...rows.filter((_, i) => i % 2 === 0)],
  ]) {
    const { text, expected } = located(200_000, order);
    const { items } = await readFile(text, { names: false, extras: true, refs: false });
    strictEqual(items.length, expected.length);
    for (const [n, item] of items.entries())
      ok(typeof item === 'object' && item.extra === expected[n]!.extra, `node ${n}`);
  }
});

test('of two locations of one node it is always the same one that counts, near each other or far apart', async () => {
  const extras = async (order: (rows: number[][]) => number[][]): Promise<Set<string>> => {
    const { items } = await readFile(located(150_000, order).text, { names: false, extras: true, refs: false });
    return new Set([7, 66_666, 149_999].map((n) => (typeof items[n] === 'object' ? items[n].extra : '')));
  };
  const twice = [7, 66_666, 149_999].map((n) => [6 * n, 1, 1, 1]);
  const before = await extras((rows) => [...twice, ...rows]);
  const behind = await extras((rows) => [...rows, ...twice]);
  const beside = await extras((rows) => rows.flatMap((row) => [row, ...twice.filter(([at]) => at === row[0])]));
  deepStrictEqual(behind, beside);
  ok(before.has('"at":"1:1:1"') !== behind.has('"at":"1:1:1"'));
});

test('locations of nodes that are not there, or without the columns for them, do no harm', async () => {
  const { text, expected } = located(100, (rows) => [[6 * 4_000_000_000, 1, 2, 3], ...rows, [600, 1, 2, 3]]);
  deepStrictEqual((await readFile(text)).items, expected);
  const without = (await readFile(text.replace('"object_index"', '"object_at"'))).items;
  deepStrictEqual(
    without,
    expected.map((node) => ({ ...node, extra: '' })),
  );
});

test('more types than a dictionary keeps are all there, and the same in every way of reading', async () => {
  const h = heap();
  for (let i = 0; i < 70_000; i++) h.node(`Type ${i}`, { size: i });
  for (let i = 0; i < 70_000; i += 3) h.node(`Type ${i}`, { size: i });
  const expected = nodesOf(h.build());
  const text = v8Text(h.build(), node26);
  for (const columns of [
    { names: true, extras: true, refs: true },
    { names: false, extras: false, refs: false },
  ]) {
    const { items } = await readFile(text, columns);
    strictEqual(items.length, expected.length);
    for (const [n, item] of items.entries())
      ok(typeof item === 'object' && item.type === expected[n]!.type && item.size === expected[n]!.size, `node ${n}`);
  }
});
