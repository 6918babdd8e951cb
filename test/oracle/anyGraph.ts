/** Random heaps of up to some dozen nodes for fast-check, full of what DevTools has rules for; costs a small heap. */
import fc from 'fast-check';
import { type Heap, heap, type NodeHandle, type RefKind } from '../support/heap.ts';
import { refKinds } from '../support/v8Text.ts';

/** Kinds with the names that mean something to DevTools, and some that do not; those in front twice as often. */
const nodeNames: readonly (readonly [kind: string, ...names: string[]])[] = [
  ['object', 'Foo', '', 'Array', 'WeakMap', '<div id=x>', 'Detached <p class=a>', 'system / NativeContext', 'Detached'],
  ['hidden', 'system / NativeContext', 'system / Foreign', ''],
  ['array', '(map descriptors)', '(object elements)', ''],
  ['native', 'system / ExternalStringData', 'Node', '<p id=x>', '<p>', 'Detached <p id=x>', 'Object', '<'],
  ['synthetic', '(Document DOM trees)', '(GC roots)', '(Strong roots)'],
  ['closure', 'handle', ''],
  ['string', 'text', ''],
  ['code', '(code for handle)'],
  ['regexp', '^a$'],
  ['number', 'heap number'],
  ['concatenated string', 'text'],
  ['sliced string', 'text'],
  ['symbol', 'Symbol(a)'],
  ['bigint', 'bigint'],
  ['object shape', 'system / Map'],
];

/** Property names of plain objects: ones that repeat, that are quoted in an interface's name, that sort otherwise as bytes, and that end it early. */
const properties = [
  'a',
  'b',
  'c',
  '__proto__',
  'x, y',
  "it's",
  '{}',
  '\uff5e',
  '🦉',
  '7',
  'p'.repeat(50),
  'q'.repeat(70),
  'r'.repeat(130),
];
const refNames = ['a', 'map', 'sloppy_function_map', '4', '7x', '10', '5 / part of key (a) -> value (b)'];

/** A plain object has `properties`; all others have a kind and a name. */
interface NodeModel {
  readonly named: readonly [kind: string, name: string] | undefined;
  readonly size: number;
  readonly detached: number;
  readonly at: readonly [number, number, number] | undefined;
  /** Who refers to it first, if anybody: mostly a node before it, so that most nodes can be reached. */
  readonly parent: { readonly from: number; readonly kind: RefKind } | undefined;
  readonly properties: readonly { readonly name: string; readonly to: number }[];
}

/** A reference; ends are taken modulo the number of nodes. */
interface LinkModel {
  readonly from: number;
  readonly to: number;
  readonly kind: RefKind;
  readonly name: string;
  readonly index: number;
  readonly times: number;
}

/** An entry of a WeakMap, as V8 writes it: the value is referred to by the key and by the table, under names that differ in their number only. */
interface EntryModel {
  readonly table: number;
  readonly key: number;
  readonly value: number;
  readonly number: number;
  readonly by: readonly ('key' | 'table')[];
  readonly kind: RefKind;
}

const often = fc.nat();
const anyKind = fc.constantFrom(...refKinds);
const aNode = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 7, arbitrary: often });

const anyNode: fc.Arbitrary<NodeModel> = fc.record({
  named: fc.option(
    fc
      .oneof(fc.nat(4), fc.nat(nodeNames.length - 1))
      .map((place) => nodeNames[place] ?? (['object', ''] as const))
      .chain(([kind, ...names]) => fc.constantFrom(...names).map((name) => [kind, name] as const)),
    { nil: undefined, freq: 3 },
  ),
  size: fc.oneof(fc.nat(100), fc.constant(0)),
  detached: fc.oneof(fc.constant(0), fc.nat(2)),
  at: fc.option(fc.tuple(fc.nat(1), fc.nat(1), fc.constant(7)), { nil: undefined, freq: 2 }),
  parent: fc.option(
    fc.record({ from: aNode, kind: fc.constantFrom<RefKind>('property', 'element', 'internal', 'hidden', 'shortcut') }),
    { nil: undefined, freq: 4 },
  ),
  properties: fc.uniqueArray(fc.record({ name: fc.constantFrom(...properties), to: often }), {
    maxLength: 5,
    selector: ({ name }) => name,
  }),
});

const anyLink: fc.Arbitrary<LinkModel> = fc.record({
  from: aNode,
  to: aNode,
  kind: anyKind,
  name: fc.constantFrom(...refNames),
  index: fc.nat(8),
  times: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 3 })),
});

const anyEntry: fc.Arbitrary<EntryModel> = fc.record({
  table: aNode,
  key: aNode,
  value: aNode,
  number: fc.nat(20),
  by: fc.constantFrom<EntryModel['by'][]>(['key', 'table'], ['table', 'key'], ['key'], ['table']),
  kind: fc.oneof({ weight: 9, arbitrary: fc.constant<RefKind>('internal') }, { weight: 1, arbitrary: anyKind }),
});

interface GraphOptions {
  /** What V8 says of DOM nodes is in the heap. */
  readonly detachedness: boolean;
  /** At most so many nodes beside the root. */
  readonly most: number;
}

/** Heaps: few nodes give failures that can be read, many give cases that nobody thinks of. */
export const anyGraph = ({ detachedness, most }: GraphOptions): fc.Arbitrary<Heap> =>
  fc
    .record({
      nodes: fc.array(anyNode, { maxLength: most, size: 'max' }),
      links: fc.array(anyLink, { maxLength: Math.ceil(1.2 * most), size: 'max' }),
      entries: fc.array(anyEntry, { maxLength: Math.ceil(most / 8), size: 'max' }),
      extraNativeBytes: fc.option(fc.nat(1000), { nil: undefined }),
    })
    .map(({ nodes, links, entries, extraNativeBytes }) => {
      const h = heap(extraNativeBytes === undefined ? {} : { extraNativeBytes });
      const handles = [
        h.root,
        ...nodes.map(({ named: [kind, name] = ['object', 'Object'], size, detached, at }) =>
          h.node(name, { kind, size, detached: detachedness ? detached : 0, ...(at === undefined ? {} : { at }) }),
        ),
      ];
      const names = ['', ...nodes.map(({ named }) => named?.[1])];
      const handle = (n: number): NodeHandle => handles[n % handles.length] ?? h.root;
      const ofEntries = new Set(entries.flatMap(({ table, key }) => [handle(table).n, handle(key).n]));
      const fromRoot = new Set<number>();
      const refer = (from: number, to: NodeHandle, kind: RefKind, name: string, index: number): void => {
        const holder = handle(from);
        // The engine walks a node as often as the root refers to it, and takes an entry that it meets twice there for both of a pair.
        if (holder === h.root && fromRoot.has(to.n) && ofEntries.has(to.n)) return;
        if (holder === h.root) fromRoot.add(to.n);
        holder.points(kind === 'element' || kind === 'hidden' ? index : name, to, kind);
      };
      for (const [i, { named, parent, properties: own }] of nodes.entries()) {
        const node = handle(i + 1);
        // `from` modulo `i + 1` is a node in front of this one.
        if (parent !== undefined) refer(parent.from % (i + 1), node, parent.kind, 'child', i);
        if (named === undefined) for (const { name, to } of own) node.points(name, handle(to), 'property');
      }
      for (const { from, to, kind, name, index, times } of links)
        for (let i = 0; i < times; i++) refer(from, handle(to), kind, name, index);
      for (const { table, key, value, number, by, kind } of entries) {
        const [tableId, keyId, valueId] = [table, key, value].map((n) => 2 * handle(n).n + 1);
        const part = `part of key (Foo @${keyId}) -> value (Bar (2) @${valueId}) pair in WeakMap (table @${tableId})`;
        for (const [i, holder] of by.entries()) {
          const from = handle(holder === 'key' ? key : table);
          // Descriptors of maps are neither: DevTools would take the number in front for one of theirs.
          if (names[from.n] !== '(map descriptors)')
            refer(from.n, handle(value), kind, `${number + i} / ${part}`, number);
        }
      }
      pad(h, h.build());
      return h.build();
    });

/**
 * The engine's queue has a place for each node, and it refuses a heap that overflows it: each further reference from the root to the same
 * user root takes one more. So many nodes are added that nobody refers to.
 */
function pad(h: ReturnType<typeof heap>, { nodes }: Heap): void {
  const targets = (nodes[0]?.refs ?? [])
    .map(([, , n]) => n)
    .filter((n) => nodes[n]?.kind !== 'synthetic' || nodes[n]?.name === '(Document DOM trees)');
  for (let i = new Set(targets).size; i < targets.length; i++) h.node('padding', { kind: 'string', size: 1 });
}
