/** Random heaps in every legal layout, from files and pipes: the fast way and stream-json must read what the heap says. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomFrom } from '../../lib/stages/sample.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { holds } from '../stream/arbitrary.ts';
import { NODES_ONLY } from '../stream/collect.ts';
import { canonical, type Json, odd, oddNumber, shuffled } from '../stream/spelling.ts';
import { type Heap, heap } from '../support/heap.ts';
import { node20, node26, sections, v8Text } from '../support/v8Text.ts';
import { anyHeap } from './anyHeap.ts';
import { BARE, faultOf, nodesOf, readFile, readPipe, readsAs } from './reading.ts';

const known = ['snapshot', 'nodes', 'edges', 'locations', 'strings'];

/** Sections that nobody knows, with all that could be taken for one that is known. */
const unknown = {
  future: {
    nodes: [[1, { strings: ['"nodes":[', ']'] }]],
    edges: [[1, 2], [3]],
    'a"b': null,
    deep: [[[[true, false, 1e-7]]]],
  },
  trace_tree: [1, 0, 1, 2, [2, 3, 4, 5, []]],
  scopes: [1, 2, 3],
  samples: [],
  note: 'edges":[1,2',
  number: 12.5,
  nothing: null,
  empty: {},
};

const layouts: readonly (readonly [name: string, write: (heap: Heap, random: () => number) => string])[] = [
  ['as Node 20 writes it', (h) => v8Text(h, node20)],
  ['as Node 26 writes it', (h) => v8Text(h, node26)],
  ['of six columns with newlines', (h) => v8Text(h, { columns: 6, newlines: true })],
  ['of seven columns without newlines', (h) => v8Text(h, { columns: 7, newlines: false })],
  ['with a header that counts too little', (h) => v8Text(h, { ...node26, claims: { node_count: 0, edge_count: 1 } })],
  ['with a header that counts too much', (h) => v8Text(h, { ...node20, claims: { node_count: 1e9, edge_count: 1e9 } })],
  ['with columns and vocabulary in another order', reordered],
  ['with sections in another order', (h, random) => text(entries(h), random, { order: true })],
  [
    'with unknown sections anywhere',
    (h, random) => text([...entries(h), ...Object.entries(unknown)], random, { order: true }),
  ],
  [
    'with unknown sections between those that are known',
    (h, random) => text(between(entries(h), Object.entries(unknown), random), random, {}),
  ],
  [
    'with unknown sections right behind the edges, before those that V8 writes there',
    (h, random) => text(behindEdges(entries(h), Object.entries(unknown), random), random, {}),
  ],
  [
    'with locations before the sections that V8 writes behind the edges',
    (h, random) => {
      const [snapshot, nodes, edges, locations, strings] = entries(h) as [Entry, Entry, Entry, Entry, Entry];
      return text([snapshot, nodes, edges, locations, ['trace_function_infos', []], strings], random, {});
    },
  ],
  ['with spaces and escapes', (h, random) => text(entries(h), random, { odd: true })],
  ['with numbers in other spellings', (h, random) => text(entries(h), random, { numbers: true })],
  [
    'odd in every way',
    (h, random) => text([...entries(h), ...Object.entries(unknown)], random, { order: true, odd: true, numbers: true }),
  ],
  ['pretty-printed', (h) => JSON.stringify(Object.fromEntries(entries(h)), null, 2)],
];

type Entry = readonly [name: string, value: unknown];

function entries(h: Heap): Entry[] {
  const parts: Record<string, unknown> = { ...sections(h, node20) };
  return known.map((name) => [name, parts[name]]);
}

function text(
  members: readonly Entry[],
  random: () => number,
  how: { order?: boolean; odd?: boolean; numbers?: boolean },
): string {
  const json = (value: unknown): Json => {
    if (typeof value === 'number')
      return how.numbers === true && Number.isInteger(value) ? oddNumber(value, random) : { digits: String(value) };
    if (Array.isArray(value)) return value.map(json);
    if (typeof value === 'object' && value !== null)
      return { members: Object.entries(value).map(([key, member]) => [key, json(member)]) };
    return value as string | boolean | null;
  };
  const ordered = how.order === true ? shuffled(members, () => false, random) : members;
  const whole: Json = { members: ordered.map(([name, value]) => [name, json(value)]) };
  return how.odd === true ? odd(whole, random) : canonical(whole);
}

function between(first: readonly Entry[], others: readonly Entry[], random: () => number): Entry[] {
  const all = [...first];
  for (const other of others) all.splice(1 + Math.floor(random() * (all.length - 1)), 0, other);
  return all;
}

/** Some of the others directly behind the edges, then what V8 writes there. */
function behindEdges(first: readonly Entry[], others: readonly Entry[], random: () => number): Entry[] {
  const some = others.filter(() => random() < 0.3);
  return [...first.slice(0, 3), ...some, ['trace_function_infos', [1, 2]], ...first.slice(3)];
}

/** The columns the other way round with one more among them, and the kinds of nodes and references too. */
function reordered(h: Heap): string {
  const { snapshot, nodes, edges, locations, strings } = sections(h, node26);
  const meta = snapshot['meta'] as {
    node_fields: string[];
    node_types: [string[]];
    edge_fields: string[];
    edge_types: [string[]];
    location_fields: string[];
  };
  const turn = (flat: readonly number[], width: number, change: (row: number[]) => number[]): number[] =>
    Array.from({ length: flat.length / width }, (_, i) => change(flat.slice(i * width, (i + 1) * width))).flat();
  const nodeTypes = [...meta.node_types[0]].reverse();
  const edgeTypes = [...meta.edge_types[0]].reverse();
  const header = {
    ...snapshot,
    meta: {
      node_fields: [...[...meta.node_fields].reverse(), 'future'],
      node_types: [...new Array(5).fill('number'), nodeTypes],
      edge_fields: ['future', ...[...meta.edge_fields].reverse()],
      edge_types: [edgeTypes],
      location_fields: [...meta.location_fields].reverse(),
    },
  };
  // The vocabulary is the first entry of its list, wherever its column stands.
  header.meta.node_types = [nodeTypes];
  return JSON.stringify({
    snapshot: header,
    nodes: turn(nodes, 6, ([type = 0, ...row]) => [...[nodeTypes.length - 1 - type, ...row].reverse(), 77]),
    edges: turn(edges, 3, ([type = 0, name = 0, to = 0]) => [5, (to / 6) * 7, name, edgeTypes.length - 1 - type]),
    locations: turn(locations, 4, ([at = 0, ...row]) => [(at / 6) * 7, ...row].reverse()),
    strings,
  });
}

for (const [name, write] of layouts) {
  test(`a snapshot ${name} says what its heap says, from a file and from a pipe in pieces`, async () => {
    await holds(
      fc.asyncProperty(anyHeap, fc.nat(), fc.constantFrom(1, 50, 10_000), async (h, seed, most) => {
        const random = randomFrom(seed);
        await readsAs(write(h, random), nodesOf(h), () => 1 + Math.floor(random() * most));
      }),
      25,
    );
  });
}

/** Long enough for many batches: the spelling that no writer uses comes late. */
function large(): Heap {
  const h = heap();
  const nodes = Array.from({ length: 15_000 }, (_, i) =>
    h.node(`Type${i % 50}`, {
      size: 10 * i,
      kind: i % 3 === 0 ? 'string' : 'object',
      ...(i % 2 === 0 ? { at: [1, i, 2] as const } : {}),
    }),
  );
  for (const [i, node] of nodes.entries())
    node
      .points(`next${i % 20}`, nodes[(i + 1) % nodes.length]!)
      .points(i, nodes[(i * 7) % nodes.length]!)
      .points('map', h.root, 'internal');
  return h.build();
}

test('a number that no writer would spell so, late in a file, gives the same stream: what was read before is not read twice', async () => {
  const h = large();
  const content = v8Text(h, node26);
  const expected = await readFile(content);
  ok(expected.batches > 3);
  deepStrictEqual(expected.items, nodesOf(h));
  for (const section of ['"nodes":[', '"edges":[', '"locations":[']) {
    const start = content.indexOf(section);
    const end = content.indexOf(']', start);
    // The last of each: its column is whatever comes last there.
    const last = /(\d+)$/.exec(content.slice(start, end))![1]!;
    for (const spelling of [`${last}.0`, ` ${last}`]) {
      const changed = content.slice(0, end - last.length) + spelling + content.slice(end);
      for (const columns of [ALL_COLUMNS, NODES_ONLY, BARE]) {
        const straight = await readFile(content, columns);
        const other = await readFile(changed, columns);
        strictEqual(other.text, straight.text, `${section} ${JSON.stringify(spelling)}`);
        strictEqual(other.batches, straight.batches);
      }
      strictEqual((await readPipe(changed, NODES_ONLY)).text, (await readFile(content, NODES_ONLY)).text);
    }
  }
});

test('a fault behind a spelling that only stream-json reads is found there as well', async () => {
  const content = v8Text(large(), node26);
  const start = content.indexOf('"edges":[');
  const end = content.indexOf(']', start);
  // The first number of the edges is spelt so that the rest is left to stream-json.
  const odd = content.slice(0, start + 9) + content.slice(start + 9, end).replace(/^\d+/, '$&.0');
  for (const [spelling, message] of [
    ['1.5', /1\.5/],
    ['-1', /-1/],
    ['9007199254740992', /beyond 2\^53/],
    ['01', /JSON|number/],
    ['', /JSON|number/],
  ] as const) {
    const changed = `${odd.slice(0, odd.lastIndexOf(',') + 1)}${spelling}${content.slice(end)}`;
    match(await faultOf(changed), message);
  }
});
