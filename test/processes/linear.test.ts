/**
 * Graph commands on heaps of one shape: the time for a node is nearly the same for all shapes and sizes. Shapes of a sixteenth of the benchmark's size; a machine
 * that does other things as well only makes times longer, so a measurement that is too long is taken again, and the shortest counts.
 */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { RetainedClass } from '../support/retained.ts';
import { retain } from '../support/retained.ts';
import { bash, quoted } from '../support/run.ts';
import { type Shape, shapeFile, shapes } from '../support/shapes.ts';

const size = 2 ** 17;
/** Between shapes, and for twice the nodes: time per node, longest to shortest. */
const [apart, doubled] = [3, 1.5];
const mostRounds = 6;

const lines: readonly (readonly [what: string, line: (file: string) => string, shapes: readonly Shape[]])[] = [
  ['snap-retain --by class', (file) => `snap-retain --by class ${file}`, shapes],
  ['snap-paths', (file) => `snap-paths --type Link ${file}`, shapes],
  ['snap-cut', (file) => `snap-cut --type Link ${file}`, shapes],
  ['snap-chainends', (file) => `snap-chainends --type Link --via next ${file}`, ['list', 'chain', 'cycles']],
  ['snap-backrefs', (file) => `snap-backrefs --node ${size - 1} --depth 100 ${file}`, shapes],
];

for (const [what, line, over] of lines) {
  test(`${what} takes as long for a node of any shape, however many there are`, async (t) => {
    const best = new Map<string, number>();
    const measure = async (shape: Shape, times: 1 | 2): Promise<void> => {
      const key = `${shape} ${times}`;
      const seconds = await cpuSeconds(line(quoted(await shapeFile(shape, times * size))));
      best.set(key, Math.min(seconds, best.get(key) ?? Infinity));
    };
    const time = (shape: Shape, times: 1 | 2): number => best.get(`${shape} ${times}`) ?? Infinity;
    for (const shape of over) for (const times of [1, 2] as const) await measure(shape, times);
    for (let round = 1; ; round++) {
      const quickest = Math.min(...over.map((shape) => time(shape, 2)));
      const slow = over.filter(
        (shape) => time(shape, 2) > apart * quickest || time(shape, 2) > 2 * doubled * time(shape, 1),
      );
      if (slow.length === 0) break;
      const figures = over.map((shape) => `${shape} ${time(shape, 1).toFixed(2)}, ${time(shape, 2).toFixed(2)} s`);
      ok(round < mostRounds, `${slow.join(', ')} too slow: ${figures.join('; ')}`);
      for (const shape of slow) await measure(shape, 2);
    }
    t.diagnostic(
      over.map((shape) => `${shape} ${time(shape, 1).toFixed(2)}, ${time(shape, 2).toFixed(2)} s`).join('; '),
    );
  });
}

for (const shape of shapes) {
  test(`the ${shape} has one class, and retains each byte once`, async () => {
    const rows = await retain<RetainedClass>(['--by', 'class', await shapeFile(shape, size)]);
    const bytes = 16 * (size - 1);
    deepStrictEqual(rows, [{ class: 'Link', count: size - 1, shallow: bytes, retained: bytes, distance: 1 }]);
  });
}

/** User and system seconds of all processes of a line, as bash's own `time` has them, in milliseconds. */
async function cpuSeconds(line: string): Promise<number> {
  const { stderr, status } = await bash(`TIMEFORMAT='%3U %3S'; time { ${line} > /dev/null; }`);
  strictEqual(status, 0, stderr);
  const words = stderr.trim().split('\n').at(-1)?.split(' ') ?? [];
  const [user = NaN, system = NaN] = words.map(Number);
  ok(user + system > 0, stderr);
  return user + system;
}
