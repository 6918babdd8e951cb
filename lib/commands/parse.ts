/** snap-parse: any snapshot in, a node stream out; and what a file says of itself. */
import { defineCommand } from '../cli/command.ts';
import { flag } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';
import { openOperand, scratchOf } from './parts/input/snapshot.ts';
import { nodeWriter, pass } from './parts/output/nodes.ts';

export const parse = defineCommand({
  name: 'snap-parse',
  summary: 'any heap snapshot to a node stream',
  description: `Reads a snapshot of any size and writes its nodes, one a line with its references, as every other stage reads them. The names of
a V8 file stand at its end, so a snapshot from a pipe is first written to a temporary file.

The grammar of the stream is in docs/format.md. snap-X FILE is the same as snap-parse FILE | snap-X, and faster.`,
  operands: {
    names: 'FILE',
    min: 0,
    max: 1,
    help: 'a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    'no-refs': flag('leave out the references: half the time, a third of the lines'),
    info: flag('only say what the file is: format, columns, counts, sections and their bytes'),
    check: flag('only judge the file: read every section, say whether all is as it must be'),
    makefile: flag('print where the Makefile rules for investigations lie', { alone: true }),
  },
  examples: [
    { say: 'what types there are, with nothing but pipes', run: 'snap-parse app.heapsnapshot | snap-group' },
    { say: 'keep it as lines, five times smaller', run: 'snap-parse app.heapsnapshot | gzip > app.nodes.gz' },
  ],
  reads: 'a V8 heap snapshot (.heapsnapshot of Node, Chrome, Bun) or a node stream',
  writes: 'a node stream of schema 1; a table on a terminal. With --info and --check one record',
  status: {
    0: 'done; with --check: all is as it must be',
    2: 'wrong use, or an input that cannot be read or was cut off',
  },
  memory: 'some 100 MB, whatever the size of the file',
  async run(args, frame) {
    if (args.makefile) {
      const { packageFile } = await import('./parts/output/packageFile.ts');
      frame.out.text(`${packageFile('lib', 'snapshots.mk')}\n`);
      return 0;
    }
    if (args.info && args.check) throw new UsageError('--info and --check are two questions: ask one');
    const scratch = scratchOf(frame);
    if (args.info) {
      const { printInfo } = await import('./parts/parse/info.ts');
      await printInfo(args.operands[0] ?? '-', frame, scratch);
      return 0;
    }
    if (args.check) {
      const { check } = await import('./parts/parse/check.ts');
      return check(args.operands[0] ?? '-', frame, scratch);
    }
    const columns = { names: true, extras: true, refs: !args['no-refs'] };
    const snapshot = await openOperand(args.operands[0], columns, scratch, frame);
    const writer = await nodeWriter(frame, scratch);
    writer.start(snapshot.source.start);
    await pass(snapshot, writer, (batch) => writer.batch(batch));
    writer.end(snapshot.settle());
    return 0;
  },
});
