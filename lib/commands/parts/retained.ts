/** The answers of snap-retain: the largest objects, all nodes, or classes. */
import type { Frame } from '../../cli/frame.ts';
import type { Scratch } from '../../disk/scratch.ts';
import { Bits } from '../../graph/bits.ts';
import { byClass, type Range } from '../../graph/byClass.ts';
import { type StoredColumn, together, valuesOf } from '../../graph/columns.ts';
import { dominatorColumn, largest } from '../../graph/dominated.ts';
import { readWho, whoIs } from '../../graph/who.ts';
import { csvLine } from '../../render/csv.ts';
import { InputError } from '../../stream/errors.ts';
import { parseId } from './choosing.ts';
import { type Retention, retention } from './retention.ts';

const NAMES = { names: true, extras: false, refs: false };

/** Objects that retain most, largest first. */
export async function printLargest(operand: string, top: number, frame: Frame, scratch: Scratch): Promise<void> {
  let dominator: StoredColumn | undefined;
  const answer = await retention(
    operand,
    {
      classes: false,
      onTree: (tree, { pool }) => {
        dominator = dominatorColumn(tree, pool, scratch);
      },
    },
    frame,
    scratch,
  );
  const { open, distance, tree, retained } = answer;
  const found = largest(tree, (place) => retained.at(place), top);
  const wanted = new Bits(open.graph.nodes);
  for (const { n } of found) wanted.add(n);
  const far = valuesOf(distance, wanted);
  const above = valuesOf(dominator!, wanted);
  const who = await readWho((await open.again({ ...NAMES, only: wanted })).batches, wanted);
  const rows = found.map(({ n, place, retained: bytes }) => {
    const { id, type, name } = who.get(n)!;
    return {
      n,
      id,
      type,
      name,
      shallow: retained.shallowAt(place),
      retained: bytes,
      distance: far.get(n)! | 0,
      dominator: above.get(n)!,
    };
  });
  if (frame.format === 'table') {
    const { renderRetained } = await import('../../render/retained.ts');
    frame.out.text(renderRetained(answer.totalBytes, rows, frame.style));
    return;
  }
  if (frame.format === 'csv') frame.out.text(csvLine(NODE_FIELDS));
  for (const row of rows)
    frame.out.text(frame.format === 'csv' ? csvLine(Object.values(row)) : `${JSON.stringify(row)}\n`);
}

const NODE_FIELDS = ['n', 'id', 'type', 'name', 'shallow', 'retained', 'distance', 'dominator'];

/** Every node in order, as it is read a second time. */
export async function printAll(operand: string, frame: Frame, scratch: Scratch): Promise<void> {
  let dominator: StoredColumn | undefined;
  const { open, distance, tree, retained } = await retention(
    operand,
    {
      classes: false,
      onTree: (built, { pool }) => {
        dominator = dominatorColumn(built, pool, scratch);
      },
    },
    frame,
    scratch,
  );
  const table =
    frame.format === 'table' ? (await import('../../render/retained.ts')).retainedLines(frame.style) : undefined;
  if (frame.format !== 'ndjson') frame.out.text(table?.header ?? csvLine(NODE_FIELDS));
  const columns = together(tree.place, distance, dominator!);
  let first = 0;
  let chunks: readonly Uint32Array[] = [new Uint32Array(0)];
  for await (const batch of (await open.again(NAMES)).batches) {
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

/** DevTools' Summary, of all or of what one object dominates. */
export async function printClasses(
  operand: string,
  under: string | undefined,
  top: number | undefined,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  const id = under === undefined ? undefined : parseId(under, '--under');
  let node: number | undefined;
  const answer = await retention(
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
  const { open, tree, retained, distance, classes } = answer;
  const { graph, pool, name } = open;
  if (id !== undefined && node === undefined) {
    throw new InputError(
      `${name}: no node has the id @${id} (ids look like @35 or 0x7f187d22b880): ${graph.nodes.toLocaleString('en-US')} nodes came`,
    );
  }
  const range = node === undefined ? { from: 0, to: graph.nodes } : rangeOf(node, answer);
  const rows = byClass(classes!.inOrder(graph), classes!.names, tree, distance, retained, range, pool);
  const shown = rows.slice(0, top);
  if (frame.format === 'table') {
    const { renderClasses } = await import('../../render/retained.ts');
    const bytes = node === undefined ? answer.totalBytes : retained.at(range.from);
    frame.out.text(renderClasses({ bytes, nodes: range.to - range.from, classes: rows.length }, shown, frame.style));
    return;
  }
  if (frame.format === 'csv') frame.out.text(csvLine(['class', 'count', 'shallow', 'retained', 'distance']));
  for (const row of shown)
    frame.out.text(frame.format === 'csv' ? csvLine(Object.values(row)) : `${JSON.stringify(row)}\n`);
}

function rangeOf(n: number, { tree, retained }: Retention): Range {
  const wanted = new Bits(n + 1);
  wanted.add(n);
  const from = valuesOf(tree.place, wanted).get(n)!;
  return { from, to: retained.endOf(from) };
}
