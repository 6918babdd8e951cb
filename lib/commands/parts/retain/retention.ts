/** Retained sizes of a snapshot: read to a graph, DevTools' rules applied, dominators found. What the answers of snap-retain are made of. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Classes } from '../../../graph/dominators/classes.ts';
import { markDetached, markPageObjects, shallowSizes } from '../../../graph/dominators/devtools.ts';
import { type DominatorTree, dominators } from '../../../graph/dominators/dominators.ts';
import { Retained } from '../../../graph/dominators/retained.ts';
import { type Sizes, StoredColumn } from '../../../graph/store/columns.ts';
import { distances, shortestPaths } from '../../../graph/walk/breadth.ts';
import { RefRanks } from '../../../graph/walk/ranks.ts';
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

export interface RetentionNeeds {
  readonly classes: boolean;
  /** The graph's rows are to have names. */
  readonly refNames?: boolean;
  readonly tap?: (batch: Batch) => void;
  /** Called with the tree before memory is taken for sizes. */
  readonly onTree?: (tree: DominatorTree, open: OpenGraph) => void;
}

export async function retention(
  operand: string,
  { classes: wantsClasses, refNames = false, tap, onTree }: RetentionNeeds,
  frame: Frame,
  scratch: Scratch,
): Promise<Retention> {
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
  const answer = retentionOf(
    open,
    classes,
    scratch,
    onTree === undefined ? {} : { onTree: (tree) => onTree(tree, open) },
  );
  sayIndex(operand, frame);
  return answer;
}

/** Shortest paths: for each node the one before it, and its length where that is not its distance. */
export interface Walked {
  readonly parents: StoredColumn;
  readonly lengths: StoredColumn | undefined;
}

/** The same for a graph that was read before. */
export function retentionOf(
  open: OpenGraph,
  classes: Classes | undefined,
  scratch: Scratch,
  {
    onTree,
    onWalk,
  }: {
    readonly onTree?: (tree: DominatorTree) => void;
    readonly onWalk?: (walked: Walked) => void;
  },
): Retention & { readonly shallow: Sizes } {
  const { graph, pool } = open;
  const kept = (column: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): StoredColumn => {
    const stored = new StoredColumn(scratch);
    stored.append(new Uint32Array(column.buffer, column.byteOffset, column.length));
    pool.give(column);
    return stored;
  };
  let distance: StoredColumn | undefined;
  if (onWalk !== undefined) {
    const before = pool.take().fill(0);
    // Its rows have names.
    const lengths = kept(shortestPaths(graph, pool, before, new RefRanks(graph.names!, open.format)));
    // DevTools' distances may lead back to the root and from there on, paths may not.
    if (!graph.refersToRoot) distance = lengths;
    onWalk({ parents: kept(before), lengths: graph.refersToRoot ? lengths : undefined });
  }
  distance ??= kept(distances(graph, pool));
  if (graph.isV8) {
    markDetached(graph);
    markPageObjects(graph);
  }
  const shallow = shallowSizes(graph, pool, scratch);
  const tree = dominators(graph, pool, scratch);
  onTree?.(tree);
  const retained = new Retained(graph.nodes, tree, shallow, pool);
  return { open, distance, tree, retained, shallow, totalBytes: retained.total + open.extraNativeBytes, classes };
}
