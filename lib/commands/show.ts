/** snap-show: chosen objects in full. */
import { defineCommand } from '../cli/command.ts';
import { count } from '../cli/option.ts';
import { choosingOptions } from './parts/choosing/options.ts';
import { scratchOf } from './parts/input/snapshot.ts';

export const show = defineCommand({
  name: 'snap-show',
  summary: 'objects in full: fields, values, who they are',
  description: `Prints the chosen objects, or all nodes of a stream, each with its text and every reference: its kind, its name, and the id, type
and name of the object it leads to. The snapshot is read twice, because a reference may lead anywhere.

--stack prints instead what an object stands for: of a Python traceback, or of an exception, what traceback.print_tb(limit=COUNT) prints, of a frame what print_stack
does; source lines come from this machine's files, where they are there. Of a V8 error its stack: as text where the program has asked for it, else its
functions, each with the place where it begins.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    ...choosingOptions,
    stack: count({
      value: 'COUNT',
      help: 'the stacks that tracebacks, frames and errors stand for, so many entries each',
    }),
    top: count({ short: 'n', value: 'COUNT', help: 'only the first so many objects' }),
  },
  memoryOption: true,
  examples: [
    { say: 'what is in the object at this address', run: 'snap-show --id @35 app.heapsnapshot' },
    { say: 'the stack of a traceback, as Python prints it', run: 'snap-show --id 0x7f187d22b880 --stack 20 app.nodes' },
    {
      say: 'the long strings, and what each refers to, as JSON',
      run: 'snap-show --kind string --min-size 1M app.heapsnapshot | jq -c .',
    },
  ],
  reads: 'a V8 heap snapshot or a node stream; standard input is kept in a temporary file',
  writes:
    'the node record without refs, then one record for each reference: {"n":17,"ref":"property","via":"next","to":{"n":18,"id":37,"type":"Foo","name":"Foo"}}; with --stack a record for each entry: {"n":17,"id":35,"type":"traceback","name":"app.py:3 in load","file":"app.py","line":3,"function":"load"}',
  status: { 0: 'done', 1: 'no node matched', 2: 'wrong use, bad input, or no node has that id, position or type' },
  memory:
    'some 100 MB; what does not fit is sorted in temporary files. With --stack some 130 MB, 7 bytes a node and 24 an entry; references as far as there is room (--memory), else in temporary files',
  async run(args, frame) {
    const operand = args.operands[0] ?? '-';
    const scratch = scratchOf(frame);
    const top = args.top ?? Number.POSITIVE_INFINITY;
    if (args.stack !== undefined) {
      const { printStacks } = await import('./parts/stacks/print.ts');
      return printStacks(operand, { ...args, top, limit: args.stack }, frame, scratch);
    }
    const { showNodes } = await import('./parts/nodes/show.ts');
    return showNodes(operand, { ...args, top }, frame, scratch);
  },
});
