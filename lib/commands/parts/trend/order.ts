/** Whether snapshots are one after the other of one process, in the order they were taken; says in one line each, at the end, what is odd. Holds a sample of two snapshots' ids. */
import type { Frame } from '../../../cli/frame.ts';
import { formatCount } from '../../../render/counts.ts';
import type { Origin } from '../../../stages/origin.ts';
import { InputError } from '../../../stream/errors.ts';
import type { StartMark } from '../../../stream/marks.ts';
import type { Ending } from '../input/snapshot.ts';

/** A snapshot that was read. */
interface Read {
  readonly name: string;
  readonly start: StartMark;
  readonly ending: Ending;
  readonly origin: Origin;
}

/** Compares each snapshot with the one before it. */
export class CourseOrder {
  readonly #frame: Frame;
  #last: Read | undefined;
  #snapshots = 0;
  readonly #parts: string[] = [];
  readonly #strangers: string[] = [];
  readonly #early: string[] = [];

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Before a snapshot is read. Throws InputError where it is of another runtime than those before. */
  require(name: string, { format }: StartMark): void {
    const last = this.#last;
    if (format !== undefined && last?.start.format !== undefined && format !== last.start.format)
      throw new InputError(
        `${name}: is of ${format}, ${last.name} of ${last.start.format}: a course is of one program`,
      );
  }

  next(read: Read): void {
    const last = this.#last;
    this.#last = read;
    this.#snapshots++;
    if (read.ending === 'part')
      this.#parts.push(`${read.name}: is a part of a snapshot: what is missing from it counts as not there`);
    if (last === undefined) return;
    const isV8 = read.start.format === 'v8' && last.start.format === 'v8';
    if (isV8 ? !read.origin.isKinOf(last.origin) : differ(pidOf(last), pidOf(read)))
      this.#strangers.push(
        `${read.name}: is of another process than ${last.name}${isV8 ? ', as the types of their ids tell' : ''}`,
      );
    else if (isV8 ? isEarlierById(read, last) : timeOf(read) < timeOf(last))
      this.#early.push(
        `${read.name}: was taken before ${last.name}, as their ${isV8 ? 'largest ids' : 'times'} tell: name them in the order they were taken (ls -v sorts by number)`,
      );
  }

  /** One line each, however many there are. */
  say(): void {
    // Parts that were made alike are compared with each other.
    const parts = this.#parts.length < this.#snapshots ? this.#parts : [];
    for (const [first, ...more] of [parts, this.#strangers, this.#early]) {
      if (first === undefined) continue;
      this.#frame.note(more.length === 0 ? first : `${first}; and so ${formatCount(more.length)} more`);
    }
  }
}

const isEarlierById = (read: Read, last: Read): boolean =>
  // A part need not have the largest.
  read.ending === 'whole' && last.ending === 'whole' && read.origin.largestId < last.origin.largestId;

const differ = (a: unknown, b: unknown): boolean => a !== undefined && b !== undefined && a !== b;

const pidOf = (read: Read): unknown => fieldOf(read, 'pid');

/** NaN where it is not known, which is before nothing. */
const timeOf = (read: Read): number => Date.parse(String(fieldOf(read, 'time')));

const fieldOf = ({ start }: Read, field: string): unknown =>
  (JSON.parse(start.line) as Readonly<Record<string, unknown>>)[field];
