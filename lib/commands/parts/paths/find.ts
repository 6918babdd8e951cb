/** Paths to chosen nodes, found and printed: one reading of all, one of the nodes for ids and names. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import { CommonNames, TooManyNames } from '../../../graph/paths/commonNames.ts';
import { KeptNodes } from '../../../graph/paths/kept.ts';
import { AS_TYPE, type PathRow, PathRows } from '../../../graph/paths/pathRows.ts';
import { CLASS_BYTES, PATH_COLUMNS, Paths, TooManyPaths } from '../../../graph/paths/paths.ts';
import type { Bits } from '../../../graph/store/bits.ts';
import { RefRanks } from '../../../graph/walk/ranks.ts';
import type { PieceSink } from '../../../index/pieces.ts';
import { formatCount } from '../../../render/counts.ts';
import type { ShownPath } from '../../../render/paths.ts';
import { formatSize } from '../../../render/sizes.ts';
import { type SpellVia, spellingOf } from '../../../render/via.ts';
import { Scripts } from '../../../stages/scripts.ts';
import { InputError } from '../../../stream/errors.ts';
import type { Chosen } from '../choosing/options.ts';
import { indexBeside } from '../graph/beside.ts';
import { openChosen } from '../graph/chosen.ts';
import { type GraphNeeds, graphFrom, type OpenGraph, openGraph, sayIndex } from '../graph/open.ts';
import { placesOf } from '../graph/places.ts';
import { halfOfFree } from '../input/budget.ts';
import { type PathAnswer, tellPaths } from './answer.ts';
import { keptPaths } from './kept.ts';
import { PathText } from './text.ts';

/** Bytes a class of paths, measured on 900,000 of them; and how many there may be whatever the budget. */
const PER_CLASS = 100;
const LEAST_CLASSES = 1 << 18;
/** What part of the budget distinct names of references may take, and the least that they get. */
const NAMES = 1 / 16;
const LEAST_NAMES = 4 << 20;

export interface PathQuestion extends Chosen {
  readonly each: boolean;
  readonly fold: boolean;
  readonly top: number;
}

export async function findPaths(
  operand: string,
  question: PathQuestion,
  frame: Frame,
  scratch: Scratch,
): Promise<0 | 1> {
  const known = await keptPaths(operand, question, frame);
  if (known !== undefined) {
    await tellPaths(known, frame);
    return 0;
  }
  const { needs, scriptOf } = needsOf(frame.format === 'table');
  const { open, chosen, count } = await openChosen(operand, question, needs, frame, scratch);
  if (count === 0) return 1;
  const { paths, rows, kept } = await pathsTo(open, chosen, question.fold, frame, scratch);
  if (open.beside === undefined) sayIndex(operand, frame);
  const { unreached } = paths;
  await tellPaths(
    {
      name: open.name,
      chosen: count,
      unreached,
      spell: spellingOf(open.format),
      placesFor: (nodes) => placesOf(nodes, open, scriptOf),
      ...rowsOf(rows, kept, question),
    },
    frame,
  );
  return 0;
}

/** The kind of path that most of some nodes have, which are chosen from the graph when it is read; undefined where none of them is reached. */
export async function commonestPath(
  operand: string,
  opened: () => Promise<Opened>,
  choose: (open: OpenGraph) => Bits,
  frame: Frame,
  scratch: Scratch,
): Promise<{ readonly path: ShownPath | undefined; readonly spell: SpellVia }> {
  const needs = { ...needsOf(false).needs, opened };
  const beside = await indexBeside(operand, frame);
  const open =
    beside === undefined ? await openGraph(operand, needs, frame, scratch) : graphFrom(beside, operand, needs, frame);
  const { rows, kept } = await pathsTo(open, choose(open), false, frame, scratch);
  let commonest: ShownPath | undefined;
  rows.each(1, (row) => {
    commonest = shownPath(row, rows, kept);
  });
  return { path: commonest, spell: spellingOf(open.format) };
}

/** What the graph of paths needs; and which scripts V8 knows, where places are shown. */
function needsOf(showsPlaces: boolean): {
  readonly needs: GraphNeeds;
  readonly scriptOf: (n: number) => ReturnType<Scripts['scriptOf']> | undefined;
} {
  let scripts: Scripts | undefined;
  const needs: GraphNeeds = {
    whole: 'paths',
    columns: PATH_COLUMNS,
    weak: false,
    refNames: true,
    // Scripts are found by what references are called.
    refTexts: showsPlaces,
    begun: (format) => {
      if (format === 'v8' && showsPlaces) scripts = new Scripts();
    },
    ...(showsPlaces ? { tap: (batch) => scripts?.add(batch) } : {}),
  };
  return { needs, scriptOf: (n) => scripts?.scriptOf(n) };
}

/** Walks to the chosen nodes, reads who is on their paths, and tells these apart; the rows of references, which have names, are closed. */
export async function pathsTo(
  open: OpenGraph,
  chosen: Bits,
  isFolded: boolean,
  frame: Frame,
  scratch: Scratch,
): Promise<{ readonly paths: Paths; readonly rows: PathRows; readonly kept: KeptNodes }> {
  const { graph, pool, format } = open;
  const most = mostClasses(open);
  const limit = Math.max(LEAST_NAMES, (frame.memory ?? halfOfFree()) * NAMES);
  const refNames = new CommonNames(graph.names!, { format, isFolded, limit });
  const index = open.beside?.index;
  const known = index === undefined ? undefined : { parents: index.column('parents'), lengths: index.lengths() };
  try {
    const paths = new Paths(graph, pool, chosen, refNames, new RefRanks(graph.names!, format), scratch, known);
    graph.rows.close();
    const names = pool.take();
    const kept = new KeptNodes(paths.marked, scratch, (n, hash) => {
      names[n] = hash;
    });
    const nodes = await open.again({ names: true, extras: false, refs: false, only: paths.marked });
    for await (const batch of nodes.batches) kept.take(batch);
    paths.classify(most, names);
    return { paths, rows: new PathRows(paths, refNames, scratch), kept };
  } catch (error) {
    const remedy = 'join those of properties with --fold, or give more --memory';
    if (error instanceof TooManyNames)
      throw new InputError(`${open.name}: the names of references take more than ${formatSize(limit)}: ${remedy}`);
    if (error instanceof TooManyPaths)
      throw new InputError(
        `${open.name}: there are more than ${formatCount(most)} kinds of paths: choose fewer nodes, join paths with --fold, or give more --memory`,
      );
    throw error;
  }
}

/** The cache of the rows goes back to nobody: what it takes of the budget is gone. */
function mostClasses({ spareBytes, graph }: OpenGraph): number {
  const free = Math.max(0, spareBytes - graph.rows.pages.bytes) + CLASS_BYTES * graph.nodes;
  return Math.max(LEAST_CLASSES, Math.floor(free / PER_CLASS));
}

/** The rows that a question is answered by. */
function rowsOf(
  rows: PathRows,
  kept: KeptNodes,
  { each: isEach, top }: PathQuestion,
): Pick<PathAnswer, 'totals' | 'write' | 'each'> {
  const { count, bytes, rows: kinds } = rows.totals;
  const each = (take: (row: PathRow) => void): void => (isEach ? rows.eachNode(top, take) : rows.each(top, take));
  return {
    totals: { count, bytes, rows: isEach ? count : kinds },
    each: (take) => each((row) => take(shownPath(row, rows, kept))),
    write(out) {
      const text = new PathText(rows, kept);
      let line = '';
      const sink: PieceSink = {
        again: (piece) => {
          line += piece.text;
        },
        once: (said) => {
          line += said;
        },
      };
      each((row) => {
        line = '';
        text.write(row, sink);
        out.text(line);
      });
    },
  };
}

/** A row with what its codes stand for. */
export function shownPath(row: PathRow, rows: PathRows, kept: KeptNodes): ShownPath {
  const nameOf = (node: number, type: string): string => {
    const name = node === AS_TYPE ? undefined : kept.get(node).name;
    return name === undefined ? type : (JSON.parse(name) as string);
  };
  const { n, type } = row.example;
  return {
    ...row,
    path: row.steps.map(({ code, node }) => {
      const step = rows.step(code);
      return node === undefined ? step : { ...step, name: nameOf(node, step.type) };
    }),
    example: { n, id: kept.get(n).id, type, name: nameOf(n, type) },
  };
}
