/** snap-cut on random graphs against its definition: what can be reached from the root, and no longer can be without the references that are cut. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reach } from '../support/naiveDominators.ts';
import { type NodeRecord, nodeRecords, streamText } from '../support/nodeStream.ts';
import { run } from '../support/run.ts';
import { anyGraph, asHeap, type Graph } from './anyGraph.ts';

interface Cut {
  readonly type?: string;
  readonly via?: string;
  readonly to?: string;
  readonly id?: number;
}

interface Row {
  readonly cut?: Cut;
  readonly refs?: number;
  readonly type?: string;
  readonly count: number;
  readonly bytes: number;
}

type Ref = NonNullable<NodeRecord['refs']>[number];

const matches = (cut: Cut, nodes: readonly NodeRecord[], holder: NodeRecord, [kind, name, to]: Ref): boolean =>
  (cut.type === undefined || cut.type === holder.type) &&
  (cut.id === undefined || cut.id === holder.id) &&
  (cut.via === undefined || cut.via === name || cut.via === `${kind}:${name}`) &&
  (cut.to === undefined || cut.to === nodes[to]?.type);

/** The nodes that only the cut references hold. */
function freed(nodes: readonly NodeRecord[], cuts: readonly Cut[]): NodeRecord[] {
  const holds = (isCut: (holder: NodeRecord, ref: Ref) => boolean): number[][] =>
    nodes.map((holder) =>
      (holder.refs ?? []).filter((ref) => ref[0] !== 'weak' && !isCut(holder, ref)).map(([, , to]) => to),
    );
  const before = reach(holds(() => false));
  const after = reach(holds((holder, ref) => cuts.some((cut) => matches(cut, nodes, holder, ref))));
  return nodes.filter(({ n }) => before.has(n) && !after.has(n));
}

const bytesOf = (nodes: readonly NodeRecord[]): number => nodes.reduce((sum, { size }) => sum + size, 0);

function byType(nodes: readonly NodeRecord[]): Row[] {
  const types = [...new Set(nodes.map(({ type }) => type))];
  return types
    .map((type) => nodes.filter((node) => node.type === type))
    .map((group) => ({ type: group[0]?.type ?? '', count: group.length, bytes: bytesOf(group) }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** A graph, and cuts that each match at least one of its references: what matches nothing is a mistake, and an error. */
const anyCuts = (most: number): fc.Arbitrary<{ graph: Graph; cuts: Cut[] }> =>
  anyGraph(['property', 'internal', 'context', 'property', 'weak'])
    .filter(({ refs }) => refs.some(([, , kind]) => kind !== 'weak'))
    .chain((graph) => {
      const nodes = nodeRecords(asHeap(graph));
      const refs = nodes.flatMap((holder) =>
        (holder.refs ?? []).filter(([kind]) => kind !== 'weak').map((ref) => ({ holder, ref })),
      );
      const cut = fc
        .record({
          of: fc.constantFrom(...refs),
          keys: fc.subarray(['type', 'via', 'kind', 'to', 'id'], { minLength: 1 }),
        })
        .map(({ of: { holder, ref }, keys }): Cut => {
          const [kind, name, to] = ref;
          const called = keys.includes('kind') ? `${kind}:${name}` : `${name}`;
          return {
            ...(keys.includes('type') ? { type: holder.type } : {}),
            ...(keys.includes('via') || keys.includes('kind') ? { via: called } : {}),
            ...(keys.includes('to') ? { to: nodes[to]?.type ?? '' } : {}),
            ...(keys.includes('id') ? { id: holder.id } : {}),
          };
        });
      return fc.record({ graph: fc.constant(graph), cuts: fc.array(cut, { minLength: 1, maxLength: most }) });
    });

async function ours(graph: Graph, args: readonly string[]): Promise<Row[]> {
  const stdin = streamText(asHeap(graph)).replace('"format":"v8"', '"format":"x"');
  const { stdout, stderr, status } = await run('snap-cut', args, { stdin });
  strictEqual(stderr, '');
  strictEqual(status, 0);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);
}

/** The record of one cut, judged alone. Weak references that match hold nothing, so that they may be counted or not. */
function sameCut(row: Row | undefined, cut: Cut, nodes: readonly NodeRecord[]): void {
  ok(row?.refs !== undefined, JSON.stringify(row));
  const alone = freed(nodes, [cut]);
  deepStrictEqual(row.cut, cut);
  deepStrictEqual([row.count, row.bytes], [alone.length, bytesOf(alone)]);
  const cutRefs = nodes.flatMap((holder) => (holder.refs ?? []).filter((ref) => matches(cut, nodes, holder, ref)));
  const strong = cutRefs.filter(([kind]) => kind !== 'weak');
  ok(strong.length <= row.refs && row.refs <= cutRefs.length, `${row.refs} references`);
}

const typeRows = (rows: readonly Row[]): Row[] =>
  rows
    .filter(({ type, cut }) => type !== undefined && cut === undefined)
    .sort((a, b) => ((a.type ?? '') < (b.type ?? '') ? -1 : 1));

test('snap-cut frees what only the cut references held, however they are chosen', async () => {
  await fc.assert(
    fc.asyncProperty(anyCuts(1), async ({ graph, cuts: [cut = {}] }) => {
      const nodes = nodeRecords(asHeap(graph));
      const args = Object.entries(cut).flatMap(([key, value]) => [`--${key}`, `${value}`]);
      const rows = await ours(graph, args);
      sameCut(rows[0], cut, nodes);
      deepStrictEqual(typeRows(rows.slice(1)), byType(freed(nodes, [cut])));
    }),
    { numRuns: 15, interruptAfterTimeLimit: 60_000 },
  );
});
