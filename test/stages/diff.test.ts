/** Comparisons: random pairs of snapshots come in, what a Map and a loop say of them goes out, in memory, on disk, and whatever the ids are. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { Differences } from '../../lib/stages/diff.ts';
import { ABSENT, OTHER } from '../../lib/stages/idPages.ts';
import { KeyCodes } from '../../lib/stages/keyCodes.ts';
import type { GroupKey } from '../../lib/stages/keys.ts';

type Key = GroupKey & keyof Node;

import { Known } from '../../lib/stages/match.ts';
import { randomFrom } from '../../lib/stages/sample.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { inPieces } from '../stream/collect.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('diff');
const scratch = new Scratch(folder, (note) => ok(false, note));

interface Node {
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  readonly size: number;
}

interface Amount {
  count: number;
  bytes: number;
}

type Row = { keys: readonly string[] } & Record<'before' | 'after' | 'new' | 'gone' | 'resized' | 'delta', Amount>;

/** The plain way: a Map of what was there, and a Map of sums. */
function naive(before: readonly Node[], after: readonly Node[], by: readonly Key[]): Row[] {
  const sums = new Map<string, Row>();
  const rowOf = (node: Node): Row => {
    const keys = by.map((key) => node[key]);
    const nothing = (): Amount => ({ count: 0, bytes: 0 });
    const row = sums.get(JSON.stringify(keys)) ?? {
      keys,
      ...{ before: nothing(), after: nothing(), new: nothing() },
      ...{ gone: nothing(), resized: nothing(), delta: nothing() },
    };
    sums.set(JSON.stringify(keys), row);
    return row;
  };
  const add = (amount: Amount, bytes: number, count = 1): void => {
    amount.count += count;
    amount.bytes += bytes;
  };
  const left = new Map(before.map((node) => [node.id, node]));
  for (const node of before) {
    add(rowOf(node).before, node.size);
    add(rowOf(node).delta, -node.size, -1);
  }
  for (const node of after) {
    add(rowOf(node).after, node.size);
    add(rowOf(node).delta, node.size);
    const earlier = left.get(node.id);
    const isSame = earlier?.type === node.type && by.every((key) => earlier[key] === node[key]);
    if (!isSame) add(rowOf(node).new, node.size);
    else {
      left.delete(node.id);
      if (earlier.size !== node.size) add(rowOf(node).resized, node.size - earlier.size);
    }
  }
  for (const node of left.values()) add(rowOf(node).gone, node.size);
  const texts = (row: Row): string =>
    row.keys
      .map((key) => JSON.stringify(key))
      .join('\0')
      .slice(0, -1);
  return [...sums.values()].sort(
    (a, b) =>
      Math.abs(b.delta.bytes) - Math.abs(a.delta.bytes) ||
      b.delta.bytes - a.delta.bytes ||
      b.delta.count - a.delta.count ||
      Buffer.compare(Buffer.from(texts(a)), Buffer.from(texts(b))),
  );
}

async function compared(before: readonly Node[], after: readonly Node[], by: readonly Key[]): Promise<Row[]> {
  const codes = new KeyCodes(by.includes('type') ? by : [...by, 'type']);
  const sums = new Differences(codes);
  const pass = async (nodes: readonly Node[], take: (id: number, code: number, size: number, n: number) => void) => {
    const text = nodes.map((node, n) => `${JSON.stringify({ n, ...node })}\n`).join('');
    const columns = { names: by.includes('name'), extras: false, refs: false };
    const source = await decodeStream('the stream', inPieces(text), columns);
    for await (const batch of source.batches) {
      codes.take(batch);
      for (let row = 0; row < batch.length; row++)
        take(batch.id[row]!, codes.rows[row]!, batch.size[row]!, batch.n[row]!);
    }
  };
  const known = new Known(Number.POSITIVE_INFINITY, scratch);
  await pass(before, (id, code, size) => {
    sums.before(code, 1, size);
    known.put(id, code, size);
  });
  await known.judge(
    (take) => pass(after, take),
    (found, _, code, size) => (found >= 0 ? sums.kept(code, found, size) : sums.fresh(code, 1, size)),
  );
  return [...sums.rows(by.length, true).inOrder()].map(({ keys, before, after, delta, matched }) => {
    ok(matched);
    return { keys, before, after, ...matched, delta };
  });
}

/** Few ids and names, so that the two meet often; some are addresses. */
const anyNode = fc.record({
  id: fc.oneof(
    fc.nat(12).map((i) => 2 * i + 1),
    fc.nat(6).map((i) => 2 ** 32 + 8 * i),
    fc.constantFrom(0, 4095, 4096, 2 ** 32 - 1, 2 ** 47 + 1, 2 ** 53 - 1),
  ),
  kind: fc.constantFrom('object', 'string'),
  type: fc.constantFrom('A', 'B', 'A b', '"', '\u0000'),
  name: fc.constantFrom('A', 'x', ''),
  size: fc.constantFrom(0, 8, 16, 2 ** 32 - 1, 2 ** 32, 2 ** 40),
});
const anySnapshot = fc.uniqueArray(anyNode, { selector: ({ id }) => id, minLength: 1, maxLength: 25 });
const keySets: readonly (readonly Key[])[] = [['type'], ['kind'], ['name'], ['name', 'kind'], ['kind', 'type']];

test('rows by any keys are those of a Map and a loop, and their sums add up', async () => {
  await fc.assert(
    fc.asyncProperty(anySnapshot, anySnapshot, fc.constantFrom(...keySets), async (before, after, by) => {
      const rows = await compared(before, after, by);
      deepStrictEqual(rows, naive(before, after, by));
      for (const row of rows) {
        strictEqual(row.delta.count, row.new.count - row.gone.count);
        strictEqual(row.delta.bytes, row.new.bytes - row.gone.bytes + row.resized.bytes);
        strictEqual(row.delta.bytes, row.after.bytes - row.before.bytes);
      }
      const total = (nodes: readonly Node[]): number => nodes.reduce((sum, { size }) => sum + size, 0);
      strictEqual(
        rows.reduce((sum, { delta }) => sum + delta.bytes, 0),
        total(after) - total(before),
      );
    }),
    { numRuns: 400 },
  );
});

type Entry = readonly [id: number, code: number, size: number];

/** As many nodes as are looked at between two decisions on memory, twice, and then some: before, and after. */
function manyNodes(idAt: (i: number, random: () => number) => number, seed: number): readonly [Entry[], Entry[]] {
  const random = randomFrom(seed);
  const ids = [...new Set(Array.from({ length: 180_000 }, (_, i) => idAt(i, random)))];
  const codeOf = (id: number): number => (id % 1009 === 0 ? 70_000 : id % 50);
  const sizeOf = (id: number): number => (id % 2003 === 0 ? 2 ** 33 + 8 : 8 * (id % 9));
  const before = ids.filter(() => random() < 0.8).map((id): Entry => [id, codeOf(id), sizeOf(id)]);
  const after = ids
    .filter(() => random() < 0.8)
    .map((id): Entry => [id, codeOf(id) + (random() < 0.01 ? 1 : 0), sizeOf(id) + (random() < 0.1 ? 8 : 0)]);
  return [before, after.sort(() => random() - 0.5)];
}

const kindsOfIds: readonly (readonly [string, (i: number, random: () => number) => number])[] = [
  ['counters, as V8 has them', (i) => 2 * i + 1],
  ['addresses, as Python has them', (i, random) => 0x7f00_0000_0000 + 16 * Math.floor(i * 6 + 3 * random())],
  ['counters of which few are left', (i, random) => Math.floor(random() * 2 ** 31) * 2 + (i % 2)],
  ['any numbers', (_, random) => Math.floor(random() * 2 ** 53)],
];

for (const [i, [name, idAt]] of kindsOfIds.entries()) {
  for (const [where, budget] of [
    ['with all the memory they like', Number.POSITIVE_INFINITY],
    ['with hardly any', 0],
  ] as const) {
    test(`nodes whose ids are ${name} are matched as by a Map, ${where}`, async () => {
      const [before, after] = manyNodes(idAt, 11 + i);
      const known = new Known(budget, scratch);
      for (const [id, code, size] of before) known.put(id, code, size);
      const expected = new Map(before.map(([id, code, size]) => [id, { code, size }]));
      const seen = new Uint8Array(after.length);
      let wrong = 0;
      await known.judge(
        async (take) => {
          for (const [n, [id, code, size]] of after.entries()) take(id, code, size, n);
        },
        (found, id, code, size, n) => {
          const earlier = expected.get(id);
          const wanted = earlier === undefined ? ABSENT : earlier.code === code ? earlier.size : OTHER;
          if (found !== wanted || after[n]?.[0] !== id || after[n]?.[2] !== size) wrong++;
          seen[n]!++;
        },
      );
      strictEqual(wrong, 0);
      ok(
        seen.every((times) => times === 1),
        'each node is judged once',
      );
      deepStrictEqual(readdirSync(folder), []);
    });
  }
}

test('a node is found once, and of several with one id the first counts', async () => {
  for (const padding of [0, 1 << 17]) {
    const known = new Known(0, scratch);
    for (let i = 0; i < padding; i++) known.put(1000 + i, 1, 8);
    known.put(5, 1, 8);
    known.put(5, 1, 16);
    known.put(7, 2, 8);
    const found: number[] = [];
    await known.judge(
      async (take) => {
        for (const [n, id] of [5, 5, 7].entries()) take(id, 1, 8, n);
      },
      (size) => found.push(size),
    );
    deepStrictEqual(found.sort(), [8, ABSENT, OTHER].sort(), padding === 0 ? 'in memory' : 'on disk');
  }
});
