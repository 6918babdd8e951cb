/** The graph around some nodes of a test's heap, by the walk itself, without a process; holds all of it. */

import { Scratch } from '../../lib/disk/scratch.ts';
import { type Around, walkAround } from '../../lib/graph/around.ts';
import { Sources, Targets } from '../../lib/graph/neighbours.ts';
import { Bits } from '../../lib/graph/store/bits.ts';
import type { NameCodes } from '../../lib/graph/store/nameCodes.ts';
import { readGraph } from '../../lib/graph/store/read.ts';
import { reversed } from '../../lib/graph/store/reverse.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import type { Heap } from './heap.ts';
import { streamText } from './nodeStream.ts';
import { tempFolder } from './temp.ts';

export interface AroundQuestion {
  readonly starts: readonly number[];
  readonly backward: boolean;
  readonly depth?: number;
  readonly most?: number;
  readonly collapse?: boolean;
  readonly weak?: boolean;
  readonly excluded?: readonly number[];
}

export interface AroundHeap {
  readonly around: Around;
  readonly names: NameCodes;
}

export async function aroundHeap(heap: Heap, question: AroundQuestion): Promise<AroundHeap> {
  const bytes = Buffer.from(streamText(heap));
  let at = 0;
  const reader = {
    read(into: Uint8Array, from: number): number {
      const count = Math.min(into.length - from, bytes.length - at);
      into.set(bytes.subarray(at, at + count), from);
      at += count;
      return count;
    },
  };
  const scratch = new Scratch(tempFolder('spool'), () => {});
  const source = await decodeStream('test', reader, ALL_COLUMNS);
  const {
    weak = false,
    backward,
    starts,
    depth = Number.POSITIVE_INFINITY,
    most = Number.POSITIVE_INFINITY,
  } = question;
  const options = { weak, rowBytes: 1 << 20, isPart: true, names: true };
  const graph = await readGraph(source, source.batches, options, scratch);
  const type = new Uint32Array(graph.nodes);
  graph.type.load(type);
  const neighbours = backward
    ? new Sources(reversed(graph.rows, weak, 1 << 20, scratch), weak)
    : new Targets(graph.rows, weak);
  const excluded = new Bits(graph.nodes);
  for (const n of question.excluded ?? []) excluded.add(n);
  // They were asked for.
  const names = graph.names!;
  const collapse = question.collapse ?? true;
  return {
    names,
    around: walkAround(graph, names, type, neighbours, { starts, backward, depth, most, collapse, weak, excluded }),
  };
}
