/** The graph around some nodes, on random heaps: against a plain breadth-first walk, and what a run must be by its definition. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Shown } from '../../lib/graph/walk/around.ts';
import { type AroundHeap, aroundHeap } from '../support/around.ts';
import { type Heap, heap, type RefKind } from '../support/heap.ts';

/** References between few types by few names, so that there are runs. */
interface AnyHeap {
  readonly heap: Heap;
  readonly starts: readonly number[];
  readonly excluded: readonly number[];
}

const kinds: readonly RefKind[] = ['property', 'property', 'property', 'context', 'weak', 'element'];

/** Some chains of one type, and references anywhere on top of them. */
const anyHeap: fc.Arbitrary<AnyHeap> = fc.integer({ min: 2, max: 40 }).chain((nodes) =>
  fc
    .record({
      types: fc.array(fc.nat(2), { minLength: nodes, maxLength: nodes }),
      chained: fc.array(fc.nat(9), { minLength: nodes, maxLength: nodes }),
      refs: fc.array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1), fc.nat(2), fc.constantFrom(...kinds)), {
        maxLength: nodes,
      }),
      starts: fc.uniqueArray(fc.nat(nodes - 1), { minLength: 1, maxLength: 3 }),
      excluded: fc.uniqueArray(fc.nat(nodes - 1), { maxLength: 2 }),
    })
    .map(({ types, chained, refs, starts, excluded }) => {
      const h = heap();
      const handles = types.map((type, i) => (i === 0 ? h.root : h.node(`Type${chained[i]! > 2 ? 0 : type}`)));
      for (let i = 1; i + 1 < nodes; i++)
        if (chained[i]! > 1) handles[i]!.points(chained[i]! === 9 ? 'other' : 'next', handles[i + 1]!);
      for (const [from, to, name, kind] of refs)
        handles[from]!.points(kind === 'element' ? name : ['next', 'other', 'third'][name]!, handles[to]!, kind);
      return { heap: h.build(), starts: starts.sort((a, b) => a - b), excluded };
    }),
);

interface Ref {
  readonly name: string;
  readonly to: number;
}

/** For each node its neighbours in a direction, with the references' kinds and names. */
function neighboursOf({ nodes }: Heap, backward: boolean, weak: boolean): readonly (readonly Ref[])[] {
  const all: Ref[][] = nodes.map(() => []);
  for (const [from, { refs }] of nodes.entries())
    for (const [kind, name, to] of refs) {
      if (kind === 'weak' && !weak) continue;
      const ref = `${kind}:${name}`;
      if (backward) all[to]!.push({ name: ref, to: from });
      else all[from]!.push({ name: ref, to });
    }
  return all;
}

/** Distances from the nodes to begin with. */
function plainWalk(
  neighbours: readonly (readonly Ref[])[],
  { starts, excluded }: AnyHeap,
  depth: number,
): Map<number, number> {
  const found = new Map(starts.map((n) => [n, 0]));
  let level = [...starts];
  for (let d = 1; d <= depth && level.length > 0; d++) {
    const next = new Set(level.flatMap((n) => neighbours[n]!.map(({ to }) => to)));
    level = [...next].filter((n) => !found.has(n) && !excluded.includes(n));
    for (const n of level) found.set(n, d);
  }
  return found;
}

const directions = [true, false] as const;
const text = ({ names }: AroundHeap, code: number): string =>
  `${['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'][names.kind(code)]}:${JSON.parse(names.token(code))}`;

for (const backward of directions) {
  const which = backward ? 'who refers to them' : 'what they refer to';

  test(`without collapsing every node is as far as the plain walk finds it: ${which}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyHeap, fc.nat(6), fc.boolean(), async (any, depth, weak) => {
        const { around } = await aroundHeap(any.heap, { ...any, backward, depth, weak, collapse: false });
        const expected = plainWalk(neighboursOf(any.heap, backward, weak), any, depth);
        const byNode = (a: readonly number[], b: readonly number[]): number => a[0]! - b[0]!;
        deepStrictEqual(around.shown.map(({ n, depth }) => [n, depth]).sort(byNode), [...expected].sort(byNode));
      }),
      { numRuns: 150 },
    );
  });

  test(`the references of the answer are those between its nodes, in their order: ${which}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyHeap, fc.nat(3), fc.boolean(), async (any, depth, weak) => {
        const answer = await aroundHeap(any.heap, { ...any, backward, depth, weak });
        const shown = new Set(answer.around.shown.map(({ n }) => n));
        for (const n of shown) {
          const refs: string[] = [];
          answer.around.refs(n, (to, name) => refs.push(`${text(answer, name)} ${to.n}`));
          const expected = any.heap.nodes[n]!.refs.filter(([kind, , to]) => shown.has(to) && (weak || kind !== 'weak'));
          deepStrictEqual(
            refs,
            expected.map(([kind, name, to]) => `${kind}:${name} ${to}`),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test(`a run is a row of nodes of one type along one reference; every node is shown, in one run, or beside one: ${which}`, async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(anyHeap, fc.boolean(), async (any, weak) => {
        const answer = await aroundHeap(any.heap, { ...any, backward, weak });
        const { shown } = answer.around;
        const neighbours = neighboursOf(any.heap, backward, weak);
        for (const one of shown) {
          const { from, run, n, depth } = one;
          if (from === undefined) {
            ok(any.starts.includes(n));
            continue;
          }
          strictEqual(depth, from.depth + 1);
          if (run === undefined) ok(neighbours[from.n]!.some(({ to }) => to === n));
          else {
            runs++;
            ok(isRun(any.heap, neighbours, one, text(answer, run.names[0]!), new Set(shown.map((other) => other.n))));
          }
        }
        const inside = shown.reduce((sum, { run }) => sum + (run === undefined ? 0 : run.count - 1), 0);
        const all = plainWalk(neighbours, any, Number.POSITIVE_INFINITY).size;
        const hasOthers = shown.some(({ run }) => run !== undefined && run.others.size > 0);
        ok(shown.length + inside === all || (hasOthers && shown.length + inside < all));
      }),
      { numRuns: 200 },
    );
    ok(runs > 50, `there were ${runs} runs`);
  });

  test(`at most so many nodes are shown, and what is left out is counted: ${which}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyHeap, fc.integer({ min: 3, max: 12 }), async (any, most) => {
        const all = await aroundHeap(any.heap, { ...any, backward, collapse: false });
        const { around } = await aroundHeap(any.heap, { ...any, backward, most, collapse: false });
        const line = ({ n, depth }: Shown): string => `${n} ${depth}`;
        deepStrictEqual(around.shown.map(line), all.around.shown.slice(0, most).map(line));
        const isCut = all.around.shown.length > most;
        strictEqual(around.shown.some(({ left }) => left > 0) || around.unopened > 0, isCut || around.unopened > 0);
        if (!isCut && around.shown.length < most) strictEqual(around.unopened, 0);
      }),
      { numRuns: 100 },
    );
  });
}

/** Whether so many references of that kind and name lead from one end to the other, over nodes of their type that are not shown. */
function isRun(
  { nodes }: Heap,
  neighbours: readonly (readonly Ref[])[],
  { n, from, run }: Shown,
  name: string,
  shown: ReadonlySet<number>,
): boolean {
  const type = nodes[n]!.name;
  let level = new Set([from!.n]);
  for (let step = 1; step <= run!.count; step++) {
    const next = [...level].flatMap((at) => neighbours[at]!.filter((ref) => ref.name === name).map(({ to }) => to));
    level = new Set(next.filter((to) => nodes[to]!.name === type && (step === run!.count ? to === n : !shown.has(to))));
  }
  return level.has(n);
}

/** `length` nodes of one type, each of which refers to the next one. */
function chain(
  length: number,
  each: (h: ReturnType<typeof heap>, nodes: ReturnType<ReturnType<typeof heap>['node']>[]) => void = () => {},
): Heap {
  const h = heap();
  const nodes = Array.from({ length }, () => h.node('Link'));
  h.root.points('first', nodes[0]!);
  for (let i = 0; i + 1 < length; i++) nodes[i]!.points('next', nodes[i + 1]!);
  each(h, nodes);
  return h.build();
}

const runsOf = async (built: Heap, starts: readonly number[], backward = true): Promise<string[]> => {
  const answer = await aroundHeap(built, { starts, backward, depth: 100 });
  return answer.around.shown.map(({ n, depth, run }) =>
    run === undefined
      ? `${depth}: ${n}`
      : `${depth}: ${n} x${run.count} ${run.names.map((name) => text(answer, name)).join(' ')}`,
  );
};

test('a chain of any length is one step, in both directions', async () => {
  deepStrictEqual(await runsOf(chain(500), [500]), ['0: 500', '1: 1 x499 property:next', '2: 0']);
  deepStrictEqual(await runsOf(chain(500), [0], false), ['0: 0', '1: 1', '2: 500 x499 property:next']);
});

test('two nodes in a row are no run', async () => {
  deepStrictEqual(await runsOf(chain(2), [2]), ['0: 2', '1: 1', '2: 0']);
  deepStrictEqual(await runsOf(chain(3), [3]), ['0: 3', '1: 1 x2 property:next', '2: 0']);
});

test('a chain whose nodes are held by others too is a run, and the others are counted by type', async () => {
  const built = chain(50, (h, nodes) => {
    const list = h.node('List');
    for (const [i, node] of nodes.entries()) list.points(i, node);
    for (const node of nodes.slice(10, 20)) h.node('Tag').points('of', node);
  });
  const { around } = await aroundHeap(built, { starts: [50], backward: true, depth: 2 });
  const run = around.shown.find((one) => one.run !== undefined)?.run;
  strictEqual(run?.count, 49);
  deepStrictEqual(
    [...run.others.values()].map(({ count, first, isOne }) => `${count} from ${first}${isOne ? ' alone' : ''}`),
    ['48 from 51 alone', '10 from 61'],
  );
});

test('both halves of a doubly linked list are runs', async () => {
  const built = chain(101, (_, nodes) => {
    for (let i = 1; i < nodes.length; i++) nodes[i]!.points('previous', nodes[i - 1]!);
  });
  deepStrictEqual((await runsOf(built, [51])).slice(0, 5), [
    '0: 51',
    '1: 50',
    '1: 52',
    '2: 1 x49 property:next',
    '2: 101 x49 property:previous',
  ]);
});

test('of several references between the nodes of a chain those are told that all its steps have', async () => {
  const built = chain(20, (_, nodes) => {
    for (let i = 0; i + 1 < nodes.length; i++) {
      nodes[i]!.points('also', nodes[i + 1]!);
      if (i !== 7) nodes[i]!.points('mostly', nodes[i + 1]!);
    }
  });
  const run = 'x19 property:next property:also';
  deepStrictEqual(await runsOf(built, [20]), ['0: 20', `1: 1 ${run}`, '2: 0']);
  deepStrictEqual(await runsOf(built, [0], false), ['0: 0', '1: 1', `2: 20 ${run}`]);
});

test('a run ends where the name changes, where two lead on, and where it bites its tail', async () => {
  const renamed = heap();
  const [a, b, c, d, e] = Array.from({ length: 5 }, () => renamed.node('Link'));
  d!.points('next', e!);
  c!.points('next', d!);
  b!.points('prior', c!);
  a!.points('prior', b!);
  deepStrictEqual(await runsOf(renamed.build(), [5]), ['0: 5', '1: 3 x2 property:next', '2: 1 x2 property:prior']);
  const forked = chain(10, (h, nodes) => h.node('Link').points('next', nodes[4]!));
  deepStrictEqual(await runsOf(forked, [10]), [
    '0: 10',
    '1: 5 x5 property:next',
    '2: 4',
    '2: 11',
    '3: 1 x3 property:next',
    '4: 0',
  ]);
  const cycle = chain(10, (_, nodes) => nodes[9]!.points('next', nodes[0]!));
  deepStrictEqual(await runsOf(cycle, [4]), ['0: 4', '1: 5 x9 property:next']);
});

/** What was walked, with names for their codes. */
const walked = ({ around, names }: AroundHeap): unknown => ({
  shown: around.shown.map(({ n, depth, from, run, isOpen, neighbours, left }) => ({
    ...{ n, depth, isOpen, neighbours, left },
    from: from?.n,
    run: run && { ...run, names: run.names.map((name) => names.token(name)), others: [...run.others] },
    refs: refsOf(around, n, names),
  })),
  absent: around.absent,
});

function refsOf(around: AroundHeap['around'], n: number, names: AroundHeap['names']): readonly string[] {
  const refs: string[] = [];
  around.refs(n, (to, name) => refs.push(`${names.token(name)} ${to.n}`));
  return refs;
}

for (const backward of directions) {
  const which = backward ? 'who refers to them' : 'what they refer to';

  test(`references left out of rows are as those left out of a reading: ${which}`, async () => {
    const anyNames = fc.subarray(['next', 'other', 'property:third', 'weak:next', '0', 'element:1'], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(anyHeap, anyNames, fc.nat(6), fc.boolean(), async (any, names, depth, weak) => {
        const question = { ...any, backward, depth, weak };
        const read = await aroundHeap(any.heap, { ...question, without: { names, of: 'reading' } });
        const left = await aroundHeap(any.heap, { ...question, without: { names, of: 'rows' } });
        deepStrictEqual(walked(left), walked(read));
      }),
      { numRuns: 150 },
    );
  });
}

test('of a long row too only what is left of it counts', async () => {
  const h = heap();
  const hub = h.node('Hub');
  const items = Array.from({ length: 2000 }, (_, i) => {
    const item = h.node('Item');
    hub.points(i % 3 === 0 ? 'left' : `item${i}`, item);
    return item;
  });
  for (const i of [0, 900, 1998]) hub.points('last', items[i]!);
  const built = h.build();
  const question = {
    starts: items.map((_, i) => i + 2),
    backward: true,
    depth: 2,
    collapse: false,
  };
  const read = await aroundHeap(built, { ...question, without: { names: ['left'], of: 'reading' } });
  const left = await aroundHeap(built, { ...question, without: { names: ['left'], of: 'rows' } });
  deepStrictEqual(walked(left), walked(read));
  strictEqual(left.around.shown.filter(({ neighbours }) => neighbours > 0).length, 2000 - 667 + 3);
});
