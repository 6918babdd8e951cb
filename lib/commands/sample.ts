/** snap-sample: nodes in, some of them at random out. */
import { defineCommand } from '../cli/command.ts';
import { count } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';

const MOST = 1 << 24;
const MOST_SEED = 2 ** 32 - 1;

export const sample = defineCommand({
  name: 'snap-sample',
  summary: 'some of the nodes, at random',
  description: `Shows any few objects out of many: each set of K nodes is equally likely. The nodes come in the order of their snapshot, with their
references. With --seed the same nodes come every time.`,
  operands: {
    names: 'K FILE',
    min: 1,
    max: 2,
    help: 'how many nodes; a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    seed: count({ value: 'NUMBER', help: 'choose by this number, below 2^32: the same again for the same input' }),
  },
  examples: [
    { say: 'any one Map', run: 'snap-filter --type Map app.nodes.gz | snap-sample 1' },
    {
      say: 'a hundred strings, the same again tomorrow',
      run: 'snap-parse app.heapsnapshot | snap-filter --kind string | snap-sample 100 --seed 7 | jq -r .name',
    },
  ],
  reads: 'a V8 heap snapshot or a node stream',
  writes: 'a node stream, marked as a part; a table on a terminal',
  status: { 0: 'done' },
  memory: 'constant, and 32 bytes for each of K; the nodes themselves wait in a temporary file',
  async run(args, frame) {
    const [amount, operand] = args.operands;
    const k = /^\d+$/.test(amount!) ? Number(amount) : Number.NaN;
    if (!(k <= MOST))
      throw new UsageError(`'${amount}' is no number of nodes (a whole number up to ${MOST}, then the file)`);
    if ((args.seed ?? 0) > MOST_SEED) throw new UsageError(`--seed: ${args.seed} is beyond ${MOST_SEED}`);
    const { sampleNodes } = await import('./parts/nodes/sample.ts');
    await sampleNodes(k, args.seed, operand, frame);
    return 0;
  },
});
