/** snap-diff: two snapshots of one process in, what changed between them out: by type, or the nodes themselves. */
import { defineCommand } from '../cli/command.ts';
import { count, flag, list } from '../cli/option.ts';
import { PLACE_KEYS } from '../stages/keys.ts';
import { UsageError } from '../stream/errors.ts';
import type { Changes } from './parts/diff/comparison.ts';
import type { NodeSetName } from './parts/diff/nodeSets.ts';
import { countLimits, growthLimit, sizeLimits } from './parts/groups/limits.ts';
import { scratchOf } from './parts/input/snapshot.ts';

export const diff = defineCommand({
  name: 'snap-diff',
  summary: 'what changed between two snapshots of one process',
  description: `Answers what is new, what is gone and what grew: for each type its objects before and after, and of those that are in one snapshot alone, or in both
with another size. Objects are the same if their id and their type are. In bytes delta = after - before = new - gone + resized, in counts delta = new - gone: resized counts
the objects that are in both with another size. The deltas add up to the difference of the totals.

Of three snapshots it tells what was born between the first and the second and still lives in the third: the classical test for a leak.

In a build, limits on growth make the status 1: what passed which limit is said on standard error, with --explain or where AFTER has an index (snap-index)
also the path that holds most of the new objects.

Results of snap-group are compared too. They have no objects to match, and neither have snapshots of different processes, in which an id means another object:
then new, gone and resized are left out.`,
  operands: {
    names: 'BEFORE AFTER LATER',
    min: 2,
    max: 3,
    alwaysNamed: true,
    help: 'two snapshots, node streams or results of snap-group, plain or gzip, one of which may be -, standard input; or three snapshots in the order in which they were taken',
  },
  options: {
    by: list({
      value: 'KEYS',
      choices: PLACE_KEYS,
      help: 'rows by these, as in snap-group, with commas between (default: type)',
    }),
    new: flag('the nodes of AFTER that are not in BEFORE, as a node stream, instead of rows'),
    gone: flag('the nodes of BEFORE that are not in AFTER, likewise'),
    survivors: flag('the nodes of AFTER that are in BEFORE too, likewise'),
    top: count({ short: 'n', value: 'COUNT', help: 'only so many rows (a table shows 20 if not told), or nodes' }),
    'max-growth': growthLimit('status 1 if all bytes grew by more: 5% of what they were, or 10MiB'),
    'max-new': countLimits('status 1 if there are more new nodes of a type, a name or a glob'),
    'max-grow': sizeLimits('status 1 if a type grew by more bytes'),
    explain: flag('if a limit is passed, say which path holds most of the new nodes'),
  },
  memoryOption: true,
  examples: [
    { say: 'did the fix work', run: 'snap-diff before.heapsnapshot after.heapsnapshot' },
    {
      say: 'who holds what is new',
      run: 'snap-diff --new before.heapsnapshot after.heapsnapshot | snap-paths --of - after.heapsnapshot',
    },
    {
      say: 'fail a build that leaks',
      run: "snap-diff --max-growth 5% --max-new 'Session*=0' --explain before.heapsnapshot after.heapsnapshot",
    },
  ],
  reads:
    'V8 heap snapshots, node streams, or NDJSON rows of snap-group. Of snapshot files the references are read only for --new, --gone, --survivors, --explain and --by place; these keep standard input in a temporary file',
  writes:
    'NDJSON rows, what grew most first: {"type","before","after","new","gone","resized","delta"}, each {"count","bytes"}; of three snapshots {"type","count","bytes"}; or a node stream, marked as a part; a table on a terminal',
  status: { 0: 'done', 1: 'a limit was passed', 2: 'wrong use, bad input, or snapshots of different runtimes' },
  memory:
    'some 70 MB and at most 16 bytes for each node of BEFORE, less with --memory: then nodes are matched by way of temporary files; 100 bytes for each distinct key; --explain needs what snap-paths does',
  async run(args, frame) {
    const { operands, by, top } = args;
    if (by !== undefined && new Set(by).size < by.length) throw new UsageError('--by names a key twice');
    if (operands.filter((operand) => operand === '-').length > 1)
      throw new UsageError('only one of the snapshots can be standard input');
    const set = setOf(args);
    const limits = { growth: args['max-growth'], fresh: args['max-new'], grown: args['max-grow'] };
    const { hasLimits, passedLimits, requireLimits, sayPassed, wantsPath } = await import('./parts/diff/growth.ts');
    requireLimits(limits, operands.length, set, args.explain);
    const scratch = scratchOf(frame);
    const explains = hasLimits(limits) && wantsPath(args.explain, operands.at(-1)!);
    const { openSides } = await import('./parts/diff/sides.ts');
    const isReadAgain = set !== undefined || explains || by?.includes('place') === true;
    const sides = await openSides(operands, isReadAgain, scratch, frame);
    let changes: Changes;
    if (set === undefined && sides.length === 2) {
      const { compare, printRows } = await import('./parts/diff/comparison.ts');
      changes = await compare(sides, by, explains, frame, scratch);
      await printRows(changes, top, frame);
    } else {
      const { nodesOf, printGrouped, printNodes } = await import('./parts/diff/nodeSets.ts');
      const nodes = await nodesOf(set ?? 'new', sides, by ?? ['type'], frame, scratch);
      if (set === undefined) await printGrouped(nodes, top, frame, scratch);
      else await printNodes(nodes, top, frame, scratch);
      changes = nodes;
    }
    const passed = passedLimits(changes, limits, frame);
    if (passed === undefined) return 0;
    await sayPassed(passed, changes.fresh, sides.at(-1)!, args.explain, frame, scratch);
    return 1;
  },
});

/** Which nodes are asked for instead of rows. Throws UsageError. */
function setOf(
  args: { readonly [Name in NodeSetName]: boolean } & {
    readonly operands: readonly string[];
    readonly by: unknown;
  },
): NodeSetName | undefined {
  const [set, another] = (['new', 'gone', 'survivors'] as const).filter((word) => args[word]);
  if (set === undefined) return undefined;
  if (another !== undefined) throw new UsageError(`--${set} and --${another} are two questions`);
  if (args.by !== undefined) throw new UsageError(`--by is for rows, and --${set} gives nodes`);
  if (set !== 'new' && args.operands.length > 2) throw new UsageError(`--${set} is about two snapshots`);
  return set;
}
