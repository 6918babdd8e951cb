/** What snap-refs and snap-backrefs are: the graph around chosen nodes, towards what they refer to, or towards who refers to them. */
import type { Args } from '../../../cli/command.ts';
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { LookUp } from '../../../graph/store/lookUp.ts';
import type { Graph } from '../../../graph/store/read.ts';
import { reversed, rowsOf } from '../../../graph/store/reverse.ts';
import type { Rows } from '../../../graph/store/rows.ts';
import { walkAround } from '../../../graph/walk/around.ts';
import { DealtSources, type Neighbours, Sources, Targets } from '../../../graph/walk/neighbours.ts';
import { RemainingSources } from '../../../graph/walk/remaining.ts';
import { startsOf } from '../../../graph/walk/starts.ts';
import { formatCount } from '../../../render/counts.ts';
import { compileNames, escapeGlob } from '../../../stages/names.ts';
import { UsageError } from '../../../stream/errors.ts';
import { isChoosing } from '../choosing/options.ts';
import { openChosen } from '../graph/chosen.ts';
import { type OpenGraph, sayIndex } from '../graph/open.ts';
import type { Places } from '../graph/places.ts';
import { scratchOf } from '../input/snapshot.ts';
import { Answer } from './answer.ts';
import type { ExcludedVia } from './excludedVia.ts';
import { insteadOf } from './insteadOf.ts';
import { type aroundOptions, DEPTH, type Direction, ELSEWHERE, IN_TREE } from './options.ts';

export async function runAround(args: Args<typeof aroundOptions>, frame: Frame, direction: Direction): Promise<0 | 1> {
  if (!isChoosing(args))
    throw new UsageError(
      'no node to begin with: give --id, --type, --kind, --name, --node, --of, --has, --lacks, --min-size or --max-size',
    );
  const operand = args.operands[0] ?? '-';
  const scratch = scratchOf(frame);
  const most = args.top ?? (frame.format === 'table' ? IN_TREE : ELSEWHERE);
  const without = await excludedVia(args['exclude-via']);
  let hasForeign = false;
  const {
    open,
    chosen,
    count: chosenNodes,
  } = await openChosen(
    operand,
    args,
    {
      whole: undefined,
      columns: 2,
      weak: args.weak,
      refNames: true,
      bothWays: direction.backward,
      dealt: direction.backward,
      ...(without === undefined ? {} : { sieve: without.sieve, refTexts: true }),
      tap: (batch) => {
        hasForeign ||= batch.foreign.length > 0;
      },
    },
    frame,
    scratch,
  );
  const { pool, name, ending, format, beside } = open;
  if (chosenNodes === 0) return 1;
  if (ending === 'part') frame.note(`${name}: is a part of a snapshot: what it leaves out is not shown`);
  const within = beside === undefined ? undefined : without?.within(open.graph, beside.index, args.weak);
  const graph = within ?? open.graph;
  for (const via of without?.unused ?? []) frame.note(`${name}: no reference is called ${JSON.stringify(via)}`);
  const type = new LookUp(graph.type);
  if (beside === undefined) sayIndex(operand, frame);
  const neighbours = direction.backward
    ? sourcesOf(open, within?.rows, args.weak, scratch)
    : new Targets(graph.rows, args.weak);
  const depth = args.depth ?? DEPTH;
  const excluded = excludedNodes(args['exclude-type'], graph, name, frame);
  const way = { backward: direction.backward, weak: args.weak, excluded, most };
  const starts =
    depth === 0 ? chosen.first(most) : startsOf(chosen, graph.rows, type, pool, { ...way, count: chosenNodes });
  // Names were asked for.
  const names = graph.names!;
  const around = walkAround(graph, names, type, neighbours, {
    ...way,
    starts,
    depth,
    collapse: !args['no-collapse'],
  });
  const isStream = frame.format === 'ndjson' && frame.ownFormat === undefined;
  const shown = around.shown.map(({ n }) => ({ n, type: graph.types.text(type.at(n)) }));
  const places = isStream || frame.format === 'csv' ? new Map() : await placesIn({ ...open, graph }, shown);
  const instead = direction.backward ? insteadOf('snap-paths', args) : undefined;
  const answer = new Answer(around, graph.types, names, chosen, { direction, places, format, instead });
  const wanted = answer.wanted(graph.nodes);
  const once = await open.again({ names: true, extras: isStream, refs: false, only: wanted });
  await answer.print({ snapshot: once, wanted, ending, hasForeign }, frame);
  if (around.absent > 0)
    frame.note(`${formatCount(around.absent)} references lead to nodes that are not in this part of the snapshot`);
  return 0;
}

/** Who refers to nodes: told by the index, or from what was dealt out while the snapshot was read, or from the rows. */
function sourcesOf(
  { graph, beside, otherRowBytes }: OpenGraph,
  within: Rows | undefined,
  weak: boolean,
  scratch: Scratch,
): Neighbours {
  if (beside !== undefined) {
    const sources = new Sources(beside.index.back(otherRowBytes), weak);
    return within === undefined ? sources : new RemainingSources(sources, within, weak);
  }
  const { dealt, nodes, rows } = graph;
  if (dealt !== undefined) return new DealtSources(dealt, () => rowsOf(dealt, nodes, otherRowBytes, scratch));
  return new Sources(reversed(rows, weak, otherRowBytes, scratch), weak);
}

async function excludedVia(names: readonly string[]): Promise<ExcludedVia | undefined> {
  if (names.length === 0) return undefined;
  const { ExcludedVia } = await import('./excludedVia.ts');
  return new ExcludedVia(names);
}

/** Where functions among some nodes stand: by the rows, which have names. */
async function placesIn(
  open: OpenGraph,
  nodes: Iterable<{ readonly n: number; readonly type: string }>,
): Promise<Places> {
  const { placesOf, scriptsOf } = await import('../graph/places.ts');
  return placesOf(nodes, { ...open, beside: undefined }, scriptsOf(open.graph));
}

/** Nodes of the types that are left out; a type that is not there is worth a note. */
function excludedNodes(
  patterns: readonly string[],
  { nodes, types, type }: Graph,
  name: string,
  frame: Frame,
): Bits | undefined {
  if (patterns.length === 0) return undefined;
  const all = types.all();
  const known = new Set(all);
  const isExcluded = patterns.map((pattern) => compileNames([known.has(pattern) ? escapeGlob(pattern) : pattern]));
  isExcluded.forEach((test, i) => {
    if (!all.some(test)) frame.note(`${name}: no node is of type ${JSON.stringify(patterns[i])}`);
  });
  const codes = Uint8Array.from(all, (text) => (isExcluded.some((test) => test(text)) ? 1 : 0));
  const excluded = new Bits(nodes);
  for (const { first, values } of type.chunks())
    for (let i = 0; i < values.length; i++) if (codes[values[i]!] === 1) excluded.add(first + i);
  return excluded;
}
