/** What snap-group prints: one snapshot, or earlier results to be added up, in; rows by the keys asked for out. Memory grows with distinct keys, up to --memory. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Groups } from '../../../stages/group.ts';
import { type GroupKey, keyColumns } from '../../../stages/keys.ts';
import { keyBudget } from '../input/keyBudget.ts';
import { openOperand, scratchOf } from '../input/snapshot.ts';
import { printGroups } from './rows.ts';

/** What the process takes without any keys. */
const BASE = 112 << 20;

export interface GroupQuestion {
  readonly by: readonly GroupKey[];
  /** The operands are results: by these keys, or by all that they have. */
  readonly merge: readonly string[] | undefined | false;
  readonly order: 'bytes' | 'count';
  readonly top: number | undefined;
}

export async function printGrouped(
  operands: readonly string[],
  { by, merge, order, top }: GroupQuestion,
  frame: Frame,
): Promise<void> {
  const scratch = scratchOf(frame);
  if (merge !== false) {
    const groups = new Groups(by, keyBudget(frame, BASE), scratch);
    const { mergeRows } = await import('./merge.ts');
    const keys = await mergeRows(operands, merge, groups);
    await printGroups(frame, keys, groups.finish(order, top));
    return;
  }
  const { groups, settle } = await grouped(operands[0], by, scratch, frame);
  await printGroups(frame, by, groups.finish(order, top));
  settle();
}

async function grouped(
  operand: string | undefined,
  by: readonly GroupKey[],
  scratch: Scratch,
  frame: Frame,
): Promise<{ readonly groups: Groups; readonly settle: () => unknown }> {
  if (by.includes('place')) {
    const { groupByPlace } = await import('./byPlace.ts');
    return groupByPlace(operand ?? '-', by, keyBudget(frame, BASE), scratch, frame);
  }
  const groups = new Groups(by, keyBudget(frame, BASE), scratch);
  const snapshot = await openOperand(operand, keyColumns(by), scratch, frame);
  for await (const batch of snapshot.batches) groups.add(batch);
  return { groups, settle: snapshot.settle };
}
