/** Every kind of path in a heap, found while its index is made: the walk, ids and names are there by then. Costs three columns, 100 bytes a kind, and a fifth of the time of all else. */
import type { Scratch } from '../../../disk/scratch.ts';
import { CommonNames, TooManyNames } from '../../../graph/paths/commonNames.ts';
import type { KeptNodes } from '../../../graph/paths/kept.ts';
import { PathRows } from '../../../graph/paths/pathRows.ts';
import { Paths, TooManyPaths } from '../../../graph/paths/paths.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { StoredColumn } from '../../../graph/store/columns.ts';
import type { RefRanks } from '../../../graph/walk/ranks.ts';
import { PathLineWriter } from '../../../index/pathLineWriter.ts';
import type { OpenGraph } from '../graph/open.ts';
import { PathText } from '../paths/text.ts';

/** A heap with more kinds of paths than one for so many nodes, and more than LEAST, gets no lines of them. Large heaps have one for 30 to 70 nodes, small ones are mostly the runtime's
 * own, which has 45,000. Bytes a kind are measured. */
const NODES_PER_KIND = 24;
const LEAST = 1 << 16;
const PER_KIND = 100;
/** What distinct names of references in paths may take. A limit must not depend on the budget: an index has the same bytes whatever that is. */
const NAMES_PER_NODE = 0.5;
const LEAST_NAMES = 2 << 20;
/** What that takes at most beside columns: in columns. */
export const PATH_LINE_COLUMNS = (PER_KIND / NODES_PER_KIND + NAMES_PER_NODE) / 4;

export interface PathLineParts {
  readonly writer: PathLineWriter;
  /** By code of type: nodes that no root reaches. */
  readonly unreached: Uint32Array;
}

/** What was found in the reading and after it. */
export interface Found {
  readonly refRanks: RefRanks;
  readonly parents: StoredColumn;
  readonly lengths: StoredColumn;
  readonly hashes: StoredColumn;
  readonly kept: KeptNodes;
}

/** Undefined where there are too many: then snap-paths finds them as it does without. */
export function pathLines(
  { graph, pool, format }: OpenGraph,
  { refRanks, parents, lengths, hashes, kept }: Found,
  scratch: Scratch,
): PathLineParts | undefined {
  const { nodes, names, types } = graph;
  if (names === undefined) throw new Error('an index has names of references');
  const all = new Bits(nodes);
  all.fill(nodes);
  const limit = Math.max(LEAST_NAMES, nodes * NAMES_PER_NODE);
  try {
    const common = new CommonNames(names, { format, isFolded: false, limit });
    const paths = new Paths(graph, pool, all, common, refRanks, scratch, { parents, lengths });
    const hash = pool.take();
    hashes.load(hash);
    paths.classify(Math.max(LEAST, Math.floor(nodes / NODES_PER_KIND)), hash);
    const rows = new PathRows(paths, common, scratch);
    const room = pool.take();
    kept.hold(rows.told(), room);
    const writer = new PathLineWriter(scratch);
    const text = new PathText(rows, kept);
    rows.each(Number.POSITIVE_INFINITY, (row) => {
      text.write(row, writer);
      writer.end({ type: row.type, count: row.count, bytes: row.bytes, isOfAll: row.more > 0 });
    });
    writer.finish();
    const unreached = new Uint32Array(types.size);
    for (const { first, values } of graph.type.chunks())
      for (let i = 0; i < values.length; i++) if (!paths.chosen.has(first + i)) unreached[values[i]!]!++;
    pool.give(paths.above, paths.classOf, hash, room);
    return { writer, unreached };
  } catch (error) {
    if (error instanceof TooManyPaths || error instanceof TooManyNames) return undefined;
    throw error;
  }
}
