/** A field added to nodes on their way: lines come in, the same lines with the field go out. */
import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStream } from '../../lib/stream/decode.ts';
import { NodeEncoder } from '../../lib/stream/encode.ts';
import { FieldAdder } from '../../lib/stream/fields.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { inPieces } from './collect.ts';

const line = (n: number, extra: string): string =>
  `{"n":${n},"id":${n},"kind":"object","type":"A","name":"größer","size":8${extra},"refs":[["property","next",0]]}\n`;

/** Adds `depth` to every node but each third. */
async function withDepth(text: string): Promise<string> {
  const blocks: Buffer[] = [];
  const encoder = new NodeEncoder((bytes, end) => blocks.push(Buffer.from(bytes.subarray(0, end))));
  const adder = new FieldAdder('depth');
  for await (const batch of (await decodeStream('the stream', inPieces(text), ALL_COLUMNS)).batches) {
    adder.begin(batch);
    for (let row = 0; row < batch.length; row++)
      if (batch.n[row]! % 3 !== 2) adder.add(row, 10 ** (batch.n[row]! % 16));
    adder.finish();
    encoder.batch(batch);
  }
  encoder.flush();
  return Buffer.concat(blocks).toString();
}

test('the field comes behind the others, takes the place of one of its name, and leaves rows that do not get it alone', async () => {
  const extras = [
    '',
    ',"detached":true,"at":"1:2:3"',
    ',"at":"\\"depth\\":1"',
    ',"depth":5',
    ',"a":[1,{"depth":2}],"depth":"x","b":1.50',
    ',"depth":7',
  ];
  const expected = [
    ',"depth":1',
    ',"detached":true,"at":"1:2:3","depth":10',
    ',"at":"\\"depth\\":1"',
    ',"depth":1000',
    ',"a":[1,{"depth":2}],"b":1.50,"depth":10000',
    ',"depth":7',
  ];
  const text = (fields: readonly string[]): string => fields.map((extra, n) => line(n, extra)).join('');
  deepStrictEqual(await withDepth(text(extras)), text(expected));
});

test('many nodes in one batch all get it', async () => {
  const many = Array.from({ length: 9000 }, (_, n) => n);
  const text = (extra: (n: number) => string): string => many.map((n) => line(n, extra(n))).join('');
  deepStrictEqual(
    await withDepth(text(() => '')),
    text((n) => (n % 3 === 2 ? '' : `,"depth":${10 ** (n % 16)}`)),
  );
});
