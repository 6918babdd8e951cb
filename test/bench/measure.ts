/** A command line in; its CPU and wall seconds, peak memory and output out; costs the command and one start of Python. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';

/** CPU is user and system of all processes of the command, peak memory the resident set of the largest one. */
export interface Best {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakBytes: number;
}

export interface Measurement extends Best {
  /** why it gave no answer; empty where it did */
  readonly failure: string;
  readonly stdoutFile: string;
}

export interface Surroundings {
  readonly packageFolder: string;
  readonly temporaryFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

interface Report extends Best {
  readonly status: number;
  readonly timedOut: boolean;
}

/** @throws BenchError where Python is missing: nothing else on a usual system measures to the microsecond (see measure.py) */
export async function measure(id: string, command: string, around: Surroundings): Promise<Measurement> {
  const output = join(around.temporaryFolder, id.replace('/', '-'));
  const [stdoutFile, stderrFile] = [`${output}.out`, `${output}.err`];
  const helper = join(around.packageFolder, 'test/bench/measure.py');
  const words = [
    helper,
    stdoutFile,
    stderrFile,
    String(around.timeoutSeconds),
    'bash',
    '-o',
    'pipefail',
    '-c',
    command,
  ];
  const { status, timedOut, ...figures } = await runPython(words, around);
  if (timedOut) return { ...figures, stdoutFile, failure: `not done after ${around.timeoutSeconds} s` };
  if (status === 0) return { ...figures, stdoutFile, failure: '' };
  return { ...figures, stdoutFile, failure: reason(status, await readFile(stderrFile, 'utf8')) };
}

/** The lowest of each figure on its own: what the work takes when nothing else is in the way. Memory is the highest. */
export function bestOf(runs: readonly Measurement[]): Best {
  return {
    cpuSeconds: Math.min(...runs.map((run) => run.cpuSeconds)),
    wallSeconds: Math.min(...runs.map((run) => run.wallSeconds)),
    peakBytes: Math.max(...runs.map((run) => run.peakBytes)),
  };
}

function runPython(words: readonly string[], { packageFolder, environment, signal }: Surroundings): Promise<Report> {
  return new Promise((resolve, reject) => {
    execFile('python3', words, { cwd: packageFolder, env: environment, signal }, (error, stdout, stderr) => {
      if (error === null) return resolve(reportFrom(stdout));
      if (error.code === 'ENOENT')
        return reject(
          new BenchError('python3 is not installed: it takes the measurements (see test/bench/measure.py)'),
        );
      return reject(new BenchError(`measure.py failed: ${stderr.trim() || error.message}`));
    });
  });
}

function reportFrom(stdout: string): Report {
  return JSON.parse(stdout) as Report; // measure.py writes these fields and no others
}

/** The one line of a program's complaint that says most: its own words first, then V8's last ones, then the status. */
function reason(status: number, complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.trim());
  const said =
    lines.find((line) => line.startsWith('cannot: ')) ??
    lines.find((line) => line.startsWith('FATAL ERROR')) ??
    lines.find((line) => /error/i.test(line)) ??
    lines[0] ??
    '';
  const how = status < 0 ? `killed by signal ${-status}` : `status ${status}`;
  return said.startsWith('cannot: ') ? said : [how, said.slice(0, 120)].filter((part) => part !== '').join(': ');
}
