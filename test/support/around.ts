/** The graph around some nodes of a test's heap, by the walk itself, without a process; holds all of it. */

import { ExcludedVia } from '../../lib/commands/parts/around/excludedVia.ts';
import { parseVia } from '../../lib/commands/parts/choosing/via.ts';
import { Scratch } from '../../lib/disk/scratch.ts';
import { Bits } from '../../lib/graph/store/bits.ts';
import { LookUp } from '../../lib/graph/store/lookUp.ts';
import type { NameCodes } from '../../lib/graph/store/nameCodes.ts';
import { readGraph } from '../../lib/graph/store/read.ts';
import { reversed } from '../../lib/graph/store/reverse.ts';
import { type Around, walkAround } from '../../lib/graph/walk/around.ts';
import { Sources, Targets } from '../../lib/graph/walk/neighbours.ts';
import { RemainingSources } from '../../lib/graph/walk/remaining.ts';
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
  /** Names of references, `[KIND:]NAME`, that are left out, as a snapshot is read or of rows that have them. */
  readonly without?: { readonly names: readonly string[]; readonly of: 'reading' | 'rows' };
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
  const { names: left = [], of } = question.without ?? {};
  // An index has weak references too.
  const sieve = of === 'reading' ? { sieve: new ExcludedVia(left).sieve } : {};
  const options = { weak: weak || of === 'rows', rowBytes: 1 << 20, isPart: true, names: true, ...sieve };
  const all = await readGraph(source, source.batches, options, scratch);
  const tests = left.map(parseVia).map(({ kind, name }) => all.names!.matcher(kind, name));
  const rows = all.rows.without((name) => tests.some((test) => test(name)));
  const graph = of === 'rows' ? { ...all, rows } : all;
  const type = new LookUp(graph.type);
  const sources = new Sources(reversed(all.rows, true, 1 << 20, scratch, { tellsWeak: true }), weak);
  const back = of === 'rows' ? new RemainingSources(sources, rows, weak) : sources;
  const neighbours = backward ? back : new Targets(graph.rows, weak);
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
