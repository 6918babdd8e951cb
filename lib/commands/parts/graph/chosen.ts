/** A graph, and the nodes of it that were chosen, from one reading; what is asked for and is not there is said before any walk. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { Choice } from '../../../stages/choose.ts';
import type { Batch } from '../../../stream/batch.ts';
import { InputError } from '../../../stream/errors.ts';
import { type Chosen, choiceOf, choosingFault, foreignList } from '../choosing/options.ts';
import { openAgain, settleTypes } from '../input/again.ts';
import { type GraphNeeds, graphFrom, type OpenGraph, openGraph } from './open.ts';

const TYPE_BUDGET = 16 << 20;

export interface ChosenGraph {
  readonly open: OpenGraph;
  readonly chosen: Bits;
  /** How many were chosen. */
  readonly count: number;
}

/**
 * Reads an operand and chooses by `args`. Throws InputError where nothing matches because a type, an id or a position is not there, and where the list of `--of` is of
 * another snapshot; of several ids it is enough if one is there: then the others are a warning.
 */
export async function openChosen(
  operand: string,
  args: Chosen,
  needs: GraphNeeds,
  frame: Frame,
  scratch: Scratch,
): Promise<ChosenGraph> {
  // Faults of the command line and of the list come before the snapshot is opened.
  const asked = await choiceOf(args, operand, false);
  const known = await chosenFromIndex(operand, asked, args, needs, frame);
  if (known !== undefined) return known;
  // Loaded here: with an index none of it is needed.
  const [{ Chooser }, { Groups }, { missingPlaces, missingTypes }] = await Promise.all([
    import('../../../stages/choose.ts'),
    import('../../../stages/group.ts'),
    import('../choosing/missing.ts'),
  ]);
  const opened = await openAgain(operand, scratch, frame);
  const choice = { ...asked, types: await settleTypes(args.type, opened, frame) };
  const chooser = new Chooser(choice);
  const types = new Groups(['type'], TYPE_BUDGET, scratch);
  const chosen = new Bits();
  let last = 0;
  let count = 0;
  let came = 0;
  const tap = (batch: Batch): void => {
    chooser.mark(batch);
    const { rows, held } = chooser;
    const wanted = chooser.count(batch.length);
    if (held === true) chosen.add(last);
    if (wanted > 0) for (let row = 0; row < batch.length; row++) if (rows[row] === 1) chosen.add(batch.n[row]!);
    if (batch.length > 0) last = batch.n[batch.length - 1]!;
    count += wanted;
    came += batch.length;
    if (choice.types.length > 0 && count === 0) types.add(batch);
    needs.tap?.(batch);
  };
  const open = await openGraph(
    operand,
    {
      ...needs,
      names: needs.names === true || chooser.readsNames,
      refTexts: needs.refTexts === true || chooser.readsRefs,
      tap,
      opened,
    },
    frame,
    scratch,
  ).catch((error: unknown) => {
    throw choosingFault(error, args.of, operand === '-' ? 'standard input' : operand);
  });
  if (chooser.finish() === true) {
    chosen.add(last);
    count++;
  }
  if (chooser.missing > 0) throw foreignList(chooser.missing, args.of, open.name);
  const missing = missingPlaces(chooser, came);
  if (count > 0) {
    if (missing !== undefined) frame.warn(`${open.name}: ${missing}`);
    return { open, chosen, count };
  }
  const absent = missing === undefined ? missingTypes(choice.types, types) : [missing];
  if (absent.length > 0) throw new InputError(`${open.name}: ${absent.join('; ')}`);
  frame.note(`${open.name}: no node matched`);
  return { open, chosen, count };
}

/** The same from an index. Undefined where there is none, or where it does not tell. */
async function chosenFromIndex(
  operand: string,
  asked: Choice,
  { of }: Chosen,
  needs: GraphNeeds,
  frame: Frame,
): Promise<ChosenGraph | undefined> {
  const [{ indexBeside }, { besideChosen }] = await Promise.all([import('./beside.ts'), import('./besideChosen.ts')]);
  const beside = await indexBeside(operand, frame);
  const found = beside === undefined ? undefined : await besideChosen(beside, asked, of, operand);
  if (beside === undefined || found === undefined) return undefined;
  if (found.count === 0) frame.note(`${operand}: no node matched`);
  return { open: graphFrom(beside, operand, needs, frame), chosen: found.nodes, count: found.count };
}
