/** The objects that snap-show prints: chosen nodes in, each with all its references and what they lead to out. Reads twice, sorts on disk what does not fit. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { type Choice, Chooser, EVERYTHING } from '../../../stages/choose.ts';
import type { Groups } from '../../../stages/group.ts';
import { placeOf, type Scripts } from '../../../stages/scripts.ts';
import { Show } from '../../../stages/show.ts';
import type { Batch } from '../../../stream/batch.ts';
import { InputError } from '../../../stream/errors.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { missingPlaces, missingTypes } from '../choosing/missing.ts';
import { type Chosen, choiceOf, choosingFault } from '../choosing/options.ts';
import type { Beside } from '../graph/beside.ts';
import { openAgain, settleTypes } from '../input/again.ts';
import { asSnapshot, type Snapshot } from '../input/snapshot.ts';

const TYPE_BUDGET = 16 << 20;
const NAMES = { names: true, extras: false, refs: false };

interface Asked extends Chosen {
  /** Only the first so many. */
  readonly top: number;
}

/** @returns the status: 1 where no node matched */
export async function showNodes(operand: string, args: Asked, frame: Frame, scratch: Scratch): Promise<0 | 1> {
  const { top } = args;
  const asked = await choiceOf(args, operand, false);
  const known = await firstBeside(operand, asked, args, frame);
  if (known !== undefined) {
    const { beside, nodes } = known;
    const { stage, targets } = await read(
      await beside.snapshot(ALL_COLUMNS, nodes),
      EVERYTHING,
      undefined,
      top,
      scratch,
    );
    const files = frame.format === 'table' ? await filesBeside(beside, nodes) : undefined;
    const { batches } = await beside.snapshot(NAMES, targets);
    await print(stage.answer(batches), frame, (n, at) => placeOf(at, () => files?.get(n)));
    return 0;
  }
  const opened = await openAgain(operand, scratch, frame);
  const choice = { ...asked, types: await settleTypes(args.type, opened, frame) };
  const snapshot = await asSnapshot(await opened(), ALL_COLUMNS, frame);
  const { name, start } = snapshot.source;
  const scripts = frame.format === 'table' && start.format === 'v8' ? await newScripts() : undefined;
  const { stage, chooser, types, nodes } = await read(snapshot, choice, args.of, top, scratch, scripts);
  snapshot.settle();
  const missing = missingPlaces(chooser, nodes);
  if (stage.nodes === 0) {
    if (missing !== undefined) throw new InputError(`${name}: ${missing}`);
    return args.top === 0 ? 0 : nothing(choice, types, name, frame);
  }
  if (missing !== undefined) frame.warn(`${name}: ${missing}`);
  const targets = await asSnapshot(await opened(), NAMES, frame);
  await print(stage.answer(tapped(targets.batches, scripts)), frame, (_, at) => scripts?.place(at) ?? at);
  if (stage.bare > 0)
    frame.note(
      `${name}: ${stage.bare} nodes are shown without references: they came without (was the stream made with --no-refs?)`,
    );
  if (stage.outside > 0)
    frame.note(`${stage.outside} references lead to nodes that are not in this part of the snapshot`);
  return 0;
}

/** The nodes that are shown, where an index tells them and they are few. */
async function firstBeside(
  operand: string,
  asked: Choice,
  { of, top }: Asked,
  frame: Frame,
): Promise<{ readonly beside: Beside; readonly nodes: Bits } | undefined> {
  const { indexBeside, isFew } = await import('../graph/beside.ts');
  const beside = await indexBeside(operand, frame);
  if (beside === undefined) return undefined;
  const { besideChosen } = await import('../graph/besideChosen.ts');
  const chosen = await besideChosen(beside, asked, of, operand);
  if (chosen === undefined || !isFew(Math.min(top, chosen.count), beside)) return undefined;
  return { beside, nodes: Bits.of(chosen.nodes.first(top), beside.index.facts.nodes) };
}

interface Found {
  readonly stage: Show;
  readonly chooser: Chooser;
  /** All nodes by type, as long as none was chosen, where types were asked for. */
  readonly types: Groups | undefined;
  readonly nodes: number;
  /** What the nodes refer to. */
  readonly targets: Bits;
}

/** The first reading: the chosen nodes, and what is known of those that are not there. */
async function read(
  snapshot: Snapshot,
  choice: Choice,
  of: string | undefined,
  top: number,
  scratch: Scratch,
  scripts?: Scripts,
): Promise<Found> {
  const chooser = new Chooser(choice);
  const stage = new Show(scratch);
  const types = choice.types.length === 0 ? undefined : await groupsByType(scratch);
  const targets = new Bits();
  let nodes = 0;
  try {
    for await (const batch of snapshot.batches) {
      scripts?.add(batch);
      chooser.mark(batch);
      stage.take(batch, chooser.rows, chooser.held, top);
      if (stage.nodes === 0) types?.add(batch);
      for (let row = 0; row < batch.length; row++)
        if (chooser.rows[row] !== 0) addTargets(batch, batch.refStart[row]!, batch.refStart[row + 1]!, targets);
      addTargets(batch, 0, batch.refStart[0]!, targets);
      nodes += batch.length;
    }
  } catch (error) {
    throw choosingFault(error, of, snapshot.source.name);
  }
  stage.settle(chooser.finish() ?? true);
  return { stage, chooser, types, nodes, targets };
}

async function groupsByType(scratch: Scratch): Promise<Groups> {
  const { Groups } = await import('../../../stages/group.ts');
  return new Groups(['type'], TYPE_BUDGET, scratch);
}

function addTargets({ refTo }: Batch, from: number, to: number, targets: Bits): void {
  for (let ref = from; ref < to; ref++) targets.add(refTo[ref]!);
}

/** `placeOf` says of a node and its position where that is. */
async function print(
  lines: AsyncIterable<string>,
  frame: Frame,
  placeOf: (n: number, at: string) => string,
): Promise<void> {
  if (frame.format === 'ndjson') {
    for await (const line of lines) frame.out.text(`${line}\n`);
    return;
  }
  const { OBJECT_CSV_HEAD, objectCsv, renderObject } = await import('../../../render/objects.ts');
  let isFirst = true;
  if (frame.format === 'csv') frame.out.text(OBJECT_CSV_HEAD);
  for await (const line of lines) {
    // The stage writes nothing but these records.
    const record = JSON.parse(line) as Parameters<typeof renderObject>[0];
    if (frame.format === 'csv') frame.out.text(objectCsv(record));
    else frame.out.text(renderObject(placed(record, placeOf), isFirst, frame.style.width));
    isFirst = false;
  }
}

/** The file that each of these nodes is of, where an index tells it. */
async function filesBeside(beside: Beside, nodes: Bits): Promise<ReadonlyMap<number, string>> {
  const { filesOf } = await import('../graph/places.ts');
  return filesOf(beside, nodes);
}

/** With the place where its position is. */
function placed<Shown extends object>(record: Shown, placeOf: (n: number, at: string) => string): Shown {
  const { n, at } = record as { readonly n?: unknown; readonly at?: unknown };
  return typeof n === 'number' && typeof at === 'string' ? { ...record, at: placeOf(n, at) } : record;
}

async function newScripts(): Promise<Scripts> {
  const { Scripts } = await import('../../../stages/scripts.ts');
  return new Scripts();
}

async function* tapped(batches: AsyncIterable<Batch>, scripts: Scripts | undefined): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    scripts?.name(batch);
    yield batch;
  }
}

/** A type that is not there is a wrong question; anything else just matched nothing. */
async function nothing(choice: Choice, types: Groups | undefined, name: string, frame: Frame): Promise<1> {
  const missing = types === undefined ? [] : missingTypes(choice.types, types);
  if (missing.length > 0) throw new InputError(`${name}: ${missing.join('; ')}`);
  frame.note(`${name}: no node matched`);
  return 1;
}
