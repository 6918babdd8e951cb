/** Samples: numbers of nodes and seeds come in; every node and every pair of them has the same chance to be taken. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Reservoir, randomFrom } from '../../lib/stages/sample.ts';

/** Which of `count` nodes end in the sample, by slot. */
function sample(slots: number, count: number, random: () => number): number[] {
  const reservoir = new Reservoir(slots, random);
  const taken: number[] = [];
  for (let n = 0; n < count; n++) {
    const slot = reservoir.take();
    ok(slot >= -1 && slot < Math.max(slots, 1) && Number.isInteger(slot));
    if (slot >= 0) taken[slot] = n;
  }
  return taken;
}

/** How far counts are from equal chances: about as many as there are counts, with a deviation of the root of twice that. */
function chiSquared(counts: readonly number[], expected: number): number {
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

const runs = 40_000;

for (const [slots, count] of [
  [1, 10],
  [1, 100],
  [3, 20],
  [10, 40],
  [19, 20],
  [20, 20],
] as const) {
  test(`each of ${count} nodes has the same chance to be among ${slots}, from the first to the last`, () => {
    const hits = new Array<number>(count).fill(0);
    const random = randomFrom(7 * slots + count);
    for (let run = 0; run < runs; run++) for (const n of sample(slots, count, random)) hits[n]!++;
    const expected = (runs * slots) / count;
    // The seed is fixed, so this never fails by chance; a biased sample fails it by far.
    const limit = count + 5 * Math.sqrt(2 * count);
    ok(chiSquared(hits, expected) < limit, `${chiSquared(hits, expected)} of ${limit}: ${hits}`);
  });
}

test('each pair of nodes has the same chance', () => {
  const [slots, count] = [3, 8];
  const hits = new Map<string, number>();
  const random = randomFrom(12);
  for (let run = 0; run < runs; run++) {
    const taken = sample(slots, count, random).sort((a, b) => a - b);
    for (const a of taken) for (const b of taken) if (a < b) hits.set(`${a},${b}`, (hits.get(`${a},${b}`) ?? 0) + 1);
  }
  strictEqual(hits.size, 28);
  ok(chiSquared([...hits.values()], (runs * 3) / 28) < 28 + 5 * Math.sqrt(56));
});

test('with a seed of its own each run has the same chances too', () => {
  const hits = new Array<number>(30).fill(0);
  for (let seed = 0; seed < runs; seed++) for (const n of sample(3, 30, randomFrom(seed))) hits[n]!++;
  ok(chiSquared(hits, runs / 10) < 30 + 5 * Math.sqrt(60), String(hits));
});

test('the same seed gives the same sample, another one another', () => {
  deepStrictEqual(sample(20, 100_000, randomFrom(5)), sample(20, 100_000, randomFrom(5)));
  ok(sample(20, 100_000, randomFrom(5)).join() !== sample(20, 100_000, randomFrom(6)).join());
});

test('a sample larger than the stream is the stream', () => {
  deepStrictEqual(
    sample(50, 20, randomFrom(1)),
    Array.from({ length: 20 }, (_, n) => n),
  );
  deepStrictEqual(sample(5, 0, randomFrom(1)), []);
});

test('a sample of none takes none', () => deepStrictEqual(sample(0, 1000, randomFrom(1)), []));

test('random numbers lie between 0 and 1, never at them, and are spread evenly', () => {
  const random = randomFrom(2 ** 32 - 1);
  const hits = new Array<number>(100).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const value = random();
    ok(value > 0 && value < 1);
    hits[Math.floor(value * 100)]!++;
  }
  ok(chiSquared(hits, 1000) < 100 + 5 * Math.sqrt(200));
});
