/** Courses: random groups of random snapshots come in, the courses that a plain Map gives go out in order, in memory and on disk. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { type Course, type CourseOrder, Courses } from '../../lib/stages/courses.ts';
import { Groups } from '../../lib/stages/group.ts';
import { keyOf } from '../../lib/stages/keys.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('courses');
const scratch = new Scratch(folder, (note) => ok(false, note));

type Amount = readonly [count: number, bytes: number];
type Snapshot = ReadonlyMap<string, Amount>;

/** Sizes that grow, stay and fall, of few types, so that courses meet and tie. */
const amounts = fc.tuple(fc.nat(3), fc.oneof(fc.nat(4), fc.nat(1e6), fc.constantFrom(0, 2 ** 40)));
const names = fc.oneof(
  fc.constantFrom('', 'Foo', 'Foo bar', '"', '\ud800', '🦉', '\0', 'é'),
  fc.string({ maxLength: 3 }),
);
const snapshots = fc.array(
  fc.array(fc.tuple(names, amounts), { maxLength: 12 }).map((rows) => new Map(rows)),
  { minLength: 2, maxLength: 7 },
);

/** The plain way: all in Maps and lists. The line is fitted as the textbook has it, by means. */
function plain(all: readonly Snapshot[], order: CourseOrder): Course[] {
  const keys = [...new Set(all.flatMap((snapshot) => [...snapshot.keys()]))];
  const rows = keys.map((key) => {
    const count = all.map((snapshot) => snapshot.get(key)?.[0] ?? 0);
    const bytes = all.map((snapshot) => snapshot.get(key)?.[1] ?? 0);
    const steps = bytes.slice(1).map((value, i) => value - bytes[i]!);
    const mean = bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
    const middle = (bytes.length - 1) / 2;
    const slope =
      bytes.reduce((sum, value, x) => sum + (x - middle) * (value - mean), 0) /
      bytes.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
    const stepsUp = steps.filter((step) => step > 0).length;
    const delta = bytes.at(-1)! - bytes[0]!;
    const ranks = {
      steps: [stepsUp, stepsUp === steps.length ? Math.min(...steps) : 0, delta],
      delta: [delta],
      // As near as the textbook's sums come to ours: ties of different bytes are not judged, see below.
      slope: [Math.round(slope * 1000) / 1000],
      last: [bytes.at(-1)!],
    }[order];
    return { course: { keys: [key], series: { count, bytes }, stepsUp, slope }, ranks, key };
  });
  const written = (key: string): Buffer => Buffer.from(JSON.stringify(key).slice(0, -1));
  return rows
    .sort(
      (a, b) =>
        a.ranks.map((rank, i) => b.ranks[i]! - rank).find((difference) => difference !== 0) ??
        Buffer.compare(written(a.key), written(b.key)),
    )
    .map(({ course }) => course);
}

function courses(all: readonly Snapshot[], budget: number, fill: number): Courses {
  const made = new Courses(budget, scratch);
  for (const snapshot of all) {
    const groups = new Groups([], 1 << 28, scratch);
    for (const [key, [count, bytes]] of snapshot) groups.addRow(keyOf([key]), count, bytes);
    for (let i = 0; i < fill; i++) groups.addRow(keyOf([`long filler, number ${i}`]), 1, 0);
    made.add(groups);
  }
  return made;
}

const isFiller = ({ keys }: Course): boolean => keys[0]!.startsWith('long filler');

/** Budgets, each with so many more keys that it is enough for all, for none, or for some snapshots. */
for (const [where, budget, fill] of [
  ['in memory', 1 << 28, 0],
  ['on disk', 1, 0],
  ['on disk from a later snapshot on', 60_000, 190],
] as const) {
  test(`courses ${where} are those of a plain Map, in every order`, () => {
    fc.assert(
      fc.property(
        snapshots,
        fc.constantFrom<CourseOrder>('steps', 'delta', 'slope', 'last'),
        fc.boolean(),
        (all, order, onlyGrowing) => {
          const seen: string[] = [];
          const { totals, rows } = courses(all, budget, fill).finish({
            order,
            top: undefined,
            onlyGrowing,
            see: (course) => seen.push(course.keys[0]!),
          });
          const expected = plain(all, order);
          const growing = expected.filter(({ stepsUp }) => stepsUp === all.length - 1);
          const given = [...rows].filter((row) => !isFiller(row));
          const wanted = onlyGrowing ? growing : expected;
          if (order === 'slope') {
            // Slopes that differ by less than what is written are in any order.
            for (const [i, { slope }] of given.entries()) ok(i === 0 || given[i - 1]!.slope >= slope - 0.001);
            const byKey = (a: Course, b: Course): number => (a.keys[0]! < b.keys[0]! ? -1 : 1);
            same(given.sort(byKey), [...wanted].sort(byKey));
          } else same(given, wanted);
          strictEqual(new Set(seen).size, totals.groups);
          strictEqual(totals.groups, expected.length + fill);
          strictEqual(totals.growing, growing.length);
          for (const of of ['count', 'bytes'] as const)
            deepStrictEqual(
              totals.all.series[of],
              all.map((_, i) =>
                expected.reduce<number>((sum, { series }) => sum + series[of][i]!, of === 'count' ? fill : 0),
              ),
            );
        },
      ),
      { numRuns: 300 },
    );
    deepStrictEqual(readdirSync(folder), []);
  });
}

test('the first so many courses are the first of all', () => {
  fc.assert(
    fc.property(snapshots, fc.nat(14), (all, top) => {
      const asked = { order: 'steps', onlyGrowing: false } as const;
      const every = [...courses(all, 1 << 28, 0).finish({ ...asked, top: undefined }).rows];
      deepStrictEqual([...courses(all, 1, 0).finish({ ...asked, top }).rows], every.slice(0, top));
    }),
    { numRuns: 100 },
  );
});

test('what grew in every step comes first by its least step: a leak before what grew more, but once', () => {
  const all = [
    { Leak: 100, Start: 0, Cache: 50, Tiny: 8 },
    { Leak: 200, Start: 9000, Cache: 9000, Tiny: 16 },
    { Leak: 300, Start: 9001, Cache: 40, Tiny: 24 },
    { Leak: 400, Start: 9002, Cache: 8000, Tiny: 32 },
  ].map((types) => new Map(Object.entries(types).map(([type, bytes]): [string, Amount] => [type, [1, bytes]])));
  const { rows } = courses(all, 1 << 28, 0).finish({ order: 'steps', top: undefined, onlyGrowing: false });
  deepStrictEqual(
    [...rows].map(({ keys, stepsUp }) => [...keys, stepsUp]),
    [
      ['Leak', 3],
      ['Tiny', 3],
      ['Start', 3],
      ['Cache', 2],
    ],
  );
});

/** Slopes to a thousandth, or as exactly as doubles of this size are. */
function same(actual: readonly Course[], expected: readonly Course[]): void {
  const without = ({ keys, series, stepsUp }: Course) => ({ keys, series, stepsUp });
  deepStrictEqual(actual.map(without), expected.map(without));
  for (const [i, { slope, series }] of expected.entries())
    ok(
      Math.abs(actual[i]!.slope - slope) <= 0.00051 + Math.max(...series.bytes) * 1e-14,
      `${actual[i]!.slope} ${slope}`,
    );
}
