/**
 * Operands one after the other, snapshots or results of snap-group, to the courses of their groups; says where they are not what a course is made of.
 * Memory: the budget of the keys, half of it for one snapshot's and half for the courses.
 */
import type { Frame } from '../../cli/frame.ts';
import { fileIdentity } from '../../disk/input.ts';
import { formatCount } from '../../render/counts.ts';
import { Courses } from '../../stages/courses.ts';
import { Groups } from '../../stages/group.ts';
import { GROUP_KEYS, type GroupKey, keyColumns } from '../../stages/keys.ts';
import { Origin } from '../../stages/origin.ts';
import { InputError, UsageError } from '../../stream/errors.ts';
import { keyBudget } from './keyBudget.ts';
import { asSnapshot, type Ending, openShownOrRows, scratchOf } from './snapshot.ts';

/** What the process takes without any keys; what one snapshot took is not always free when the next one is read. */
const BASE = 128 << 20;

export interface CourseInput {
  readonly keys: readonly string[];
  readonly courses: Courses;
}

/** A snapshot that was read; rows say nothing of where they come from. */
interface Read {
  readonly name: string;
  readonly format: string | undefined;
  readonly ending: Ending;
  readonly origin: Origin;
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
  const order = new Order(frame);
  let keys: readonly string[] | undefined = by;
  for (const operand of operands) {
    const opened = await openShownOrRows(operand, false, spools, frame);
    if (opened.format === 'rows') {
      const { addRows } = await import('./merge.ts');
      const groups = new Groups([], budget, spools);
      keys = (await addRows(opened, by, keys, groups)) ?? keys;
      courses.add(groups);
    } else {
      keys ??= ['type'];
      const groupKeys = keysOfNodes(keys, opened.name);
      const groups = new Groups(groupKeys, budget, spools);
      const snapshot = await asSnapshot(opened, keyColumns(groupKeys), frame);
      const origin = new Origin();
      for await (const batch of snapshot.batches) {
        groups.add(batch);
        origin.add(batch);
      }
      order.next({ name: opened.name, format: snapshot.source.start.format, ending: snapshot.settle(), origin });
      courses.add(groups);
      opened.input.close();
    }
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
      frame.note(twin === operand ? `${operand}: is given twice` : `${operand}: is the same file as ${twin}`);
    seen.set(identity, operand);
  }
}

/** Compares each snapshot with the one before it. */
class Order {
  readonly #frame: Frame;
  #last: Read | undefined;
  readonly #strangers: string[] = [];
  readonly #early: string[] = [];

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  next(read: Read): void {
    const last = this.#last;
    this.#last = read;
    if (last === undefined) return;
    if (last.format !== undefined && read.format !== undefined && last.format !== read.format)
      throw new InputError(
        `${read.name}: is a ${read.format} snapshot, ${last.name} a ${last.format} one: a course is of one program`,
      );
    const isWhole = last.ending === 'whole' && read.ending === 'whole';
    const isKin = read.origin.isKinOf(last.origin);
    // A part may hold other nodes than the part before.
    if (isKin === false || (isKin === undefined && isWhole))
      this.#strangers.push(`${read.name}: is of another process than ${last.name}, as the types of their ids tell`);
    else if (isWhole && read.format === 'v8' && read.origin.largestId < last.origin.largestId)
      this.#early.push(
        `${read.name}: was taken before ${last.name}, as their largest ids tell: name them in the order they were taken`,
      );
  }

  /** One line each, however many there are. */
  say(): void {
    for (const [first, ...more] of [this.#strangers, this.#early]) {
      if (first === undefined) continue;
      this.#frame.note(more.length === 0 ? first : `${first}; and so ${formatCount(more.length)} more`);
    }
  }
}
