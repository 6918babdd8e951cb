/** The answers of snap-retain: the largest objects, all nodes, or classes. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { byClass, type ClassRow, type Range } from '../../../graph/dominators/byClass.ts';
import { dominatorColumn, largest } from '../../../graph/dominators/dominated.ts';
import type { DominatorTree } from '../../../graph/dominators/dominators.ts';
import { Retained } from '../../../graph/dominators/retained.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { type StoredColumn, together } from '../../../graph/store/columns.ts';
import { Pool } from '../../../graph/store/pool.ts';
import { readWho, type Who, whoIs } from '../../../graph/store/who.ts';
import { MOST_LARGEST } from '../../../index/contents.ts';
import { csvLine } from '../../../render/csv.ts';
import { Scripts } from '../../../stages/scripts.ts';
import type { Batch } from '../../../stream/batch.ts';
import { InputError } from '../../../stream/errors.ts';
import { parseId } from '../choosing/options.ts';
import { type Beside, indexBeside } from '../graph/beside.ts';
import { requireRoom } from '../graph/open.ts';
import { NO_PLACES, type Places, placesBeside, placesOf } from '../graph/places.ts';
import { openOperand, type Snapshot } from '../input/snapshot.ts';
import type { Retention } from './retention.ts';

/** As many as without an index: retained sizes are doubles, and classes are added up beside them. */
const COLUMNS = 4;
const NAMES = { names: true, extras: false, refs: false };

/** The largest objects, and what columns say of them. */
interface Largest {
  readonly totalBytes: number;
  readonly found: readonly { readonly n: number; readonly place: number; readonly retained: number }[];
  readonly shallow: (n: number, place: number) => number;
  readonly distance: (n: number) => number;
  readonly dominator: (n: number) => number;
  readonly who: (wanted: Bits) => Promise<ReadonlyMap<number, Who>>;
  /** Where functions among them stand. */
  readonly placesFor: (nodes: Iterable<Who>) => Promise<Places>;
}

/** Objects that retain most, largest first. */
export async function printLargest(operand: string, top: number, frame: Frame, scratch: Scratch): Promise<void> {
  const beside = await indexBeside(operand, frame);
  const { totalBytes, found, shallow, distance, dominator, who, placesFor } =
    beside === undefined
      ? await computeLargest(operand, top, frame, scratch)
      : largestFrom(beside, top, operand, frame);
  const wanted = new Bits();
  for (const { n } of found) wanted.add(n);
  const names = await who(wanted);
  const places = frame.format === 'table' ? await placesFor(names.values()) : NO_PLACES;
  const rows = found.map(({ n, place, retained }) => {
    const { id, type, name } = names.get(n)!;
    return { n, id, type, name, shallow: shallow(n, place), retained, distance: distance(n), dominator: dominator(n) };
  });
  if (frame.format === 'table') {
    const { renderRetained } = await import('../../../render/retained.ts');
    const placed = rows.map((row) => ({ ...row, place: places.get(row.n) }));
    frame.out.text(renderRetained(totalBytes, placed, frame.style));
    return;
  }
  if (frame.format === 'csv') frame.out.text(csvLine(NODE_FIELDS));
  for (const row of rows)
    frame.out.text(frame.format === 'csv' ? csvLine(Object.values(row)) : `${JSON.stringify(row)}\n`);
}

async function computeLargest(operand: string, top: number, frame: Frame, scratch: Scratch): Promise<Largest> {
  const scripts = frame.format === 'table' ? new Scripts() : undefined;
  const { open, distance, tree, retained, dominator, totalBytes } = await withDominators(
    operand,
    frame,
    scratch,
    scripts,
  );
  return {
    totalBytes,
    found: largestOf({ tree, retained }, top),
    shallow: (_, place) => retained.shallowAt(place),
    distance: (n) => distance.at(n) | 0,
    dominator: (n) => dominator.at(n),
    who: async (wanted) => readWho((await open.again({ ...NAMES, only: wanted })).batches, wanted),
    placesFor: (nodes) => placesOf(nodes, open, (n) => scripts?.scriptOf(n)),
  };
}

/** From an index, which keeps so many of the largest; beyond that its columns tell. */
function largestFrom(beside: Beside, top: number, operand: string, frame: Frame): Largest {
  const { index } = beside;
  const { largest: kept, totalBytes } = index.summary;
  const isKept = top <= MOST_LARGEST || index.facts.nodes <= MOST_LARGEST;
  const shallow = index.shallow();
  const distance = index.column('distance');
  const dominator = index.column('dominator');
  return {
    totalBytes,
    found: isKept ? kept.slice(0, top) : largestOf(retentionFrom(beside, operand, frame), top),
    shallow: (n) => shallow.at(n),
    distance: (n) => distance.at(n) | 0,
    dominator: (n) => dominator.at(n),
    who: async (wanted) => readWho((await beside.snapshot(NAMES, wanted)).batches, wanted),
    placesFor: (nodes) => placesBeside(nodes, beside),
  };
}

const largestOf = ({ tree, retained }: Pick<Columns, 'tree' | 'retained'>, top: number): Largest['found'] =>
  largest(tree, (place) => retained.at(place), top);

const NODE_FIELDS = ['n', 'id', 'type', 'name', 'shallow', 'retained', 'distance', 'dominator'];

/** Every node in order, as it is read a second time. */
export async function printAll(operand: string, frame: Frame, scratch: Scratch): Promise<void> {
  const beside = await indexBeside(operand, frame);
  const { again, distance, tree, retained, dominator } =
    beside === undefined
      ? await computeAll(operand, frame, scratch)
      : { ...retentionFrom(beside, operand, frame), again: () => openOperand(operand, NAMES, scratch, frame) };
  const table =
    frame.format === 'table' ? (await import('../../../render/retained.ts')).retainedLines(frame.style) : undefined;
  if (frame.format !== 'ndjson') frame.out.text(table?.header ?? csvLine(NODE_FIELDS));
  const columns = together([tree.place, distance, dominator]);
  let first = 0;
  let chunks: readonly Uint32Array[] = [new Uint32Array(0)];
  for await (const batch of (await again()).batches) {
    for (let row = 0; row < batch.length; row++) {
      const n = batch.n[row]!;
      // As many rows come again as came before.
      if (n - first >= chunks[0]!.length) ({ first, chunks } = columns.next().value!);
      const [place, far, above] = chunks.map((chunk) => chunk[n - first]!) as [number, number, number];
      const { id, type, name } = whoIs(batch, row);
      const line = {
        n,
        id,
        type,
        name,
        shallow: retained.shallowAt(place),
        retained: retained.at(place),
        distance: far | 0,
        dominator: above,
      };
      if (table !== undefined) frame.out.text(table.row(line));
      else frame.out.text(frame.format === 'csv' ? csvLine(Object.values(line)) : `${JSON.stringify(line)}\n`);
    }
  }
}

/** Retained sizes, and for each node the node that dominates it. */
async function withDominators(
  operand: string,
  frame: Frame,
  scratch: Scratch,
  scripts?: Scripts,
): Promise<Omit<Retention, 'classes'> & { readonly dominator: StoredColumn }> {
  const tap = scripts === undefined ? {} : { tap: (batch: Batch) => scripts.add(batch) };
  const { readDominated, retained } = await import('./retention.ts');
  const found = await readDominated(operand, { classes: false, ...tap }, frame, scratch);
  // Before memory is taken for sizes.
  const dominator = dominatorColumn(found.tree, found.open.pool, scratch);
  return { ...retained(found), dominator };
}

async function computeAll(
  operand: string,
  frame: Frame,
  scratch: Scratch,
): Promise<Columns & { readonly again: () => Promise<Snapshot> }> {
  const answer = await withDominators(operand, frame, scratch);
  return { ...answer, again: () => answer.open.again(NAMES) };
}

/** What a graph's retained sizes are told from. */
interface Columns {
  readonly distance: StoredColumn;
  readonly tree: DominatorTree;
  readonly retained: Retained;
  readonly dominator: StoredColumn;
}

function retentionFrom({ index }: Beside, operand: string, frame: Frame): Columns & { readonly pool: Pool } {
  requireRoom(operand, index.facts.nodes, COLUMNS, frame);
  const pool = new Pool(index.facts.nodes);
  const tree = index.tree();
  return {
    pool,
    tree,
    distance: index.column('distance'),
    dominator: index.column('dominator'),
    retained: new Retained(index.facts.nodes, tree, index.shallow(), pool),
  };
}

/** DevTools' Summary, of all or of what one object dominates. */
export async function printClasses(
  operand: string,
  under: string | undefined,
  top: number | undefined,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  const id = under === undefined ? undefined : parseId(under, '--under');
  const beside = await indexBeside(operand, frame);
  const known = beside === undefined ? undefined : classesFrom(beside, id, operand, frame);
  const { rows, bytes, outsideBytes, nodes } = known ?? (await computeClasses(operand, id, frame, scratch));
  const shown = rows.slice(0, top);
  if (frame.format === 'table') {
    const { renderClasses } = await import('../../../render/retained.ts');
    const counted = rows.reduce((sum, { count }) => sum + count, 0);
    const totals = { bytes, outsideBytes, nodes, counted, classes: rows.length };
    frame.out.text(renderClasses(totals, shown, frame.style));
    return;
  }
  if (frame.format === 'csv') frame.out.text(csvLine(['class', 'count', 'shallow', 'retained', 'distance']));
  for (const row of shown)
    frame.out.text(frame.format === 'csv' ? csvLine(Object.values(row)) : `${JSON.stringify(row)}\n`);
}

/** Rows of classes, and the bytes and nodes that they are told of. */
interface ClassAnswer {
  readonly rows: readonly ClassRow[];
  readonly bytes: number;
  readonly outsideBytes: number;
  readonly nodes: number;
}

async function computeClasses(
  operand: string,
  id: number | undefined,
  frame: Frame,
  scratch: Scratch,
): Promise<ClassAnswer> {
  // Loaded here, as above: an index has what it finds.
  const { retention } = await import('./retention.ts');
  let node: number | undefined;
  const { open, tree, retained, distance, classes, totalBytes } = await retention(
    operand,
    {
      classes: true,
      tap: (batch) => {
        if (id === undefined || node !== undefined) return;
        const row = batch.id.subarray(0, batch.length).indexOf(id);
        if (row >= 0) node = batch.n[row]!;
      },
    },
    frame,
    scratch,
  );
  const { graph, pool, name } = open;
  if (id !== undefined && node === undefined) {
    throw new InputError(
      `${name}: no node has the id @${id} (ids look like @35 or 0x7f187d22b880): ${graph.nodes.toLocaleString('en-US')} nodes came`,
    );
  }
  const range = node === undefined ? { from: 0, to: graph.nodes } : rangeOf(node, tree, retained);
  return {
    // They were asked for.
    rows: byClass(classes!.inOrder(graph), classes!.names, tree, distance, retained, range, pool),
    bytes: node === undefined ? totalBytes : retained.at(range.from),
    outsideBytes: node === undefined ? open.extraNativeBytes : 0,
    nodes: range.to - range.from,
  };
}

/** From an index; undefined where it has no such id. */
function classesFrom(beside: Beside, id: number | undefined, operand: string, frame: Frame): ClassAnswer | undefined {
  const { index } = beside;
  if (id === undefined) {
    const { classes, totalBytes } = index.summary;
    const inside = classes.reduce((sum, { shallow }) => sum + shallow, 0);
    return { rows: classes, bytes: totalBytes, outsideBytes: totalBytes - inside, nodes: index.facts.nodes };
  }
  const node = index.find(id);
  if (node === undefined) return undefined;
  const { tree, retained, distance, pool } = retentionFrom(beside, operand, frame);
  const range = rangeOf(node, tree, retained);
  const codes = function* (): Generator<{ readonly first: number; readonly codes: Uint32Array }> {
    for (const { first, values } of index.column('class').chunks()) yield { first, codes: values };
  };
  return {
    rows: byClass(codes(), index.classNames, tree, distance, retained, range, pool),
    bytes: retained.at(range.from),
    outsideBytes: 0,
    nodes: range.to - range.from,
  };
}

function rangeOf(n: number, { place }: DominatorTree, retained: Retained): Range {
  const from = place.at(n);
  return { from, to: retained.endOf(from) };
}
