/** Small made heaps in every layout, legal or usual: the same stream comes out of each, and it is the one the format describes. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sameRecords } from '../support/compare.ts';
import { type Heap, heap } from '../support/heap.ts';
import { nodeRecords, readStream } from '../support/nodeStream.ts';
import { plainRecords } from '../support/plainReader.ts';
import { run } from '../support/run.ts';
import { names, shop, tiny } from '../support/small.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';

/** A node whose references need several lines, between others that do not. */
function wide(): Heap {
  const h = heap();
  const array = h.node('Array', { size: 16, at: [3, 2, 1], detached: 1 });
  const long = h.node('After', { size: 8 });
  for (let i = 0; i < 9000; i++) array.points(i, long);
  for (let i = 0; i < 700; i++) array.points(`${'key'.repeat(40)} ${i}`, h.root);
  h.root.points('array', array);
  return h.build();
}

/** Repeated references, and the largest numbers that are legal. */
function extremes(): Heap {
  const h = heap({ extraNativeBytes: 123_456_789_012 });
  const far = h.node('Far', { id: Number.MAX_SAFE_INTEGER, size: Number.MAX_SAFE_INTEGER });
  h.root.points('twice', far).points('twice', far).points('0', far).points(0, far).points(4_294_967_295, far, 'hidden');
  h.node('(string)', { kind: 'string' });
  h.node('Function', { kind: 'closure' });
  h.node('', { kind: 'object' });
  h.node('<div>', { kind: 'native' });
  h.node('<div id="a" class="b">', { kind: 'native' });
  h.node('<not an element', { kind: 'object' });
  h.node('Detached <p id=x>', { kind: 'native', detached: 2 });
  h.node('y'.repeat(3000), { kind: 'object' });
  h.node(`${'z'.repeat(1022)}🦉🦉`, { kind: 'string' });
  h.node(`${'z'.repeat(1023)}🦉`, { kind: 'string' });
  return h.build();
}

const heaps: readonly (readonly [name: string, heap: Heap])[] = [
  ['a shop', shop()],
  ['names that hurt', names()],
  ['two nodes', tiny()],
  ['a wide node', wide()],
  ['extreme values', extremes()],
  ['a root alone', heap().build()],
];

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
const someEscapes = (text: string): string =>
  JSON.stringify(text).replaceAll('/', '\\/').replaceAll('A', '\\u0041').replaceAll('<', '\\u003C');
const backwards = [
  'strings',
  'locations',
  'samples',
  'trace_tree',
  'trace_function_infos',
  'edges',
  'nodes',
  'snapshot',
];
const nested = {
  future: { nodes: [[1, { strings: ['"nodes":['] }]], 'a"b': null, deep: [[[[true, false, 1e-7]]]] },
  scopes: [1, 2, 3],
  empty: {},
};

const layouts: readonly (readonly [name: string, write: (heap: Heap) => string | Buffer])[] = [
  ['seven columns with newlines', (h) => v8Text(h, node20)],
  ['six columns without newlines', (h) => v8Text(h, node26)],
  ['six columns with newlines', (h) => v8Text(h, { columns: 6, newlines: true })],
  ['seven columns without newlines', (h) => v8Text(h, { columns: 7, newlines: false })],
  ['a header that claims too little', (h) => v8Text(h, { ...node26, claims: { node_count: 1, edge_count: 0 } })],
  ['a header that claims too much', (h) => v8Text(h, { ...node20, claims: { node_count: 1e6, edge_count: 1e7 } })],
  ['zipped', (h) => gzipSync(v8Text(h, node20))],
  ['zipped in two members', (h) => Buffer.concat([gzipSync(v8Text(h).slice(0, 500)), gzipSync(v8Text(h).slice(500))])],
  ['plain JSON.stringify', (h) => oddV8Text(h, {})],
  ['sections backwards', (h) => oddV8Text(h, { order: backwards })],
  ['edges before nodes', (h) => oddV8Text(h, { order: ['edges', 'strings', 'nodes', 'snapshot', 'locations'] })],
  ['a space everywhere', (h) => oddV8Text(h, { space: ' ' })],
  ['all four spaces everywhere', (h) => oddV8Text(h, { space: ' \t\r\n' })],
  ['pretty printed', (h) => oddV8Text(h, { space: '\n    ', order: backwards })],
  [
    'unknown sections in front',
    (h) =>
      oddV8Text(h, {
        extra: nested,
        order: [...Object.keys(nested), 'snapshot', 'nodes', 'edges', 'locations', 'strings'],
      }),
  ],
  [
    'unknown sections in between and at the end',
    (h) =>
      oddV8Text(h, {
        extra: nested,
        order: ['snapshot', 'future', 'nodes', 'scopes', 'edges', 'locations', 'strings', 'empty'],
      }),
  ],
  ['keys of escapes', (h) => oddV8Text(h, { key: escaped })],
  ['keys of some escapes', (h) => oddV8Text(h, { key: (key) => `"${key.replace('o', '\\u006f')}"` })],
  ['strings of escapes', (h) => oddV8Text(h, { string: escaped })],
  ['strings of some escapes', (h) => oddV8Text(h, { string: someEscapes })],
  ['numbers with a zero fraction', (h) => oddV8Text(h, { number: (value) => `${value}.0` })],
  [
    'numbers with exponents',
    (h) => oddV8Text(h, { number: (value) => (value !== 0 && value % 10 === 0 ? `${value / 10}e1` : `${value}E+0`) }),
  ],
  ['without optional sections', (h) => oddV8Text(h, { order: ['snapshot', 'nodes', 'edges', 'locations', 'strings'] })],
  ['newlines after the closing brace', (h) => `${v8Text(h)}\n\n  \n`],
];

for (const [name, made] of heaps) {
  const expected = nodeRecords(made);

  test(`the plain reader and the format's description agree on ${name}`, () => {
    sameRecords(plainRecords(v8Text(made, node26)), expected, name);
  });

  for (const [layout, write] of layouts) {
    test(`${name}, ${layout}: the stream is the same`, async () => {
      const whole = await run('snap-parse', [], { stdin: write(made) });
      strictEqual(whole.stderr, '');
      strictEqual(whole.status, 0);
      const { marks, nodes } = readStream(whole.stdout);
      sameRecords(nodes, expected, layout);
      const totals = { nodes: expected.length, refs: expected.reduce((sum, { refs = [] }) => sum + refs.length, 0) };
      deepStrictEqual(marks[1], { snap: 'end', ...totals });
      strictEqual(marks[0]?.['extra_native_bytes'], made.extraNativeBytes);
    });
  }
}

for (const [layout, write] of layouts) {
  test(`a shop, ${layout}: the nodes alone are the same`, async () => {
    const { stdout, stderr } = await run('snap-parse', ['--no-refs'], { stdin: write(shop()) });
    strictEqual(stderr, '');
    sameRecords(
      readStream(stdout).nodes,
      nodeRecords(shop()).map(({ refs, ...node }) => node),
      layout,
    );
  });
}
