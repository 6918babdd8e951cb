/** The suspects of snap-retain: where most of a heap accumulates, who that is, and how it is reached. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Suspects } from '../../../graph/dominators/suspects.ts';
import { PATH_COLUMNS } from '../../../graph/paths/paths.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { StoredColumn } from '../../../graph/store/columns.ts';
import { readWho } from '../../../graph/store/who.ts';
import type { ShownPath } from '../../../render/paths.ts';
import type { ShownSuspect } from '../../../render/suspects.ts';
import { spellingOf } from '../../../render/via.ts';
import { type Beside, indexBeside } from '../graph/beside.ts';
import { graphFrom, type OpenGraph } from '../graph/open.ts';
import { pathsTo, shownPath } from '../paths/find.ts';

/** So many classes of what each accumulates are told. */
const CLASSES = 5;

/** What was found, and the graph that it was found in. */
interface Known {
  readonly open: OpenGraph;
  readonly found: Suspects;
  readonly distance: StoredColumn;
  readonly totalBytes: number;
}

export async function printSuspects(operand: string, top: number, frame: Frame, scratch: Scratch): Promise<void> {
  const beside = await indexBeside(operand, frame);
  const { open, found, distance, totalBytes } =
    beside === undefined ? await findIn(operand, frame, scratch) : keptBeside(beside, operand, frame);
  const { graph } = open;
  const objects = found.objects.slice(0, top);
  const wanted = new Bits(graph.nodes);
  for (const { n } of objects) wanted.add(n);
  const paths = new Map<number, ShownPath>();
  // What no root reaches is taken out of it.
  const { rows, kept } = await pathsTo(open, wanted, false, frame, scratch);
  rows.eachNode(Number.POSITIVE_INFINITY, (row) => paths.set(row.example.n, shownPath(row, rows, kept)));
  const lost = new Bits(graph.nodes);
  for (const { n } of objects) if (!paths.has(n)) lost.add(n);
  const others =
    paths.size === objects.length
      ? undefined
      : await readWho((await open.again({ names: true, extras: false, refs: false, only: lost })).batches, lost);
  const suspects = objects.map(({ n, bytes, retained: all, classes: holds }): ShownSuspect => {
    const path = paths.get(n);
    const { id, type, name } = path?.example ?? others!.get(n)!;
    return {
      node: { n, id, type, name },
      share: share(bytes, totalBytes),
      bytes,
      retained: all,
      distance: distance.at(n) | 0,
      path,
      classes: holds.slice(0, CLASSES),
      otherClasses: Math.max(0, holds.length - CLASSES),
    };
  });
  const many = found.classes
    .slice(0, top - objects.length)
    .map((sum) => ({ ...sum, share: share(sum.bytes, totalBytes) }));
  const { renderSuspects, SUSPECT_CSV_HEAD, suspectCsv, manyCsv, suspectRecord, manyRecord } = await import(
    '../../../render/suspects.ts'
  );
  const spell = spellingOf(open.format);
  if (frame.format === 'table') {
    const all = [...found.objects, ...found.classes];
    const bytes = all.reduce((sum, { bytes: own }) => sum + own, 0);
    const totals = { bytes: totalBytes, suspects: all.length, share: share(bytes, totalBytes) };
    frame.out.text(renderSuspects(totals, suspects, many, frame.style, spell));
  } else if (frame.format === 'csv')
    frame.out.text(
      SUSPECT_CSV_HEAD + [...suspects.map((suspect) => suspectCsv(suspect, spell)), ...many.map(manyCsv)].join(''),
    );
  else
    for (const record of [...suspects.map(suspectRecord), ...many.map(manyRecord)])
      frame.out.text(`${JSON.stringify(record)}\n`);
}

async function findIn(operand: string, frame: Frame, scratch: Scratch): Promise<Known> {
  const { retention } = await import('./retention.ts');
  const needs = { classes: true, refNames: true };
  const { open, distance, tree, retained, totalBytes, classes } = await retention(operand, needs, frame, scratch);
  const { findSuspects } = await import('../../../graph/dominators/suspects.ts');
  const { graph, pool } = open;
  // Classes were asked for.
  const codes = classes!.inOrder(graph);
  const found = findSuspects(codes, classes!.names, graph, tree, distance, retained, totalBytes, pool);
  retained.close();
  return { open, found, distance, totalBytes };
}

/** An index has the answer; what it does not have are names. */
function keptBeside(beside: Beside, operand: string, frame: Frame): Known {
  const { index } = beside;
  const open = graphFrom(beside, operand, { whole: undefined, columns: PATH_COLUMNS, weak: false }, frame);
  return {
    open,
    found: index.suspects,
    distance: index.column('distance'),
    totalBytes: index.summary.totalBytes,
  };
}

/** Four digits are enough to say how much it is. */
const share = (bytes: number, total: number): number => Math.round((10_000 * bytes) / total) / 10_000;
