/** A real terminal, by tmux: tables for people, short help where nothing is asked, progress that comes and goes, Ctrl-C. */
import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { commands, testFile } from '../support/root.ts';
import { bash, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { type Terminal, terminal } from '../support/terminal.ts';

const small = (name: string): string => quoted(testFile('fixtures', 'small', name));
const done = /status=(\d+)/;

/** Types a line and waits for its exit status; the screen then holds what it showed. */
async function shown(on: Terminal, line: string): Promise<string> {
  on.type(`clear; ${line}; echo status=$?`);
  return on.until((screen) => done.test(screen.replace(/echo status=\$\?/, '')));
}

async function withTerminal(use: (on: Terminal) => Promise<void>, size: Parameters<typeof terminal>[0] = {}): Promise<void> {
  const on = terminal(size);
  try {
    await use(on);
  } finally {
    on.close();
  }
}

test('snap-group shows a table on a terminal and NDJSON in a pipe', () =>
  withTerminal(async (on) => {
    const table = await shown(on, `snap-group ${small('shop.heapsnapshot')}`);
    match(table, /Item/);
    match(table, /%/);
    doesNotMatch(table, /\{"type"/);
    match(await shown(on, `snap-group ${small('shop.heapsnapshot')} | head -1`), /\{"type":"\(compiled code\)","count":1,"bytes":2048\}/);
    match(await shown(on, `snap-group --format ndjson --top 1 ${small('shop.heapsnapshot')}`), /\{"type":"\(compiled code\)"/);
  }));

test('a table is not wider than its terminal', () =>
  withTerminal(
    async (on) => {
      on.type('PS1="$ "');
      const screen = await shown(on, `snap-group --by name --format table ${small('names.heapsnapshot')}`);
      for (const line of screen.split('\n')) ok(line.length <= 60, line);
      // A wrapped line would begin in the middle of the long name.
      doesNotMatch(screen, /^n{20,}/m);
    },
    { columns: 60, rows: 40 },
  ));

test('names from a heap cannot reach the terminal as commands', () =>
  withTerminal(async (on) => {
    const screen = await shown(on, `snap-parse ${small('names.heapsnapshot')} --format table; snap-show --node 0 ${small('names.heapsnapshot')}`);
    match(screen, /escape/);
    match(screen, /\[31m/);
  }));

for (const command of commands) {
  test(`${command} with nothing to read and a terminal gives short help and status 2`, () =>
    withTerminal(async (on) => {
      const screen = await shown(on, command);
      match(screen, new RegExp(command));
      match(screen, /usage/i);
      strictEqual(done.exec(screen)?.[1], '2');
      ok(screen.split('\n').length <= 20, 'short');
    }));
}

test('colour is used on a terminal only if it is wanted', async () => {
  const file = small('shop.heapsnapshot');
  // script gives the program a terminal and keeps the bytes; tmux would swallow the escapes.
  const bytesOn = async (line: string, env: Record<string, string> = {}): Promise<string> =>
    (await bash(`script -qec ${quoted(line)} /dev/null`, { env: { TERM: 'xterm-256color', ...env } })).stdout;
  const escape = '\u001b[';
  ok((await bytesOn(`snap-group --color always ${file}`)).includes(escape), '--color always');
  ok(!(await bytesOn(`snap-group --color never ${file}`)).includes(escape), '--color never');
  ok(!(await bytesOn(`snap-group ${file}`, { NO_COLOR: '1' })).includes(escape), 'NO_COLOR');
  ok(!(await bash(`snap-group --format table ${file}`)).stdout.includes(escape), 'into a pipe');
});

test('progress appears after a second, and is gone at the end', () =>
  withTerminal(async (on) => {
    const fixture = fixtures.find(({ name }) => name === 'bun');
    ok(fixture);
    const file = quoted(unzipped(fixture));
    on.type(`clear; (head -c 700000 ${file}; sleep 3; tail -c +700001 ${file}) | snap-group --by kind --top 1; echo status=$?`);
    const showing = await on.until((screen) => /\d[\d.,]* ?(KiB|MiB|kB|MB|B)|\d ?%|\/s/.test(screen.split('\n').slice(1).join('\n')), 10);
    doesNotMatch(showing, /status=\d/);
    const after = await on.until((screen) => /status=0/.test(screen));
    doesNotMatch(after, /MiB\/s|KiB\/s|\/s\b/);
    match(after, /string/);

    on.type(`clear; (head -c 700000 ${file}; sleep 2; tail -c +700001 ${file}) | snap-group --quiet --by kind --top 1 > /dev/null; echo status=$?`);
    const screens: string[] = [];
    await on.until((screen) => {
      screens.push(screen.split('\n').slice(1).join('\n'));
      return /status=0/.test(screen);
    });
    ok(screens.every((screen) => !/\/s|%|MiB|KiB/.test(screen)), `--quiet says nothing: ${screens.at(-2)}`);
  }));

test('a short run shows no progress', () =>
  withTerminal(async (on) => {
    const screen = await shown(on, `snap-group --format ndjson ${small('tiny.heapsnapshot')}`);
    doesNotMatch(screen, /\/s|MiB/);
  }));

test('Ctrl-C ends a command with 130, leaves nothing behind, and the terminal as it was', async () => {
  const tmp = tempFolder('spool');
  await withTerminal(
    async (on) => {
      const fixture = fixtures.find(({ name }) => name === 'bun');
      ok(fixture);
      on.type(`clear; (head -c 700000 ${quoted(unzipped(fixture))}; sleep 60) | snap-parse > /dev/null; echo status=$?`);
      await on.until((screen) => /KiB|MiB|\/s/.test(screen.split('\n').slice(1).join('\n')), 10);
      on.press('C-c');
      const screen = await on.until((text) => /status=130/.test(text));
      doesNotMatch(screen, /\/s\b/);
      strictEqual((await shown(on, 'echo still here')).includes('still here'), true);
    },
    { env: { TMPDIR: tmp } },
  );
  deepStrictEqual(readdirSync(tmp), []);
});
