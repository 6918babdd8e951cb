/** What a sample is, seen from outside: as many as asked for, in order, repeatable, and every node with the same chance. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heap } from '../support/heap.ts';
import { readStream, streamText } from '../support/nodeStream.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const h = heap();
for (let i = 1; i < 40; i++) h.node(`Type${i % 3}`, { size: i }).points('root', h.root);
const file = join(tempFolder('sample'), 'forty.nodes');
writeFileSync(file, streamText(h.build()));

const sample = async (...args: string[]): Promise<ReturnType<typeof readStream>> => {
  const { stdout, status, stderr } = await run('snap-sample', [...args, file]);
  strictEqual(status, 0, stderr);
  return readStream(stdout);
};

test('a sample is a part of the stream: k distinct nodes, in order, unchanged', async () => {
  const all = readStream(streamText(h.build())).nodes;
  const { marks, nodes } = await sample('7');
  strictEqual(nodes.length, 7);
  strictEqual(marks[0]?.['part'], true);
  deepStrictEqual(marks[1], {
    snap: 'end',
    nodes: 7,
    refs: nodes.reduce((sum, { refs = [] }) => sum + refs.length, 0),
  });
  deepStrictEqual(
    nodes,
    all.filter(({ n }) => nodes.some((chosen) => chosen.n === n)),
  );
});

test('the same seed gives the same sample', async () => {
  deepStrictEqual(await sample('9', '--seed', '5'), await sample('9', '--seed', '5'));
});

test('without a seed two samples differ', async () => {
  const runs = await Promise.all(Array.from({ length: 4 }, () => sample('12')));
  ok(new Set(runs.map(({ nodes }) => nodes.map(({ n }) => n).join())).size > 1);
});

test('every node has the same chance', async () => {
  const runs = 60;
  const hits = new Array<number>(40).fill(0);
  for (let batch = 0; batch < runs / 4; batch++) {
    const seeds = [0, 1, 2, 3].map((i) => String(4 * batch + i));
    for (const { nodes } of await Promise.all(seeds.map((seed) => sample('10', '--seed', seed)))) {
      for (const { n } of nodes) hits[n] = (hits[n] ?? 0) + 1;
    }
  }
  // 60 draws with a chance of 1/4 each: 15 expected, deviation 3.4. Seeds are fixed, so this never fails by chance.
  for (const [n, count] of hits.entries()) ok(count >= 3 && count <= 28, `node ${n} was drawn ${count} times`);
  const chiSquared = hits.reduce((sum, count) => sum + (count - runs / 4) ** 2 / (runs / 4), 0);
  ok(chiSquared < 75, `chi squared ${chiSquared} of 39 degrees`);
});
