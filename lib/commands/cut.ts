/** snap-cut: what would be freed if references were gone. */
import { defineCommand } from '../cli/command.ts';
import { count, flag } from '../cli/option.ts';
import { cutOptions, cutsOf } from './parts/cut/cuts.ts';

/** Rows of a table without --top. */
const SCREEN = 20;

export const cut = defineCommand({
  name: 'snap-cut',
  summary: 'what would be freed if some references were gone',
  description: `Puts a theory to the test: if no Foo had its field next any more, what would be freed? It is what the roots reach now, and would not
reach without these references. What something else holds too stays.

All that is given of --type, --via, --to and --id must be true of a reference: they are one cut. --cuts judges many cuts, each alone and then all of them
together. Weak references hold nothing, so they are neither followed nor cut nor counted; a WeakMap holds a value only together with its key.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    ...cutOptions,
    nodes: flag('print the nodes that would be freed, as a node stream'),
    top: count({
      short: 'n',
      value: 'COUNT',
      help: `only so many types, or nodes (a table shows ${SCREEN} types if not told)`,
    }),
  },
  memoryOption: true,
  examples: [
    { say: 'what does this cache keep alive?', run: 'snap-cut --via failureCache app.heapsnapshot' },
    {
      say: 'which of these fields is worth clearing, best first?',
      run: `printf '{"type":"LoadError","via":"%s"}\\n' cause message | snap-cut --cuts - app.heapsnapshot | jq -c 'select(.cut)'`,
    },
  ],
  reads:
    'a V8 heap snapshot or a node stream, whole; standard input is kept in a temporary file. With --cuts also NDJSON of cuts with the keys type, via, to and id',
  writes:
    'for each cut {"cut":{...},"refs":8,"count":2100,"bytes":151200}, of several one more with "cut":"all"; then for each type that would be freed (by all together) {"type":"Foo","count":10,"bytes":480}; with --nodes instead a node stream, marked as a part',
  status: {
    0: 'some references were cut',
    1: 'no reference is as any cut says',
    2: 'wrong use, bad input, a part of a snapshot, or there is no such id or type',
  },
  memory:
    'some 100 MB and 11 bytes a node are enough (--memory), 15 with --to; where there is more, up to half of what is free, references are held in memory too: 8 bytes a node',
  async run(args, frame) {
    const operand = args.operands[0] ?? '-';
    const cuts = await cutsOf(args, operand);
    const { judge, printNodes, printSums } = await import('./parts/cut/judge.ts');
    const judgement = await judge(cuts, operand, frame.format === 'table' && !args.nodes, frame);
    if (args.nodes) await printNodes(judgement, args.top ?? Number.POSITIVE_INFINITY, frame);
    else await printSums(judgement, args.top ?? (frame.format === 'table' ? SCREEN : undefined), frame);
    return judgement.freed.together.refs > 0 ? 0 : 1;
  },
});
