/** A real terminal for tests: lines typed into tmux come in, the screen as text goes out; needs tmux. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment } from './run.ts';
import { tempFolder } from './temp.ts';

export interface Terminal {
  /** Types a line and presses Enter. */
  type(line: string): void;
  /** Presses one key by tmux's name for it, as `C-c`. */
  press(key: string): void;
  screen(): string;
  /** Waits until the screen satisfies `wanted`, and returns that screen. */
  until(wanted: (screen: string) => boolean, seconds?: number): Promise<string>;
  close(): void;
}

/** Opens a shell without profile in a terminal of the given size; `close` ends it and everything in it. */
export function terminal({
  columns = 100,
  rows = 30,
  env = {},
}: {
  columns?: number;
  rows?: number;
  env?: Record<string, string>;
} = {}): Terminal {
  const folder = tempFolder('tmux');
  const socket = `${folder}/socket`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-f', '/dev/null', '-S', socket, ...args], {
      encoding: 'utf8',
      env: environment({ TERM: 'xterm-256color', PS1: '$ ', ...env }),
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  tmux('new-session', '-d', '-s', 'test', '-x', String(columns), '-y', String(rows), 'bash --norc --noprofile');
  const screen = (): string => tmux('capture-pane', '-p', '-t', 'test').trimEnd();
  return {
    type: (line) => {
      tmux('send-keys', '-t', 'test', '-l', line);
      tmux('send-keys', '-t', 'test', 'Enter');
    },
    press: (key) => {
      tmux('send-keys', '-t', 'test', key);
    },
    screen,
    async until(wanted, seconds = 15) {
      for (const deadline = Date.now() + 1000 * seconds; Date.now() < deadline; await sleep(50)) {
        const now = screen();
        if (wanted(now)) return now;
      }
      throw new Error(`the terminal never showed it; it shows:\n${screen()}`);
    },
    close: () => {
      tmux('kill-server');
    },
  };
}
