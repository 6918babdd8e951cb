/** Records sorted within a small budget: random records come in, all of them come out in order; nothing is left in the folder. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { type Compare, compareBytes, Sorter } from '../../lib/disk/sort.ts';
import { randomFrom } from '../../lib/stages/sample.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('sort');
const scratch = new Scratch(folder, (note) => ok(false, note));
/** The least that a sorter takes. */
const LEAST = 1 << 16;

function sorted(records: readonly Uint8Array[], compare: Compare, budget: number): Buffer[] {
  const sorter = new Sorter(compare, budget, scratch);
  for (const record of records) sorter.add(record.length, (_view, bytes, at) => bytes.set(record, at));
  return Array.from(sorter.sorted(), ({ bytes, view, start, end }) => {
    strictEqual(view.buffer, bytes.buffer);
    return Buffer.from(bytes.subarray(start, end));
  });
}

const byBytes: Compare = compareBytes;
/** Only by the first byte: what is behind it tells equal ones apart. */
const byFirst: Compare = (a, aStart, _aEnd, b, bStart) => a.getUint8(aStart) - b.getUint8(bStart);

/** Records of up to `most` bytes, many of them alike. */
function random(count: number, most: number, seed: number): Buffer[] {
  const next = randomFrom(seed);
  return Array.from({ length: count }, () =>
    Buffer.from(
      Array.from({ length: 1 + Math.floor(next() * most) }, () => Math.floor(next() * (next() < 0.5 ? 3 : 256))),
    ),
  );
}

test('compared bytes are in the order of their numbers, the shorter first', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (a, b) => {
      const views = [a, b].map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)) as [
        DataView,
        DataView,
      ];
      strictEqual(Math.sign(compareBytes(views[0], 0, a.length, views[1], 0, b.length)), Buffer.compare(a, b));
    }),
  );
});

for (const [what, count, most] of [
  ['no records', 0, 1],
  ['one record', 1, 10],
  ['records that fit memory', 500, 40],
  ['short records in many runs', 60_000, 8],
  ['records in many runs', 20_000, 300],
] as const) {
  test(`${what} come out as Array.sort has them`, () => {
    const records = random(count, most, count);
    const expected = records
      .map((record, i) => ({ record, i }))
      .sort((a, b) => Buffer.compare(a.record, b.record) || a.i - b.i);
    for (const budget of [0, LEAST, 1 << 30])
      deepStrictEqual(
        sorted(records, byBytes, budget),
        expected.map(({ record }) => record),
      );
  });
}

test('equal records keep their order, within a run and across runs', () => {
  const next = randomFrom(5);
  const records = Array.from({ length: 30_000 }, (_, i) => {
    const record = Buffer.alloc(5);
    record[0] = Math.floor(next() * 4);
    record.writeUInt32BE(i, 1);
    return record;
  });
  const expected = [...records].sort((a, b) => a[0]! - b[0]!);
  for (const budget of [LEAST, 1 << 30]) deepStrictEqual(sorted(records, byFirst, budget), expected);
});

test('records of any length, empty ones and ones larger than a run or the budget among them, come out whole', () => {
  const lengths = [0, 1, 65_531, 65_532, 65_533, 65_536, 65_537, 200_000, 1_000_000, 3, 0, 70_000, 131_072];
  const records = Array.from({ length: 200 }, (_, i) => Buffer.alloc(lengths[i % lengths.length]!, (i * 31) % 251));
  const expected = [...records].sort(Buffer.compare);
  const actual = sorted(records, byBytes, LEAST);
  strictEqual(actual.length, expected.length);
  for (const [i, record] of actual.entries()) ok(record.equals(expected[i]!), `record ${i}`);
});

test('numbers come out in order through the view that a record is written with', () => {
  const sorter = new Sorter(
    (a, aStart, _aEnd, b, bStart) => a.getFloat64(aStart, true) - b.getFloat64(bStart, true),
    LEAST,
    scratch,
  );
  const next = randomFrom(6);
  const numbers = Array.from({ length: 50_000 }, () => next() * 1e9 - 5e8);
  for (const number of numbers) sorter.add(8, (view, _bytes, at) => view.setFloat64(at, number, true));
  deepStrictEqual(
    Array.from(sorter.sorted(), ({ view, start }) => view.getFloat64(start, true)),
    numbers.sort((a, b) => a - b),
  );
});

test('runs that come sorted are merged with those that were added one by one', () => {
  const sorter = new Sorter(byBytes, LEAST, scratch);
  const expected: Buffer[] = [];
  for (let run = 0; run < 20; run++) {
    const records = random(300, 50, run).sort(Buffer.compare);
    expected.push(...records);
    sorter.addRun(
      Uint32Array.from(records, (_, i) => i),
      (i) => records[i]!.length,
      (i, _view, bytes, at) => bytes.set(records[i]!, at),
    );
  }
  for (const record of random(5000, 30, 99)) {
    expected.push(record);
    sorter.add(record.length, (_view, bytes, at) => bytes.set(record, at));
  }
  deepStrictEqual(
    Array.from(sorter.sorted(), ({ bytes, start, end }) => Buffer.from(bytes.subarray(start, end))),
    expected.sort(Buffer.compare),
  );
});

test('nothing stands in the folder of temporary files, not even while they are open', () => {
  const sorter = new Sorter(byBytes, LEAST, scratch);
  for (const record of random(5000, 100, 1)) sorter.add(record.length, (_view, bytes, at) => bytes.set(record, at));
  deepStrictEqual(readdirSync(folder), []);
  let count = 0;
  for (const _record of sorter.sorted()) if (count++ === 100) deepStrictEqual(readdirSync(folder), []);
  strictEqual(count, 5000);
});

test('a folder that is not there is told with the remedy', () => {
  const nowhere = new Scratch('/nowhere/at/all', () => {});
  const sorter = new Sorter(byBytes, LEAST, nowhere);
  let fault: unknown;
  try {
    for (const record of random(5000, 100, 1)) sorter.add(record.length, (_view, bytes, at) => bytes.set(record, at));
  } catch (error) {
    fault = error;
  }
  ok(fault instanceof Error && fault.name === 'InputError');
  strictEqual(
    fault.message,
    '/nowhere/at/all: cannot write temporary files here, ENOENT (name another folder with --tmp)',
  );
});
