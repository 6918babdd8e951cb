/** snap-trend: many snapshots in order in, the course of each type over them out. */
import { defineCommand } from '../cli/command.ts';
import type { Frame } from '../cli/frame.ts';
import { choice, count, flag, list } from '../cli/option.ts';
import type { Course, CourseTotals } from '../stages/courses.ts';
import { GROUP_KEYS } from '../stages/keys.ts';
import { UsageError } from '../stream/errors.ts';
import { growthLimit, sizeLimits } from './parts/groups/limits.ts';

/** Rows of a table without --top. */
const SCREEN = 20;

export const trend = defineCommand({
  name: 'snap-trend',
  summary: 'the course of each type over many snapshots: what grows every time',
  description: `Tells leaks from caches: what leaks grows from each snapshot to the next, what caches wobbles. For each type it has count and bytes in
every snapshot, in the order in which they are named (as a shell sorts h-*.nodes). The table draws the bytes, each row between its own least and most.

What grew in most steps comes first. Of what grew in every step, that whose smallest step is largest: what only starts up takes one great step and then small
ones, a leak takes its step each time. Then what grew most from the first snapshot to the last; then by name.

The limits are for a test that does not flake: they are passed only by what grew in every single step.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'two or more, in the order they were taken: snapshots, node streams or results of snap-group, plain or gzip; - is standard input',
  },
  options: {
    by: list({
      value: 'KEYS',
      choices: GROUP_KEYS,
      help: 'group by these, with commas between (default: type, or what the first result of snap-group is grouped by)',
    }),
    top: count({ short: 'n', value: 'COUNT', help: `only so many rows (a table shows ${SCREEN} if not told)` }),
    sort: choice(['steps', 'delta', 'slope', 'last'], {
      value: 'BY',
      help: 'what comes first: what grew in most steps (the default), has the largest delta, the largest slope, or most at last',
    }),
    'only-growing': flag('only what grew in every step'),
    'max-growth': growthLimit('fail if all bytes grew in every step, and by more than this in all: 5%, 10MiB'),
    'max-grow': sizeLimits(
      'fail if a type, or all that a glob matches together, grew in every step, and by more than this in all',
    ),
  },
  memoryOption: true,
  examples: [
    { say: 'what grows every time', run: 'snap-trend --only-growing h-*.heapsnapshot' },
    {
      say: 'a test, with a snapshot after each of five rounds: sessions must not grow in every round, and by more than 1 MiB in all',
      run: "snap-trend --max-grow 'Session*=1M' round-[1-5].nodes.gz > /dev/null",
    },
    {
      say: 'the types with most bytes at last, as lines to go on with',
      run: 'snap-trend --sort last --top 5 monday.groups tuesday.groups | jq -c .series.bytes',
    },
  ],
  reads:
    'V8 heap snapshots and node streams, one after the other, of a snapshot file without the references; NDJSON rows of snap-group, all with the same keys',
  writes:
    'NDJSON rows of the keys, series (count and bytes, a list each with a number for every snapshot), first, last and delta (each with count and bytes), steps_up (steps in which its bytes grew) and slope (bytes a step, least squares); a table on a terminal',
  status: {
    0: 'done, and no limit was passed',
    1: 'a limit was passed: standard error says which, and by what',
    2: 'wrong use, bad input, fewer than two files, or snapshots of different runtimes',
  },
  memory:
    'some 80 MB for types and kinds, and 16 bytes for each of them in each snapshot; by name the names too, up to 256 MiB if --memory does not say less: then they go to temporary files',
  async run(args, frame) {
    const { by, operands } = args;
    if (by !== undefined && new Set(by).size < by.length) throw new UsageError('--by names a key twice');
    if (operands.length < 2) throw new UsageError('a course needs two files or more');
    const limits = args['max-grow'];
    const [{ readCourses }, { SteadyGrowth }] = await Promise.all([
      import('./parts/trend/input.ts'),
      import('./parts/trend/steady.ts'),
    ]);
    const { keys, courses } = await readCourses(operands, by, frame);
    if (limits.length > 0 && keys.join() !== 'type')
      throw new UsageError(`--max-grow is about types: these are grouped by ${keys.join(',')}`);
    const growth = new SteadyGrowth(limits);
    const { totals, rows } = courses.finish({
      order: args.sort ?? 'steps',
      top: args.top ?? (frame.format === 'table' ? SCREEN : undefined),
      onlyGrowing: args['only-growing'],
      see: limits.length > 0 ? (course) => growth.see(course) : undefined,
    });
    await print(frame, keys, totals, rows, args['only-growing']);
    const { past, missing } = growth.judge(totals.all, args['max-growth']);
    for (const message of missing) frame.note(message);
    for (const message of past) frame.say(message);
    return past.length > 0 ? 1 : 0;
  },
});

async function print(
  frame: Frame,
  keys: readonly string[],
  totals: CourseTotals,
  rows: Iterable<Course>,
  onlyGrowing: boolean,
): Promise<void> {
  const { courseCsv, courseCsvHead, courseLine, renderCourses } = await import('../render/courses.ts');
  if (frame.format === 'table') {
    const of = onlyGrowing ? totals.growing : totals.groups;
    frame.out.text(renderCourses(keys, totals, [...rows], of, frame.style));
  } else if (frame.format === 'csv') {
    frame.out.text(courseCsvHead(keys, totals.all.series.bytes.length));
    for (const row of rows) frame.out.text(courseCsv(row));
  } else for (const row of rows) frame.out.text(courseLine(keys, row));
}
