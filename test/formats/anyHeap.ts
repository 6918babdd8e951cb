/** Random small heaps for fast-check, with names that hurt and numbers at their limits; costs a small heap. */
import fc from 'fast-check';
import { anyText } from '../stream/arbitrary.ts';
import { type Heap, heap } from '../support/heap.ts';
import { nodeKinds, refKinds } from '../support/v8Text.ts';

const anyName = fc.oneof(
  anyText,
  fc.constantFrom(
    '<div>',
    '<div id=x>',
    '<div id="a b">',
    'Detached <p class=y>',
    'Detached <p>',
    'Detached',
    '< x',
    '<',
    'Detached < x',
    '(string)',
    '(system)',
    'Function',
    'RegExp',
    ']',
    '],',
    '"edges":[',
    '"nodes":[1]',
    '}',
  ),
  fc
    .tuple(fc.nat(3), fc.constantFrom('🦉', '\ud83e', '\udd89', 'é', 'y'))
    .map(([less, text]) => 'z'.repeat(1024 - less) + text.repeat(3)),
);
const anyNumber = fc.oneof(
  fc.nat(100),
  fc.nat(),
  fc.constantFrom(0, 999_999_999, 10 ** 9, 2 ** 31, 2 ** 32, 10 ** 10, Number.MAX_SAFE_INTEGER),
);
const anySmall = fc.oneof(fc.nat(1000), fc.constantFrom(2 ** 31, 2 ** 32 - 1));

/** Heaps of some nodes. */
export const anyHeap: fc.Arbitrary<Heap> = fc
  .record({
    extraNativeBytes: fc.option(fc.maxSafeNat(), { nil: undefined }),
    nodes: fc.array(
      fc.record({
        name: anyName,
        kind: fc.constantFrom(...nodeKinds),
        size: anyNumber,
        id: anyNumber,
        detached: fc.nat(2),
        at: fc.option(fc.tuple(anySmall, anySmall, anySmall), { nil: undefined }),
        refs: fc.array(
          fc.record({ kind: fc.constantFrom(...refKinds), text: anyName, index: anyNumber, to: fc.nat() }),
          { maxLength: 6 },
        ),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ extraNativeBytes, nodes }) => {
    const h = heap(extraNativeBytes === undefined ? {} : { extraNativeBytes });
    const handles = [
      h.root,
      ...nodes.map(({ name, kind, size, id, detached, at }) =>
        h.node(name, { kind, size, id, detached, ...(at === undefined ? {} : { at }) }),
      ),
    ];
    for (const [i, { refs }] of nodes.entries()) {
      for (const { kind, text, index, to } of refs) {
        handles[i]!.points(kind === 'element' || kind === 'hidden' ? index : text, handles[to % handles.length]!, kind);
      }
    }
    return h.build();
  });
