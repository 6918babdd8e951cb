/** Retained sizes of a snapshot: read to a graph, DevTools' rules applied, dominators found. What the answers of snap-retain are made of. */
import type { Frame } from '../../cli/frame.ts';
import type { Scratch } from '../../disk/scratch.ts';
import { distances } from '../../graph/breadth.ts';
import { Classes } from '../../graph/classes.ts';
import { StoredColumn } from '../../graph/columns.ts';
import { markDetached, markPageObjects, shallowSizes } from '../../graph/devtools.ts';
import { type DominatorTree, dominators } from '../../graph/dominators.ts';
import { Retained } from '../../graph/retained.ts';
import type { Batch } from '../../stream/batch.ts';
import { type OpenGraph, openGraph } from './graph.ts';

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
  readonly tap?: (batch: Batch) => void;
  /** Called with the tree before memory is taken for sizes. */
  readonly onTree?: (tree: DominatorTree, open: OpenGraph) => void;
}

export async function retention(
  operand: string,
  { classes: wantsClasses, tap, onTree }: RetentionNeeds,
  frame: Frame,
  scratch: Scratch,
): Promise<Retention> {
  const classes = wantsClasses ? new Classes(scratch) : undefined;
  const open = await openGraph(
    operand,
    {
      whole: 'retained sizes',
      columns: 4,
      weak: false,
      extras: wantsClasses ? true : 'detached',
      tap: (batch) => {
        classes?.add(batch);
        tap?.(batch);
      },
    },
    frame,
    scratch,
  );
  const { graph, pool } = open;
  const far = distances(graph, pool);
  const distance = new StoredColumn(scratch);
  distance.append(new Uint32Array(far.buffer, far.byteOffset, far.length));
  pool.give(far);
  if (graph.isV8) {
    markDetached(graph);
    markPageObjects(graph);
  }
  const shallow = shallowSizes(graph, pool, scratch);
  const tree = dominators(graph, pool, scratch);
  onTree?.(tree, open);
  const retained = new Retained(graph.nodes, tree, shallow, pool);
  return { open, distance, tree, retained, totalBytes: retained.total + open.extraNativeBytes, classes };
}
