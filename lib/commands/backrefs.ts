/** snap-backrefs: who refers to some nodes, and who refers to those. */
import { defineCommand } from '../cli/command.ts';
import { aroundFormats, aroundOptions } from './parts/around/options.ts';

export const backrefs = defineCommand({
  name: 'snap-backrefs',
  summary: 'who refers to some nodes: the graph around them',
  description: `Begins with the chosen nodes and goes, nearest first, to the nodes that refer to them. A run along one reference between nodes of one type is
one step, however long it is: QueryError x4,211 via .cause. Other retainers of the nodes inside a run are counted by type. Weak references hold nothing, and
are followed only if asked for.

Where more than half of --top nodes are chosen, it begins with a quarter of --top, so that there is room for who holds them; one that another of its type leads to is
met on the way. --depth 0 lists the chosen nodes.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: aroundOptions,
  memoryOption: true,
  formats: aroundFormats,
  examples: [
    { say: 'who holds the object at this address', run: 'snap-backrefs --id @35 --depth 7 app.heapsnapshot' },
    {
      say: 'the types around some errors, as a node stream',
      run: "snap-backrefs --type '*Error' --top 1000 app.heapsnapshot | snap-group",
    },
  ],
  reads: 'a V8 heap snapshot or a node stream; standard input is kept in a temporary file',
  writes:
    'a node stream, marked as a part: nodes with "depth", and only the references between them; where a run begins "run" (its length), "run_ref", "run_via", "run_to" and "run_others"; a tree on a terminal',
  status: { 0: 'done', 1: 'no node matched', 2: 'wrong use, bad input, or no node has that id, position or type' },
  memory:
    'some 120 MB, 7 bytes a node, and what is shown; references as far as there is room (--memory), else in temporary files',
  async run(args, frame) {
    const { runAround } = await import('./parts/around/walk.ts');
    return runAround(args, frame, { backward: true, arrow: '<-', neighbours: 'retainers' });
  },
});
