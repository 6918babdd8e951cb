/** Limits judged after a comparison: which was passed, by what, and the path that holds most of the nodes that did it. */
import { existsSync } from 'node:fs';
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Bits } from '../../../graph/store/bits.ts';
import { folderOf } from '../../../index/folder.ts';
import { formatCount } from '../../../render/counts.ts';
import { formatSize } from '../../../render/sizes.ts';
import type { DifferenceRow } from '../../../stages/diff.ts';
import { nearestNames } from '../../../stages/names.ts';
import { InputError, UsageError } from '../../../stream/errors.ts';
import type { OpenGraph } from '../graph/open.ts';
import { bytesPast, countPast, type GrowthLimit, growthPast, limitedTypes, type TypeLimit } from '../groups/limits.ts';
import type { Changes } from './comparison.ts';
import type { NodeSetName } from './nodeSets.ts';
import type { Side } from './sides.ts';

const SHOWN = 3;

export interface Limits {
  readonly growth: GrowthLimit | undefined;
  readonly fresh: readonly TypeLimit[];
  readonly grown: readonly TypeLimit[];
}

export const hasLimits = ({ growth, fresh, grown }: Limits): boolean =>
  growth !== undefined || fresh.length > 0 || grown.length > 0;

/** Throws UsageError where limits do not go with what else is asked. */
export function requireLimits(limits: Limits, snapshots: number, set: NodeSetName | undefined, explain: boolean): void {
  if (!hasLimits(limits)) {
    if (explain) throw new UsageError('--explain is about a limit: give --max-growth, --max-new or --max-grow');
    return;
  }
  if (set !== undefined) throw new UsageError(`limits are for rows, and --${set} gives nodes`);
  if (snapshots > 2 && (limits.growth !== undefined || limits.grown.length > 0))
    throw new UsageError('--max-growth and --max-grow are about two snapshots; of three, --max-new is the limit');
}

/** Limits that were passed: what to say of them, and the types whose limits these are; undefined where only that of all bytes was passed. */
export interface Passed {
  readonly sentences: readonly string[];
  readonly types: ReadonlySet<string> | undefined;
}

/** Undefined where none was passed. Throws InputError where a limit is about what this comparison does not know. */
export function passedLimits({ rows, byType }: Changes, limits: Limits, frame: Frame): Passed | undefined {
  const { before, after, matched } = rows.totals;
  const overall = limits.growth === undefined ? undefined : growthPast(limits.growth, before.bytes, after.bytes);
  const sentences = overall === undefined ? [] : [overall];
  const types = new Set<string>();
  const judge = (limit: TypeLimit, past: (rows: readonly DifferenceRow[]) => string | undefined): void => {
    const limited = limitedRows(limit, all, frame);
    const sentence = past(limited);
    if (sentence === undefined) return;
    sentences.push(sentence);
    for (const { keys } of limited) types.add(keys[0]!);
  };
  if (limits.fresh.length > 0 && matched === undefined)
    throw new InputError(
      '--max-new: without nodes whose ids match, nobody knows which are new (--max-grow TYPE=SIZE needs none)',
    );
  if (byType === undefined && limits.grown.length > 0)
    throw new UsageError('--max-grow is about types, and these rows are not by type');
  const all = byType === undefined || limits.fresh.length + limits.grown.length === 0 ? [] : [...byType.inOrder()];
  const sum = (of: readonly DifferenceRow[], amount: (row: DifferenceRow) => number): number =>
    of.reduce((total, row) => total + amount(row), 0);
  for (const limit of limits.fresh)
    judge(limit, (limited) =>
      countPast(
        limit,
        sum(limited, (row) => row.matched?.new.count ?? 0),
      ),
    );
  for (const limit of limits.grown)
    judge(limit, (limited) =>
      bytesPast(
        limit,
        sum(limited, ({ delta }) => delta.bytes),
      ),
    );
  if (sentences.length === 0) return undefined;
  return { sentences, types: types.size > 0 ? types : undefined };
}

function limitedRows(limit: TypeLimit, rows: readonly DifferenceRow[], frame: Frame): readonly DifferenceRow[] {
  const limited = limitedTypes(
    limit,
    rows.map((row) => ({ type: row.keys[0]!, row })),
  ).map(({ row }) => row);
  if (limited.length > 0) return limited;
  const near = nearestNames(
    limit.type,
    rows.map(({ keys }) => keys[0]!),
    SHOWN,
  );
  frame.note(
    `${limit.text}: no node is of type ${JSON.stringify(limit.type)}, before or after${near.length > 0 ? `; there are ${near.join(', ')}` : ''}`,
  );
  return [];
}

/** Whether the path is to be found if a limit is passed: when asked, and where an index tells it soon. */
export const wantsPath = (asked: boolean, after: string): boolean =>
  asked || (after !== '-' && existsSync(folderOf(after)));

/**
 * Says which limits were passed, and if `fresh` has the new nodes, which path holds most of those that did it, or why there is none to tell. Who has not asked for the path is
 * told it by an index that fits, and by no reading.
 */
export async function sayPassed(
  { sentences, types }: Passed,
  fresh: Bits | undefined,
  after: Side,
  asked: boolean,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  for (const sentence of sentences) frame.say(sentence);
  if (fresh === undefined) return;
  const { indexBeside } = await import('../graph/beside.ts');
  if (!asked && (await indexBeside(after.operand, frame)) === undefined) return;
  try {
    frame.say(await pathSentence(fresh, types, after, frame, scratch));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    frame.say(`the path that holds most of the new nodes is not known: ${error.message}`);
  }
}

async function pathSentence(
  fresh: Bits,
  types: ReadonlySet<string> | undefined,
  after: Side,
  frame: Frame,
  scratch: Scratch,
): Promise<string> {
  const [{ commonestPath }, { words }] = await Promise.all([
    import('../paths/find.ts'),
    import('../../../render/paths.ts'),
  ]);
  let count = 0;
  const choose = (open: OpenGraph): Bits => {
    const chosen = types === undefined ? fresh : ofTypes(fresh, types, open);
    count = chosen.count();
    return chosen;
  };
  const { path, spell } = await commonestPath(after.operand, after.again, choose, frame, scratch);
  if (path === undefined) return `no path from the roots leads to any of the ${formatCount(count)} new nodes`;
  const steps = words(path, Number.POSITIVE_INFINITY, spell).join(' ');
  return `most of the new nodes, ${formatCount(path.count)} of ${formatCount(count)} (${formatSize(path.bytes)}), are at ${steps}`;
}

/** Those of the nodes that are of one of the types. */
function ofTypes(nodes: Bits, wanted: ReadonlySet<string>, { graph: { types, type } }: OpenGraph): Bits {
  const isWanted = Uint8Array.from({ length: types.size }, (_, code) => (wanted.has(types.text(code)) ? 1 : 0));
  for (const { first, values } of type.chunks(nodes))
    for (let n = nodes.next(first); n < first + values.length; n = nodes.next(n + 1))
      if (isWanted[values[n - first]!] === 0) nodes.delete(n);
  return nodes;
}
