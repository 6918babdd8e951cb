/** A side of a comparison as nodes on their way through, within the budget; what its ids and its end tell is noted. */
import type { Frame } from '../../../cli/frame.ts';
import { formatSize } from '../../../render/sizes.ts';
import type { Spelling } from '../../../stages/diff.ts';
import type { KeyCodes } from '../../../stages/keyCodes.ts';
import { type GroupKey, keyColumns } from '../../../stages/keys.ts';
import type { Pass } from '../../../stages/match.ts';
import { Scripts } from '../../../stages/scripts.ts';
import { InputError } from '../../../stream/errors.ts';
import type { StartMark } from '../../../stream/marks.ts';
import { budgetOf } from '../input/budget.ts';
import { asSnapshot, type Ending, type Snapshot } from '../input/snapshot.ts';
import type { Side } from './sides.ts';

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
  /** Of V8, where places are asked for: which files its scripts are, when all nodes have passed. */
  readonly scripts: Scripts | undefined;
  /** The largest odd id: V8 numbers objects as it meets them, and gives even ids to others. */
  largest: number;
  ending: Ending;
}

/** Begins to read all sides. Throws InputError where they are of different runtimes: nothing of them can be compared. */
export async function readSides(
  sides: readonly Side[],
  by: readonly GroupKey[],
  frame: Frame,
): Promise<readonly ReadSide[]> {
  const read: ReadSide[] = [];
  for (const side of sides) read.push(await readSide(side, by, frame));
  const [first, ...others] = read.filter(({ start }) => start.format !== undefined);
  const other = others.find(({ start }) => start.format !== first?.start.format);
  if (first !== undefined && other !== undefined)
    throw new InputError(
      `${first.name} is of ${first.start.format}, ${other.name} of ${other.start.format}: snapshots of different runtimes have nothing to compare`,
    );
  return read;
}

/** Begins to read a side. V8's places take a reading more, with references: only functions tell which file a script is. */
export async function readSide(side: Side, by: readonly GroupKey[], frame: Frame): Promise<ReadSide> {
  const { name, opened } = side;
  const columns = keyColumns(by);
  const wantsPlaces = by.includes('place');
  const first = await asSnapshot(opened, { ...columns, refs: wantsPlaces }, frame);
  const { start } = first.source;
  const read = { name, start, largest: 0, ending: 'whole' as const };
  if (!wantsPlaces || start.format !== 'v8') return { ...read, snapshot: first, scripts: undefined };
  const scripts = new Scripts();
  for await (const batch of first.batches) scripts.add(batch);
  return { ...read, snapshot: await asSnapshot(await side.again(), columns, frame), scripts };
}

/** How places are told: by the files that the last side knows, else another, which has functions that are gone from it. Undefined where there are none to tell. */
export function spellingOf(sides: readonly ReadSide[], by: readonly string[]): Spelling | undefined {
  const known = sides.flatMap(({ scripts }) => scripts ?? []).reverse();
  if (known.length === 0) return undefined;
  const spell = (at: string): string => known.map((scripts) => scripts.place(at)).find((place) => place !== at) ?? at;
  return (texts) => texts.map((text, i) => (by[i] === 'place' ? spell(text) : text));
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
      side.scripts?.name(batch);
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
