/** Chains told from rows and columns, as an index has them, on random heaps: the same as those told from a reading. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { ChainRows } from '../../lib/graph/chains/chainRows.ts';
import { Chains } from '../../lib/graph/chains/chains.ts';
import { ColumnMembers } from '../../lib/graph/chains/columnMembers.ts';
import { Followed } from '../../lib/graph/chains/follow.ts';
import { type FoundRow, foundRows } from '../../lib/graph/chains/groups.ts';
import { RowSearch } from '../../lib/graph/chains/rowSearch.ts';
import { ChainSearch } from '../../lib/graph/chains/search.ts';
import { Bits } from '../../lib/graph/store/bits.ts';
import { type Graph, readGraph } from '../../lib/graph/store/read.ts';
import type { Via } from '../../lib/graph/store/via.ts';
import { ChainLines, chainsFrom } from '../../lib/index/chains.ts';
import { Folder } from '../../lib/index/folder.ts';
import { FolderWriter } from '../../lib/index/folderWriter.ts';
import { tieOf } from '../../lib/index/tie.ts';
import { NODES, REF_KINDS } from '../../lib/stream/batch.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { ALL_COLUMNS, type NodeSource } from '../../lib/stream/source.ts';
import { inPieces } from '../stream/collect.ts';
import { type Heap, heap } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';
import { anyHeap, chosenTypes } from './anyChains.ts';

const scratch = new Scratch(tempFolder('chains'), (note) => ok(false, note));

const reading = (built: Heap): Promise<NodeSource> =>
  decodeStream('the stream', inPieces(streamText(built)), ALL_COLUMNS);

async function graphOf(built: Heap): Promise<Graph> {
  const source = await reading(built);
  return readGraph(source, source.batches, { weak: true, rowBytes: 1 << 16, isPart: false, names: true }, scratch);
}

const vias: fc.Arbitrary<Via> = fc.record({
  kind: fc.constantFrom(undefined, undefined, REF_KINDS.indexOf('property'), REF_KINDS.indexOf('internal')),
  name: fc.constantFrom('next', 'next', 'other', 'missing'),
});

/** The nodes of some types. */
function chosenOf({ types, type, nodes }: Graph, wanted: readonly string[]): Bits {
  const chosen = new Bits(nodes);
  let n = 0;
  for (const code of type.values()) {
    if (wanted.includes(types.text(code))) chosen.add(n);
    n++;
  }
  return chosen;
}

function searchRows(graph: Graph, chosen: Bits | undefined, via: Via | undefined): RowSearch {
  const type = new Uint32Array(graph.nodes);
  graph.type.load(type);
  const names = graph.names!;
  const isMeant = via === undefined ? undefined : names.matcher(via.kind, via.name);
  const search = new RowSearch({ type, names, chosen, isMeant }, scratch);
  graph.rows.eachOf(chosen, (n, cursor) => search.look(n, cursor));
  return search;
}

const rowsOf = (search: RowSearch, { types, sizes }: Graph, least: number): readonly FoundRow[] =>
  foundRows(search.groups, least, (n) => sizes.at(n), {
    type: (code) => types.text(code),
    name: (code) => search.text(code),
  });

/** Of the nodes of some types. */
async function readChainsOf(built: Heap, wanted: readonly string[], via: Via | undefined): Promise<ChainSearch> {
  const search = new ChainSearch(via, 10_000, scratch);
  const rows = new Uint8Array(NODES);
  for await (const batch of (await reading(built)).batches) {
    for (let row = 0; row < batch.length; row++)
      rows[row] = wanted.includes(batch.types.text(batch.type[row]!)) ? 1 : 0;
    search.add(batch, rows, undefined);
  }
  for await (const batch of (await reading(built)).batches) search.follow(batch);
  return search;
}

test('chains that are looked for in rows are those that two readings find, of whatever length', async () => {
  await fc.assert(
    fc.asyncProperty(anyHeap, chosenTypes, fc.option(vias, { nil: undefined }), async (built, types, via) => {
      const graph = await graphOf(built);
      const search = searchRows(graph, chosenOf(graph, types), via);
      const read = await readChainsOf(built, types, via);
      for (let least = 1; least < 6; least++) deepStrictEqual(rowsOf(search, graph, least), read.rows(least));
    }),
    { numRuns: 200 },
  );
});

const parsed = (line: string): unknown => JSON.parse(line);

test('chains that are kept as lines are found again, however few lines there may be: of some length on all of them', async () => {
  let dropped = 0;
  await fc.assert(
    fc.asyncProperty(anyHeap, fc.constantFrom(40, 80, 1 << 20), async (built, most) => {
      const graph = await graphOf(built);
      const search = searchRows(graph, undefined, undefined);
      const kept = new ChainLines(most);
      for (const group of search.groups.each(1, (n) => graph.sizes.at(n)))
        kept.add(group, graph.types.text(group.type), search.text(group.name));
      const lines = [...kept.lines()];
      if (kept.least > 1) dropped++;
      for (let least = kept.least; least < 8; least++)
        deepStrictEqual([...chainsFrom(lines.map(parsed), least)], rowsOf(search, graph, least));
    }),
    { numRuns: 200 },
  );
  ok(dropped > 5, `${dropped}`);
});

test('lines of any length are read from a folder, whatever is in their names', () => {
  const kept = new ChainLines();
  const lengths = Array.from({ length: 9000 }, (_, i) => ({
    length: 9000 - i,
    chains: 1,
    count: 9000 - i,
    bytes: 2 ** 40,
  }));
  const names = ['next', '€"\n\u{1f600}'.repeat(9000), '\ud800'];
  for (const name of names) kept.add({ type: 0, name: 0, lengths }, 'Any', name);
  kept.add({ type: 0, name: 0, lengths: lengths.slice(-2) }, 'Short', 'next');
  const file = join(tempFolder('lines'), 'a.heapsnapshot');
  writeFileSync(file, '');
  const writer = new FolderWriter(file);
  writer.begin('chains');
  for (const line of kept.lines()) writer.write(Buffer.from(line));
  writer.finish(file, tieOf(file), {});
  const folder = Folder.of(file)!;
  const rows = [...chainsFrom(folder.jsonLines('chains'), 10)];
  deepStrictEqual(rows.map(({ via }) => via).sort(), names.sort());
  strictEqual(rows[0]!.bytes, 8991 * 2 ** 40);
  strictEqual([...chainsFrom(folder.jsonLines('chains'), 1)].length, 4);
});

test('chains that are followed in rows have the rows, the lengths and the ends of those that are read', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyHeap,
      chosenTypes,
      vias,
      fc.integer({ min: 1, max: 3 }),
      fc.nat(6),
      async (built, types, via, least, top) => {
        const followed = new Followed(via, 1 << 20, scratch);
        const marks = new Uint8Array(NODES);
        for await (const batch of (await reading(built)).batches) {
          for (let row = 0; row < batch.length; row++)
            marks[row] = types.includes(batch.types.text(batch.type[row]!)) ? 1 : 0;
          followed.add(batch, marks, undefined);
        }
        const graph = await graphOf(built);
        const chosen = chosenOf(graph, types);
        const members = new ColumnMembers(graph, chosen, chosen.count(), scratch);
        const names = graph.names!;
        const { found, links } = members.follow(names.matcher(via.kind, via.name));
        strictEqual(found, followed.found);
        if (found === 0) {
          const others = members.others(names.matcher(undefined, via.name), names);
          deepStrictEqual(others, { weak: followed.weak, names: followed.names() });
        }
        const read = new ChainRows(new Chains(followed.finish()), followed.identities, via.name, least);
        const rows = new ChainRows(new Chains(links), members, via.name, least);
        const wanted = new Bits(graph.nodes);
        for (const n of rows.named(top)) wanted.add(n);
        for await (const batch of (await reading(built)).batches) members.tell(batch, wanted);
        deepStrictEqual([...rows.rows(top)], [...read.rows(top)]);
        deepStrictEqual(rows.lengths(), read.lengths());
        for (const which of ['heads', 'tails'] as const) deepStrictEqual(rows.ends(which, top), read.ends(which, top));
      },
    ),
    { numRuns: 300 },
  );
});

test('digits are one name, written as an index or as text', async () => {
  const h = heap();
  const nodes = Array.from({ length: 12 }, () => h.node('Item'));
  for (let i = 1; i < 12; i++) nodes[i - 1]!.points(i % 2 === 0 ? 7 : '7', nodes[i]!);
  const graph = await graphOf(h.build());
  const rows = rowsOf(searchRows(graph, undefined, { kind: undefined, name: '7' }), graph, 10);
  deepStrictEqual(
    rows.map(({ via, longest }) => [via, longest]),
    [['7', 12]],
  );
});
