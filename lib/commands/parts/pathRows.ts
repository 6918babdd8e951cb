/** Paths to chosen nodes, found and printed: one reading of all, one of the nodes for ids and names. */
import type { Frame } from '../../cli/frame.ts';
import type { Scratch } from '../../disk/scratch.ts';
import type { Opened } from '../../formats/open.ts';
import { commonName } from '../../graph/paths/alike.ts';
import { KeptNodes } from '../../graph/paths/kept.ts';
import { END_STEPS, type PathRow, PathRows } from '../../graph/paths/pathRows.ts';
import { CLASS_BYTES, PATH_COLUMNS, Paths, TooManyPaths } from '../../graph/paths/paths.ts';
import { RefNames, TooManyNames } from '../../graph/paths/refNames.ts';
import type { Bits } from '../../graph/store/bits.ts';
import { formatCount } from '../../render/counts.ts';
import type { ShownPath } from '../../render/paths.ts';
import { formatSize } from '../../render/sizes.ts';
import { type SpellVia, spellingOf } from '../../render/via.ts';
import { Scripts } from '../../stages/scripts.ts';
import { InputError } from '../../stream/errors.ts';
import { indexBeside } from './beside.ts';
import { halfOfFree } from './budget.ts';
import type { Chosen } from './choosing.ts';
import { openChosen } from './chosen.ts';
import { type GraphNeeds, graphFrom, type OpenGraph, openGraph, sayIndex } from './graph.ts';
import { type Places, placesOf } from './places.ts';

/** Bytes a class of paths, measured on 900,000 of them; and how many there may be whatever the budget. */
const PER_CLASS = 100;
const LEAST_CLASSES = 1 << 18;
/** What part of the budget distinct names of references may take, and the least that they get. */
const NAMES = 1 / 16;
const LEAST_NAMES = 4 << 20;

type PlacesFor = (nodes: Iterable<{ readonly n: number; readonly type: string }>) => Promise<Places>;

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
  const nameBytes = Math.max(LEAST_NAMES, (frame.memory ?? halfOfFree()) * NAMES);
  const { refNames, needs, scriptOf } = naming(question.fold, nameBytes, scratch, frame.format === 'table');
  const { open, chosen, count } = await openChosen(operand, question, needs, frame, scratch).catch((error: unknown) => {
    if (!(error instanceof TooManyNames)) throw error;
    throw new InputError(
      `${operand === '-' ? 'standard input' : operand}: the names of references take more than ${formatSize(nameBytes)}: join those of properties with --fold, or give more --memory`,
    );
  });
  if (count === 0) return 1;
  const { paths, rows, kept } = await pathsTo(open, chosen, refNames, scratch);
  if (open.beside === undefined) sayIndex(operand, frame);
  const placesFor: PlacesFor = (nodes) => placesOf(nodes, open, scriptOf);
  await print(rows, question, frame, kept, { spell: spellingOf(open.format), placesFor });
  if (paths.unreached > 0)
    frame.note(
      `${open.name}: ${formatCount(paths.unreached)} of ${formatCount(count)} chosen nodes are reached from no root over references that hold, and have no path`,
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
  const nameBytes = Math.max(LEAST_NAMES, (frame.memory ?? halfOfFree()) * NAMES);
  const { refNames, needs: shared } = naming(false, nameBytes, scratch, false);
  const needs = { ...shared, opened };
  const beside = await indexBeside(operand, frame);
  const open =
    beside === undefined ? await openGraph(operand, needs, frame, scratch) : graphFrom(beside, operand, needs, frame);
  const { rows, kept } = await pathsTo(open, choose(open), refNames, scratch);
  let commonest: ShownPath | undefined;
  rows.each(1, (row) => {
    commonest = shownPath(row, rows, kept);
  });
  return { path: commonest, spell: spellingOf(open.format) };
}

interface Naming {
  readonly refNames: RefNames;
  readonly needs: GraphNeeds;
  readonly scriptOf: (n: number) => ReturnType<Scripts['scriptOf']> | undefined;
}

/** What the graph of paths needs: the names of its references as paths are compared by, and which scripts V8 knows, where places are shown. */
function naming(isFolded: boolean, nameBytes: number, scratch: Scratch, showsPlaces: boolean): Naming {
  let format: string | undefined;
  let scripts: Scripts | undefined;
  const refNames = new RefNames((kind, name) => commonName(kind, name, isFolded, format), scratch, nameBytes);
  const needs: GraphNeeds = {
    whole: 'paths',
    columns: PATH_COLUMNS,
    weak: false,
    // Scripts are found by what references are called.
    refTexts: showsPlaces,
    begun: (known) => {
      format = known;
      if (known === 'v8' && showsPlaces) scripts = new Scripts();
    },
    tap: (batch) => {
      refNames.add(batch);
      scripts?.add(batch);
    },
  };
  return { refNames, needs, scriptOf: (n) => scripts?.scriptOf(n) };
}

/** Walks to the chosen nodes, reads who is on their paths, and tells these apart; the rows of references are closed. */
export async function pathsTo(
  open: OpenGraph,
  chosen: Bits,
  refNames: RefNames,
  scratch: Scratch,
): Promise<{ readonly paths: Paths; readonly rows: PathRows; readonly kept: KeptNodes }> {
  const { graph, pool, name } = open;
  const most = mostClasses(open);
  const index = open.beside?.index;
  const known =
    index === undefined
      ? undefined
      : { parents: index.column('parents'), distance: index.lengths(), names: index.names };
  const paths = new Paths(graph, pool, chosen, refNames, scratch, known);
  const kept = new KeptNodes(paths.marked, graph.nodes, paths.names, scratch);
  const nodes = await open.again({ names: true, extras: false, refs: false, only: paths.marked });
  for await (const batch of nodes.batches) kept.take(batch);
  classify(paths, name, most);
  return { paths, rows: new PathRows(paths, refNames, scratch), kept };
}

/** The cache of the rows goes back to nobody: what it takes of the budget is gone. */
function mostClasses({ spareBytes, graph }: OpenGraph): number {
  const free = Math.max(0, spareBytes - graph.rows.pages.bytes) + CLASS_BYTES * graph.nodes;
  return Math.max(LEAST_CLASSES, Math.floor(free / PER_CLASS));
}

function classify(paths: Paths, name: string, most: number): void {
  try {
    paths.classify(most);
  } catch (error) {
    if (!(error instanceof TooManyPaths)) throw error;
    throw new InputError(
      `${name}: there are more than ${formatCount(most)} kinds of paths: choose fewer nodes, join paths with --fold, or give more --memory`,
    );
  }
}

async function print(
  rows: PathRows,
  question: PathQuestion,
  frame: Frame,
  kept: KeptNodes,
  { spell, placesFor }: { readonly spell: SpellVia; readonly placesFor: PlacesFor },
): Promise<void> {
  const each = (take: (row: PathRow) => void): void =>
    question.each ? rows.eachNode(question.top, take) : rows.each(question.top, take);
  if (frame.format === 'ndjson') {
    const json = new PathJson(rows, kept);
    each((row) => frame.out.text(json.line(row)));
    return;
  }
  const { PATH_CSV_HEAD, pathCsv, renderPaths } = await import('../../render/paths.ts');
  const shown: ShownPath[] = [];
  if (frame.format === 'csv') frame.out.text(PATH_CSV_HEAD);
  each((row) => {
    if (frame.format === 'csv') frame.out.text(pathCsv(shownPath(row, rows, kept), spell));
    else shown.push(shownPath(row, rows, kept));
  });
  const { count, bytes, rows: kinds } = rows.totals;
  if (frame.format !== 'table') return;
  const places = await placesFor(shown.map(({ example }) => example));
  const placed = shown.map((row) => ({ ...row, example: { ...row.example, place: places.get(row.example.n) } }));
  frame.out.text(renderPaths({ count, bytes, rows: question.each ? count : kinds }, placed, frame.style, spell));
}

/** Rows as lines of JSON: what comes again and again is put together once. */
class PathJson {
  readonly #rows: PathRows;
  readonly #kept: KeptNodes;
  readonly #steps: string[] = [];

  constructor(rows: PathRows, kept: KeptNodes) {
    this.#rows = rows;
    this.#kept = kept;
  }

  line({ count, bytes, length, steps, more, fingerprint, example: { n, type } }: PathRow): string {
    const path = steps.map(({ code, node }) => this.#step(code, node));
    if (more > 0) path.splice(END_STEPS, 0, `{"more":${more}}`);
    const { id, name } = this.#kept.get(n);
    const typeText = JSON.stringify(type);
    const example = `{"n":${n},"id":${id},"type":${typeText},"name":${name ?? typeText}}`;
    return `{"count":${count},"bytes":${bytes},"length":${length},"path":[${path.join(',')}],"fingerprint":"${fingerprint}","example":${example}}\n`;
  }

  #step(code: number, node: number | undefined): string {
    let head = this.#steps[code];
    if (head === undefined) {
      const { ref, via, type } = this.#rows.step(code);
      head = `{"ref":"${ref}","via":${JSON.stringify(via)},"type":${JSON.stringify(type)}`;
      this.#steps[code] = head;
    }
    if (node === undefined) return `${head}}`;
    return `${head},"name":${this.#kept.name(node) ?? JSON.stringify(this.#rows.step(code).type)}}`;
  }
}

/** A row with what its codes stand for. */
export function shownPath(row: PathRow, rows: PathRows, kept: KeptNodes): ShownPath {
  const nameOf = (node: number, type: string): string => {
    const name = kept.name(node);
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
