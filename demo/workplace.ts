/**
 * A place to show something in: a temporary folder with the programs on the PATH, shell lines run there and their output comes back.
 * Whatever ends the process, what it started is ended and the folder is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** A line that did not do what it should. */
export class Failed extends Error {}

/** Where package.json is. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'snap-tools-demo-'));
  readonly #functions: string[] = [];
  #running: ChildProcess | undefined;

  constructor() {
    const bin = join(this.folder, '.bin');
    mkdirSync(bin);
    // As an installed package has them.
    for (const file of readdirSync(join(root, 'dist', 'bin')).filter((name) => name.endsWith('.js'))) {
      const words = [process.execPath, join(root, 'dist', 'bin', file)].map(quoted).join(' ');
      const program = join(bin, file.slice(0, -'.js'.length));
      writeFileSync(program, `#!/bin/sh\nexec ${words} "$@"\n`);
      chmodSync(program, 0o755);
    }
  }

  /** Runs a line in bash; a pipe fails where any part of it does. A line that defines a function holds for all lines after it. */
  async shell(line: string): Promise<string> {
    const output = await this.run('bash', ['-euo', 'pipefail', '-c', [...this.#functions, line].join('\n')]);
    if (/^\w+\(\) \{/.test(line)) this.#functions.push(line);
    return output;
  }

  /** The same, for a page: without the name of this folder, which is another each time. */
  async shown(line: string): Promise<string> {
    return (await this.shell(line)).replaceAll(this.folder, '/srv/app');
  }

  /** Runs a program, and gives what it printed. */
  async run(program: string, args: readonly string[]): Promise<string> {
    const path = [join(this.folder, '.bin'), process.env['PATH']].join(delimiter);
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...process.env, PATH: path, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#running = child;
    const ended = once(child, 'close');
    ended.catch(() => {});
    const output = await text(child.stdout);
    const [status, signal] = await ended.catch((error: unknown) => {
      throw new Failed(`${program}: ${String(error)}`);
    });
    this.#running = undefined;
    if (status !== 0) throw new Failed(`${program} ended with ${signal ?? `status ${status}`}`);
    return output;
  }

  leave(): void {
    this.#running?.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Does `work` in a new workplace, and ends the process: 0 where it answers true. */
export async function inWorkplace(work: (place: Workplace) => Promise<boolean>): Promise<never> {
  const place = new Workplace();
  const stop = (status: number): never => {
    place.leave();
    process.exit(status);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(130));
  try {
    return stop((await work(place)) ? 0 : 1);
  } catch (error) {
    console.error(error instanceof Failed ? `demo: ${error.message}` : error);
    return stop(1);
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
