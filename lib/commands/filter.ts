/** snap-filter: nodes in, those that match out. */
import { defineCommand } from '../cli/command.ts';
import { flag } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';
import { choosingOptions, isChoosing } from './parts/choosing/options.ts';

export const filter = defineCommand({
  name: 'snap-filter',
  summary: 'keep the nodes that match',
  description: `Passes on the nodes that match everything asked for, with their references, and marks the stream as a part of a snapshot.
Positions are not renumbered, so references to nodes that were left out stay what they are.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: { ...choosingOptions, not: flag('keep the nodes that do not match instead') },
  examples: [
    {
      say: 'what strings of a megabyte and more are called',
      run: "snap-filter --kind string --min-size 1M app.heapsnapshot | jq -r '.name | strings'",
    },
    {
      say: 'where chains of errors end',
      run: "snap-filter --type '*Error' --lacks cause app.nodes.gz | snap-group",
    },
  ],
  reads: 'a V8 heap snapshot or a node stream',
  writes: 'a node stream, marked as a part; a table on a terminal',
  status: { 0: 'some nodes matched', 1: 'no node matched' },
  memory: 'constant, but for sixteen bytes a node of the list of --of',
  async run(args, frame) {
    if (!isChoosing(args))
      throw new UsageError(
        'nothing to choose by: give --type, --kind, --name, --id, --node, --of, --has, --lacks, --min-size or --max-size',
      );
    const { filterNodes } = await import('./parts/nodes/filter.ts');
    return filterNodes(args, frame);
  },
});
