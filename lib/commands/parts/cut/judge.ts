/** Cuts judged, and what came of it printed: a snapshot read once for the graph, and once more for nodes or for names to propose. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { type CutSum, type Cuts, type Freed, freedBy, Marks } from '../../../graph/cut/freed.ts';
import { type Held, heldBy } from '../../../graph/cut/held.ts';
import { findCut, retainersOf } from '../../../graph/cut/kept.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { together } from '../../../graph/store/columns.ts';
import type { Pool } from '../../../graph/store/pool.ts';
import type { Graph } from '../../../graph/store/read.ts';
import type { Rows } from '../../../graph/store/rows.ts';
import { readWho } from '../../../graph/store/who.ts';
import { type CutName, cutWords, heldWords, SHOWN_HOLDERS } from '../../../render/cuts.ts';
import { spellingOf } from '../../../render/via.ts';
import { type Group, Groups, type GroupTotals } from '../../../stages/group.ts';
import { REF_KINDS } from '../../../stream/batch.ts';
import { InputError } from '../../../stream/errors.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { parseVia } from '../choosing/via.ts';
import { indexBeside } from '../graph/beside.ts';
import { graphFrom, type OpenGraph, openGraph, sayIndex } from '../graph/open.ts';
import { scratchOf } from '../input/snapshot.ts';
import { writeSet } from '../output/nodes.ts';
import type { Cut } from './cuts.ts';
import { cutMarks } from './marks.ts';
import { CutSieve } from './sieve.ts';
import { faultsOf, idleSentences, TypeNames, targetsOf } from './typeNames.ts';

const TYPE_BUDGET = 16 << 20;
/** Cuts of which it is said why they match nothing. */
const SAID = 5;

export interface Judgement {
  readonly cuts: readonly Cut[];
  readonly freed: Freed;
  /** Of cuts that free nothing, by number, and of all together: who else holds what they lead to. Told in a table alone. */
  readonly held: ReadonlyMap<number | undefined, readonly Held[]>;
  readonly opened: OpenGraph;
  readonly scratch: Scratch;
}

/** Throws InputError where every cut names a type or an id that is not there; else it says of those that do, and of cuts that match nothing. */
export async function judge(
  cuts: readonly Cut[],
  operand: string,
  tellsHolders: boolean,
  frame: Frame,
): Promise<Judgement> {
  const scratch = scratchOf(frame);
  const known = await judgeFrom(cuts, operand, tellsHolders, frame, scratch);
  if (known !== undefined) return known;
  const sieve = new CutSieve(cuts);
  const hasTargets = cuts.some(({ to }) => to !== undefined);
  const opened = await openGraph(
    operand,
    {
      whole: 'questions about what would be freed',
      columns: hasTargets ? 3 : 2,
      weak: false,
      sieve: sieve.sieve,
      tap: sieve.tap,
    },
    frame,
    scratch,
  );
  const { graph, pool, name } = opened;
  const types = new TypeNames(graph);
  const faults = faultsOf(cuts, graph, types, sieve.missingIds, scratch);
  if (faults.size === cuts.length) throw new InputError(`${name}: ${[...new Set(faults.values())].join('; ')}`);
  for (const fault of new Set(faults.values())) frame.warn(`${name}: ${fault}`);
  const sets = {
    count: cuts.length,
    marked: sieve.marked((type) => types.has(type)),
    targets: hasTargets ? targetsOf(cuts, types) : undefined,
  };
  const freed = freedBy(graph, pool, sets);
  const held = tellsHolders ? holdersFor(graph, pool, sets, freed) : new Map();
  graph.rows.close();
  sayIndex(operand, frame);
  const idle = cuts.filter((_, i) => freed.alone[i]!.refs === 0 && !faults.has(i));
  if (idle.length > 0 && !frame.quiet) {
    const { sentences, more } = await idleSentences(idle, SAID, opened, scratch);
    for (const sentence of sentences) frame.note(`${name}: ${sentence}`);
    if (more > 0) frame.note(`${name}: and so with ${more} more`);
  }
  return { cuts, freed, held, opened, scratch };
}

/** The same from an index, in the plain case: what is cut is there, and every cut matches something. */
async function judgeFrom(
  cuts: readonly Cut[],
  operand: string,
  tellsHolders: boolean,
  frame: Frame,
  scratch: Scratch,
): Promise<Judgement | undefined> {
  const beside = await indexBeside(operand, frame);
  if (beside === undefined) return undefined;
  const hasTargets = cuts.some(({ to }) => to !== undefined);
  const needs = { whole: undefined, columns: hasTargets ? 4 : 3, weak: false, bothWays: true };
  const opened = graphFrom(beside, operand, needs, frame);
  const { graph, pool } = opened;
  const types = new TypeNames(graph);
  const marks = cutMarks(cuts, beside.index, types, pool);
  if (marks === undefined) return undefined;
  const { index } = beside;
  const kept = { parents: index.column('parents'), unsure: index.folder.numbers('unsure') };
  // Which sets of cuts there are is known when all references that are cut have been met.
  const { holders, doubtful } = findCut(graph.rows, marks.mark, marks.among, pool, kept);
  const marked = { ...graph, rows: graph.rows.marked(marks.mark, holders) };
  const meetsAll = marks.marked[0]!.length > 0;
  const doubt =
    doubtful === undefined || meetsAll
      ? undefined
      : { doubtful, retainers: retainersOf(doubtful, index.back(opened.otherRowBytes)) };
  const sets = { count: cuts.length, marked: marks.marked, targets: hasTargets ? targetsOf(cuts, types) : undefined };
  const freed = freedBy(marked, pool, sets, doubt);
  if (freed.alone.some(({ refs }) => refs === 0)) return undefined;
  const held = tellsHolders ? holdersFor(marked, pool, sets, freed, index.back(opened.otherRowBytes)) : new Map();
  return { cuts, freed, held, opened, scratch };
}

function holdersFor(graph: Graph, pool: Pool, cuts: Cuts, freed: Freed, back?: Rows): Judgement['held'] {
  const { alone, together, unreached } = freed;
  const sums = [...alone.entries(), ...(alone.length > 1 ? [[undefined, together] as const] : [])];
  const asked = sums.flatMap(([cut, { refs, count }]) => (refs > 0 && count === 0 ? [cut] : []));
  if (asked.length === 0) return new Map();
  const marks = new Marks(graph, pool, cuts);
  const held = heldBy(graph, pool, marks, { asked, unreached, back });
  marks.close();
  return new Map(asked.map((cut, i) => [cut, held[i]!]));
}

/** What each cut frees, then by type what all of them do: at most `top` types. */
export async function printSums(
  { cuts, freed, held, opened, scratch }: Judgement,
  top: number | undefined,
  frame: Frame,
): Promise<void> {
  const judged: readonly Judged[] = [
    ...freed.alone.map((sum, i) => ({ cut: cuts[i]!, ...sum })),
    ...(cuts.length > 1 ? [{ cut: 'all' as const, ...freed.together }] : []),
  ];
  const { totals, rows } = byType(opened.graph, freed.nodes, scratch, top);
  if (frame.format === 'table') {
    const { renderGroups } = await import('../../../render/groups.ts');
    const spell = spellingOf(opened.format);
    const { width } = frame.style;
    const words = await heldWordsOf(held, opened, width);
    for (const [i, { cut, ...sum }] of judged.entries()) {
      frame.out.text(cutWords(nameOf(cut), sum, freed.reachable.bytes, width, spell));
      frame.out.text(words.get(cut === 'all' ? undefined : i) ?? '');
    }
    if (totals.count > 0) frame.out.text(`\n${renderGroups(['type'], totals, [...rows], frame.style)}`);
  } else if (frame.format === 'csv') {
    const { csvLine } = await import('../../../render/csv.ts');
    frame.out.text(csvLine(['cut', 'refs', 'type', 'count', 'bytes']));
    for (const { cut, refs, count, bytes } of judged)
      frame.out.text(csvLine([cut === 'all' ? cut : JSON.stringify(cut), refs, '', count, bytes]));
    for (const { keys, count, bytes } of rows) frame.out.text(csvLine(['', '', keys[0], count, bytes]));
  } else {
    for (const row of judged) frame.out.text(`${JSON.stringify(row)}\n`);
    for (const { keys, count, bytes } of rows) frame.out.text(`${JSON.stringify({ type: keys[0], count, bytes })}\n`);
  }
}

/** Who else holds what cuts lead to, in words, by the number of the cut: one more reading for the names of some. */
async function heldWordsOf(
  held: Judgement['held'],
  { graph, again }: OpenGraph,
  width: number | undefined,
): Promise<ReadonlyMap<number | undefined, string>> {
  const wanted = new Bits(graph.nodes);
  for (const types of held.values()) for (const { first } of types.slice(0, SHOWN_HOLDERS)) wanted.add(first);
  if (wanted.count() === 0) return new Map();
  const { batches } = await again({ names: true, extras: false, refs: false, only: wanted });
  const who = await readWho(batches, wanted);
  return new Map(
    [...held].map(([cut, types]) => {
      const holders = types.map(({ type, count, first }) => ({
        type: graph.types.text(type),
        count,
        first: who.get(first),
      }));
      return [cut, heldWords(holders, width)];
    }),
  );
}

/** The freed nodes in full, those of least n: the snapshot is read once more. */
export async function printNodes({ freed, opened, scratch }: Judgement, top: number, frame: Frame): Promise<void> {
  await writeSet(await opened.again({ ...ALL_COLUMNS, only: freed.nodes }), freed.nodes, top, 'part', frame, scratch);
}

/** A row of the answer: a cut, or all of them, with what it does. */
interface Judged extends CutSum {
  readonly cut: Cut | 'all';
}

/** Nodes by type, largest first as snap-group has them. */
function byType(
  { types, type, sizes }: Graph,
  nodes: Bits,
  scratch: Scratch,
  top: number | undefined,
): { totals: GroupTotals; rows: Iterable<Group> } {
  const count = new Float64Array(types.size);
  const bytes = new Float64Array(types.size);
  for (const { first, chunks } of together([type, sizes.column], nodes)) {
    // As many chunks as there are columns.
    const [codes, narrow] = [chunks[0]!, chunks[1]!];
    for (let n = nodes.next(first); n < first + codes.length; n = nodes.next(n + 1)) {
      const code = codes[n - first]!;
      count[code]! += 1;
      bytes[code]! += sizes.wide(n, narrow[n - first]!);
    }
  }
  const groups = new Groups(['type'], TYPE_BUDGET, scratch);
  for (let code = 0; code < types.size; code++)
    if (count[code]! > 0)
      groups.addRow(types.bytes.subarray(types.offsets[code]!, types.offsets[code + 1]!), count[code]!, bytes[code]!);
  return groups.finish('bytes', top);
}

function nameOf(cut: Cut | 'all'): CutName | undefined {
  if (cut === 'all') return undefined;
  const { via, ...rest } = cut;
  if (via === undefined) return rest;
  const { kind, name } = parseVia(via);
  return { ...rest, via: { kind: kind === undefined ? undefined : REF_KINDS[kind], name } };
}
