/**
 * Operands one after the other, snapshots or results of snap-group, to the courses of their groups; says where they are not what a course is made of.
 * Memory: the budget of the keys, half of it for one snapshot's and half for the courses.
 */
import type { Frame } from '../../../cli/frame.ts';
import { fileIdentity } from '../../../disk/input.ts';
import { Courses } from '../../../stages/courses.ts';
import { Groups } from '../../../stages/group.ts';
import { GROUP_KEYS, type GroupKey, keyColumns, keyOf } from '../../../stages/keys.ts';
import { Origin } from '../../../stages/origin.ts';
import { InputError, UsageError } from '../../../stream/errors.ts';
import { keyBudget } from '../input/keyBudget.ts';
import { asSnapshot, openShown, scratchOf } from '../input/snapshot.ts';
import { CourseOrder } from './order.ts';

/** What the process takes without any keys; what one snapshot took is not always free when the next one is read. */
const BASE = 128 << 20;

export interface CourseInput {
  readonly keys: readonly string[];
  readonly courses: Courses;
}

/** Throws InputError for an operand that cannot be read, before any is, and for one that does not belong to the others. */
export async function readCourses(
  operands: readonly string[],
  by: readonly GroupKey[] | undefined,
  frame: Frame,
): Promise<CourseInput> {
  noteTwins(operands, frame);
  const budget = keyBudget(frame, BASE) / 2;
  const [scratch, spools] = [scratchOf(frame), scratchOf(frame)];
  const courses = new Courses(budget, scratch);
  const order = new CourseOrder(frame);
  let keys: readonly string[] | undefined = by;
  for (const operand of operands) {
    const opened = await openShown(operand, false, spools, frame);
    if (opened.format === 'stream' && opened.isGroups) {
      const { readGroups } = await import('../groups/merge.ts');
      const groups = new Groups([], budget, spools);
      for await (const row of readGroups(opened.name, opened.reader, by, keys, 'snap-trend reads')) {
        groups.addRow(keyOf(row.texts), row.count, row.bytes);
        keys ??= row.keys;
      }
      courses.add(groups);
    } else {
      keys ??= ['type'];
      const groupKeys = keysOfNodes(keys, opened.name);
      const groups = new Groups(groupKeys, budget, spools);
      const snapshot = await asSnapshot(opened, keyColumns(groupKeys), frame);
      const { start } = snapshot.source;
      order.require(opened.name, start);
      const origin = new Origin();
      for await (const batch of snapshot.batches) {
        groups.add(batch);
        origin.add(batch);
      }
      order.next({ name: opened.name, start, ending: snapshot.settle(), origin });
      courses.add(groups);
    }
    opened.input.close();
    spools.closeAll();
  }
  order.say();
  return { keys: keys ?? ['type'], courses };
}

function keysOfNodes(keys: readonly string[], name: string): readonly GroupKey[] {
  const known = keys.flatMap((key) => GROUP_KEYS.find((one) => one === key) ?? []);
  if (known.length < keys.length)
    throw new InputError(
      `${name}: is a snapshot, and those before it are grouped by ${keys.join(',')}: group it likewise`,
    );
  return known;
}

/** All operands must be there; one that is there twice is worth a line. */
function noteTwins(operands: readonly string[], frame: Frame): void {
  if (operands.filter((operand) => operand === '-').length > 1)
    throw new UsageError('standard input can be read only once');
  const seen = new Map<string, string>();
  for (const operand of operands) {
    const identity = fileIdentity(operand);
    if (identity === undefined) continue;
    const twin = seen.get(identity);
    if (twin !== undefined)
      frame.note(twin === operand ? `${operand}: is given twice` : `${twin} and ${operand} are the same file`);
    seen.set(identity, operand);
  }
}
