/** snap-show: chosen objects in full. */
import { defineCommand } from '../cli/command.ts';
import type { Frame } from '../cli/frame.ts';
import { count } from '../cli/option.ts';
import type { Scratch } from '../disk/scratch.ts';
import { Bits } from '../graph/store/bits.ts';
import { type Choice, Chooser } from '../stages/choose.ts';
import { Groups } from '../stages/group.ts';
import { placeOf, type Scripts } from '../stages/scripts.ts';
import { Show } from '../stages/show.ts';
import type { Batch } from '../stream/batch.ts';
import { InputError } from '../stream/errors.ts';
import { ALL_COLUMNS } from '../stream/source.ts';
import type { Beside } from './parts/beside.ts';
import { choiceOf, choosingFault, choosingOptions } from './parts/choosing.ts';
import { missingPlaces, missingTypes } from './parts/nothing.ts';
import { asSnapshot, type Snapshot, scratchOf } from './parts/snapshot.ts';
import { openAgain, settleTypes } from './parts/twice.ts';

const TYPE_BUDGET = 16 << 20;
const NAMES = { names: true, extras: false, refs: false };

export const show = defineCommand({
  name: 'snap-show',
  summary: 'objects in full: fields, values, who they are',
  description: `Prints the chosen objects, or all nodes of a stream, each with its text and every reference: its kind, its name, and the id, type
and name of the object it leads to. The snapshot is read twice, because a reference may lead anywhere.

--stack prints instead what an object stands for: of a Python traceback, or of an exception, what traceback.print_tb(limit=COUNT) prints, of a frame what print_stack
does; source lines come from this machine's files, where they are there. Of a V8 error its stack: as text where the program has asked for it, else its
functions, each with the place where it begins.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    ...choosingOptions,
    stack: count({
      value: 'COUNT',
      help: 'the stacks that tracebacks, frames and errors stand for, so many entries each',
    }),
    top: count({ short: 'n', value: 'COUNT', help: 'only the first so many objects' }),
  },
  memoryOption: true,
  examples: [
    { say: 'what is in the object at this address', run: 'snap-show --id @35 app.heapsnapshot' },
    { say: 'the stack of a traceback, as Python prints it', run: 'snap-show --id 0x7f187d22b880 --stack 20 app.nodes' },
    {
      say: 'the long strings, and what each refers to, as JSON',
      run: 'snap-show --kind string --min-size 1M app.heapsnapshot | jq -c .',
    },
  ],
  reads: 'a V8 heap snapshot or a node stream; standard input is kept in a temporary file',
  writes:
    'the node record without refs, then one record for each reference: {"n":17,"ref":"property","via":"next","to":{"n":18,"id":37,"type":"Foo","name":"Foo"}}; with --stack a record for each entry: {"n":17,"id":35,"type":"traceback","name":"app.py:3 in load","file":"app.py","line":3,"function":"load"}',
  status: { 0: 'done', 1: 'no node matched', 2: 'wrong use, bad input, or no node has that id, position or type' },
  memory:
    'some 100 MB; what does not fit is sorted in temporary files. With --stack some 130 MB, 7 bytes a node and 24 an entry; references as far as there is room (--memory), else in temporary files',
  async run(args, frame) {
    const operand = args.operands[0] ?? '-';
    const scratch = scratchOf(frame);
    const top = args.top ?? Number.POSITIVE_INFINITY;
    if (args.stack !== undefined) {
      const { printStacks } = await import('./parts/stack.ts');
      return printStacks(operand, { ...args, top, limit: args.stack }, frame, scratch);
    }
    const asked = await choiceOf(args, operand, false);
    const { fewBeside } = await import('./parts/beside.ts');
    const few = await fewBeside(operand, asked, frame);
    if (few !== undefined && top > 0) {
      const { beside, choice, nodes } = few;
      const found = await read(await beside.snapshot(ALL_COLUMNS, nodes), choice, args.of, top, scratch);
      if (found.stage.nodes > 0 && found.chooser.missing === 0) {
        const files = frame.format === 'table' ? await filesBeside(beside, nodes) : undefined;
        const { batches } = await beside.snapshot(NAMES, found.targets);
        await print(found.stage.answer(batches), frame, (n, at) => placeOf(at, () => files?.get(n)));
        return 0;
      }
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
    if (stage.outside > 0)
      frame.note(`${stage.outside} references lead to nodes that are not in this part of the snapshot`);
    return 0;
  },
});

interface Found {
  readonly stage: Show;
  readonly chooser: Chooser;
  /** All nodes by type, as long as none was chosen. */
  readonly types: Groups;
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
  const types = new Groups(['type'], TYPE_BUDGET, scratch);
  const targets = new Bits();
  let nodes = 0;
  try {
    for await (const batch of snapshot.batches) {
      scripts?.add(batch);
      chooser.mark(batch);
      stage.take(batch, chooser.rows, chooser.held, top);
      if (choice.types.length > 0 && stage.nodes === 0) types.add(batch);
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
  const { OBJECT_CSV_HEAD, objectCsv, renderObject } = await import('../render/objects.ts');
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
  const { filesOf } = await import('./parts/places.ts');
  return filesOf(beside, nodes);
}

/** With the place where its position is. */
function placed<Shown extends object>(record: Shown, placeOf: (n: number, at: string) => string): Shown {
  const { n, at } = record as { readonly n?: unknown; readonly at?: unknown };
  return typeof n === 'number' && typeof at === 'string' ? { ...record, at: placeOf(n, at) } : record;
}

async function newScripts(): Promise<Scripts> {
  const { Scripts } = await import('../stages/scripts.ts');
  return new Scripts();
}

async function* tapped(batches: AsyncIterable<Batch>, scripts: Scripts | undefined): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    scripts?.name(batch);
    yield batch;
  }
}

/** A type that is not there is a wrong question; anything else just matched nothing. */
async function nothing(choice: Choice, types: Groups, name: string, frame: Frame): Promise<1> {
  const missing = missingTypes(choice.types, types);
  if (missing.length > 0) throw new InputError(`${name}: ${missing.join('; ')}`);
  frame.note(`${name}: no node matched`);
  return 1;
}
