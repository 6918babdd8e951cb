/** snap-retain on the streams of other runtimes, where DevTools has no rules: against dominators by their definition, on random graphs. */
import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { engineNumbersOf } from '../support/devtools.ts';
import { type Naive, naiveDominators } from '../support/naiveDominators.ts';
import { streamText } from '../support/nodeStream.ts';
import { type RetainedNode, retain } from '../support/retained.ts';
import { anyGraph, asHeap, everyKind, type Graph } from './anyGraph.ts';

function naive(graph: Graph): Naive {
  const { nodes } = asHeap(graph);
  const holds = nodes.map(({ refs }) => refs.filter(([kind]) => kind !== 'weak').map(([, , to]) => to));
  return naiveDominators(
    holds,
    nodes.map(({ size }) => size),
  );
}

/** What snap-retain says of the graph as another runtime's stream. */
async function ours(graph: Graph): Promise<Naive> {
  const stdin = streamText(asHeap(graph)).replace('"format":"v8"', '"format":"x"');
  const rows = await retain<RetainedNode>(['--all'], { stdin });
  deepStrictEqual(
    rows.map(({ n, shallow }) => [n, shallow]),
    asHeap(graph).nodes.map(({ size }, n) => [n, size]),
    'no size is moved',
  );
  return {
    dominator: rows.map(({ dominator }) => dominator),
    retained: rows.map(({ retained }) => retained),
    distance: rows.map(({ distance }) => distance),
  };
}

test('a dominator is who takes a node along when it goes, on random graphs with every kind of reference', async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph(everyKind), async (graph) => deepStrictEqual(await ours(graph), naive(graph))),
    { numRuns: 40, interruptAfterTimeLimit: 300_000 },
  );
});

test("the definition and DevTools' engine agree on random graphs that none of its other rules is about", async () => {
  await fc.assert(
    fc.asyncProperty(anyGraph(['property', 'internal', 'weak']), async ({ nodes, refs }) => {
      const first = (to: number): number => refs.findIndex(([from, other]) => from === 0 && other === to);
      // The engine refuses heaps whose root refers to the same nodes again and again.
      const graph = { nodes, refs: refs.filter(([from, to], i) => from > 0 || first(to) === i) };
      const { dominator, retained } = await engineNumbersOf(asHeap(graph));
      const expected = naive(graph);
      deepStrictEqual([...dominator], expected.dominator);
      deepStrictEqual([...retained], expected.retained);
    }),
    { numRuns: 500 },
  );
});

const cases: readonly (readonly [what: string, graph: Graph, dominator: readonly number[]])[] = [
  ['a graph of one node', { nodes: 1, refs: [] }, [0]],
  ['one node that refers to itself', { nodes: 1, refs: [[0, 0, 'property']] }, [0]],
  [
    'who is jumped over on one way only: root>a root>d a>b a>c d>e e>b b>c',
    { nodes: 6, refs: between([0, 1], [0, 4], [1, 2], [1, 3], [4, 5], [5, 2], [2, 3]) },
    [0, 0, 0, 0, 0, 4],
  ],
  ['several references between two nodes', { nodes: 3, refs: between([0, 1], [1, 2], [1, 2], [1, 2]) }, [0, 0, 1]],
  ['a node that refers to itself', { nodes: 3, refs: between([0, 1], [1, 1], [1, 2]) }, [0, 0, 1]],
  ['a chain that nobody holds', { nodes: 4, refs: between([1, 2], [2, 3]) }, [0, 0, 1, 2]],
  ['a chain that only itself holds', { nodes: 3, refs: between([1, 1], [1, 2]) }, [0, 0, 1]],
  ['a cycle that nobody holds', { nodes: 4, refs: between([1, 2], [2, 1], [2, 3]) }, [0, 0, 0, 0]],
  [
    'a cycle that nobody holds, and that holds what others do',
    { nodes: 5, refs: between([0, 1], [1, 2], [3, 4], [4, 3], [3, 2]) },
    [0, 0, 1, 0, 0],
  ],
  ['a chain that holds what others do', { nodes: 4, refs: between([0, 1], [1, 2], [3, 2]) }, [0, 0, 0, 0]],
  ['a node with a weak reference only', { nodes: 4, refs: [...between([0, 1], [2, 3]), [1, 2, 'weak']] }, [0, 0, 0, 2]],
  [
    'a doubly linked list with both ends rooted',
    { nodes: 5, refs: between([0, 1], [0, 4], [1, 2], [2, 3], [3, 4], [4, 3], [3, 2], [2, 1]) },
    [0, 0, 0, 0, 0],
  ],
];

for (const [what, graph, dominator] of cases) {
  test(`dominators by definition: ${what}`, () => deepStrictEqual(naive(graph).dominator, dominator));
  test(`dominators by snap-retain: ${what}`, async () => deepStrictEqual(await ours(graph), naive(graph)));
}

function between(...pairs: readonly (readonly [from: number, to: number])[]): Graph['refs'] {
  return pairs.map(([from, to]) => [from, to, 'property']);
}
