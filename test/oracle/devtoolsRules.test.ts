/** Random small heaps, full of what DevTools has rules of its own for: its engine and snap-retain give the same numbers, from a file and from a stream. */
import { test } from 'node:test';
import fc from 'fast-check';
import { sameRecords } from '../support/compare.ts';
import { engineNumbersOf } from '../support/devtools.ts';
import { type Heap, heap, heapText } from '../support/heap.ts';
import { nodeRecords, streamText } from '../support/nodeStream.ts';
import { expectedNodes, type RetainedClass, type RetainedNode, retain, sameClasses } from '../support/retained.ts';
import { type Layout, node20, node26, v8Text } from '../support/v8Text.ts';
import { anyGraph } from './anyGraph.ts';

async function agree(made: Heap, layout: Layout): Promise<void> {
  const [engine, nodes, classes] = await Promise.all([
    engineNumbersOf(made, layout),
    retain<RetainedNode>(['--all'], { stdin: v8Text(made, layout) }),
    retain<RetainedClass>(['--by', 'class'], { stdin: streamText(made) }),
  ]);
  sameRecords(nodes, expectedNodes(nodeRecords(made), engine), 'nodes');
  sameClasses(classes, engine.rows, 'classes');
}

const ways = [
  { layout: node20, how: 'as Node 20 writes them', detachedness: true },
  { layout: node26, how: 'as Node 26 writes them', detachedness: true },
  { layout: { columns: 5 }, how: 'that do not say what is detached', detachedness: false },
] as const;

for (const { layout, how, detachedness } of ways) {
  for (const [most, numRuns] of [
    [5, 8],
    [40, 10],
  ] as const) {
    test(`DevTools' engine and snap-retain agree on random heaps of up to ${most} nodes, ${how}`, async () => {
      await fc.assert(
        fc.asyncProperty(anyGraph({ detachedness, most }), (made) => agree(made, layout)),
        // Every try of a smaller heap starts two programs.
        { numRuns, interruptAfterTimeLimit: 60_000, reporter },
      );
    });
  }
}

test('a heap of the root alone has one node, its own dominator, and no classes', () => agree(heap().build(), node26));

/** Detached DOM nodes, which Node has none of: a browser's heap says which native nodes are, and DevTools puts that in front of their names. */
function detachedPage(...names: readonly string[]): Heap {
  const h = heap();
  const window = h.node('Window', { size: 8 });
  h.root.points('window', window, 'shortcut');
  for (const [i, name] of names.entries()) {
    const node = h.node(name, { kind: 'native', size: 2 ** (4 + i), detached: 2 });
    window.points(i, node.points('child', h.node('<b class=y>', { kind: 'native', size: 1 })));
  }
  return h.build();
}

for (const [what, made] of [
  ['is of the class of its tag', detachedPage('<p id=x>', '<p>', 'Text')],
  ['is so twice if its name says so already, and keeps the rest of it', detachedPage('Detached <p id=x>')],
] as const) {
  test(`a node that is detached ${what}`, () => agree(made, node26));
}

test('what is detached by its name and what is so by its column are one class', async () => {
  const h = heap();
  h.root
    .points('a', h.node('Detached <p class=a>', { kind: 'native', size: 32 }))
    .points('b', h.node('<p class=b>', { kind: 'native', size: 64, detached: 2 }));
  await agree(h.build(), node26);
});

test("the data of an external string that a detached node refers to is renamed, and nobody's any more", async () => {
  const h = heap();
  const data = h.node('system / ExternalStringData', { kind: 'native', size: 1024 });
  h.root.points('node', h.node('<p>', { kind: 'native', size: 64, detached: 2 }).points('data', data));
  await agree(h.build(), node26);
});

/** The smallest heap found on which the two differ, in a form that can be read, and where they differ. */
function reporter({ failed, counterexample, errorInstance, seed, counterexamplePath }: fc.RunDetails<[Heap]>): void {
  if (!failed || counterexample === null) return;
  const [made] = counterexample;
  const place = `seed ${seed}, path ${counterexamplePath}`;
  throw new Error(`${place}\n${heapText(made)}\n${errorInstance instanceof Error ? errorInstance.message : ''}`);
}
