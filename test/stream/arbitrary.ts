/** Random records of node streams for fast-check, with everything that hurts; each is a model, to be spelt in any way. */
import fc from 'fast-check';
import { REF_KINDS } from '../../lib/stream/batch.ts';
import type { Item, Ref } from './collect.ts';
import { canonical, type Json, object, odd, oddNumber, shuffled, whole } from './spelling.ts';

type Member = readonly [key: string, value: Json];

export interface NodeModel {
  readonly n: number;
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  /** Undefined where the record has none. */
  readonly name: string | undefined;
  readonly size: number;
  readonly extras: readonly Member[];
  readonly refs: readonly Ref[] | undefined;
  /** How many references each of its first lines has; the rest goes to the last. */
  readonly breaks: readonly number[];
  /** Records of somebody else's in front of it. */
  readonly foreign: readonly Json[];
}

const pieces = [
  '',
  'Foo',
  '"',
  '\\',
  '\\u0041',
  '/',
  '\0',
  '\x01',
  '\b\t\n\f\r',
  '\x1f',
  '\x7f',
  '\u0080',
  'é',
  '\u2028',
  '\u2029',
  '\ud800',
  '\udfff',
  '🦉',
  '日本',
  '\ufeff',
  '\uffff',
  ']',
  '],"',
  '}',
  '{"n":',
  ',"refs":[',
  'x'.repeat(300),
  '\ud83e'.repeat(40),
  '🦉'.repeat(512),
];
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('Foo', '(string)', '0', '17', 'z'.repeat(1024), 'z'.repeat(1500)) },
);

const known = new Set(['n', 'id', 'kind', 'type', 'name', 'size', 'more', 'refs', 'snap']);
const anyKey = fc
  .oneof(fc.constantFrom('detached', 'at', 'owner', 'retained', 'nn', 'names', '__proto__', 'toString', ''), anyText)
  .filter((key) => !known.has(key));
const anyNumber: fc.Arbitrary<Json> = fc
  .constantFrom(
    '0',
    '7',
    '-0',
    '-1.50',
    '1e400',
    '9007199254740993',
    '1234567890123456789012345678901234567890',
    '0.1',
    '1E-7',
  )
  .map((digits) => ({ digits }));
const { json: anyJson } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    anyText,
    anyNumber,
    fc.constantFrom<Json>(true, false, null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.array(fc.tuple(anyText, tie('json')), { maxLength: 3 }).map(object),
  ),
}));

const anyInteger = fc.oneof(
  fc.nat(20),
  fc.maxSafeNat(),
  fc.constantFrom(0, 1, 9, 10, 999_999_999, 2 ** 31, 2 ** 32, 999_999_999_999_999, 10 ** 15, Number.MAX_SAFE_INTEGER),
);
const anyTarget = fc.oneof(fc.nat(30), fc.constantFrom(2 ** 31, 2 ** 32 - 1));
const anyRef: fc.Arbitrary<Ref> = fc.tuple(
  fc.constantFrom(...REF_KINDS),
  fc.oneof(anyText, anyInteger, fc.constantFrom('0', '12')),
  anyTarget,
);
const anyForeign = fc
  .record({
    snap: fc.constantFrom('note', 'mine', 'End', ''),
    rest: fc.array(fc.tuple(anyKey, anyJson), { maxLength: 2 }),
  })
  .map(({ snap, rest }) => object([['snap', snap], ...rest]));

/** Checks a property and says of a counterexample also why it is one. */
export const holds = <T>(property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> =>
  fc.assert(property, { numRuns, includeErrorInReport: true });

/** Streams of nodes; `n` has gaps where `isDense` is false. */
export const anyNodes = (isDense: boolean): fc.Arbitrary<readonly NodeModel[]> =>
  fc
    .array(
      fc.record({
        gap: isDense ? fc.constant(0) : fc.oneof(fc.constant(0), fc.nat(1000)),
        id: anyInteger,
        kind: fc.oneof(fc.constantFrom('object', 'string', 'synthetic'), anyText),
        type: anyText,
        name: fc.option(anyText, { nil: undefined }),
        isTypeName: fc.boolean(),
        size: anyInteger,
        extras: fc.uniqueArray(fc.tuple(anyKey, anyJson), { maxLength: 3, selector: ([key]) => key }),
        refs: fc.oneof(fc.constant(undefined), fc.array(anyRef, { maxLength: 12 })),
        breaks: fc.array(fc.nat(5), { maxLength: 3 }),
        foreign: fc.oneof(
          { weight: 9, arbitrary: fc.constant([]) },
          { weight: 1, arbitrary: fc.array(anyForeign, { maxLength: 2 }) },
        ),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((nodes) => {
      let n = -1;
      return nodes.map(({ gap, isTypeName, ...node }) => {
        n += 1 + gap;
        return { ...node, n, name: isTypeName ? node.type : node.name };
      });
    });

/** What a decoder must make of the records. */
export function itemsOf(nodes: readonly NodeModel[]): Item[] {
  return nodes
    .flatMap(({ foreign, extras, breaks: _, name, ...node }) => [
      ...foreign.map(canonical),
      { ...node, name: name ?? node.type, extra: canonical(object(extras)).slice(1, -1) },
    ])
    .map((item) =>
      typeof item === 'string'
        ? item
        : {
            n: item.n,
            id: item.id,
            kind: item.kind,
            type: item.type,
            name: item.name,
            size: item.size,
            extra: item.extra,
            refs: item.refs,
          },
    );
}

/** Lines as an encoder writes them, but for the breaks: those are the model's. */
export function canonicalLines(nodes: readonly NodeModel[]): string[] {
  return nodes.flatMap((node) => [...node.foreign, ...recordsOf(node, whole).map(object)].map(canonical));
}

/** The same records, each spelt in a legal way that no encoder uses; unknown fields keep their order. */
export function oddLines(nodes: readonly NodeModel[], random: () => number): string[] {
  return nodes.flatMap((node) => [
    // A record that nobody knows is passed on as it is spelt.
    ...node.foreign.map(canonical),
    ...recordsOf(node, (value) => oddNumber(value, random)).map((members) =>
      odd(object(shuffled(members, ([key]) => !known.has(key), random)), random),
    ),
  ]);
}

function recordsOf(
  { n, id, kind, type, name, size, extras, refs, breaks }: NodeModel,
  number: (value: number) => Json,
): Member[][] {
  const lines: Json[][] = [];
  const spelt = (refs ?? []).map(
    ([refKind, called, to]): Json => [refKind, typeof called === 'number' ? number(called) : called, number(to)],
  );
  let from = 0;
  for (const count of breaks) {
    if (from + count >= spelt.length) break;
    lines.push(spelt.slice(from, from + count));
    from += count;
  }
  lines.push(spelt.slice(from));
  const left = spelt.length - lines[0]!.length;
  const head: Member[] = [
    ['n', number(n)],
    ['id', number(id)],
    ['kind', kind],
    ['type', type],
    ...(name === undefined || name === type ? [] : [['name', name] as const]),
    ['size', number(size)],
    ...extras,
    ...(left > 0 ? [['more', number(left)] as const] : []),
    ...(refs === undefined ? [] : [['refs', lines[0]!] as const]),
  ];
  return [
    head,
    ...lines.slice(1).map((here): Member[] => [
      ['n', number(n)],
      ['refs', here],
    ]),
  ];
}
