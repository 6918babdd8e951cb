/**
 * Groups of a snapshot whose keys have a place. V8's positions say a script's number: a first reading tells which file that is, and what was grouped by numbers is grouped
 * again by files, since one file can be several scripts. Costs a reading with references more than other groups.
 */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Groups } from '../../../stages/group.ts';
import { type GroupKey, keyColumns, keyOf, keyTexts } from '../../../stages/keys.ts';
import { Scripts } from '../../../stages/scripts.ts';
import { openAgain } from '../input/again.ts';
import { asSnapshot, type Ending } from '../input/snapshot.ts';

/** Of the budget for keys: what is grouped by numbers, and by files. */
const HALF = 2;

export async function groupByPlace(
  operand: string,
  by: readonly GroupKey[],
  budget: number,
  scratch: Scratch,
  frame: Frame,
): Promise<{ readonly groups: Groups; readonly settle: () => Ending }> {
  const opened = await openAgain(operand, scratch, frame);
  const first = await opened();
  // Only V8 has numbers instead of files; a stream tells by its first record what it is of, and is read from there on.
  const refs = await asSnapshot(first, { ...keyColumns(by), refs: true }, frame);
  if (refs.source.start.format !== 'v8') {
    const groups = new Groups(by, budget, scratch);
    for await (const batch of refs.batches) groups.add(batch);
    return { groups, settle: refs.settle };
  }
  const scripts = new Scripts();
  for await (const batch of refs.batches) scripts.add(batch);
  const names = await asSnapshot(await opened(), keyColumns(by), frame);
  const byNumber = new Groups(by, budget / HALF, scratch);
  for await (const batch of names.batches) {
    scripts.name(batch);
    byNumber.add(batch);
  }
  const groups = new Groups(by, budget / HALF, scratch);
  byNumber.each((key, start, end, count, bytes) => {
    const texts = keyTexts(key, start, end).map((text, i) => (by[i] === 'place' ? scripts.place(text) : text));
    groups.addRow(keyOf(texts), count, bytes);
  });
  return { groups, settle: names.settle };
}
