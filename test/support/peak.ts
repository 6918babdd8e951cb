/** The most memory a command ever held: a command line comes in, bytes go out, as the kernel counted them (VmHWM) when it ended. Linux only. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './root.ts';
import { bash, type Ended, type RunOptions } from './run.ts';
import { tempFolder } from './temp.ts';

export interface Measured extends Ended {
  /** Peak resident bytes of each Node process in the line, largest first. */
  readonly peaks: readonly number[];
}

/** Runs a shell line and reads the peak of every Node process in it: each writes its own as its last act. */
export async function measured(line: string, options: RunOptions = {}): Promise<Measured> {
  const file = join(tempFolder('peak'), 'peaks');
  const probe = pathToFileURL(join(packageRoot, 'dist', 'test', 'support', 'peakProbe.js')).href;
  const ended = await bash(line, {
    ...options,
    env: { ...options.env, NODE_OPTIONS: `--import=${probe}`, PEAK_FILE: file },
  });
  const peaks = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((kibibytes) => 1024 * Number(kibibytes));
  return { ...ended, peaks: peaks.sort((a, b) => b - a) };
}
