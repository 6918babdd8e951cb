/** Random small heaps, full of what DevTools has rules of its own for: its engine and snap-retain give the same numbers, from a file and from a stream. */
import { test } from 'node:test';
import fc from 'fast-check';
import { sameRecords } from '../support/compare.ts';
import { engineNumbersOf } from '../support/devtools.ts';
import { type Heap, heap } from '../support/heap.ts';
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

for (const [layout, how, detachedness, numRuns] of [
  [node20, 'as Node 20 writes them', true, 100],
  [node26, 'as Node 26 writes them', true, 60],
  [{ columns: 5 }, 'without a word on what is detached', false, 20],
] as const) {
  test(`DevTools' engine and snap-retain agree on random heaps, ${how}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyGraph({ detachedness }), (made) => agree(made, layout)),
      { numRuns, interruptAfterTimeLimit: 300_000 },
    );
  });
}

test('a heap of the root alone has one node, its own dominator, and no classes', () => agree(heap().build(), node26));
