/** snap-filter: nodes in, those that match out. */
import { defineCommand } from '../cli/command.ts';
import type { Frame } from '../cli/frame.ts';
import { flag } from '../cli/option.ts';
import type { Scratch } from '../disk/scratch.ts';
import { type Choice, Chooser } from '../stages/choose.ts';
import { Groups } from '../stages/group.ts';
import { isGlob } from '../stages/names.ts';
import { UsageError } from '../stream/errors.ts';
import { asPart } from '../stream/marks.ts';
import { ALL_COLUMNS } from '../stream/source.ts';
import { choiceOf, choosingFault, choosingOptions, foreignList, isChoosing } from './parts/choosing.ts';
import { nodeWriter, pass } from './parts/nodes.ts';
import { asSnapshot, openShown, type Snapshot, scratchOf } from './parts/snapshot.ts';

const TYPE_BUDGET = 16 << 20;

export const filter = defineCommand({
  name: 'snap-filter',
  summary: 'keep the nodes that match',
  description: `Passes on the nodes that match everything asked for, with their references, and marks the stream as a part of a snapshot.
Positions are not renumbered, so references to nodes that were left out stay what they are.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: { ...choosingOptions, not: flag('keep the nodes that do not match instead') },
  examples: [
    {
      say: 'what strings of a megabyte and more are called',
      run: "snap-filter --kind string --min-size 1M app.heapsnapshot | jq -r '.name | strings'",
    },
    {
      say: 'where chains of errors end',
      run: "snap-filter --type '*Error' --lacks cause app.nodes.gz | snap-group",
    },
  ],
  reads: 'a V8 heap snapshot or a node stream',
  writes: 'a node stream, marked as a part; a table on a terminal',
  status: { 0: 'some nodes matched', 1: 'no node matched' },
  memory: 'constant, but for sixteen bytes a node of the list of --of',
  async run(args, frame) {
    if (!isChoosing(args))
      throw new UsageError(
        'nothing to choose by: give --type, --kind, --name, --id, --node, --of, --has, --lacks, --min-size or --max-size',
      );
    const scratch = scratchOf(frame);
    const operand = args.operands[0] ?? '-';
    const asked = await choiceOf(args, operand, args.not);
    const { fewBeside } = await import('./parts/beside.ts');
    const few = await fewBeside(operand, asked, frame);
    const { choice, snapshot } =
      few === undefined
        ? await readAll(operand, asked, scratch, frame)
        : { choice: few.choice, snapshot: await few.beside.snapshot(ALL_COLUMNS, few.nodes) };
    const chooser = new Chooser(choice);
    const types = new Groups(['type'], TYPE_BUDGET, scratch);
    const writer = await nodeWriter(frame, scratch);
    writer.start(asPart(snapshot.source.start));
    let matched = 0;
    await pass(snapshot, writer, (batch) => {
      try {
        chooser.mark(batch);
      } catch (error) {
        throw choosingFault(error, args.of, snapshot.source.name);
      }
      writer.batch(batch, chooser.rows, chooser.held);
      matched += chooser.count(batch.length);
      if (args.type.length > 0 && matched === 0) types.add(batch);
    });
    const held = chooser.finish();
    if (held === true) matched++;
    const ending = snapshot.settle();
    const isForeign = ending !== 'cut' && chooser.missing > 0;
    writer.end(isForeign ? 'cut' : ending, held);
    if (isForeign) throw foreignList(chooser.missing, args.of, snapshot.source.name);
    if (matched > 0) return 0;
    const { missingTypes } = await import('./parts/nothing.ts');
    const missing = missingTypes(args.type, types);
    for (const sentence of missing.length > 0 ? missing : ['no node matched'])
      frame.note(`${snapshot.source.name}: ${sentence}`);
    return 1;
  },
});

/** The operand, and the choice with its types' patterns settled: globs take a pass of their own, all else streams through. */
async function readAll(
  operand: string,
  asked: Choice,
  scratch: Scratch,
  frame: Frame,
): Promise<{ readonly choice: Choice; readonly snapshot: Snapshot }> {
  if (!asked.types.some(isGlob))
    return {
      choice: asked,
      snapshot: await asSnapshot(await openShown(operand, true, scratch, frame), ALL_COLUMNS, frame),
    };
  const { openAgain, settleTypes } = await import('./parts/twice.ts');
  const again = await openAgain(operand, scratch, frame);
  const choice = { ...asked, types: await settleTypes(asked.types, again, frame) };
  return { choice, snapshot: await asSnapshot(await again(), ALL_COLUMNS, frame) };
}
