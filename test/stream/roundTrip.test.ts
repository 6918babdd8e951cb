/** Random node streams, spelt canonically and in every other legal way: both ways of reading give the same, and writing is canonical. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomFrom } from '../../lib/stages/sample.ts';
import { ALL_COLUMNS, type Columns } from '../../lib/stream/source.ts';
import { anyNodes, canonicalLines, holds, itemsOf, type NodeModel, oddLines } from './arbitrary.ts';
import { collectStream, type Item, NODES_ONLY } from './collect.ts';

const anySeed = fc.nat(2 ** 31 - 1);
const start = '{"snap":"start","schema":1,"format":"v8","mine":[1,{"a":9007199254740993}]}';

function endOf(nodes: readonly NodeModel[]): string {
  const refs = nodes.reduce((sum, node) => sum + (node.refs?.length ?? 0), 0);
  return `{"snap":"end","nodes":${nodes.length},"refs":${refs}}`;
}

const textOf = (nodes: readonly NodeModel[], lines: readonly string[]): string =>
  `${[start, ...lines, endOf(nodes)].join('\n')}\n`;

/** What an encoder writes: short lists of references are never broken. */
const written = (nodes: readonly NodeModel[]): string =>
  textOf(nodes, canonicalLines(nodes.map((node) => ({ ...node, breaks: [] }))));

/** Every other line of one spelling, the rest of another. */
function mixedLines(nodes: readonly NodeModel[], random: () => number): string[] {
  return nodes.flatMap((node) => (random() < 0.5 ? canonicalLines([node]) : oddLines([node], random)));
}

async function check(nodes: readonly NodeModel[], text: string, columns: Columns, size?: () => number): Promise<void> {
  const { startLine, items, text: again, verdict } = await collectStream(text, columns, size);
  strictEqual(startLine, start);
  const expected = itemsOf(nodes);
  if (columns.refs) {
    deepStrictEqual(items, expected);
    strictEqual(again, written(nodes));
  } else deepStrictEqual(items, expected.map(withoutRefs));
  deepStrictEqual(verdict, { notes: [], part: nodes.some(({ n }, i) => n !== i) });
}

const withoutRefs = (item: Item): Item => (typeof item === 'string' ? item : { ...item, refs: undefined });

for (const [what, columns] of [
  ['with references', ALL_COLUMNS],
  ['of nodes only', NODES_ONLY],
] as const) {
  test(`canonical lines read ${what} say what was written, and are written again as they were`, async () => {
    await holds(
      fc.asyncProperty(fc.boolean().chain(anyNodes), async (nodes) =>
        check(nodes, textOf(nodes, canonicalLines(nodes)), columns),
      ),
      400,
    );
  });

  test(`records in another order, with spaces and other escapes, read ${what} say the same and become canonical`, async () => {
    await holds(
      fc.asyncProperty(fc.boolean().chain(anyNodes), anySeed, async (nodes, seed) =>
        check(nodes, textOf(nodes, oddLines(nodes, randomFrom(seed))), columns),
      ),
      400,
    );
  });

  test(`canonical and other lines in one stream, read ${what}, in pieces of any size`, async () => {
    await holds(
      fc.asyncProperty(
        fc.boolean().chain(anyNodes),
        anySeed,
        fc.constantFrom(1, 7, 100, 5000),
        async (nodes, seed, most) => {
          const random = randomFrom(seed);
          await check(nodes, textOf(nodes, mixedLines(nodes, random)), columns, () => 1 + Math.floor(random() * most));
        },
      ),
      300,
    );
  });
}

test('lines that end like those of Windows say the same', async () => {
  await holds(
    fc.asyncProperty(fc.boolean().chain(anyNodes), async (nodes) =>
      check(nodes, textOf(nodes, canonicalLines(nodes)).replaceAll('\n', '\r\n'), ALL_COLUMNS),
    ),
    100,
  );
});

test('what was read from a stream without references is written without refs, not with none', async () => {
  const line = '{"n":0,"id":1,"kind":"object","type":"A","size":1,"refs":[["element",0,0]]}';
  const { text } = await collectStream(`${line}\n`, NODES_ONLY);
  strictEqual(text.split('\n')[1], '{"n":0,"id":1,"kind":"object","type":"A","size":1}');
});
