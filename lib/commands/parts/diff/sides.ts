/** The operands of a comparison, opened: each is told apart as nodes or as a result of snap-group. */
import { statSync } from 'node:fs';
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import { openAgain } from '../input/again.ts';
import { openShown } from '../input/snapshot.ts';

/** One operand. */
export interface Side {
  readonly operand: string;
  readonly name: string;
  readonly opened: Opened;
  readonly isGroups: boolean;
  /** Opens it once more, after it was read. */
  again(): Promise<Opened>;
}

/** Opens the operands in their order; with `twice` they can be read more than once, whatever they are. A file that is given twice is noted. */
export async function openSides(
  operands: readonly string[],
  twice: boolean,
  scratch: Scratch,
  frame: Frame,
): Promise<readonly Side[]> {
  const sides: Side[] = [];
  for (const operand of operands) sides.push(await openSide(operand, twice, scratch, frame));
  noteSameFile(sides, frame);
  return sides;
}

async function openSide(operand: string, twice: boolean, scratch: Scratch, frame: Frame): Promise<Side> {
  const open = twice ? await openAgain(operand, scratch, frame) : undefined;
  const opened = open === undefined ? await openShown(operand, false, scratch, frame) : await open();
  return {
    operand,
    name: opened.name,
    opened,
    isGroups: opened.format === 'stream' && opened.isGroups,
    again: async () => {
      if (open === undefined) throw new Error(`${operand} was opened to be read once`);
      return open();
    },
  };
}

/** A note where two operands are one file. */
function noteSameFile(sides: readonly Side[], frame: Frame): void {
  const files = sides.map(({ operand }) => {
    const stat = operand === '-' ? undefined : statSync(operand, { throwIfNoEntry: false });
    return stat?.isFile() ? `${stat.dev}:${stat.ino}` : undefined;
  });
  const again = files.findIndex((file, i) => file !== undefined && files.indexOf(file) < i);
  if (again < 0) return;
  frame.note(`${sides[files.indexOf(files[again])]!.name} and ${sides[again]!.name} are the same file`);
}
