/** snap-index: a snapshot file in, a sidecar beside it out, from which every graph question is answered in milliseconds. */
import { defineCommand } from '../cli/command.ts';
import { flag } from '../cli/option.ts';
import { UsageError } from '../stream/errors.ts';
import { scratchOf } from './parts/input/snapshot.ts';

export const index = defineCommand({
  name: 'snap-index',
  summary: 'keep beside a snapshot what graph questions need',
  description: `Makes a folder FILE.snapidx beside the snapshot: its references in both directions, ids, distances, dominators and retained sizes. From then on
snap-retain, snap-refs, snap-backrefs, snap-chainends, snap-paths, snap-cut, snap-show and snap-filter --id answer FILE from it, with the same output.

It belongs to the file as it is now: if the file changes, it is ignored with a note, and never made anew by itself.`,
  operands: {
    names: 'FILE',
    min: 1,
    max: 1,
    help: 'a snapshot or a node stream, as a plain file',
  },
  options: {
    check: flag(
      'only say whether there is an index that belongs to the file and is whole: all of it is read, where other commands look at sizes alone',
    ),
    remove: flag('only take the index away'),
  },
  memoryOption: true,
  examples: [
    {
      say: 'once, and then ask as often as you like',
      run: 'snap-index app.heapsnapshot && snap-retain --top 20 app.heapsnapshot',
    },
    { say: 'in a Makefile', run: 'snap-index --check app.heapsnapshot || snap-index app.heapsnapshot' },
  ],
  reads: 'a plain file: a V8 heap snapshot or a node stream, whole',
  writes:
    'the folder FILE.snapidx, and one record {"index","ok","bytes"} (with --remove {"index","removed"}), or a line on a terminal',
  status: {
    0: 'done; with --check: there is one, as it must be',
    1: 'with --check and --remove: there is none that fits',
  },
  memory: 'some 140 MB and 23 bytes a node are enough (--memory); the index takes some 90 bytes a node on disk',
  async run(args, frame) {
    if (args.check && args.remove) throw new UsageError('--check and --remove are two things: ask for one');
    const file = args.operands[0]!;
    if (file === '-') throw new UsageError('standard input has no place for an index beside it: give a file');
    const { checkIndex, makeIndex, removeIndex } = await import('./parts/indexing/manage.ts');
    if (args.check) return checkIndex(file, frame);
    if (args.remove) return removeIndex(file, frame);
    return makeIndex(file, frame, scratchOf(frame));
  },
});
