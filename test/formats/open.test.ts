/** What an operand is, its first bytes tell: files of every kind come in, what they are taken for goes out. */
import { ok, rejects, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openAny, openSource } from '../../lib/formats/open.ts';
import { InputError } from '../../lib/stream/errors.ts';
import { ALL_COLUMNS, type Columns } from '../../lib/stream/source.ts';
import { collect, NODES_ONLY } from '../stream/collect.ts';
import { streamText } from '../support/nodeStream.ts';
import { shop } from '../support/small.ts';
import { tempFolder } from '../support/temp.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';
import { BARE, withScratch } from './reading.ts';

const file = join(tempFolder('open'), 'any name');

async function opened(
  content: string | Uint8Array,
  columns: Columns = ALL_COLUMNS,
): Promise<{ format: string; nodes: number }> {
  writeFileSync(file, content);
  return withScratch(async (scratch) => {
    const operand = await openAny(file, columns.refs, scratch);
    const { items } = await collect(await openSource(operand, columns), columns);
    operand.input.close();
    return { format: operand.format, nodes: items.length };
  });
}

const count = shop().nodes.length;
const stream = streamText(shop());
const [start, ...rest] = stream.split('\n');
const sortedKeys = JSON.stringify(
  Object.fromEntries(Object.entries(JSON.parse(start!) as object).sort(([a], [b]) => (a < b ? -1 : 1))),
);
const without = stream
  .split('\n')
  .filter((line) => !line.includes('"snap"'))
  .join('\n');

for (const [what, content, format] of [
  ['a snapshot of Node 20', v8Text(shop(), node20), 'v8'],
  ['a snapshot of Node 26', v8Text(shop(), node26), 'v8'],
  [
    'a snapshot in one line with its sections backwards',
    oddV8Text(shop(), { order: ['strings', 'locations', 'edges', 'nodes', 'snapshot'] }),
    'v8',
  ],
  ['a pretty-printed snapshot', oddV8Text(shop(), { space: '\n  ' }), 'v8'],
  [
    'a snapshot that begins with a long section that nobody knows',
    oddV8Text(shop(), {
      extra: { note: 'x'.repeat(100_000) },
      order: ['note', 'snapshot', 'nodes', 'edges', 'strings'],
    }),
    'v8',
  ],
  ['a snapshot behind white space', `\n\t ${v8Text(shop(), node26)}`, 'v8'],
  ['a node stream', stream, 'stream'],
  ['a node stream without marks', without, 'stream'],
  ['a node stream whose start has its keys in another order', [sortedKeys, ...rest].join('\n'), 'stream'],
  ['a node stream with spaces', stream.replaceAll('{"n"', ' { "n"'), 'stream'],
  [
    'a node stream that begins with a field that nobody knows',
    without.replaceAll('{"n"', '{"mine":{"nodes":[1]},"n"'),
    'stream',
  ],
  ['a node stream with a field called nodes', without.replaceAll('{"n"', '{"nodes":[1],"n"'), 'stream'],
  ['a node stream behind blank lines', `\n \n\n${stream}`, 'stream'],
] as const) {
  test(`${what} is known for what it is, plain and zipped`, async () => {
    for (const bytes of [content, gzipSync(content)]) {
      for (const columns of [ALL_COLUMNS, NODES_ONLY, BARE]) {
        const { format: found, nodes } = await opened(bytes, columns);
        strictEqual(found, format);
        strictEqual(nodes, count);
      }
    }
  });
}

for (const [what, content] of [
  ['an empty file', ''],
  ['zipped nothing', gzipSync('')],
  ['white space', ' \n '],
  ['a picture', Buffer.from('89504e470d0a1a0a', 'hex')],
  ['a text', 'hello\n'],
  ['an array', '[1,2]'],
  ['a number', '12'],
  ['JSON that is no snapshot', '{"a":1}'],
  ['JSON of many lines that is no snapshot', JSON.stringify({ a: { b: [1] } }, null, 1)],
  ['a sampling profile', '{"head":{"selfSize":0,"children":[]},"samples":[]}'],
  ['a brace', '{'],
  ['half a key', '{"snapsho'],
  ['zipped data in zipped data', gzipSync(gzipSync(stream))],
] as const) {
  test(`${what} is refused with the name of the file`, () =>
    rejects(opened(content), (error: unknown) => {
      ok(error instanceof InputError, String(error));
      ok(error.message.startsWith(`${file}: `), error.message);
      return true;
    }));
}
