/** Random graphs without any rules, for fast-check, and the heaps that they are the references of; costs a small heap. */
import fc from 'fast-check';
import { type Heap, heap, type RefKind } from '../support/heap.ts';

/** A graph as its references alone: sizes are powers of two where that is possible, so that a sum says what is in it. */
export interface Graph {
  readonly nodes: number;
  readonly refs: readonly (readonly [from: number, to: number, kind: RefKind])[];
}

export const anyGraph = (kinds: readonly RefKind[]): fc.Arbitrary<Graph> =>
  fc.integer({ min: 1, max: 24 }).chain((nodes) =>
    fc.record({
      nodes: fc.constant(nodes),
      refs: fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1), fc.constantFrom(...kinds)), {
        maxLength: 3 * nodes,
        size: 'max',
      }),
    }),
  );

export function asHeap({ nodes, refs }: Graph): Heap {
  const h = heap();
  const handles = [
    h.root,
    ...Array.from({ length: nodes - 1 }, (_, i) => h.node(`Class ${i % 3}`, { size: 2 ** (i % 30) })),
  ];
  for (const [i, [from, to, kind]] of refs.entries()) {
    const target = handles[to];
    if (target !== undefined)
      handles[from]?.points(kind === 'element' || kind === 'hidden' ? i : `r${i % 7}`, target, kind);
  }
  return h.build();
}

export const everyKind: readonly RefKind[] = [
  'context',
  'element',
  'property',
  'internal',
  'hidden',
  'shortcut',
  'weak',
];
