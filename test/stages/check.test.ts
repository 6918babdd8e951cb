/** The judge of streams: small streams with one fault each come in, the sentence about it goes out. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { StreamJudge } from '../../lib/stages/check.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { inPieces } from '../stream/collect.ts';
import { streamText } from '../support/nodeStream.ts';
import { names, shop } from '../support/small.ts';

async function faults(text: string): Promise<readonly string[]> {
  const source = await decodeStream('the stream', inPieces(text), ALL_COLUMNS);
  const judge = new StreamJudge(source.start.part);
  for await (const batch of source.batches) judge.add(batch);
  const said = judge.finish();
  strictEqual(said.length, Math.min(10, judge.count));
  return said;
}

const node = (n: number, more = ''): string => `{"n":${n},"id":1,"kind":"object","type":"A","size":1${more}}\n`;
const part = '{"snap":"start","schema":1,"part":true}\n';

test('good streams have no faults', async () => {
  for (const text of [
    streamText(shop()),
    streamText(names()),
    node(0) + node(1),
    part + node(3) + node(9, ',"refs":[["element",0,77]]'),
  ])
    deepStrictEqual(await faults(text), []);
});

test('a gap in a stream that does not say that it is a part is a fault', async () => {
  deepStrictEqual(await faults(node(0) + node(2)), [
    'node 2 comes after node 0: a whole stream is dense, a part says "part":true',
  ]);
  deepStrictEqual(await faults(node(5)), [
    'node 5 comes after node -1: a whole stream is dense, a part says "part":true',
  ]);
});

test('a reference to a node that a whole stream does not have is a fault', async () => {
  deepStrictEqual(await faults(node(0) + node(1, ',"refs":[["element",0,1],["property","x",2]]')), [
    'node 1 has a reference to node 2, there are 2',
  ]);
});

test('texts of more than 1,024 units are faults, of 1,024 they are none', async () => {
  const text = (type: string, name: string): string =>
    `${JSON.stringify({ n: 0, id: 1, kind: 'object', type, name, size: 1 })}\n`;
  deepStrictEqual(await faults(text('\u0001'.repeat(1024), '🦉'.repeat(512))), []);
  deepStrictEqual(await faults(text('A', 'x'.repeat(1025))), [
    'node 0: its name has 1025 units, at most 1024 are allowed',
  ]);
  deepStrictEqual(await faults(text('x'.repeat(1025), 'A')), ['a type has 1025 units, at most 1024 are allowed']);
  deepStrictEqual(await faults(node(0, `,"refs":[["property",${JSON.stringify('x'.repeat(1025))},0]]`)), [
    'node 0: the name of a reference has 1025 units, at most 1024 are allowed',
  ]);
});

test('of many faults the first ten are told', async () => {
  const text = Array.from({ length: 50 }, (_, i) => node(2 * i)).join('');
  strictEqual((await faults(text)).length, 10);
});
