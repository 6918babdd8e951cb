/** A side of a comparison as nodes on their way through, within the budget; what its ids and its end tell is noted. */
import type { Frame } from '../../cli/frame.ts';
import { formatSize } from '../../render/sizes.ts';
import type { KeyCodes } from '../../stages/keyCodes.ts';
import type { GroupKey } from '../../stages/keys.ts';
import type { Pass } from '../../stages/match.ts';
import { InputError } from '../../stream/errors.ts';
import type { StartMark } from '../../stream/marks.ts';
import type { Columns } from '../../stream/source.ts';
import { budgetOf } from './budget.ts';
import type { Side } from './sides.ts';
import { asSnapshot, type Ending, type Snapshot } from './snapshot.ts';

/** What the process takes beside tables of ids and keys. */
const BASE = 96 << 20;
const LEAST = 8 << 20;
/** What part of the budget distinct keys may take. */
const KEYS = 1 / 4;

export interface Budget {
  readonly tables: number;
  readonly keys: number;
}

export function comparisonBudget(frame: Frame): Budget {
  const budget = budgetOf(frame, BASE, LEAST);
  return { tables: budget * (1 - KEYS), keys: budget * KEYS };
}

/** A side as nodes, on its way through; what its nodes tell of their process is noted as they pass. */
export interface ReadSide {
  readonly name: string;
  readonly snapshot: Snapshot;
  readonly start: StartMark;
  /** The largest odd id: V8 numbers objects as it meets them, and gives even ids to others. */
  largest: number;
  ending: Ending;
}

/** Begins to read all sides. Throws InputError where they are of different runtimes: nothing of them can be compared. */
export async function readSides(sides: readonly Side[], columns: Columns, frame: Frame): Promise<readonly ReadSide[]> {
  const read: ReadSide[] = [];
  for (const side of sides) read.push(await readSide(side, columns, frame));
  const [first, ...others] = read.filter(({ start }) => start.format !== undefined);
  const other = others.find(({ start }) => start.format !== first?.start.format);
  if (first !== undefined && other !== undefined)
    throw new InputError(
      `${first.name} is of ${first.start.format}, ${other.name} of ${other.start.format}: snapshots of different runtimes have nothing to compare`,
    );
  return read;
}

export async function readSide({ name, opened }: Side, columns: Columns, frame: Frame): Promise<ReadSide> {
  const snapshot = await asSnapshot(opened, columns, frame);
  return { name, snapshot, start: snapshot.source.start, largest: 0, ending: 'whole' };
}

/** What two nodes of one id must have in common to be the same object: their type, as addresses are used again, and what rows are by. */
export const identityOf = (by: readonly GroupKey[]): readonly GroupKey[] =>
  by.includes('type') ? by : [...by, 'type'];

/** All nodes of a side with the codes of their keys. Throws InputError where keys pass their budget. */
export function passOf(side: ReadSide, codes: KeyCodes, budget: Budget): Pass {
  return async (take) => {
    let largest = 0;
    for await (const batch of side.snapshot.batches) {
      codes.take(batch);
      const { length, id, size, n } = batch;
      const { rows } = codes;
      for (let row = 0; row < length; row++) {
        const nodeId = id[row]!;
        if (nodeId > largest && nodeId % 2 === 1) largest = nodeId;
        take(nodeId, rows[row]!, size[row]!, n[row]!);
      }
      if (codes.keys.memory > budget.keys)
        throw new InputError(
          `${side.name}: its distinct keys take more than ${formatSize(budget.keys)}: group by fewer, or give more --memory`,
        );
    }
    side.largest = largest;
    side.ending = side.snapshot.settle();
  };
}
