/** Snapshots cut short at every byte and with bytes turned over: each is a fault of the input that is told, or read; nothing else ever happens. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { checkStrings } from '../../lib/formats/v8/check.ts';
import { V8File } from '../../lib/formats/v8/source.ts';
import { randomFrom } from '../../lib/stages/sample.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { NODES_ONLY } from '../stream/collect.ts';
import { fixtures } from '../support/fixtures.ts';
import { type Heap, heap } from '../support/heap.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';
import { BARE, held, nodesOf, readFile, readPipe, resultOrFault, withScratch } from './reading.ts';

function small(): Heap {
  const h = heap({ extraNativeBytes: 77 });
  const cart = h.node('Cart', { size: 48, at: [12, 3, 7] });
  const text = h.node('tea "]\u00e9🦉\ud83e\\', { kind: 'string', size: 20 });
  h.node('<p id=x>', { kind: 'native', detached: 2, at: [1, 2, 3] });
  h.root.points(1, cart).points('cart', cart, 'shortcut');
  cart.points('name', text).points('map', h.root, 'internal').points(0, text, 'hidden').points('weakly', cart, 'weak');
  return h.build();
}

/** Raw characters of two, three and four bytes, so that a cut may go through them. */
const raw = (text: string): string => JSON.stringify(text);

const contents: readonly (readonly [name: string, content: Buffer])[] = [
  ['as Node 20 writes it', v8Text(small(), node20)],
  ['as Node 26 writes it', v8Text(small(), node26)],
  ['with raw characters', oddV8Text(small(), { string: raw })],
  ['with the strings first', oddV8Text(small(), { order: ['strings', 'locations', 'edges', 'nodes', 'snapshot'] })],
  ['with spaces', oddV8Text(small(), { space: ' ' })],
  [
    'with a section behind the strings',
    oddV8Text(small(), { order: ['snapshot', 'nodes', 'edges', 'strings', 'locations'] }),
  ],
].map(([name, text]) => [name!, Buffer.from(text!)]);

for (const [name, content] of contents) {
  test(`a snapshot ${name}, cut at any byte, is a fault of the input with every set of columns`, async () => {
    const whole = await readFile(content);
    deepStrictEqual(whole.items, nodesOf(small()));
    const end =
      content.toString().trimEnd().length === content.toString().length ? content.length : content.lastIndexOf('}') + 1;
    for (let length = 0; length < end; length++) {
      const part = content.subarray(0, length);
      for (const [what, reading] of [
        ['file', readFile(part)],
        ['nodes', readFile(part, BARE)],
        ['pipe', readPipe(part, NODES_ONLY)],
        ['check', withScratch((scratch) => checkStrings(new V8File(held(part), scratch))).then(() => whole)],
      ] as const) {
        const fault = await resultOrFault(reading);
        ok(typeof fault === 'string', `${length} bytes of it were read: ${what}`);
      }
    }
  });
}

test('where a snapshot was cut is told as a byte of the file, also where the edges were left out on the way', async () => {
  const content = contents[1]![1];
  for (let length = content.indexOf('"nodes"'); length < content.length; length += 7) {
    const part = content.subarray(0, length);
    for (const fault of [
      await resultOrFault(readFile(part)),
      await resultOrFault(readPipe(part, ALL_COLUMNS, () => 1)),
      await resultOrFault(readPipe(part, NODES_ONLY, () => 1)),
    ]) {
      strictEqual(typeof fault, 'string');
      match(String(fault), new RegExp(`^the file: byte ${length.toLocaleString('en-US')}: the file ends `));
    }
  }
});

test('a snapshot with any other byte turned over is read or refused, and never anything else', async () => {
  for (const [, content] of contents.slice(0, 3)) {
    for (let at = 0; at < content.length; at += 2) {
      const other = Buffer.from(content);
      other[at]! ^= 1 << (at % 8);
      await resultOrFault(readFile(other));
      await resultOrFault(readPipe(other, NODES_ONLY));
      await resultOrFault(
        withScratch((scratch) => checkStrings(new V8File(held(other), scratch))).then(() => readFile(content)),
      );
    }
  }
});

const real = fixtures.map(({ name, zipped }) => ({ name, content: gunzipSync(readFileSync(zipped)) }));

test('real snapshots, cut at 200 places, are faults of the input with the byte where they end', async () => {
  const random = randomFrom(1);
  for (let i = 0; i < 200; i++) {
    const { name, content } = real[i % real.length]!;
    const length = Math.floor(random() * (i % 4 === 0 ? 3000 : content.length));
    const reading =
      i % 3 === 0
        ? readPipe(content.subarray(0, length), NODES_ONLY)
        : readFile(content.subarray(0, length), i % 3 === 1 ? ALL_COLUMNS : BARE);
    const fault = await resultOrFault(reading);
    ok(typeof fault === 'string', `${length} bytes of ${name} were read`);
    if (length > 0) match(fault, new RegExp(`byte ${length.toLocaleString('en-US')}: the file ends`));
  }
});

test('real snapshots with bytes turned over at 300 places are read or refused, and never anything else', async () => {
  const random = randomFrom(2);
  // The smallest one most of the time: each that is read takes as long as its size.
  const smallest = real.reduce((least, one) => (one.content.length < least.content.length ? one : least));
  let faults = 0;
  for (let i = 0; i < 300; i++) {
    const { content } = i % 10 === 0 ? real[(i / 10) % real.length]! : smallest;
    const other = Buffer.from(content);
    const at = Math.floor(random() * content.length);
    other[at] = i % 2 === 0 ? other[at]! ^ (1 << Math.floor(random() * 8)) : Math.floor(random() * 256);
    const reading =
      i % 3 === 0 ? readPipe(other, BARE) : readFile(other, i % 3 === 1 && i % 10 !== 0 ? ALL_COLUMNS : BARE);
    if (typeof (await resultOrFault(reading)) === 'string') faults++;
  }
  ok(faults > 50, `${faults} of 300 were refused`);
});
