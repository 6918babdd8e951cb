/** Objects in full: a stream and the nodes chosen come in, each node and its references with who they lead to go out in order. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Scratch } from '../../lib/disk/scratch.ts';
import { Show } from '../../lib/stages/show.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { inPieces, NODES_ONLY } from '../stream/collect.ts';
import { type Heap, heap } from '../support/heap.ts';
import { nodeRecords, streamText } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';

const scratch = new Scratch(tempFolder('show'), (note) => ok(false, note));

interface Shown {
  readonly lines: readonly string[];
  readonly nodes: number;
  readonly outside: number;
}

/** Shows the nodes that `mark` marks: 1 for wanted, 2 for undecided, which `held` then decides. */
async function show(
  text: string,
  mark: (n: number) => number,
  { top = Number.POSITIVE_INFINITY, held = true } = {},
): Promise<Shown> {
  const stage = new Show(scratch);
  let undecided = false;
  for await (const batch of (await decodeStream('the stream', inPieces(text), ALL_COLUMNS)).batches) {
    const rows = Uint8Array.from({ length: batch.length }, (_, row) => mark(batch.n[row]!));
    const answers = undecided && (batch.length > 0 || batch.more === 0);
    stage.take(batch, rows, answers ? held : undefined, top);
    if (answers) undecided = false;
    undecided ||= rows.at(-1) === 2;
  }
  if (undecided) stage.settle(held);
  const lines: string[] = [];
  for await (const line of stage.answer((await decodeStream('the stream', inPieces(text), NODES_ONLY)).batches))
    lines.push(line);
  return { lines, nodes: stage.nodes, outside: stage.outside };
}

/** The same from the records, the plain way. */
function expected(made: Heap, wanted: (n: number) => boolean, isThere: (n: number) => boolean = () => true): string[] {
  const records = nodeRecords(made);
  return records
    .filter(({ n }) => wanted(n) && isThere(n))
    .flatMap(({ refs = [], ...node }) => [
      JSON.stringify(node),
      ...refs.map(([ref, via, to]) => {
        const { id, type, name = type } = records[to]!;
        return JSON.stringify({ n: node.n, ref, via, to: isThere(to) ? { n: to, id, type, name } : { n: to } });
      }),
    ]);
}

function ring(count: number): Heap {
  const h = heap();
  const nodes = Array.from({ length: count }, (_, i) =>
    h.node(['Foo', 'two\nlines "q"', '\ud800', '<div id=x>'][i % 4]!, {
      kind: i % 3 === 0 ? 'native' : 'string',
      size: i,
      detached: i % 3,
      ...(i % 5 === 0 ? { at: [1, 2, i] as const } : {}),
    }),
  );
  for (const [i, node] of nodes.entries()) {
    node
      .points('next', nodes[(i + 1) % count]!)
      .points('back', nodes[(i + count - 1) % count]!)
      .points(i, h.root)
      .points('self\0', node, 'context')
      .points('far', nodes[(i * 7919) % count]!, 'weak')
      .points(3, node, 'hidden');
  }
  return h.build();
}

test('a node is shown with its fields and references, whether they lead before it, behind it, or to itself', async () => {
  const made = ring(50);
  const text = streamText(made);
  for (const n of [0, 1, 25, 50]) {
    const { lines, nodes, outside } = await show(text, (each) => (each === n ? 1 : 0));
    deepStrictEqual(
      lines,
      expected(made, (each) => each === n),
    );
    strictEqual(nodes, 1);
    strictEqual(outside, 0);
  }
});

test('several nodes come in their order, each with its references in theirs', async () => {
  const made = ring(5000);
  for (const wanted of [() => true, (n: number) => n % 1000 === 7, (n: number) => n > 4990]) {
    const { lines } = await show(streamText(made), (n) => (wanted(n) ? 1 : 0));
    deepStrictEqual(lines, expected(made, wanted));
  }
});

test('only the first so many are shown', async () => {
  const made = ring(100);
  for (const top of [0, 1, 30, 1000]) {
    const { lines, nodes } = await show(streamText(made), (n) => n % 2, { top });
    deepStrictEqual(
      lines,
      expected(made, (n) => n % 2 === 1 && n < 2 * top),
    );
    strictEqual(nodes, Math.min(top, 50));
  }
});

test('in a part of a snapshot references that lead out of it have a position alone, and are counted', async () => {
  const made = ring(60);
  const isThere = (n: number): boolean => n % 3 !== 1 && n < 55;
  const text = streamText(made)
    .split('\n')
    .filter((line) => line.startsWith('{"n"') && isThere(Number(/\d+/.exec(line)![0])))
    .join('\n');
  const { lines, outside } = await show(`${text}\n`, () => 1);
  deepStrictEqual(
    lines,
    expected(made, () => true, isThere),
  );
  strictEqual(outside, lines.filter((line) => /"to":\{"n":\d+\}\}$/.test(line)).length);
  ok(outside > 0);
});

test('a node with more references than a batch holds is shown whole, or not at all if it turns out not to be wanted', async () => {
  const h = heap();
  const array = h.node('Array');
  const last = h.node('Last');
  for (let i = 0; i < 40_000; i++) array.points(i, i % 2 === 0 ? last : h.root);
  last.points('first', array);
  const made = h.build();
  const text = streamText(made);
  deepStrictEqual(
    (await show(text, () => 1)).lines,
    expected(made, () => true),
  );
  const undecided = (n: number): number => (n === array.n ? 2 : 1);
  const kept = await show(text, undecided, { held: true });
  deepStrictEqual(
    kept.lines,
    expected(made, () => true),
  );
  strictEqual(kept.nodes, 3);
  const dropped = await show(text, undecided, { held: false });
  deepStrictEqual(
    dropped.lines,
    expected(made, (n) => n !== array.n),
  );
  strictEqual(dropped.nodes, 2);
});

test('unknown fields of a node are shown as they are', async () => {
  const { lines } = await show(
    '{"n":0,"id":1,"kind":"object","type":"A","size":1,"retained":9007199254740993,"deep":{"a":[1.50]},"refs":[]}\n',
    () => 1,
  );
  deepStrictEqual(lines, [
    '{"n":0,"id":1,"kind":"object","type":"A","size":1,"retained":9007199254740993,"deep":{"a":[1.50]}}',
  ]);
});
