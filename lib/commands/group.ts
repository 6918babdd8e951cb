/** snap-group: nodes in, one row for each type (kind, name, owner, place) out. */
import { defineCommand } from '../cli/command.ts';
import { choice, count, flag, list } from '../cli/option.ts';
import { PLACE_KEYS } from '../stages/keys.ts';
import { UsageError } from '../stream/errors.ts';

/** Rows of a table without --top. */
const SCREEN = 20;

export const group = defineCommand({
  name: 'snap-group',
  summary: 'count and bytes of nodes by type, kind, name, owner or place',
  description: `Answers what all this memory is: for each type how many objects there are and how many bytes they take by themselves (their
shallow size), largest first. The table has each row's share, and the share of all rows down to it.

owner takes apart what is some object's attributes: dict of Foo is a Foo's, dict (no owner) is a plain one, and all else is called by its type. place is where in
the source something belongs. In Python that is file:line in function: of tracebacks the line that raised or called, of frames the one that runs, of code and functions
their first. In V8 it is file:line:column of functions, and of objects that of their class, counted from 1 as in stack traces; a script of which no function is
left is told by its number, with line and column from 0. What has none is (no place).

With --merge it adds up earlier results of its own instead.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: Number.POSITIVE_INFINITY,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input; several only with --merge',
  },
  options: {
    by: list({ value: 'KEYS', choices: PLACE_KEYS, help: 'group by these, with commas between (default: type)' }),
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
      say: 'where in the code the tracebacks begin',
      run: 'snap-chainends --type traceback --via tb_next --tails app.nodes | snap-group --by place',
    },
    {
      say: 'which strings there are most of',
      run: 'snap-parse app.heapsnapshot | snap-filter --kind string | snap-group --by name --sort count --top 10',
    },
  ],
  reads:
    'a V8 heap snapshot or a node stream; of a snapshot file the references are not read, unless by place. With --merge, NDJSON rows',
  writes:
    'NDJSON rows of the keys asked for, count and bytes, as {"type":"Foo","count":10,"bytes":480}; a table on a terminal',
  status: { 0: 'done' },
  memory:
    'some 60 MB for types and kinds; by name, owner or place some 100 MB, and 40 bytes for each distinct one and its text, up to 256 MiB of them if --memory does not say less: then they go to temporary files',
  async run(args, frame) {
    const by = args.by ?? ['type'];
    if (new Set(by).size < by.length) throw new UsageError('--by names a key twice');
    if (!args.merge && args.operands.length > 1)
      throw new UsageError('more than one file is for --merge: group each, then merge the results');
    const { printGrouped } = await import('./parts/groups/group.ts');
    const top = args.top ?? (frame.format === 'table' ? SCREEN : undefined);
    await printGrouped(
      args.operands,
      { by, merge: args.merge ? args.by : false, order: args.sort ?? 'bytes', top },
      frame,
    );
    return 0;
  },
});
