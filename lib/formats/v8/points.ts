/** Where the nodes, edges and strings of a V8 snapshot stand, from one pass over each; and some of its nodes, read from there. */
import { grownDoubles } from '../../disk/grow.ts';
import type { RandomBytes } from '../../disk/input.ts';
import { type Points, STEP, type Wanted } from '../../stream/points.ts';
import type { Columns, NodeSource } from '../../stream/source.ts';
import { Crossing } from './crossing.ts';
import { byteFault } from './faults.ts';
import { parseHeader } from './header.ts';
import { type Layout, UnusualLayout } from './locate.ts';
import { readPlaces } from './read.ts';
import { startOf, type V8File } from './source.ts';
import { findStrings } from './strings.ts';

/** Undefined where the file is not laid out as writers do. Throws InputError where it is cut off. */
export async function findV8Points(v8: V8File): Promise<Points | undefined> {
  const { file, layout, isRewritten } = await v8.located();
  if (isRewritten) return undefined;
  try {
    return find(file, layout);
  } catch (error) {
    if (!(error instanceof UnusualLayout)) throw error;
    return undefined;
  }
}

function find(file: RandomBytes, { header, sections }: Layout): Points {
  // Whoever locates a snapshot finds these.
  const [snapshot, nodes, edges] = [sections.get('snapshot')!, sections.get('nodes')!, sections.get('edges')!];
  const { nodeFields, edgeFields } = header;
  const width = nodeFields.length;
  const edgesAt = nodeFields.indexOf('edge_count');
  const overNodes = new Crossing(file, nodes);
  const overEdges = new Crossing(file, edges);
  let nodeAt = new Float64Array(1024);
  let refAt = new Float64Array(1024);
  let count = 0;
  for (let group = 0, taken = STEP; taken === STEP; group++) {
    if (group === nodeAt.length) {
      nodeAt = grownDoubles(nodeAt, 2 * group);
      refAt = grownDoubles(refAt, 2 * group);
    }
    nodeAt[group] = overNodes.position;
    refAt[group] = overEdges.position;
    taken = overNodes.records(STEP, width, edgesAt);
    count += taken;
    const numbers = overNodes.sum * edgeFields.length;
    if (overEdges.numbers(numbers) < numbers)
      throw byteFault(file, edges.end, 'the edges end early: the nodes have more (file cut short?)');
  }
  const groups = Math.ceil(count / STEP);
  return {
    step: STEP,
    nodes: count,
    nodeAt: nodeAt.slice(0, groups),
    refAt: refAt.slice(0, groups),
    strings: findStrings(file, sections.get('strings')!),
    sections: Float64Array.of(snapshot.start, snapshot.end, nodes.start, nodes.end, edges.start, edges.end),
  };
}

/** Wanted nodes with what `columns` says; `extras` gives their optional fields. The file is the one that the points were found in. */
export function v8SourceAt(
  file: RandomBytes,
  points: Points,
  columns: Columns,
  wanted: Wanted,
  extras: ((n: number) => string) | undefined,
): NodeSource {
  const { strings, sections } = points;
  if (strings === undefined || sections === undefined) throw new Error('these are not the points of a V8 snapshot');
  const [from, to, ...ends] = sections as unknown as readonly number[];
  const text = Buffer.alloc(to! - from!);
  file.readAt(text, from!);
  const header = parseHeader(file.name, text.toString());
  const [nodes, edges] = [section(ends, 0), section(ends, 2)];
  return {
    name: file.name,
    start: startOf(header),
    batches: readPlaces(file, { header, nodes, edges, strings, points, wanted, extras }, columns),
    verdict: () => ({ notes: [], part: false }),
  };
}

const section = (ends: readonly number[], at: number): { start: number; end: number } => ({
  start: ends[at]!,
  end: ends[at + 1]!,
});
