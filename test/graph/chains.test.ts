/** Chains of small heaps, by shape and at random: nodes and references come in, rows and ends go out. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { type ChainRow, ChainRows, type LengthTotal } from '../../lib/graph/chains/chainRows.ts';
import { Chains } from '../../lib/graph/chains/chains.ts';
import { Followed, TooMany } from '../../lib/graph/chains/follow.ts';
import type { Via } from '../../lib/graph/store/via.ts';
import { NODES, REF_KINDS } from '../../lib/stream/batch.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { inPieces } from '../stream/collect.ts';
import { type Heap, heap, type NodeHandle } from '../support/heap.ts';
import { nodeRecords, streamText } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';
import { anyHeap, chosenTypes } from './anyChains.ts';
import { plainChains, typeOf } from './plainChains.ts';

const scratch = new Scratch(tempFolder('chains'), (note) => ok(false, note));
const NEXT: Via = { kind: undefined, name: 'next' };

interface Found {
  readonly rows: readonly ChainRow[];
  readonly lengths: readonly LengthTotal[];
  ends(which: 'heads' | 'tails', top?: number): readonly (readonly [n: number, length: number])[];
}

/** The chains of all nodes of some types; without any, of all but the root. */
async function find(
  built: Heap,
  { types, via = NEXT, least = 1 }: { types?: readonly string[]; via?: Via; least?: number } = {},
): Promise<Found> {
  const source = await decodeStream('the stream', inPieces(streamText(built)), ALL_COLUMNS);
  const followed = new Followed(via, 1 << 20, scratch);
  const rows = new Uint8Array(NODES);
  for await (const batch of source.batches) {
    for (let row = 0; row < batch.length; row++)
      rows[row] = (types === undefined ? batch.n[row] !== 0 : types.includes(batch.types.text(batch.type[row]!)))
        ? 1
        : 0;
    followed.add(batch, rows, undefined);
  }
  const found = new ChainRows(new Chains(followed.finish()), followed.identities, via.name, least);
  const all = [...found.rows(Number.POSITIVE_INFINITY)];
  strictEqual(found.count, all.length);
  return {
    rows: all,
    lengths: found.lengths(),
    ends: (which, top = Number.POSITIVE_INFINITY) => {
      const { n, length } = found.ends(which, top);
      return Array.from(n, (position, i) => [position, length[i]!]);
    },
  };
}

/** Nodes of one type, each of as many bytes as its number says. */
function items(count: number): { readonly built: () => Heap; readonly items: readonly NodeHandle[] } {
  const h = heap();
  const nodes = Array.from({ length: count }, (_, i) => h.node('Item', { size: 10 + i }));
  return { built: () => h.build(), items: nodes };
}

const brief = ({ shape, length, count, bytes, heads, head, tail }: ChainRow): readonly unknown[] => [
  shape,
  length,
  count,
  bytes,
  heads,
  head.n,
  tail?.n,
];

test('nodes in a row are a chain from its head to its tail', async () => {
  const { built, items: list } = items(3);
  const [a, b, c] = list as [NodeHandle, NodeHandle, NodeHandle];
  c.points('next', a);
  a.points('next', b);
  const { rows, ends } = await find(built());
  deepStrictEqual(rows, [
    {
      type: 'Item',
      via: 'next',
      shape: 'chain',
      length: 3,
      count: 3,
      bytes: 33,
      heads: 1,
      head: { n: 3, id: 7, type: 'Item', name: 'Item' },
      tail: { n: 2, id: 5, type: 'Item', name: 'Item' },
    },
  ]);
  deepStrictEqual(ends('heads'), [[3, 3]]);
  deepStrictEqual(ends('tails'), [[2, 3]]);
});

test('several heads that run into one tail are a tree: its length is the longest run, and each node counts once', async () => {
  const { built, items: list } = items(5);
  const [tail, middle, short, long, longer] = list as [NodeHandle, NodeHandle, NodeHandle, NodeHandle, NodeHandle];
  short.points('next', tail);
  middle.points('next', tail);
  long.points('next', middle);
  longer.points('next', long);
  const { rows, ends } = await find(built());
  deepStrictEqual(rows.map(brief), [['tree', 4, 5, 60, 2, 5, 1]]);
  deepStrictEqual(ends('heads'), [
    [3, 2],
    [5, 4],
  ]);
  deepStrictEqual(ends('tails'), [[1, 4]]);
});

test('a chain that bites its tail is a cycle: no tail, and no head if nothing leads into it', async () => {
  const { built, items: list } = items(3);
  const [a, b, c] = list as [NodeHandle, NodeHandle, NodeHandle];
  a.points('next', b);
  b.points('next', c);
  c.points('next', a);
  const { rows, ends } = await find(built());
  deepStrictEqual(rows.map(brief), [['cycle', 3, 3, 33, 0, 1, undefined]]);
  deepStrictEqual(ends('heads'), [[1, 3]], 'its first node stands for the heads it does not have');
  deepStrictEqual(ends('tails'), []);
});

test('heads that feed into a cycle are counted, and the longest run goes once around', async () => {
  const { built, items: list } = items(6);
  const [a, b, c, d, e, f] = list as [NodeHandle, NodeHandle, NodeHandle, NodeHandle, NodeHandle, NodeHandle];
  a.points('next', b);
  b.points('next', a);
  c.points('next', b);
  d.points('next', c);
  e.points('next', a);
  f.points('next', e);
  const { rows, ends } = await find(built());
  deepStrictEqual(rows.map(brief), [['cycle', 4, 6, 75, 2, 4, undefined]]);
  deepStrictEqual(ends('heads'), [
    [4, 4],
    [6, 4],
  ]);
});

test('a node that refers to itself is a cycle of length 1', async () => {
  const { built, items: list } = items(2);
  list[0]!.points('next', list[0]!);
  const { rows, ends } = await find(built());
  deepStrictEqual(rows.map(brief), [
    ['cycle', 1, 1, 10, 0, 1, undefined],
    ['chain', 1, 1, 11, 1, 2, 2],
  ]);
  deepStrictEqual(ends('heads'), [
    [1, 1],
    [2, 1],
  ]);
  deepStrictEqual(ends('tails'), [[2, 1]]);
});

test('a node with two such references makes its chain branched, one with the same reference twice does not', async () => {
  const { built, items: list } = items(5);
  const [a, b, c, d, e] = list as [NodeHandle, NodeHandle, NodeHandle, NodeHandle, NodeHandle];
  a.points('next', b).points('next', c);
  b.points('next', c);
  d.points('next', e).points('next', e).points('next', e);
  const { rows, ends } = await find(built());
  deepStrictEqual(rows.map(brief), [
    ['branched', 3, 3, 33, 1, 1, undefined],
    ['chain', 2, 2, 27, 1, 4, 5],
  ]);
  deepStrictEqual(ends('tails'), [
    [3, 3],
    [5, 2],
  ]);
});

test('a branched chain in which every way comes back is walked once, from its first node', async () => {
  const { built, items: list } = items(3);
  for (const from of list) for (const to of list) from.points('next', to);
  const { rows } = await find(built());
  deepStrictEqual(rows.map(brief), [['branched', 3, 3, 33, 0, 1, undefined]]);
});

test('weak references, other names, and nodes that are not chosen end a chain', async () => {
  const h = heap();
  const [a, b, c, d] = [0, 1, 2, 3].map(() => h.node('Item', { size: 10 })) as [
    NodeHandle,
    NodeHandle,
    NodeHandle,
    NodeHandle,
  ];
  const other = h.node('Other');
  a.points('next', b).points('next', c, 'weak');
  b.points('previous', c).points('next', other);
  other.points('next', d);
  const { rows } = await find(h.build(), { types: ['Item'] });
  deepStrictEqual(rows.map(brief), [
    ['chain', 2, 2, 20, 1, 1, 2],
    ['chain', 1, 1, 10, 1, 3, 3],
    ['chain', 1, 1, 10, 1, 4, 4],
  ]);
});

test('a kind restricts the name, and an index is a name', async () => {
  const { built, items: list } = items(3);
  const [a, b, c] = list as [NodeHandle, NodeHandle, NodeHandle];
  a.points('next', b).points('next', c, 'internal');
  b.points(7, c);
  deepStrictEqual(
    (await find(built(), { via: { kind: REF_KINDS.indexOf('internal'), name: 'next' } })).rows.map(brief)[0],
    ['chain', 2, 2, 22, 1, 1, 3],
  );
  deepStrictEqual((await find(built(), { via: { kind: undefined, name: '7' } })).rows[0]?.head.n, 2);
  strictEqual((await find(built(), { via: { kind: REF_KINDS.indexOf('hidden'), name: '7' } })).rows[0]?.length, 1);
});

test('rows come longest first; of equal length by the type of their head, then by its place; a row has the type of its head', async () => {
  const h = heap();
  const names = ['B', 'A', 'C', 'B', 'A', 'A', 'A'];
  const nodes = names.map((name) => h.node(name));
  nodes[0]!.points('next', nodes[2]!);
  nodes[3]!.points('next', nodes[1]!);
  nodes[4]!.points('next', nodes[5]!);
  const { rows, lengths } = await find(h.build());
  deepStrictEqual(
    rows.map(({ type, head, length }) => [type, head.n, length]),
    [
      ['A', 5, 2],
      ['B', 1, 2],
      ['B', 4, 2],
      ['A', 7, 1],
    ],
  );
  deepStrictEqual(lengths, [
    { length: 2, chains: 3, count: 6, bytes: 96 },
    { length: 1, chains: 1, count: 1, bytes: 16 },
  ]);
});

test('a node with a hundred thousand such references, in many lines of the stream, is walked at once', async () => {
  const many = 100_000;
  const built: Heap = {
    extraNativeBytes: undefined,
    nodes: [
      {
        id: 1,
        kind: 'object',
        name: 'Hub',
        size: 8,
        detached: 0,
        at: undefined,
        refs: Array.from({ length: many }, (_, i) => ['property', 'next', 1 + ((i * 7) % 900)] as const),
      },
      ...Array.from({ length: 900 }, (_, i) => ({
        id: 3 + 2 * i,
        kind: 'object',
        name: 'Leaf',
        size: 8,
        detached: 0,
        at: undefined,
        refs: [],
      })),
    ],
  };
  const { rows } = await find(built, { types: ['Hub', 'Leaf'] });
  deepStrictEqual(rows.map(brief), [['branched', 2, 901, 8 * 901, 1, 0, undefined]]);
});

test('more nodes than there is room for are refused', async () => {
  const source = await decodeStream('the stream', inPieces(streamText(items(5).built())), ALL_COLUMNS);
  const followed = new Followed(NEXT, 16 * 5, scratch);
  let thrown: unknown;
  try {
    for await (const batch of source.batches) followed.add(batch, new Uint8Array(NODES).fill(1), undefined);
  } catch (error) {
    thrown = error;
  }
  ok(thrown instanceof TooMany);
});

test('the chains of any heap are those that the plain way finds', async () => {
  await fc.assert(
    fc.asyncProperty(anyHeap, chosenTypes, fc.integer({ min: 1, max: 3 }), async (built, types, least) => {
      const chosen = new Set(built.nodes.flatMap((_, n) => (types.includes(typeOf(built, n)) ? [n] : [])));
      const plain = plainChains(built, chosen, ([, name]) => name === 'next');
      const { rows, ends, lengths } = await find(built, { types, least });
      const records = nodeRecords(built);
      const byHead = new Map(rows.map((row) => [row.head.n, row]));
      strictEqual(byHead.size, rows.length);
      let kept = 0;
      for (const chain of plain) {
        const row = rows.find(({ head }) => chain.members.includes(head.n));
        // Where ways come back, a longer run may be there than the one that was found.
        const isExact = chain.shape !== 'branched' || !chain.hasCycle;
        if (row === undefined) {
          ok(!isExact || chain.longest < least);
          continue;
        }
        kept++;
        if (isExact) strictEqual(row.length, chain.longest);
        else ok(row.length <= chain.longest && row.length >= Math.min(2, chain.longest));
        deepStrictEqual(
          [row.shape, row.count, row.heads, row.bytes],
          [
            chain.shape,
            chain.members.length,
            chain.heads.length,
            chain.members.reduce((sum, n) => sum + records[n]!.size, 0),
          ],
        );
        ok(chain.heads.length === 0 || chain.heads.includes(row.head.n));
        deepStrictEqual(row.tail?.n, chain.shape === 'chain' || chain.shape === 'tree' ? chain.tails[0] : undefined);
        const { id, type, name = type } = records[row.head.n]!;
        deepStrictEqual([row.type, row.head], [type, { n: row.head.n, id, type, name }]);
        const headsHere = ends('heads').filter(([n]) => chain.members.includes(n));
        deepStrictEqual(
          headsHere.map(([n]) => n),
          chain.heads.length > 0 ? chain.heads : [row.head.n],
        );
        strictEqual(Math.max(...headsHere.map(([, length]) => length)), row.length);
        deepStrictEqual(
          ends('tails').filter(([n]) => chain.members.includes(n)),
          chain.tails.map((n) => [n, row.length]),
        );
      }
      strictEqual(rows.length, kept);
      const inOrder = [...rows].sort(
        (a, b) => b.length - a.length || (a.type < b.type ? -1 : a.type > b.type ? 1 : a.head.n - b.head.n),
      );
      deepStrictEqual(rows, inOrder);
      strictEqual(
        lengths.reduce((sum, { chains }) => sum + chains, 0),
        rows.length,
      );
      strictEqual(
        lengths.reduce((sum, { bytes }) => sum + bytes, 0),
        rows.reduce((sum, { bytes }) => sum + bytes, 0),
      );
    }),
    { numRuns: 400 },
  );
});
