/** Runs command lines for real: a program or a shell line comes in, what it wrote and how it ended goes out; output is held in memory. */
import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, program } from './root.ts';
import { tempFolder } from './temp.ts';

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunOptions {
  readonly stdin?: string | Buffer;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the run, so that a hanging command fails its test and not the suite. */
  readonly seconds?: number;
}

/** Runs one command of this package. */
export const run = (command: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ended> =>
  execute(process.execPath, [program(command), ...args], options);

/** Runs a shell line with the commands on its PATH; a pipeline fails where any part of it does. */
export const bash = (line: string, options: RunOptions = {}): Promise<Ended> =>
  execute('bash', ['-o', 'pipefail', '-c', line], options);

/** Runs any program. */
export function execute(file: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const settings: SpawnOptions = {
    cwd: options.cwd ?? tempFolder('cwd'),
    env: environment(options.env),
    // A group of its own: what hangs may be a grandchild, which keeps its pipes open.
    detached: true,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...settings, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A command that stops reading early closes its input: that is its right.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('error', reject);
    const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), 1000 * (options.seconds ?? 120));
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      const bytes = Buffer.concat(out);
      resolve({ bytes, stdout: bytes.toString('utf8'), stderr: Buffer.concat(err).toString('utf8'), status, signal });
    });
  });
}

/**
 * The environment of a run: this one's without what colours or sizes output or tells make that it is inside another, and the commands on the PATH. Nor with certificates, which each
 * Node would read at its start: where a machine has some, that took a third of the time of all tests.
 */
export function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const {
    NO_COLOR,
    FORCE_COLOR,
    COLUMNS,
    NODE_OPTIONS,
    NODE_TEST_CONTEXT,
    MAKEFLAGS,
    MFLAGS,
    MAKELEVEL,
    NODE_EXTRA_CA_CERTS,
    ...inherited
  } = process.env;
  return { ...inherited, PATH: `${toolsOnPath()}:${process.env['PATH']}`, LC_ALL: 'C.UTF-8', ...extra };
}

/** One line of shell that is this word. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

const tools = tempFolder('bin');
for (const command of commands) {
  const file = join(tools, command);
  // exec: signals and the process id are the program's own.
  writeFileSync(file, `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(program(command))} "$@"\n`);
  chmodSync(file, 0o755);
}

const certificates = process.env['NODE_EXTRA_CA_CERTS'];
if (certificates !== undefined) {
  const npx = join(tools, 'npx');
  const own = execFileSync('sh', ['-c', 'command -v npx'], { encoding: 'utf8' }).trim();
  writeFileSync(npx, `#!/bin/sh\nNODE_EXTRA_CA_CERTS=${quoted(certificates)} exec ${quoted(own)} "$@"\n`);
  chmodSync(npx, 0o755);
}

/** A folder in which every command is an executable by its name, and npx, which downloads, where it needs those certificates. */
const toolsOnPath = (): string => tools;
