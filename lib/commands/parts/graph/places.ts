/** Where functions stand in the source, `file:line:column` as people write it, for what is printed of a V8 heap: one more reading of the nodes, if there is any function. */
import { NamedRefs } from '../../../graph/stacks/named.ts';
import { scriptOf } from '../../../graph/stacks/scripts.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { Graph } from '../../../graph/store/read.ts';
import { readWho } from '../../../graph/store/who.ts';
import { isFile, placeOf } from '../../../stages/scripts.ts';
import { type Batch, SAME_AS_TYPE } from '../../../stream/batch.ts';
import { FieldFinder } from '../../../stream/fieldFinder.ts';
import { textOf } from '../../../stream/json.ts';
import type { Beside } from './beside.ts';
import type { OpenGraph } from './open.ts';

const COLUMNS = { names: true, extras: true, refs: false };
/** What functions and classes are called in V8. */
const FUNCTION = 'Function';

/** By position in the snapshot. */
export type Places = ReadonlyMap<number, string>;
export const NO_PLACES: Places = new Map();

interface Named {
  readonly n: number;
  readonly type: string;
}

/** Of these nodes the functions. `scriptOf` gives the script's node; an index is asked instead where there is one. */
export async function placesOf(
  nodes: Iterable<Named>,
  open: OpenGraph,
  scriptOf: (n: number) => number | undefined,
): Promise<Places> {
  if (open.beside !== undefined) return placesBeside(nodes, open.beside);
  const functions = functionsOf(nodes);
  if (!open.graph.isV8 || functions.length === 0) return NO_PLACES;
  return read(functions, scriptOf, open.graph.nodes, async (only) => (await open.again({ ...COLUMNS, only })).batches);
}

/** The same from an index alone. */
export async function placesBeside(nodes: Iterable<Named>, beside: Beside): Promise<Places> {
  const functions = functionsOf(nodes);
  if (!beside.index.facts.isV8 || functions.length === 0) return NO_PLACES;
  const graph = beside.index.graph();
  const nodesOf = async (only: Bits): Promise<AsyncIterable<Batch>> => (await beside.snapshot(COLUMNS, only)).batches;
  const places = await read(functions, scriptsOf(graph), graph.nodes, nodesOf);
  graph.rows.close();
  return places;
}

const functionsOf = (nodes: Iterable<Named>): readonly number[] =>
  Array.from(nodes).flatMap(({ n, type }) => (type === FUNCTION ? [n] : []));

/** Who knows the script of a node: rows with names. */
export function scriptsOf({ rows, names }: Graph): (n: number) => number | undefined {
  if (names === undefined) throw new Error('these rows have no names');
  const refs = new NamedRefs(rows, names);
  return (n) => scriptOf(n, refs);
}

/** The files that functions and objects are of, by an index. */
export async function filesOf(beside: Beside, nodes: Bits): Promise<ReadonlyMap<number, string>> {
  const graph = beside.index.graph();
  const files = new Map<number, string>();
  if (!graph.isV8) return files;
  const find = scriptsOf(graph);
  const scripts = new Map<number, number>();
  for (let n = nodes.next(0); n < graph.nodes; n = nodes.next(n + 1)) {
    const script = find(n);
    if (script !== undefined) scripts.set(n, script);
  }
  graph.rows.close();
  const only = new Bits(graph.nodes);
  for (const script of scripts.values()) only.add(script);
  const who = await readWho((await beside.snapshot({ names: true, extras: false, refs: false }, only)).batches, only);
  for (const [n, script] of scripts) {
    const { name } = who.get(script)!;
    if (isFile(name)) files.set(n, name);
  }
  return files;
}

async function read(
  functions: readonly number[],
  scriptNode: (n: number) => number | undefined,
  nodes: number,
  nodesOf: (only: Bits) => Promise<AsyncIterable<Batch>>,
): Promise<Places> {
  const scripts = new Map(functions.map((n) => [n, scriptNode(n)] as const));
  const only = new Bits(nodes);
  for (const [n, script] of scripts) {
    only.add(n);
    if (script !== undefined) only.add(script);
  }
  const called = new Set(scripts.values());
  const files = new Map<number, string>();
  const positions = new Map<number, string>();
  const at = new FieldFinder('at');
  for await (const batch of await nodesOf(only)) {
    for (let row = 0; row < batch.length; row++) {
      const n = batch.n[row]!;
      if (!only.has(n)) continue;
      if (called.has(n) && batch.nameStart[row] !== SAME_AS_TYPE)
        files.set(n, textOf(batch.text, batch.nameStart[row]!, batch.nameEnd[row]!));
      else if (at.find(batch, row)) positions.set(n, textOf(at.bytes, at.start, at.end));
    }
  }
  const places = new Map<number, string>();
  for (const [n, script] of scripts) {
    const position = positions.get(n);
    const file = script === undefined ? undefined : files.get(script);
    if (position !== undefined && file !== undefined && isFile(file))
      places.set(
        n,
        placeOf(position, () => file),
      );
  }
  return places;
}
