/** Whether snapshots are of one process, whose ids mean the same objects, and in the order in which they were taken; what is odd about them is said. */
import type { Frame } from '../../../cli/frame.ts';
import { OTHER } from '../../../stages/idPages.ts';
import type { ReadSide } from './readSide.ts';

/** A note for each side that is a part of a snapshot where another is whole: what it lacks looks as if it were not there. */
export function noteParts(sides: readonly ReadSide[], frame: Frame): void {
  const parts = sides.filter(({ ending }) => ending === 'part');
  if (parts.length === sides.length) return;
  for (const { name } of parts)
    frame.note(`${name}: is a part of a snapshot: what is missing from it counts as not there`);
}

/** A note where what was taken first was given last, as far as whole snapshots tell: by the largest ids of V8, which only grow, or by the times that the start marks have. */
export function noteOrder(sides: readonly ReadSide[], frame: Frame): void {
  for (let i = 1; i < sides.length; i++) {
    const [earlier, later] = [sides[i - 1]!, sides[i]!];
    if (earlier.ending !== 'whole' || later.ending !== 'whole') continue;
    const [from, to] = [timeOf(earlier), timeOf(later)];
    const isTurned =
      earlier.start.format === 'v8'
        ? earlier.largest > later.largest
        : from !== undefined && to !== undefined && from > to;
    if (isTurned)
      frame.note(
        `${earlier.name} seems to have been taken after ${later.name} (${earlier.start.format === 'v8' ? `its largest id is @${earlier.largest}, that of the other @${later.largest}` : `at ${fieldOf(earlier, 'time')}, the other at ${fieldOf(later, 'time')}`}): is the order as you mean it?`,
      );
  }
}

/** Of so many ids that both have, more than one in so many is something else: they are of two processes. */
const FEW = 100;
const ODDS = 100;

/** How many ids of one side the other has too: with the same meaning, and with another. */
export class SharedIds {
  alike = 0;
  other = 0;

  /** What a look-up found. */
  count(found: number): void {
    if (found >= 0) this.alike++;
    else if (found === OTHER) this.other++;
  }
}

/**
 * Why two sides are of different processes, as a part of a sentence; undefined where they seem to be of one. In V8 ids are counters, which mean something else in every process: in one process 99.99 % of shared
 * ids are of the same type, in two runs of one program 28 to 98 %. Of Python the process's number tells.
 */
export function differentProcess(sides: readonly ReadSide[], { alike, other }: SharedIds): string | undefined {
  if (sides.every(({ start }) => start.format === 'v8')) {
    if (other <= FEW || other * ODDS <= alike + other) return undefined;
    return `${Math.floor((100 * other) / (alike + other))} % of the ids that both have are of another type`;
  }
  const pids = sides.map((side) => fieldOf(side, 'pid'));
  return pids.every((pid) => pid !== undefined) && new Set(pids).size > 1
    ? `processes ${pids.join(' and ')}`
    : undefined;
}

function timeOf(side: ReadSide): number | undefined {
  const time = Date.parse(String(fieldOf(side, 'time')));
  return Number.isNaN(time) ? undefined : time;
}

const fieldOf = ({ start }: ReadSide, field: string): unknown =>
  (JSON.parse(start.line) as Record<string, unknown>)[field];
