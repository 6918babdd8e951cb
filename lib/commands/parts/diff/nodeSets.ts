/** Nodes that are new, gone, or still there, as a part of the snapshot that has them; and those that were born between two snapshots and live in a third. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { Differences } from '../../../stages/diff.ts';
import { Groups } from '../../../stages/group.ts';
import { KeyCodes } from '../../../stages/keyCodes.ts';
import { type GroupKey, keyOf } from '../../../stages/keys.ts';
import { Known } from '../../../stages/match.ts';
import { InputError } from '../../../stream/errors.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { printGroups } from '../groups/rows.ts';
import { asSnapshot, type Ending } from '../input/snapshot.ts';
import { writeSet } from '../output/nodes.ts';
import type { Changes } from './comparison.ts';
import { differentProcess, noteOrder, noteParts, SharedIds } from './oneProcess.ts';
import { comparisonBudget, identityOf, passOf, type ReadSide, readSides, spellingOf } from './readSide.ts';
import type { Side } from './sides.ts';

/** Rows of a table without --top. */
const SCREEN = 20;

export type NodeSetName = 'new' | 'gone' | 'survivors';

/** Nodes of one snapshot. In its rows they are `new`; rows of keys that none of them has count nothing. */
export interface NodeSet extends Changes {
  readonly by: readonly GroupKey[];
  readonly fresh: Bits;
  readonly side: Side;
  readonly ending: Ending;
}

/**
 * `new` nodes of the last side, `gone` ones of the first, or `survivors` as they are in the last; of three sides, those that are new in the second and still there in the third.
 * Throws InputError where nothing can be matched.
 */
export async function nodesOf(
  what: NodeSetName,
  sides: readonly Side[],
  by: readonly GroupKey[],
  frame: Frame,
  scratch: Scratch,
): Promise<NodeSet> {
  const groups = sides.find(({ isGroups }) => isGroups);
  if (groups !== undefined)
    throw new InputError(`${groups.name}: is a result of snap-group, which has no nodes to match`);
  const budget = comparisonBudget(frame);
  const share = budget.tables / (sides.length - 1);
  const codes = new KeyCodes(identityOf(by));
  const sums = new Differences(codes);
  const read = await readSides(sides, by, frame);
  // What is gone from the first is what is new in it, seen from the last.
  const [first, ...others] = what === 'gone' ? read.toReversed() : read;
  const last = others.at(-1)!;
  const shared = new SharedIds();
  let known = new Known(share, scratch);
  await passOf(first!, codes, budget)((id, code, size) => known.put(id, code, size));
  for (const middle of others.slice(0, -1)) {
    const born = new Known(share, scratch);
    await known.judge(passOf(middle, codes, budget), (found, id, code, size) => {
      shared.count(found);
      if (found < 0) born.put(id, code, size);
    });
    known = born;
  }
  const wantsFound = sides.length > 2 || what === 'survivors';
  const nodes = new Bits();
  await known.judge(passOf(last, codes, budget), (found, _, code, size, n) => {
    shared.count(found);
    if (found >= 0 !== wantsFound) return;
    nodes.add(n);
    sums.fresh(code, 1, size);
  });
  requireOneProcess(read, shared);
  noteParts(read, frame);
  noteOrder(read, frame);
  return {
    by,
    fresh: nodes,
    side: sides[read.indexOf(last)]!,
    ending: last.ending,
    rows: sums.rows(by.length, true, spellingOf(read, by)),
    byType: sums.rows({ value: identityOf(by).indexOf('type') }, true),
  };
}

function requireOneProcess(sides: readonly ReadSide[], shared: SharedIds): void {
  const why = differentProcess(sides, shared);
  if (why !== undefined)
    throw new InputError(
      `${sides.map(({ name }) => name).join(' and ')} are of different processes (${why}): an id means another object in each, so no node can be matched`,
    );
}

/** The nodes in full, as a part of their snapshot: at most `top`. */
export async function printNodes(
  { fresh, side, ending }: NodeSet,
  top: number | undefined,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  const snapshot = await asSnapshot(await side.again(), { ...ALL_COLUMNS, only: fresh }, frame);
  await writeSet(snapshot, fresh, top ?? Number.POSITIVE_INFINITY, ending === 'cut' ? ending : 'part', frame, scratch);
}

/** The nodes by key, as snap-group writes them. */
export async function printGrouped(
  { by, rows }: NodeSet,
  top: number | undefined,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  const groups = new Groups(by, comparisonBudget(frame).keys, scratch);
  for (const { keys, after } of rows.inOrder())
    if (after.count > 0) groups.addRow(keyOf(keys), after.count, after.bytes);
  await printGroups(frame, by, groups.finish('bytes', top ?? (frame.format === 'table' ? SCREEN : undefined)));
}
