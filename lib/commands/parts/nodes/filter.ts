/** The choice of snap-filter in; the nodes that match go out as they are read, in constant memory. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { type Choice, Chooser } from '../../../stages/choose.ts';
import { Groups } from '../../../stages/group.ts';
import { isGlob } from '../../../stages/names.ts';
import { asPart } from '../../../stream/marks.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { type Chosen, choiceOf, choosingFault, foreignList } from '../choosing/options.ts';
import { asSnapshot, openShown, type Snapshot, scratchOf } from '../input/snapshot.ts';
import { nodeWriter, pass } from '../output/nodes.ts';

const TYPE_BUDGET = 16 << 20;

interface Asked extends Chosen {
  readonly operands: readonly string[];
  /** Keep those that do not match. */
  readonly not: boolean;
}

/** @returns the status: 1 where nothing matched */
export async function filterNodes(args: Asked, frame: Frame): Promise<0 | 1> {
  const scratch = scratchOf(frame);
  const operand = args.operands[0] ?? '-';
  const asked = await choiceOf(args, operand, args.not);
  const { fewBeside } = await import('../graph/beside.ts');
  const few = await fewBeside(operand, asked, frame);
  const { choice, snapshot } =
    few === undefined
      ? await readAll(operand, asked, scratch, frame)
      : { choice: few.choice, snapshot: await few.beside.snapshot(ALL_COLUMNS, few.nodes) };
  const chooser = new Chooser(choice);
  // An index answers where there are nodes of each type, and shows a few of them.
  const types = few === undefined ? new Groups(['type'], TYPE_BUDGET, scratch) : undefined;
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
    if (args.type.length > 0 && matched === 0) types?.add(batch);
  });
  const held = chooser.finish();
  if (held === true) matched++;
  const ending = snapshot.settle();
  const isForeign = ending !== 'cut' && chooser.missing > 0;
  writer.end(isForeign ? 'cut' : ending, held);
  if (isForeign) throw foreignList(chooser.missing, args.of, snapshot.source.name);
  if (matched > 0) return 0;
  const { missingTypes } = await import('../choosing/missing.ts');
  const missing = types === undefined ? [] : missingTypes(args.type, types);
  for (const sentence of missing.length > 0 ? missing : ['no node matched'])
    frame.note(`${snapshot.source.name}: ${sentence}`);
  return 1;
}

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
  const { openAgain, settleTypes } = await import('../input/again.ts');
  const again = await openAgain(operand, scratch, frame);
  const choice = { ...asked, types: await settleTypes(asked.types, again, frame) };
  return { choice, snapshot: await asSnapshot(await again(), ALL_COLUMNS, frame) };
}
