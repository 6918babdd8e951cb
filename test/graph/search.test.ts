/** Chains that nobody named: a heap comes in, the types and names along which it refers to itself go out. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import type { FoundRow } from '../../lib/graph/chains/groups.ts';
import { ChainSearch } from '../../lib/graph/chains/search.ts';
import type { Via } from '../../lib/graph/store/via.ts';
import { NODES, REF_KINDS } from '../../lib/stream/batch.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { inPieces } from '../stream/collect.ts';
import { type Heap, heap, type NodeHandle } from '../support/heap.ts';
import { nodeRecords, streamText } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';
import { anyHeap, chosenTypes } from './anyChains.ts';
import { type PlainChain, plainChains, typeOf } from './plainChains.ts';

const scratch = new Scratch(tempFolder('search'), (note) => ok(false, note));

/** Searches the nodes of some types, or all. */
async function search(
  built: Heap,
  { types, via, least = 10 }: { types?: readonly string[]; via?: Via; least?: number } = {},
): Promise<readonly FoundRow[]> {
  const found = new ChainSearch(via, 10_000, scratch);
  const rows = new Uint8Array(NODES);
  for await (const batch of (await decodeStream('the stream', inPieces(streamText(built)), ALL_COLUMNS)).batches) {
    for (let row = 0; row < batch.length; row++)
      rows[row] = types === undefined || types.includes(batch.types.text(batch.type[row]!)) ? 1 : 0;
    found.add(batch, rows, undefined);
  }
  for await (const batch of (await decodeStream('the stream', inPieces(streamText(built)), ALL_COLUMNS)).batches)
    found.follow(batch);
  return found.rows(least);
}

function chain(
  h: ReturnType<typeof heap>,
  type: string,
  length: number,
  name: string | number,
  size = 16,
): NodeHandle[] {
  const nodes = Array.from({ length }, () => h.node(type, { size }));
  for (const [i, node] of nodes.entries()) if (i > 0) nodes[i - 1]!.points(name, node);
  return nodes;
}

test('every type and name is found along which a type refers to itself ten deep, longest first', async () => {
  const h = heap();
  chain(h, 'Error', 12, 'cause', 20);
  chain(h, 'Error', 10, 'cause', 20);
  chain(h, 'Error', 9, 'cause', 20);
  chain(h, 'Item', 30, 'next', 8);
  chain(h, 'Array', 12, 1, 4);
  chain(h, 'Short', 9, 'next');
  deepStrictEqual(await search(h.build()), [
    { type: 'Item', via: 'next', chains: 1, longest: 30, count: 30, bytes: 240 },
    { type: 'Array', via: '1', chains: 1, longest: 12, count: 12, bytes: 48 },
    { type: 'Error', via: 'cause', chains: 2, longest: 12, count: 22, bytes: 440 },
  ]);
});

test('a chain through several types, over several names, or over weak references is none', async () => {
  const h = heap();
  const mixed = Array.from({ length: 20 }, (_, i) => h.node(i % 2 === 0 ? 'Even' : 'Odd'));
  const named = Array.from({ length: 20 }, () => h.node('Named'));
  const weak = Array.from({ length: 20 }, () => h.node('Weak'));
  for (let i = 1; i < 20; i++) {
    mixed[i - 1]!.points('next', mixed[i]!);
    named[i - 1]!.points(i % 2 === 0 ? 'left' : 'right', named[i]!);
    weak[i - 1]!.points('next', weak[i]!, 'weak');
  }
  deepStrictEqual(await search(h.build()), []);
});

test('references of different kinds with one name are one group, unless a kind is asked for', async () => {
  const h = heap();
  const nodes = Array.from({ length: 12 }, () => h.node('Item'));
  for (let i = 1; i < 12; i++) nodes[i - 1]!.points('next', nodes[i]!, i === 6 ? 'internal' : 'property');
  strictEqual((await search(h.build()))[0]?.longest, 12);
  deepStrictEqual(await search(h.build(), { via: { kind: REF_KINDS.indexOf('property'), name: 'next' } }), []);
  strictEqual(
    (await search(h.build(), { via: { kind: REF_KINDS.indexOf('property'), name: 'next' }, least: 6 }))[0]?.chains,
    2,
  );
});

test('thousands of types and names are told apart', async () => {
  const h = heap();
  const ways = 3000;
  for (let i = 0; i < ways; i++) chain(h, `Type${i % 60}`, 3, `name${Math.floor(i / 60)}`);
  const rows = await search(h.build(), { least: 3 });
  strictEqual(rows.length, ways);
  strictEqual(new Set(rows.map(({ type, via }) => `${type} ${via}`)).size, ways);
  ok(rows.every(({ chains, longest, count }) => chains === 1 && longest === 3 && count === 3));
});

test('the chains found in any heap are those that the plain way finds', async () => {
  await fc.assert(
    fc.asyncProperty(anyHeap, chosenTypes, fc.integer({ min: 1, max: 4 }), async (built, types, least) => {
      const records = nodeRecords(built);
      const rows = await search(built, { types, least });
      const known: string[] = [];
      for (const type of types) {
        for (const via of ['next', 'other']) {
          const chosen = new Set(built.nodes.flatMap((_, n) => (typeOf(built, n) === type ? [n] : [])));
          const linked = ({ members, tails }: PlainChain): boolean => members.length > 1 || tails.length === 0;
          const all = plainChains(built, chosen, ([, name]) => name === via).filter(linked);
          const row = rows.find((one) => one.type === type && one.via === via);
          if (row !== undefined) known.push(`${type} ${via}`);
          // Where ways come back in a branched chain, the longest run need not be found.
          if (all.some(({ shape, hasCycle }) => shape === 'branched' && hasCycle)) continue;
          const long = all.filter(({ longest }) => longest >= least);
          const members = long.flatMap(({ members: n }) => n);
          deepStrictEqual(
            row,
            long.length === 0
              ? undefined
              : {
                  type,
                  via,
                  chains: long.length,
                  longest: Math.max(...long.map(({ longest }) => longest)),
                  count: members.length,
                  bytes: members.reduce((sum, n) => sum + records[n]!.size, 0),
                },
          );
        }
      }
      strictEqual(known.length, rows.length);
    }),
    { numRuns: 400 },
  );
});
