/** Groups: random nodes come in, the rows that a plain count gives go out, whatever the budget, the parts, and the dictionaries. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Scratch } from '../../lib/disk/scratch.ts';
import { type GroupOrder, Groups } from '../../lib/stages/group.ts';
import { GROUP_KEYS, type GroupKey } from '../../lib/stages/keys.ts';
import { randomFrom } from '../../lib/stages/sample.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { token } from '../../lib/stream/json.ts';
import { inPieces } from '../stream/collect.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('group');
const scratch = new Scratch(folder, (note) => ok(false, note));

interface Row {
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  readonly size: number;
  /** Fields that only some nodes have. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

const odd = ['', '"', '\0', '\u0001', '\ud800', '🦉', 'Foo', 'Foo bar', 'Foo\0bar', '\\', 'é'];

const python = ['dict', 'frame', 'traceback', 'code', 'function'];
/** With what a search for a field's name alone would stumble over. */
const fields = [
  { owner: 'a.Foo' },
  { owner: 'a "quoted" \ud800' },
  { owner: 7, at: '1:2:3' },
  { at: '/a b.js:1:2' },
  { refcount: 3, owner: 'é', at: '12:0:44' },
  { x_owner: 'no', note: ',"owner":"no","at":"no"' },
  { note: { owner: 'no' }, at: 'é"', list: ['owner', { at: 'no' }] },
];

function rowsOf(count: number, names: number, seed: number): Row[] {
  const random = randomFrom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  return Array.from({ length: count }, () => {
    const type =
      random() < 0.1
        ? odd[below(odd.length)]!
        : random() < 0.2
          ? python[below(python.length)]!
          : `Type ${below(Math.ceil(names / 50))}`;
    return {
      kind: ['object', 'string', 'closure', 'native'][below(4)]!,
      type,
      name:
        random() < 0.3 ? type : random() < 0.1 ? odd[below(odd.length)]! : `${'name '.repeat(below(5))}${below(names)}`,
      size: below(5) * 8,
      ...(random() < 0.5 ? {} : { fields: fields[below(fields.length)]! }),
    };
  });
}

const textOf = (rows: readonly Row[]): string =>
  rows
    .map(
      ({ kind, type, name, size, fields: more }, n) =>
        `${JSON.stringify({ n, id: n, kind, type, ...(name === type ? {} : { name }), size, ...more })}\n`,
    )
    .join('');

async function add(groups: Groups, rows: readonly Row[]): Promise<void> {
  const source = await decodeStream('the stream', inPieces(textOf(rows)), { names: true, extras: true, refs: false });
  for await (const batch of source.batches) groups.add(batch);
}

interface Counted {
  readonly keys: readonly string[];
  count: number;
  bytes: number;
}

function groupedBy({ fields: more = {}, ...row }: Row, key: GroupKey): string {
  if (key === 'owner')
    return typeof more['owner'] === 'string'
      ? `${row.type} of ${more['owner']}`
      : row.type === 'dict'
        ? 'dict (no owner)'
        : row.type;
  if (key !== 'place') return row[key];
  if (typeof more['at'] === 'string') return more['at'];
  return python.slice(1).includes(row.type) && row.name !== row.type ? row.name : '(no place)';
}

/** The plain way: a Map and a sort. */
function counted(rows: readonly Row[], by: readonly GroupKey[], order: GroupOrder): Counted[] {
  const groups = new Map<string, Counted>();
  for (const row of rows) {
    const keys = by.map((key) => groupedBy(row, key));
    const id = JSON.stringify(keys);
    const group = groups.get(id) ?? { keys, count: 0, bytes: 0 };
    groups.set(id, group);
    group.count++;
    group.bytes += row.size;
  }
  // Ties are in the order of their keys as they are written.
  const written = ({ keys }: Counted): Buffer =>
    Buffer.from(
      keys
        .map((key) => JSON.stringify(key))
        .join('\0')
        .slice(0, -1),
    );
  return [...groups.values()].sort((a, b) => b[order] - a[order] || Buffer.compare(written(a), written(b)));
}

const keySets: readonly (readonly GroupKey[])[] = [
  ['type'],
  ['kind'],
  ['name'],
  ['kind', 'name'],
  ['type', 'name'],
  ['name', 'type', 'kind'],
  ['type', 'kind'],
  ['owner'],
  ['place'],
  ['place', 'kind', 'owner'],
];

for (const by of keySets) {
  test(`rows by ${by.join(', ')} are those of a plain count, in memory and with budgets that send them to disk`, async () => {
    const rows = rowsOf(20_000, 6000, by.length);
    for (const order of ['count', 'bytes'] as const) {
      const expected = counted(rows, by, order);
      for (const budget of [1 << 28, 400_000, 60_000]) {
        const groups = new Groups(by, budget, scratch);
        await add(groups, rows);
        const { totals, rows: given } = groups.finish(order, undefined);
        deepStrictEqual([...given], expected);
        deepStrictEqual(totals, {
          groups: expected.length,
          count: rows.length,
          bytes: rows.reduce((sum, { size }) => sum + size, 0),
        });
      }
    }
    deepStrictEqual(readdirSync(folder), []);
  });
}

test('the first so many rows are the first of all rows, with ties where the cut is, and the totals are of all', async () => {
  const rows = rowsOf(5000, 3000, 9);
  for (const order of ['count', 'bytes'] as const) {
    const expected = counted(rows, ['name'], order);
    for (const top of [0, 1, 2, 3, 10, 100, 777, expected.length - 1, expected.length, expected.length + 1, 1e9]) {
      for (const budget of [1 << 28, 60_000]) {
        const groups = new Groups(['name'], budget, scratch);
        await add(groups, rows);
        const { totals, rows: given } = groups.finish(order, top);
        deepStrictEqual([...given], expected.slice(0, top));
        strictEqual(totals.groups, expected.length);
      }
    }
  }
});

test('rows of parts add up to the rows of the whole, in memory and on disk', async () => {
  const rows = rowsOf(12_000, 3000, 4);
  const by = ['type', 'name'] as const;
  for (const budget of [1 << 28, 60_000]) {
    const merged = new Groups(by, budget, scratch);
    for (let part = 0; part < 4; part++) {
      const groups = new Groups(by, 1 << 28, scratch);
      await add(groups, rows.slice(part * 3000, (part + 1) * 3000));
      for (const { keys, count, bytes } of groups.finish('count', undefined).rows) {
        merged.addRow(
          Buffer.concat(keys.flatMap((key, i) => (i === 0 ? [token(key)] : [Uint8Array.of(0), token(key)]))),
          count,
          bytes,
        );
      }
    }
    deepStrictEqual([...merged.finish('bytes', undefined).rows], counted(rows, by, 'bytes'));
  }
});

test('rows that count nothing are kept apart from their neighbours, in memory and on disk alike', () => {
  const rows = [
    ['A', 0, 5],
    ['B', 2, 7],
    ['C', 0, 0],
    ['D', 1, 1],
  ] as const;
  const results = [1 << 28, 60_000].map((budget) => {
    const groups = new Groups(['type'], budget, scratch);
    for (const [type, count, bytes] of rows) groups.addRow(token(type), count, bytes);
    // Many more, so that the small budget is not enough.
    for (let i = 0; i < 3000; i++) groups.addRow(token(`filler ${i}`), 1, 0);
    const { totals, rows: given } = groups.finish('bytes', undefined);
    return { totals, rows: [...given].filter(({ keys }) => !keys[0]!.startsWith('filler')) };
  });
  deepStrictEqual(results[1], results[0]);
  deepStrictEqual(
    results[0]!.rows.find(({ keys }) => keys[0] === 'B'),
    { keys: ['B'], count: 2, bytes: 7 },
  );
});

test('more types than a dictionary keeps, so that codes begin anew in mid-stream, have the sums they should', async () => {
  const rows = Array.from(
    { length: 150_000 },
    (_, i): Row => ({ kind: `k${i % 3}`, type: `T${(i * 7) % 70_000}`, name: 'n', size: i % 10 }),
  );
  for (const by of [['type'], ['kind']] as const) {
    for (const budget of [1 << 28, 1_000_000]) {
      const groups = new Groups(by, budget, scratch);
      await add(groups, rows);
      deepStrictEqual([...groups.finish('bytes', undefined).rows], counted(rows, by, 'bytes'));
    }
  }
});

test('no nodes are no rows', () => {
  for (const key of GROUP_KEYS) {
    const { totals, rows } = new Groups([key], 1 << 20, scratch).finish('count', undefined);
    deepStrictEqual([...rows], []);
    deepStrictEqual(totals, { groups: 0, count: 0, bytes: 0 });
  }
});
