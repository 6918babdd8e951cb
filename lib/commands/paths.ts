/** snap-paths: the shortest paths from the roots to chosen nodes, alike ones as one row. */
import { defineCommand } from '../cli/command.ts';
import { count, flag } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';
import { choosingOptions, isChoosing } from './parts/choosing/options.ts';
import { scratchOf } from './parts/input/snapshot.ts';

/** Rows of a table without --top. */
const SCREEN = 20;

export const paths = defineCommand({
  name: 'snap-paths',
  summary: 'shortest paths to some nodes, alike ones counted together',
  description: `Answers who holds all of them. For each chosen node it finds the shortest path from the roots, over references that hold: no weak ones, and of a
WeakMap's only those whose key and map are both held (in a V8 snapshot these are DevTools' distances). Paths are alike if their references have the same
kinds and names and lead to the same types. Indexes, names of digits only, keys of maps, and @id inside a name are [*]; references of one kind and
name that follow each other to nodes of one type, as along a chain, are one step, however many they are.

length counts references from the root, those within such a step too; of a row it is the least one, and example is the first node that has it. A step has a
name only where all its nodes in this row have the same. The fingerprint is made of the steps' kinds, names and types alone: it is the same in
other snapshots and in other processes. Of a path of more than 100 steps the first and the last 50 are told, and between them {"more":N}. Nodes that
no root reaches are no row: their number is noted.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    ...choosingOptions,
    each: flag('a row for each node, in their order, instead of one for all that are alike'),
    fold: flag('names of properties do not matter either: for objects that are used as maps'),
    top: count({ short: 'n', value: 'COUNT', help: `only so many rows (a table shows ${SCREEN} if not told)` }),
  },
  memoryOption: true,
  examples: [
    { say: 'who holds all those errors', run: "snap-paths --type '*Error' --top 5 app.heapsnapshot" },
    {
      say: 'which paths are new since an earlier snapshot of the same program',
      run: 'for i in before after; do snap-paths --type Foo $i.heapsnapshot | jq -r .fingerprint | sort > $i; done; comm -13 before after',
    },
  ],
  reads:
    'all of a V8 heap snapshot or of a node stream, once, and its nodes once more; standard input is kept in a temporary file',
  writes:
    'NDJSON rows, most nodes first: {"count","bytes","length","path":[{"ref","via","type","name"}],"fingerprint","example":{"n","id","type","name"}}; a table on a terminal',
  status: {
    0: 'done',
    1: 'no node matched',
    2: 'wrong use, bad input, a part of a snapshot, or no node has that id, position or type',
  },
  memory:
    'with an index and --type alone some 20 bytes for each distinct path; else some 125 MB and 17 bytes a node, and what --memory gives beyond that to keep less on disk; 100 bytes for each distinct path, and the distinct names of references',
  async run(args, frame) {
    if (!isChoosing(args))
      throw new UsageError(
        "nothing to choose by: give --type, --kind, --name, --id, --node, --of, --has, --lacks, --min-size or --max-size (--type '*' is every node)",
      );
    const { findPaths } = await import('./parts/paths/find.ts');
    const top = args.top ?? (frame.format === 'table' ? SCREEN : Number.POSITIVE_INFINITY);
    return findPaths(args.operands[0] ?? '-', { ...args, top }, frame, scratchOf(frame));
  },
});
