/** snap-cut: what would be freed if references were gone. */
import { defineCommand } from '../cli/command.ts';
import type { Frame } from '../cli/frame.ts';
import { count, flag } from '../cli/option.ts';
import type { Scratch } from '../disk/scratch.ts';
import type { Bits } from '../graph/bits.ts';
import { type CutSum, type Freed, freedBy } from '../graph/cut.ts';
import type { Graph } from '../graph/read.ts';
import { type CutName, cutWords } from '../render/cuts.ts';
import { type Group, Groups, type GroupTotals } from '../stages/group.ts';
import { NODES, REF_KINDS } from '../stream/batch.ts';
import { InputError } from '../stream/errors.ts';
import { asPart } from '../stream/marks.ts';
import { ALL_COLUMNS } from '../stream/source.ts';
import { CutSieve } from './parts/cutSieve.ts';
import { type Cut, cutOptions, cutsOf } from './parts/cuts.ts';
import { faultsOf, idleSentences, TypeNames, targetsOf } from './parts/cutTypes.ts';
import { type OpenGraph, openGraph } from './parts/graph.ts';
import { nodeWriter, pass } from './parts/nodes.ts';
import { scratchOf } from './parts/snapshot.ts';
import { parseVia } from './parts/via.ts';

/** Rows of a table without --top. */
const SCREEN = 20;
const TYPE_BUDGET = 16 << 20;

/** One cut, or all of them, with what it does. */
interface CutRow extends CutSum {
  readonly cut: Cut | 'all';
}

export const cut = defineCommand({
  name: 'snap-cut',
  summary: 'what would be freed if some references were gone',
  description: `Puts a theory to the test: if no Foo had its field next any more, what would be freed? It is what the roots reach now, and would not
reach without these references. What something else holds too stays.

All that is given of --type, --via, --to and --id must be true of a reference: they are one cut. --cuts judges many cuts, each alone and then all of them
together. Weak references hold nothing, so they are neither followed nor cut nor counted; a WeakMap holds a value only together with its key.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    ...cutOptions,
    nodes: flag('print the nodes that would be freed, as a node stream'),
    top: count({
      short: 'n',
      value: 'COUNT',
      help: `only so many types, or nodes (a table shows ${SCREEN} types if not told)`,
    }),
  },
  memoryOption: true,
  examples: [
    { say: 'what does this cache keep alive?', run: 'snap-cut --via failureCache app.heapsnapshot' },
    {
      say: 'which of these fields is worth clearing, best first?',
      run: `printf '{"type":"LoadError","via":"%s"}\\n' cause stack | snap-cut --cuts - app.heapsnapshot | jq -c 'select(.cut)'`,
    },
  ],
  reads:
    'a V8 heap snapshot or a node stream, whole; with --cuts also NDJSON of cuts, with the keys type, via, to and id',
  writes:
    'for each cut {"cut":{...},"refs":8,"count":2100,"bytes":151200}, of several one more with "cut":"all"; then for each type that would be freed (by all together) {"type":"Foo","count":10,"bytes":480}; with --nodes instead a node stream, marked as a part',
  status: {
    0: 'some references were cut',
    1: 'no reference is as any cut says',
    2: 'wrong use, bad input, or there is no such id or type',
  },
  memory: 'some 60 MB and 17 bytes a node, 21 with --to; more where --memory allows, else references wait on disk',
  async run(args, frame) {
    const operand = args.operands[0] ?? '-';
    const cuts = await cutsOf(args, operand);
    const scratch = scratchOf(frame);
    const sieve = new CutSieve(cuts);
    const hasTargets = cuts.some(({ to }) => to !== undefined);
    const opened = await openGraph(
      operand,
      {
        whole: 'cuts',
        columns: hasTargets ? 3 : 2,
        weak: false,
        sieve: sieve.sieve,
        tap: sieve.tap,
      },
      frame,
      scratch,
    );
    const { graph, pool } = opened;
    const types = new TypeNames(graph);
    const faults = faultsOf(cuts, graph, types, sieve.missingIds, scratch);
    if (faults.size === cuts.length) throw new InputError(`${opened.name}: ${[...faults.values()].join('; ')}`);
    for (const fault of new Set(faults.values())) frame.warn(`${opened.name}: ${fault}`);
    const freed = freedBy(graph, pool, {
      count: cuts.length,
      marked: sieve.marked((type) => types.has(type)),
      targets: hasTargets ? targetsOf(cuts, types) : undefined,
    });
    graph.rows.close();
    const rows: readonly CutRow[] = [
      ...freed.alone.map((sum, i) => ({ ...sum, cut: cuts[i]! })),
      ...(cuts.length > 1 ? [{ ...freed.together, cut: 'all' as const }] : []),
    ];
    if (args.nodes) await printNodes(opened, freed.nodes, args.top ?? Number.POSITIVE_INFINITY, frame, scratch);
    else {
      const top = args.top ?? (frame.format === 'table' ? SCREEN : undefined);
      await print(rows, freed, byType(graph, freed.nodes, new Groups(['type'], TYPE_BUDGET, scratch), top), frame);
    }
    const idle = cuts.filter((_, i) => freed.alone[i]!.refs === 0 && !faults.has(i));
    for (const sentence of idle.length > 0 ? await idleSentences(idle, opened, scratch) : [])
      frame.note(`${opened.name}: ${sentence}`);
    return freed.together.refs > 0 ? 0 : 1;
  },
});

/** Nodes by type, largest first as snap-group has them. */
function byType(
  { types, type, sizes }: Graph,
  nodes: Bits,
  groups: Groups,
  top: number | undefined,
): { totals: GroupTotals; rows: Iterable<Group> } {
  const count = new Float64Array(types.size);
  const bytes = new Float64Array(types.size);
  const chunks = type.chunks();
  let chunk: { readonly first: number; readonly values: Uint32Array } = { first: 0, values: new Uint32Array(0) };
  sizes.forEach((n, size) => {
    // Both columns have as many rows as there are nodes.
    if (n - chunk.first >= chunk.values.length) chunk = chunks.next().value!;
    if (!nodes.has(n)) return;
    const code = chunk.values[n - chunk.first]!;
    count[code]! += 1;
    bytes[code]! += size;
  });
  for (let code = 0; code < types.size; code++)
    if (count[code]! > 0)
      groups.addRow(types.bytes.subarray(types.offsets[code]!, types.offsets[code + 1]!), count[code]!, bytes[code]!);
  return groups.finish('bytes', top);
}

async function print(
  cuts: readonly CutRow[],
  { reachable }: Freed,
  { totals, rows }: { totals: GroupTotals; rows: Iterable<Group> },
  frame: Frame,
): Promise<void> {
  if (frame.format === 'table') {
    const { renderGroups } = await import('../render/groups.ts');
    for (const row of cuts) frame.out.text(cutWords(nameOf(row.cut), row, reachable.bytes, frame.style.width));
    if (totals.count > 0) frame.out.text(`\n${renderGroups(['type'], totals, [...rows], frame.style)}`);
  } else if (frame.format === 'csv') {
    const { csvLine } = await import('../render/csv.ts');
    frame.out.text(csvLine(['cut', 'refs', 'type', 'count', 'bytes']));
    for (const { cut, refs, count, bytes } of cuts)
      frame.out.text(csvLine([cut === 'all' ? cut : JSON.stringify(cut), refs, '', count, bytes]));
    for (const { keys, count, bytes } of rows) frame.out.text(csvLine(['', '', keys[0], count, bytes]));
  } else {
    for (const { cut, refs, count, bytes } of cuts) frame.out.text(`${JSON.stringify({ cut, refs, count, bytes })}\n`);
    for (const { keys, count, bytes } of rows) frame.out.text(`${JSON.stringify({ type: keys[0], count, bytes })}\n`);
  }
}

function nameOf(cut: Cut | 'all'): CutName | undefined {
  if (cut === 'all') return undefined;
  const { via, ...rest } = cut;
  if (via === undefined) return rest;
  const { kind, name } = parseVia(via);
  return { ...rest, via: { kind: kind === undefined ? undefined : REF_KINDS[kind], name } };
}

/** Reads the snapshot once more for the freed nodes in full, those of least n. */
async function printNodes(opened: OpenGraph, nodes: Bits, top: number, frame: Frame, scratch: Scratch): Promise<void> {
  const snapshot = await opened.again({ ...ALL_COLUMNS, only: nodes });
  const writer = await nodeWriter(frame, scratch);
  const keep = new Uint8Array(NODES);
  let left = top;
  writer.start(asPart(snapshot.source.start));
  await pass(snapshot, writer, (batch) => {
    for (let row = 0; row < batch.length; row++) {
      keep[row] = left > 0 && nodes.has(batch.n[row]!) ? 1 : 0;
      left -= keep[row]!;
    }
    writer.batch(batch, keep);
  });
  writer.end('part');
}
