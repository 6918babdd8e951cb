/** Any small heap whose nodes refer to each other by few names, so that chains of every shape come up. For fast-check. */
import fc from 'fast-check';
import type { Heap, HeapNode, HeapRef } from '../support/heap.ts';

const TYPES = ['A', 'B', 'C'];

const ref = (nodes: number): fc.Arbitrary<HeapRef> =>
  fc.tuple(
    fc.constantFrom('property' as const, 'property' as const, 'internal' as const, 'weak' as const),
    fc.constantFrom('next', 'next', 'other'),
    fc.nat(nodes - 1),
  );

const node = (nodes: number): fc.Arbitrary<Omit<HeapNode, 'id'>> =>
  fc.record({
    kind: fc.constant('object'),
    name: fc.constantFrom(...TYPES),
    size: fc.oneof(fc.nat(100), fc.constant(2 ** 33)),
    detached: fc.constant(0),
    at: fc.constant(undefined),
    refs: fc.oneof(fc.array(ref(nodes), { maxLength: 1 }), fc.array(ref(nodes), { maxLength: 4 })),
  });

export const anyHeap: fc.Arbitrary<Heap> = fc
  .integer({ min: 1, max: 9 })
  .chain((nodes) => fc.array(node(nodes), { minLength: nodes, maxLength: nodes }))
  .map((nodes) => ({ extraNativeBytes: undefined, nodes: nodes.map((one, n) => ({ ...one, id: 2 * n + 1 })) }));

export const chosenTypes: fc.Arbitrary<readonly string[]> = fc.subarray(TYPES, { minLength: 1 });
