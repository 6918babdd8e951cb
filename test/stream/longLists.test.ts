/** Nodes with more references than a line or a batch holds: streams of a million come in; lines stay short, memory stays small. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ByteReader } from '../../lib/disk/input.ts';
import { randomFrom } from '../../lib/stages/sample.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { NodeEncoder } from '../../lib/stream/encode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { readStream } from '../support/nodeStream.ts';
import { holds } from './arbitrary.ts';
import { collectStream } from './collect.ts';

/** A node whose references are given in lines of so many. */
function node(n: number, refs: readonly string[], perLine: readonly number[]): string[] {
  const lines: string[] = [];
  let from = 0;
  for (const count of [...perLine, refs.length]) {
    const here = refs.slice(from, from + count).join(',');
    from += count;
    if (lines.length === 0)
      lines.push(
        `{"n":${n},"id":${n},"kind":"array","type":"Array","size":16,${refs.length > from ? `"more":${refs.length - from},` : ''}"refs":[${here}]}`,
      );
    else lines.push(`{"n":${n},"refs":[${here}]}`);
    if (from >= refs.length) break;
  }
  return lines;
}

const ascending = (count: number, ref: (i: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => ref(i));

test('a node with a million references passes in lines of at most 64 KiB and in little memory', async () => {
  const count = 1_000_000;
  const perLine = 2000;
  let line = 0;
  const space = Buffer.alloc(1 << 17);
  let rest = space.subarray(0, 0);
  const reader: ByteReader = {
    read(into, from) {
      if (rest.length === 0) {
        if (line === count / perLine) return 0;
        const refs = ascending(perLine, (i) => `["element",${line * perLine + i},${i}]`).join(',');
        const head = line === 0 ? `"id":1,"kind":"array","type":"Array","size":16,"more":${count - perLine},` : '';
        rest = space.subarray(0, space.write(`{"n":0,${head}"refs":[${refs}]}\n`));
        line++;
      }
      const taken = rest.subarray(0, into.length - from);
      into.set(taken, from);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
  };
  const source = await decodeStream('the stream', reader, ALL_COLUMNS);
  let [open, longest, refs, largest] = [0, 0, 0, 0];
  const encoder = new NodeEncoder((bytes, end) => {
    largest = Math.max(largest, end);
    for (let from = 0; from < end; ) {
      const newline = bytes.subarray(0, end).indexOf(10, from);
      const to = newline < 0 ? end : newline + 1;
      open += to - from;
      longest = Math.max(longest, open);
      if (newline >= 0) open = 0;
      from = to;
    }
  });
  const before = process.memoryUsage().arrayBuffers;
  let grown = 0;
  for await (const batch of source.batches) {
    encoder.batch(batch);
    refs += batch.refs;
    grown = Math.max(grown, process.memoryUsage().arrayBuffers - before);
  }
  encoder.end();
  strictEqual(refs, count);
  strictEqual(encoder.refs, count);
  strictEqual(open, 0);
  ok(longest > 60_000 && longest <= 65_536, `the longest line has ${longest} bytes`);
  ok(largest < 1 << 20, `a block of ${largest} bytes`);
  ok(grown < 16 << 20, `${grown} bytes more than at the beginning`);
});

test('where a line is broken depends on the node alone, not on lines, batches or pieces that it came in', async () => {
  await holds(
    fc.asyncProperty(
      fc.array(
        fc.record({ count: fc.nat(12_000), perLine: fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 60 }) }),
        { minLength: 1, maxLength: 8 },
      ),
      fc.nat(),
      async (nodes, seed) => {
        const random = randomFrom(seed);
        const refs = nodes.map(({ count }) =>
          ascending(count, (i) =>
            i % 7 === 0 ? `["property","${'k'.repeat(i % 90)}",${i}]` : `["element",${i},${i}]`,
          ),
        );
        const lines = nodes.flatMap(({ perLine }, n) => node(n, refs[n]!, [...perLine, ...new Array(20).fill(900)]));
        const evenly = nodes.flatMap((_, n) => node(n, refs[n]!, new Array(20).fill(600)));
        const first = await collectStream(`${evenly.join('\n')}\n`);
        const other = await collectStream(
          `${lines.map((line) => (random() < 0.3 ? line.replace('{', '{ ') : line)).join('\n')}\n`,
          ALL_COLUMNS,
          () => 1 + Math.floor(random() * 100_000),
        );
        strictEqual(other.text, first.text);
        const again = await collectStream(first.text);
        strictEqual(again.text, first.text);
        // The plain reader refuses lines that are too long, and counts that are wrong.
        const { nodes: records } = readStream(first.text);
        deepStrictEqual(
          records.map((record) => JSON.stringify(record.refs)),
          refs.map((texts) => `[${texts.join(',')}]`),
        );
      },
    ),
    25,
  );
});

test('a line is as long as may be: the next reference would not have fitted', async () => {
  const { text } = await collectStream(
    `${node(
      0,
      ascending(20_000, (i) => `["element",${i},0]`),
      new Array(20).fill(1000),
    ).join('\n')}\n`,
  );
  const lengths = text
    .split('\n')
    .slice(1, -3)
    .map((line) => line.length + 1);
  for (const length of lengths) ok(length > 65_536 - 80 && length <= 65_536, String(length));
});

test('more lines of the shortest references than a batch holds lose none of them, in either way of reading', async () => {
  const shortest = '["weak",0,0]';
  for (const perLine of [
    [5030, 5030, 1600, 5030],
    [5030, 5030, 1324, 5030],
    [5030, 5030, 5030, 5030, 5030],
  ]) {
    const all = perLine.map(
      (count, n) =>
        `{"n":${n},"id":${n},"kind":"a","type":"A","size":1,"refs":[${new Array(count).fill(shortest).join(',')}]}`,
    );
    for (const lines of [all, all.map((line) => line.replace(/}$/, ' }'))]) {
      const { items } = await collectStream(`${lines.join('\n')}\n`);
      deepStrictEqual(
        items.map((item) => (typeof item === 'object' ? item.refs?.length : item)),
        perLine,
      );
      for (const item of items)
        ok(
          typeof item === 'object' && item.refs?.every(([kind, name, to]) => kind === 'weak' && name === 0 && to === 0),
        );
    }
  }
});

test('a name as long as a line may be leaves its references to the next line', async () => {
  for (let length = 65_350; length < 65_460; length += 1) {
    const head = `{"n":0,"id":1,"kind":"string","type":"(string)","name":"${'x'.repeat(length)}","size":1`;
    const input = `${head},"refs":[["weak",0,0]]}\n`;
    if (input.length > 65_536) break;
    const { text, items } = await collectStream(input);
    const [item] = items;
    ok(typeof item === 'object');
    deepStrictEqual(item.refs, [['weak', 0, 0]]);
    for (const line of text.split('\n')) ok(line.length + 1 <= 65_536, String(line.length));
    deepStrictEqual((await collectStream(text)).items, items);
  }
});
