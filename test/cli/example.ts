/** Runs the example command in a process of its own: arguments come in, what it wrote and its status go out. */
import { join } from 'node:path';
import { packageRoot } from '../support/root.ts';
import { type Ended, execute, quoted, type RunOptions } from '../support/run.ts';

export const exampleFile = join(packageRoot, 'dist', 'test', 'cli', 'exampleProgram.js');

/** For shell lines. */
export const exampleInShell = `${quoted(process.execPath)} ${quoted(exampleFile)}`;

export const runExample = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  execute(process.execPath, [exampleFile, ...args], options);
