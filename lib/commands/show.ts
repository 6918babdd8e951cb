/** snap-show: chosen objects in full. */
import { defineCommand } from '../cli/command.ts';
import type { Frame } from '../cli/frame.ts';
import { count } from '../cli/option.ts';
import { type Choice, Chooser } from '../stages/choose.ts';
import { Groups } from '../stages/group.ts';
import { Show } from '../stages/show.ts';
import { InputError } from '../stream/errors.ts';
import { ALL_COLUMNS } from '../stream/source.ts';
import { choiceOf, choosingFault, choosingOptions } from './parts/choosing.ts';
import { missingPlaces, missingTypes } from './parts/nothing.ts';
import { asSnapshot, scratchOf } from './parts/snapshot.ts';
import { openAgain, settleTypes } from './parts/twice.ts';

const TYPE_BUDGET = 16 << 20;

export const show = defineCommand({
  name: 'snap-show',
  summary: 'objects in full: fields, values, who they are',
  description: `Prints the chosen objects, or all nodes of a stream, each with its text and every reference: its kind, its name, and the id, type
and name of the object it leads to. The snapshot is read twice, because a reference may lead anywhere.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: { ...choosingOptions, top: count({ short: 'n', value: 'COUNT', help: 'only the first so many objects' }) },
  examples: [
    { say: 'what is in the object at this address', run: 'snap-show --id @35 app.heapsnapshot' },
    {
      say: 'the long strings, and what each refers to, as JSON',
      run: 'snap-show --kind string --min-size 1M app.heapsnapshot | jq -c .',
    },
  ],
  reads: 'a V8 heap snapshot or a node stream; standard input is kept in a temporary file',
  writes:
    'the node record without refs, then one record for each reference: {"n":17,"ref":"property","via":"next","to":{"n":18,"id":37,"type":"Foo","name":"Foo"}}',
  status: { 0: 'done', 1: 'no node matched', 2: 'wrong use, bad input, or no node has that id, position or type' },
  memory: 'some 100 MB; what does not fit is sorted in temporary files',
  async run(args, frame) {
    const operand = args.operands[0] ?? '-';
    const scratch = scratchOf(frame);
    const opened = await openAgain(operand, scratch, frame);
    const choice = await choiceOf({ ...args, type: await settleTypes(args.type, opened, frame) }, operand, false);
    const chooser = new Chooser(choice);
    const stage = new Show(scratch);
    const types = new Groups(['type'], TYPE_BUDGET, scratch);
    const snapshot = await asSnapshot(await opened(), ALL_COLUMNS, frame);
    let nodes = 0;
    try {
      for await (const batch of snapshot.batches) {
        chooser.mark(batch);
        stage.take(batch, chooser.rows, chooser.held, args.top ?? Number.POSITIVE_INFINITY);
        if (choice.types.length > 0 && stage.nodes === 0) types.add(batch);
        nodes += batch.length;
      }
    } catch (error) {
      throw choosingFault(error, args.of, snapshot.source.name);
    }
    stage.settle(chooser.finish() ?? true);
    snapshot.settle();
    const missing = missingPlaces(chooser, nodes);
    if (stage.nodes === 0) {
      if (missing !== undefined) throw new InputError(`${snapshot.source.name}: ${missing}`);
      return args.top === 0 ? 0 : nothing(choice, types, snapshot.source.name, frame);
    }
    if (missing !== undefined) frame.warn(`${snapshot.source.name}: ${missing}`);
    const targets = await asSnapshot(await opened(), { names: true, extras: false, refs: false }, frame);
    await print(stage.answer(targets.batches), frame);
    if (stage.outside > 0)
      frame.note(`${stage.outside} references lead to nodes that are not in this part of the snapshot`);
    return 0;
  },
});

async function print(lines: AsyncIterable<string>, frame: Frame): Promise<void> {
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
    frame.out.text(frame.format === 'csv' ? objectCsv(record) : renderObject(record, isFirst, frame.style.width));
    isFirst = false;
  }
}

/** A type that is not there is a wrong question; anything else just matched nothing. */
async function nothing(choice: Choice, types: Groups, name: string, frame: Frame): Promise<1> {
  const missing = missingTypes(choice.types, types);
  if (missing.length > 0) throw new InputError(`${name}: ${missing.join('; ')}`);
  frame.note(`${name}: no node matched`);
  return 1;
}
