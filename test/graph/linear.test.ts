/** Millions of nodes in shapes that are hard for somebody: each is walked in time that grows with its size alone, and by nothing that recurses. */
import { ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Chains } from '../../lib/graph/chains/chains.ts';
import { LinkList, type Links } from '../../lib/graph/chains/links.ts';
import { sortByKey } from '../../lib/graph/chains/order.ts';
import { NONE, Positions } from '../../lib/graph/chains/positions.ts';
import { randomFrom } from '../../lib/stages/sample.ts';

const MILLION = 1_000_000;

/** The links of nodes that each refer to those that `targets` gives. */
function linked(count: number, ...targets: readonly ((node: number) => number)[]): Links {
  const links = new LinkList();
  for (let node = 0; node < count; node++) {
    for (const target of targets) {
      const to = target(node);
      if (to >= 0 && to < count) links.add(node, to);
    }
  }
  return links.finish(count, (to) => to);
}

/** A chain through all nodes in an order that has nothing to do with their places. */
function shuffled(count: number): Links {
  const random = randomFrom(7);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const next = new Int32Array(count).fill(-1);
  for (let i = 1; i < count; i++) next[order[i - 1]!] = order[i]!;
  return linked(count, (node) => next[node]!);
}

const shapes: readonly (readonly [
  what: string,
  links: (count: number) => Links,
  longest: (count: number) => number,
])[] = [
  ['a chain in order', (count) => linked(count, (node) => node + 1), (count) => count],
  ['a chain backwards', (count) => linked(count, (node) => node - 1), (count) => count],
  ['a chain in no order', shuffled, (count) => count],
  ['one cycle', (count) => linked(count, (node) => (node + 1) % count), (count) => count],
  ['many small cycles', (count) => linked(count, (node) => node - (node % 4) + ((node + 1) % 4)), () => 4],
  ['a star', (count) => linked(count, (node) => (node === 0 ? -1 : 0)), () => 2],
  [
    'a list that is linked both ways',
    (count) =>
      linked(
        count,
        (node) => node + 1,
        (node) => node - 1,
      ),
    (count) => count,
  ],
  [
    'a binary tree',
    (count) =>
      linked(
        count,
        (node) => 2 * node + 1,
        (node) => 2 * node + 2,
      ),
    (count) => Math.floor(Math.log2(count)) + 1,
  ],
  ['a hub that refers to all', (count) => hub(count), () => 2],
];

function hub(count: number): Links {
  const links = new LinkList();
  for (let to = 1; to < count; to++) links.add(0, to);
  return links.finish(count, (to) => to);
}

for (const [what, links, longest] of shapes) {
  test(`${what}: eight times the nodes take some eight times the time`, (t) => {
    const time = (count: number): number => {
      const made = links(count);
      const before = process.cpuUsage();
      const chains = new Chains(made);
      const { user, system } = process.cpuUsage(before);
      strictEqual(
        chains.length.reduce((most, length) => Math.max(most, length), 0),
        longest(count),
      );
      return (user + system) / 1000;
    };
    const [few, many] = [MILLION / 4, 2 * MILLION].map((count) => Math.min(time(count), time(count))) as [
      number,
      number,
    ];
    t.diagnostic(`${Math.round(few)} ms, ${Math.round(many)} ms`);
    // Squared it would be 64 times. Small ones fit a processor's cache, large ones in no order do not.
    ok(many < 32 * few + 1000, `${Math.round(few)} ms, then ${Math.round(many)} ms`);
  });
}

test('positions are found wherever they lie: dense, with gaps, in clumps, at the end of the range', () => {
  const random = randomFrom(3);
  const lists = [
    Array.from({ length: 5000 }, (_, i) => i),
    Array.from({ length: 5000 }, (_, i) => 3 * i + 7),
    [...new Set(Array.from({ length: 3000 }, () => Math.floor(random() * 2 ** 32)))].sort((a, b) => a - b),
    [0, 1, 2, 3, 2 ** 32 - 3, 2 ** 32 - 2, 2 ** 32 - 1],
    [2 ** 32 - 1],
    [],
  ];
  for (const list of lists) {
    const positions = new Positions();
    for (const n of list) positions.add(n);
    positions.add(2 ** 32 - 1);
    positions.pop();
    const known = new Set(list);
    for (const [i, n] of list.entries()) {
      strictEqual(positions.at(i), n);
      strictEqual(positions.indexOf(n), i);
      for (const other of [n - 1, n + 1])
        if (other >= 0 && other < 2 ** 32 && !known.has(other)) strictEqual(positions.indexOf(other), NONE);
    }
    strictEqual(positions.count, list.length);
  }
});

test('sorting by a key keeps what is equal in its order', () => {
  const random = randomFrom(5);
  for (const most of [0, 1, 100, 2 ** 16, 2 ** 31, 2 ** 32 - 1]) {
    const keys = Array.from({ length: 2000 }, () => Math.floor(random() * (most + 1)));
    const order = Uint32Array.from(keys, (_, i) => i);
    sortByKey(order, (i) => keys[i]!, most);
    const expected = keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]! || a - b);
    strictEqual(order.join(), expected.join());
  }
});
