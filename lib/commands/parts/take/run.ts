/** Runs a program with capture switched on, and says if it wrote nothing. */
import { resolve } from 'node:path';
import { runWatched as runProgram, snapshotsOf, stillWritten } from '../../../capture/watched.ts';
import type { Frame } from '../../../cli/frame.ts';
import { terminals } from '../../../cli/terminal.ts';
import type { TakeArgs } from './ways.ts';

export async function runWatched(command: readonly string[], args: TakeArgs, frame: Frame): Promise<number> {
  const name = resolve((args.output ?? 'heap').replace(/\.(heapsnapshot|nodes|nodes\.gz)$/, ''));
  const before = new Set(snapshotsOf(name));
  const { input, output, errors } = await terminals(process.env);
  const status = await runProgram(
    command,
    {
      name,
      onSignal: args['on-signal'],
      every: args.every,
      above: args.above,
      atExit: args['at-exit'],
      values: !args['no-values'],
    },
    { hasTerminal: input || output || errors },
  );
  await stillWritten(name);
  const written = snapshotsOf(name).filter((file) => !before.has(file));
  if (written.length === 0)
    frame.note(
      `${command[0]} has written no snapshot: what was to be waited for did not come, or it is neither Node nor Python`,
    );
  return status;
}
