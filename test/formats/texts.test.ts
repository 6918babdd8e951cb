/** Texts of snapshots: names of any length and spelling, and what types are made of them; each is cut, escaped and named as the format says. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openInput, type RandomBytes } from '../../lib/disk/input.ts';
import { openV8, V8File } from '../../lib/formats/v8/source.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { collect } from '../stream/collect.ts';
import { type Heap, heap } from '../support/heap.ts';
import { cut } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';
import { nodesOf, readFile, readsAs, withScratch } from './reading.ts';

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;

/** Escapes as writers write them, all escapes, raw characters, and by stream-json. */
const spellings: readonly (readonly [name: string, write: (h: Heap) => string])[] = [
  ['as writers spell them', (h) => v8Text(h, node26)],
  ['in escapes alone', (h) => oddV8Text(h, { string: escaped })],
  ['in raw characters', (h) => oddV8Text(h, {})],
  ['through stream-json', (h) => oddV8Text(h, { space: ' ' })],
  ['in escapes through stream-json', (h) => oddV8Text(h, { space: ' ', string: escaped })],
];

async function typeAndName(kind: string, name: string): Promise<readonly [type: string, name: string, line: string]> {
  const h = heap();
  h.node(name, { kind });
  const { items, text } = await readFile(v8Text(h.build(), node20));
  const [, node] = items;
  ok(typeof node === 'object');
  return [node.type, node.name, text.split('\n')[2]!];
}

test('types are the class names that one node tells, as people know them', async () => {
  for (const [kind, name, type] of [
    ['hidden', 'system / Map', '(system)'],
    ['code', '(code)', '(compiled code)'],
    ['closure', 'run', 'Function'],
    ['regexp', '^a', 'RegExp'],
    ['object', 'Foo', 'Foo'],
    ['object', '', ''],
    ['object', 'Foo bar', 'Foo bar'],
    ['native', 'Window / page', 'Window / page'],
    ['array', '(object elements)', '(array)'],
    ['string', 'text', '(string)'],
    ['number', '1', '(number)'],
    ['synthetic', '(GC roots)', '(synthetic)'],
    ['concatenated string', 'a', '(concatenated string)'],
    ['sliced string', 'a', '(sliced string)'],
    ['symbol', 'a', '(symbol)'],
    ['bigint', 'a', '(bigint)'],
    ['object shape', 'a', '(object shape)'],
    ['native', '<div>', '<div>'],
    ['native', '<div id="x">', '<div>'],
    ['object', '<div id="x" class="y z">', '<div>'],
    ['native', '< x', '<>'],
    ['native', '<div\u00a0x>', '<div\u00a0x>'],
    ['native', 'Detached <div id="x">', 'Detached <div>'],
    ['native', 'Detached <div>', 'Detached <div>'],
    ['native', 'Detached HTMLDivElement x', 'Detached HTMLDivElement x'],
    ['native', ' <div id>', ' <div id>'],
    ['string', '<div id=x>', '(string)'],
  ] as const) {
    deepStrictEqual((await typeAndName(kind, name)).slice(0, 2), [type, name]);
  }
});

test('a name is left out exactly where it is the type', async () => {
  for (const [kind, name] of [
    ['object', 'Foo'],
    ['string', '(string)'],
    ['closure', 'Function'],
    ['hidden', '(system)'],
    ['native', '<div>'],
  ] as const) {
    ok(!(await typeAndName(kind, name))[2].includes('"name"'));
  }
  for (const [kind, name] of [
    ['string', ''],
    ['closure', 'function'],
    ['native', '<div id>'],
    ['string', '(string) '],
  ] as const) {
    ok((await typeAndName(kind, name))[2].includes(`"name":${JSON.stringify(name)}`));
  }
});

for (const [spelling, write] of spellings) {
  test(`texts near 1,024 units, ${spelling}, are cut there, but never through a pair`, async () => {
    const h = heap();
    for (const ends of [
      '',
      'y',
      'yyy',
      '🦉',
      '🦉🦉',
      '\ud83e',
      '\ud83e\ud83e',
      '\udd89\udd89',
      'é日🦉',
      '\0\0\0',
      '""',
      '\\\\',
    ]) {
      for (let length = 1020; length <= 1026; length++) {
        for (const filler of ['z', 'é', '日', '\u0001'])
          h.root.points(
            filler.repeat(length) + ends,
            h.node(filler.repeat(length) + ends, { kind: length % 2 === 0 ? 'string' : 'object' }),
          );
      }
    }
    await readsAs(write(h.build()), nodesOf(h.build()));
  });

  test(`pairs from any place on, ${spelling}, are cut between two, however long the text is`, async () => {
    for (const count of [512, 1023, 1024, 1030, 6000, 11_000, 50_000]) {
      const h = heap();
      for (let before = 0; before < 4; before++)
        h.root.points('s', h.node('A'.repeat(before) + '🦉'.repeat(count), { kind: 'string' }));
      h.node('after');
      const { items } = await readFile(write(h.build()));
      deepStrictEqual(items, nodesOf(h.build()));
    }
  });

  test(`a text of a megabyte, ${spelling}, stands between others without harm`, async () => {
    const h = heap();
    for (let i = 0; i < 200; i++)
      h.root.points(
        `key${i}`,
        h.node(i % 60 === 7 ? `${i} ${'long \u00e9"🦉'.repeat(120_000)}` : `text${i}`, { kind: 'string' }),
      );
    const { items } = await readFile(write(h.build()));
    deepStrictEqual(items, nodesOf(h.build()));
  });
}

test('thousands of texts, asked for in any order, are all found', async () => {
  const h = heap();
  const count = 90_000;
  // Strings of the table are numbered in order of first use: names of references come back to it from everywhere.
  const nodes = Array.from({ length: count }, (_, i) => h.node(`${'s'.repeat(i % 40)}${i}`, { kind: 'string' }));
  for (const [i, node] of nodes.entries()) {
    const far = (i * 7919) % count;
    node.points(`${'s'.repeat(far % 40)}${far}`, h.root);
  }
  const { items } = await readFile(v8Text(h.build(), node26));
  const expected = nodesOf(h.build());
  strictEqual(items.length, expected.length);
  for (const [i, item] of items.entries()) deepStrictEqual(item, expected[i]);
});

test('a text of 300 MB in a file is cut like any other, in the memory of a block', async () => {
  const h = heap();
  h.root
    .points('before', h.node('HERE', { kind: 'string' }))
    .points('behind', h.node('other "text"', { kind: 'string' }));
  const [head, tail] = v8Text(h.build(), node26).split('HERE') as [string, string];
  const file = join(tempFolder('long'), 'long.heapsnapshot');
  const block = Buffer.from('é"🦉 and so on '.repeat(80_000).replaceAll('"', '\\"'));
  const fd = openSync(file, 'w');
  writeSync(fd, head);
  for (let written = 0; written < 300e6; written += block.length) writeSync(fd, block);
  writeSync(fd, tail);
  closeSync(fd);
  const input = openInput(file);
  const size = input.size!;
  const before = process.memoryUsage().arrayBuffers;
  let grown = 0;
  const { items } = await withScratch(async (scratch) => {
    const bytes: RandomBytes = {
      name: file,
      size,
      readAt: (into, position, length) => {
        grown = Math.max(grown, process.memoryUsage().arrayBuffers - before);
        return input.readAt(into, position, length);
      },
    };
    const source = await openV8(new V8File(bytes, scratch), ALL_COLUMNS);
    return collect(source);
  });
  input.close();
  const names = items.map((item) => (typeof item === 'object' ? item.name : item));
  deepStrictEqual(names, ['', cut('é"🦉 and so on '.repeat(100)), 'other "text"']);
  ok(grown < 32 << 20, `${grown} bytes more than at the beginning`);
});
