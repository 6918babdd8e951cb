/** Retained sizes of a snapshot: read to a graph, DevTools' rules applied, dominators found. What the answers of snap-retain are made of. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Classes } from '../../../graph/dominators/classes.ts';
import { markDetached, markPageObjects, shallowSizes } from '../../../graph/dominators/devtools.ts';
import { type DominatorTree, dominators } from '../../../graph/dominators/dominators.ts';
import { Retained } from '../../../graph/dominators/retained.ts';
import { type Sizes, StoredColumn } from '../../../graph/store/columns.ts';
import { distances, shortestPaths, UNREACHED, unreached } from '../../../graph/walk/breadth.ts';
import type { RefRanks } from '../../../graph/walk/ranks.ts';
import type { Batch } from '../../../stream/batch.ts';
import { type OpenGraph, openGraph, sayIndex } from '../graph/open.ts';

/** What classes, names of references and a second reading take, measured. */
const OTHER_BYTES = 8 << 20;

export interface Retention {
  readonly open: OpenGraph;
  readonly distance: StoredColumn;
  readonly tree: DominatorTree;
  readonly retained: Retained;
  /** Bytes that DevTools shows as the total: all that the root retains, and what the runtime holds outside of the graph. */
  readonly totalBytes: number;
  /** Where it was asked for. */
  readonly classes: Classes | undefined;
}

/** A graph with its dominators, before memory is taken for sizes. */
export interface Dominated {
  readonly open: OpenGraph;
  readonly distance: StoredColumn;
  readonly tree: DominatorTree;
  /** With the hidden parts that DevTools adds to their owners. */
  readonly shallow: Sizes;
}

export interface RetentionNeeds {
  readonly classes: boolean;
  /** The graph's rows are to have names. */
  readonly refNames?: boolean;
  readonly tap?: (batch: Batch) => void;
}

export async function retention(
  operand: string,
  needs: RetentionNeeds,
  frame: Frame,
  scratch: Scratch,
): Promise<Retention> {
  const { classes, ...dominated } = await readDominated(operand, needs, frame, scratch);
  return { ...retained(dominated), classes };
}

export async function readDominated(
  operand: string,
  { classes: wantsClasses, refNames = false, tap }: RetentionNeeds,
  frame: Frame,
  scratch: Scratch,
): Promise<Dominated & { readonly classes: Classes | undefined }> {
  const classes = wantsClasses ? new Classes(scratch) : undefined;
  const open = await openGraph(
    operand,
    {
      whole: 'retained sizes',
      columns: 4,
      bytes: OTHER_BYTES,
      weak: false,
      refTexts: wantsClasses || tap !== undefined,
      extras: wantsClasses ? true : 'detached',
      refNames,
      tap: (batch) => {
        classes?.add(batch);
        tap?.(batch);
      },
    },
    frame,
    scratch,
  );
  const distance = kept(distances(open.graph, open.pool), open, scratch);
  const found = dominated(open, scratch);
  sayIndex(operand, frame);
  return { open, distance, ...found, classes };
}

/** Shortest paths: for each node the one before it, and its length where that is not its distance. */
export interface Walked {
  readonly parents: StoredColumn;
  readonly lengths: StoredColumn | undefined;
  readonly distance: StoredColumn;
}

/** Of a graph whose rows have names. */
export function walked(open: OpenGraph, refRanks: RefRanks, scratch: Scratch): Walked {
  const { graph, pool } = open;
  const length = unreached(pool);
  const { parents: before } = shortestPaths(graph, pool, refRanks, length);
  for (let n = 0; n < graph.nodes; n++) if (length[n] === UNREACHED) before[n] = 0;
  const lengths = kept(length, open, scratch);
  const parents = kept(before, open, scratch);
  // DevTools' distances may lead back to the root and from there on, paths may not.
  if (!graph.refersToRoot) return { parents, lengths: undefined, distance: lengths };
  return { parents, lengths, distance: kept(distances(graph, pool), open, scratch) };
}

/** DevTools' rules applied, and dominators found. */
export function dominated({ graph, pool }: OpenGraph, scratch: Scratch): Pick<Dominated, 'tree' | 'shallow'> {
  if (graph.isV8) {
    markDetached(graph);
    markPageObjects(graph);
  }
  const shallow = shallowSizes(graph, pool, scratch);
  return { shallow, tree: dominators(graph, pool, scratch) };
}

export function retained({ open, distance, tree, shallow }: Dominated): Omit<Retention, 'classes'> {
  const sizes = new Retained(open.graph.nodes, tree, shallow, open.pool);
  return { open, distance, tree, retained: sizes, totalBytes: sizes.total + open.extraNativeBytes };
}

/** A column in a file of its own, its memory given back. */
function kept(
  column: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>,
  { pool }: OpenGraph,
  scratch: Scratch,
): StoredColumn {
  const stored = new StoredColumn(scratch);
  stored.append(new Uint32Array(column.buffer, column.byteOffset, column.length));
  pool.give(column);
  return stored;
}
