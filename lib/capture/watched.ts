/** Runs a program that writes snapshots of itself: a command line comes in, its exit status goes out; standard streams and signals are the program's own. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, delimiter, dirname } from 'node:path';
import { InputError } from '../stream/errors.ts';
import { hookFile, shippedFile } from './shipped.ts';
import { isAlive } from './target.ts';

export interface Watch {
  /** The files' names without number and ending, absolute. */
  readonly name: string;
  readonly onSignal: boolean;
  /** Seconds. */
  readonly every: number | undefined;
  /** Bytes. */
  readonly above: number | undefined;
  readonly atExit: boolean;
  /** Python only. */
  readonly values: boolean;
}

/** Passed on: a shell's job control and a service manager mean the program. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const;
/** The terminal sends these to both. */
const FROM_THE_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;

export async function runWatched(
  [command = '', ...words]: readonly string[],
  watch: Watch,
  { hasTerminal }: { readonly hasTerminal: boolean },
): Promise<number> {
  const child = spawn(command, words, { stdio: 'inherit', env: { ...process.env, ...environmentFor(watch) } });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  for (const signal of FROM_THE_TERMINAL) process.on(signal, () => hasTerminal || child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        new InputError(`${command}: ${error.code === 'ENOENT' ? 'no such program' : `cannot be run (${error.code})`}`),
      ),
    );
    child.on('exit', (status, signal) => resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** How Node and Python are told. Whatever else the program starts, is told too. */
function environmentFor({ name, onSignal, every, above, atExit, values }: Watch): NodeJS.ProcessEnv {
  const parent = process.pid;
  const { NODE_OPTIONS, PYTHONPATH } = process.env;
  const hook = hookFile().replace(/["\\]/g, '\\$&');
  return {
    NODE_OPTIONS: [`--require "${hook}"`, ...(NODE_OPTIONS ? [NODE_OPTIONS] : [])].join(' '),
    SNAP_TAKE: JSON.stringify({ name, parent, signal: onSignal, every, above, exit: atExit }),
    PYTHONPATH: [shippedFile('sitecustomize'), ...(PYTHONPATH ? [PYTHONPATH] : [])].join(delimiter),
    SNAPDUMP: JSON.stringify({
      name,
      parent,
      ...(onSignal ? { signal: constants.signals.SIGUSR2 } : {}),
      every,
      above,
      exit: atExit,
      values,
    }),
  };
}

/** Waits for what a forked child of the program is still writing, under the name `FILE.tmp-PID`, after the program's end. */
export async function stillWritten(name: string): Promise<void> {
  const isWriting = (file: string): boolean => {
    const writer = /\.tmp-(\d+)$/.exec(file)?.[1];
    return writer !== undefined && isAlive(Number(writer));
  };
  while (filesOf(name).some(isWriting)) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Snapshots of that name that there are. */
export const snapshotsOf = (name: string): readonly string[] =>
  filesOf(name).filter((file) => /-\d{4,}\.(heapsnapshot|nodes\.gz)$/.test(file));

function filesOf(name: string): string[] {
  try {
    return readdirSync(dirname(name)).filter((file) => file.startsWith(`${basename(name)}-`));
  } catch {
    return [];
  }
}
