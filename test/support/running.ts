/** Real programs that a test looks into while they run: a command line comes in, a process that has said it is ready goes out; all of them end with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach } from 'node:test';
import { environment } from './run.ts';
import { tempFolder } from './temp.ts';

export interface Running {
  readonly pid: number;
  /** All it has written so far, standard error too. */
  said(): string;
  /** Waits until it has written something like this, and gives the match. */
  says(what: RegExp, seconds?: number): Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly status: number | null; readonly signal: NodeJS.Signals | null }>;
  isAlive(): boolean;
  kill(signal?: NodeJS.Signals): void;
  /** To its standard input, where that is a pipe. */
  write(text: string): void;
  endInput(): void;
}

const started = new Set<ChildProcess>();
/** Of a test that failed, too: what still writes would keep the tests from ending. */
function killAll(): void {
  for (const child of started) child.kill('SIGKILL');
}
afterEach(killAll);
process.once('exit', killAll);

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly stdin?: 'ignore' | 'pipe';
}

/** Starts a program; it is there when it has written a line that begins with `up`, and the number after that is its process id where it has several. */
export async function start(file: string, args: readonly string[], options: StartOptions = {}): Promise<Running> {
  const running = launch(file, args, options);
  const [, pid] = await running.says(/^up ?(\d*)$/m);
  return pid === '' || pid === undefined ? running : { ...running, pid: Number(pid) };
}

/** Starts a program, and waits for nothing. */
export function launch(
  file: string,
  args: readonly string[],
  { env, uid, stdin = 'ignore' }: StartOptions = {},
): Running {
  const child = spawn(file, args, {
    cwd: uid === undefined ? tempFolder('running') : '/',
    env: environment(env),
    stdio: [stdin, 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  started.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status, signal) => {
      started.delete(child);
      resolve({ status, signal });
    });
  });
  return {
    pid: child.pid ?? -1,
    said: () => said,
    async says(what, seconds = 60) {
      for (const deadline = Date.now() + 1000 * seconds; Date.now() < deadline; await sleep(20)) {
        const match = what.exec(said);
        if (match !== null) return match;
        if (child.exitCode !== null || child.signalCode !== null) break;
      }
      throw new Error(`${file} never said ${what}, but:\n${said}`);
    },
    ended,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: (signal = 'SIGKILL') => {
      child.kill(signal);
    },
    write: (text) => {
      child.stdin?.write(text);
    },
    endInput: () => {
      child.stdin?.end();
    },
  };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until something is so. */
export async function eventually<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  seconds = 20,
): Promise<T> {
  for (const deadline = Date.now() + 1000 * seconds; Date.now() < deadline; await sleep(20)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  throw new Error(`it never came to pass: ${what}`);
}

/** The children of a process. */
export const childrenOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
