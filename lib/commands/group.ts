/** snap-group: nodes in, one row for each type (kind, name) out. */
import { defineCommand } from '../cli/command.ts';
import { choice, count, flag, list } from '../cli/option.ts';
import { Groups } from '../stages/group.ts';
import { GROUP_KEYS, keyColumns } from '../stages/keys.ts';
import { UsageError } from '../stream/errors.ts';
import { printGroups } from './parts/groupRows.ts';
import { keyBudget } from './parts/keyBudget.ts';
import { openOperand, scratchOf } from './parts/snapshot.ts';

/** Rows of a table without --top. */
const SCREEN = 20;
/** What the process takes without any keys. */
const BASE = 112 << 20;

export const group = defineCommand({
  name: 'snap-group',
  summary: 'count and bytes of all nodes with the same type, kind or name',
  description: `Answers what all this memory is: for each type how many objects there are and how many bytes they take by themselves (their
shallow size), largest first. The table has each row's share, and the share of all rows down to it.

With --merge it adds up earlier results of its own instead.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input; several only with --merge',
  },
  options: {
    by: list({ value: 'KEYS', choices: GROUP_KEYS, help: 'group by these, with commas between (default: type)' }),
    top: count({ short: 'n', value: 'COUNT', help: `only so many rows (a table shows ${SCREEN} if not told)` }),
    sort: choice(['bytes', 'count'], {
      value: 'BY',
      help: 'what the largest has most of: bytes (the default) or count',
    }),
    merge: flag('the operands are results of snap-group: add them up'),
  },
  memoryOption: true,
  examples: [
    { say: 'the ten types that take most', run: 'snap-group --top 10 app.heapsnapshot' },
    {
      say: 'which strings there are most of',
      run: 'snap-parse app.heapsnapshot | snap-filter --kind string | snap-group --by name --sort count --top 10',
    },
  ],
  reads:
    'a V8 heap snapshot or a node stream; of a snapshot file the references are not read. With --merge, NDJSON rows',
  writes:
    'NDJSON rows of the keys asked for, count and bytes, as {"type":"Foo","count":10,"bytes":480}; a table on a terminal',
  status: { 0: 'done' },
  memory:
    'some 60 MB for types and kinds; by name some 100 MB, and 40 bytes for each distinct name and its text, up to 256 MiB of them if --memory does not say less: then they go to temporary files',
  async run(args, frame) {
    const by = args.by ?? ['type'];
    if (new Set(by).size < by.length) throw new UsageError('--by names a key twice');
    if (!args.merge && args.operands.length > 1)
      throw new UsageError('more than one file is for --merge: group each, then merge the results');
    const scratch = scratchOf(frame);
    const order = args.sort ?? 'bytes';
    const top = args.top ?? (frame.format === 'table' ? SCREEN : undefined);
    const groups = new Groups(by, keyBudget(frame, BASE), scratch);
    if (args.merge) {
      const { mergeRows } = await import('./parts/merge.ts');
      const keys = await mergeRows(args.operands, args.by, groups);
      await printGroups(frame, keys, groups.finish(order, top));
      return 0;
    }
    const snapshot = await openOperand(args.operands[0], keyColumns(by), scratch, frame);
    for await (const batch of snapshot.batches) groups.add(batch);
    await printGroups(frame, by, groups.finish(order, top));
    snapshot.settle();
    return 0;
  },
});
