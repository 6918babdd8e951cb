/** snap-retain: a snapshot in, what each object keeps alive out. */
import { defineCommand } from '../cli/command.ts';
import { choice, count, flag, text } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';
import { scratchOf } from './parts/input/snapshot.ts';

/** Objects, and rows of a table, without --top. */
const SCREEN = 20;

export const retain = defineCommand({
  name: 'snap-retain',
  summary: 'retained sizes and dominators: what would go with each object',
  description: `The retained size of an object is what would be freed with it: its own bytes, and those of everything that can be reached through it
alone, which it dominates. All numbers are DevTools' numbers: the shallow size of an object includes hidden parts that belong to it alone.

Without --by, --under, --all and --suspects it prints the objects that retain most. --suspects are the few of them that are worth a look: each has a
twentieth of all or more that nothing below it has, is nobody's storage, and is the head of its list. Classes of which many small objects have as much, and no
holder in common, come last. No byte is counted for two of them.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    top: count({
      short: 'n',
      value: 'COUNT',
      help: `only so many objects or rows (${SCREEN} if not told; of rows only in a table)`,
    }),
    by: choice(['class'], { value: 'KEY', help: "class: DevTools' Summary, a row for each class" }),
    under: text({ value: 'ID', help: 'what the object with this id dominates, itself included, by class' }),
    all: flag('every node in order, the root too'),
    suspects: flag('the few points where most of the heap accumulates, how they are reached, and what they hold'),
  },
  memoryOption: true,
  examples: [
    { say: 'where does most of it accumulate?', run: 'snap-retain --suspects app.heapsnapshot' },
    { say: 'which objects keep most of it alive', run: 'snap-retain --top 20 app.heapsnapshot' },
    {
      say: "DevTools' Summary, as rows to go on with",
      run: "snap-parse app.heapsnapshot | snap-retain --by class | jq -r 'select(.count > 1000) | .class'",
    },
  ],
  reads: 'a V8 heap snapshot or a node stream, whole; standard input is kept in a temporary file',
  writes:
    'rows of n, id, type, name, shallow, retained, distance and dominator (the n of the object without which it would go); with --by class and --under rows of class, count, shallow, retained and distance; with --suspects rows of n, id, type, name, share, bytes, retained, distance, path and classes, and rows of class, count, share and bytes',
  status: { 0: 'done', 2: 'wrong use, bad input, a part of a snapshot, or no node has that id' },
  memory:
    'some 100 MB and 18.5 bytes a node are enough (--memory); where there is more, up to half of what is free, references are held in memory too: 8 bytes a node',
  async run(args, frame) {
    if ([args.by !== undefined, args.all, args.under !== undefined, args.suspects].filter(Boolean).length > 1)
      throw new UsageError('--by, --under, --all and --suspects are different questions: ask one');
    if (args.all && args.top !== undefined) throw new UsageError('--all is all of them: leave --top out');
    const { printAll, printClasses, printLargest } = await import('./parts/retain/answers.ts');
    const operand = args.operands[0] ?? '-';
    const scratch = scratchOf(frame);
    if (args.suspects) {
      const { printSuspects } = await import('./parts/retain/suspects.ts');
      await printSuspects(operand, args.top ?? Number.POSITIVE_INFINITY, frame, scratch);
    } else if (args.all) await printAll(operand, frame, scratch);
    else if (args.by !== undefined || args.under !== undefined) {
      const top = args.top ?? (frame.format === 'table' ? SCREEN : undefined);
      await printClasses(operand, args.under, top, frame, scratch);
    } else await printLargest(operand, args.top ?? SCREEN, frame, scratch);
    return 0;
  },
});
