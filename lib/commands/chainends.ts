/** snap-chainends: nodes in, the chains they form along one reference out: one row a chain, with where it begins and where it ends. */
import { defineCommand } from '../cli/command.ts';
import { count, flag, text } from '../cli/option.ts';
import { type Via, WEAK } from '../graph/store/via.ts';
import { UsageError } from '../stream/errors.ts';
import { choosingOptions, isChoosing } from './parts/choosing/options.ts';
import { parseVia } from './parts/choosing/via.ts';
import { scratchOf } from './parts/input/snapshot.ts';

/** What a type that refers to itself must reach to be called a chain, if --min-length does not say. */
const DEEP = 10;

export const chainends = defineCommand({
  name: 'snap-chainends',
  summary: 'where chains begin and end',
  description: `Follows one reference through the chosen nodes: errors by their cause, list items by next. All that is connected is one chain, whose
length is that of its longest run, a way that passes no node twice. Its shape is chain (one head, one tail), tree (several heads run into
one tail), cycle (it comes back to itself, heads feed into it), or branched (some node has several such references). Weak references are
not followed.

Without --via, or without nodes to choose, it finds the chains itself: along which references a type refers to itself, again and again.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    via: text({
      value: '[KIND:]NAME',
      help: 'the reference to follow, of any kind or of one (context, element, property, internal, hidden, shortcut)',
    }),
    ...choosingOptions,
    heads: flag('the nodes where the chains begin instead: those that nothing chosen refers to by that name'),
    tails: flag('the nodes where the chains end instead: those that refer to nothing chosen by that name'),
    'min-length': count({
      value: 'COUNT',
      help: `only chains of so many nodes and more in their longest run (if it finds them itself: ${DEEP} if not told)`,
    }),
    top: count({ short: 'n', value: 'COUNT', help: 'only the first so many rows, or the ends of these' }),
  },
  memoryOption: true,
  examples: [
    { say: 'where chains of tracebacks end', run: 'snap-chainends --type traceback --via tb_next app.nodes.gz' },
    {
      say: 'what the errors are that are the cause of no other',
      run: "snap-chainends --type '*Error' --via cause --heads app.heapsnapshot | snap-group",
    },
    { say: 'which chains there are', run: 'snap-chainends app.heapsnapshot' },
  ],
  reads:
    'a V8 heap snapshot or a node stream, also a part of one; a stream that has to be read twice is kept in a temporary file',
  writes:
    'one row a chain, longest first: {"type":"Foo","via":"next","shape":"chain","length":3,"count":3,"bytes":80,"heads":1,"head":{"n":5,"id":11,"type":"Foo","name":"Foo"},"tail":{...}}; with --heads and --tails a node stream, each node with its length; of chains it found itself {"type":"Foo","via":"next","chains":1,"longest":3,"count":3,"bytes":80}',
  status: {
    0: 'done',
    1: 'no node matched, or there are no such chains',
    2: 'wrong use, bad input, or no node has that id, position or type',
  },
  memory:
    'some 100 MB and 16 bytes a chosen node, and 45 a chain; if it finds chains itself 8 bytes a node, and 48 for each reference in the largest groups of one type and name',
  async run(args, frame) {
    if (args.heads && args.tails) throw new UsageError('--heads and --tails are two questions: ask one');
    if (args['min-length'] === 0) throw new UsageError('--min-length: the shortest chain is one node');
    const via = args.via === undefined ? undefined : followable(args.via);
    const scratch = scratchOf(frame);
    const operand = args.operands[0] ?? '-';
    if (via === undefined || !isChoosing(args)) {
      if (args.heads || args.tails)
        throw new UsageError(
          '--heads and --tails need chosen nodes and a reference to follow, as --type Foo --via next',
        );
      const { searchChains } = await import('./parts/chains/search.ts');
      return searchChains({ ...args, via, operand, least: args['min-length'] ?? DEEP }, frame, scratch);
    }
    const { printChains } = await import('./parts/chains/rows.ts');
    const which = args.heads ? 'heads' : args.tails ? 'tails' : undefined;
    return printChains({ ...args, via, operand, which, least: args['min-length'] ?? 1 }, frame, scratch);
  },
});

function followable(word: string): Via {
  const via = parseVia(word);
  if (via.kind === WEAK)
    throw new UsageError(
      `--via: '${word}' is weak, and weak references are not followed (a name with a colon: KIND:NAME)`,
    );
  return via;
}
