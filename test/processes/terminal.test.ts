/** A real terminal, by tmux: tables for people, short help where nothing is asked, progress that comes and goes, Ctrl-C. */
import { deepStrictEqual, doesNotMatch, match, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { commands, testFile } from '../support/root.ts';
import { bash, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { type Terminal, terminal } from '../support/terminal.ts';

const small = (name: string): string => quoted(testFile('fixtures', 'small', name));
const done = /status=(\d+)/;

/** Every line ends with a word of its own, so that what an earlier one left on the screen is not taken for it. */
let lines = 0;

/** Types a line and waits for its exit status; the screen then holds what it showed. */
async function shown(on: Terminal, line: string): Promise<string> {
  const end = `end${++lines}`;
  on.type(`clear; ${line}; echo ${end} status=$?`);
  return on.until((screen) => new RegExp(`^${end} status=\\d`, 'm').test(screen));
}

async function withTerminal(
  use: (on: Terminal) => Promise<void>,
  size: Parameters<typeof terminal>[0] = {},
): Promise<void> {
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
    match(
      await shown(on, `snap-group ${small('shop.heapsnapshot')} | head -1`),
      /\{"type":"\(compiled code\)","count":1,"bytes":2048\}/,
    );
    match(
      await shown(on, `snap-group --format ndjson --top 1 ${small('shop.heapsnapshot')}`),
      /\{"type":"\(compiled code\)"/,
    );
  }));

test('snap-diff shows what changed on a terminal, and waits for nobody to type', () =>
  withTerminal(async (on) => {
    const screen = await shown(on, `snap-diff ${small('server1.heapsnapshot')} ${small('server2.heapsnapshot')}`);
    match(screen, /^ *Growth +Count +New .* Type$/m);
    match(screen, /^ *\+96 B +\+2 +3 +144 B .* Session$/m);
    match(screen, /^ *-736 B .* all$/m);
    match(await shown(on, `snap-diff ${small('server1.heapsnapshot')}`), /AFTER is missing/);
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
    const screen = await shown(
      on,
      `snap-parse ${small('names.heapsnapshot')} --format table; snap-show --node 0 ${small('names.heapsnapshot')}`,
    );
    match(screen, /escape/);
    match(screen, /\[31m/);
  }));

test('snap-backrefs shows a tree on a terminal, a run as one line, none wider than the terminal', () =>
  withTerminal(
    async (on) => {
      const screen = await shown(on, `snap-backrefs --type Trouble --lacks cause ${small('troubles.heapsnapshot')}`);
      match(
        screen,
        /^Trouble @67\n {2}<- Trouble x29 via \.cause \.\.\. @9\n {4}\(other retainers on the way: 10 times/m,
      );
      match(screen, /^ {4}<- \.error Failure @5\n {6}<- \.last Cache @3$/m);
      const names = await shown(on, `snap-refs --node 0 ${small('names.heapsnapshot')}`);
      match(names, /^ {2}-> \[3\] \(string\) @9 "bell \\u0007 escape \\u001b\[31m/m);
      match(names, /^ {2}-> \["it's \\"quoted\\""\] n+…$/m);
    },
    { columns: 60, rows: 40 },
  ));

test('on a terminal snap-refs shows a hundred nodes if nobody says how many', () =>
  withTerminal(
    async (on) => {
      const file = quoted(testFile('fixtures', 'v8', 'leak20-after.heapsnapshot.gz'));
      const screen = await shown(on, `snap-refs --node 0 ${file} | wc -l; snap-refs --node 0 ${file} | tail -1`);
      match(screen, /\{"snap":"end","nodes":10000,/);
      match(await shown(on, `snap-refs --node 0 ${file}`), /note: 100 nodes shown, nearest first \(--top COUNT\)/);
    },
    { columns: 160, rows: 130 },
  ));

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
  const csi = '\u001b[';
  ok((await bytesOn(`snap-group --color always ${file}`)).includes(csi), '--color always');
  ok(!(await bytesOn(`snap-group --color never ${file}`)).includes(csi), '--color never');
  ok(!(await bytesOn(`snap-group ${file}`, { NO_COLOR: '1' })).includes(csi), 'NO_COLOR');
  ok(!(await bash(`snap-group --format table ${file}`)).stdout.includes(csi), 'into a pipe');
});

/** A producer that takes five seconds: the file in sixteen pieces. */
const slowly = (file: string): string =>
  `(for i in {0..15}; do dd if=${file} bs=100000 skip=$i count=1 status=none; sleep 0.3; done; dd if=${file} bs=100000 skip=16 status=none)`;

for (const what of ['a snapshot', 'a stream']) {
  test(`progress on ${what} from a slow pipe appears after a second, and is gone at the end`, async () => {
    const file = await bun(what);
    await withTerminal(async (on) => {
      const screens = await during(on, `${slowly(file)} | snap-group --by kind --top 1`);
      ok(
        screens.slice(0, -1).some((screen) => /[KM]iB\/s|[KM]iB, /.test(screen)),
        `it was shown: ${screens.length} screens`,
      );
      doesNotMatch(screens.at(-1) ?? '', /\/s\b/);
      match(screens.at(-1) ?? '', /string/);
    });
  });

  test(`--quiet shows no progress on ${what}`, async () => {
    const file = await bun(what);
    await withTerminal(async (on) => {
      const screens = await during(on, `${slowly(file)} | snap-group --quiet --by kind --top 1 > /dev/null`);
      ok(
        screens.every((screen) => !/\/s|%|[KM]iB/.test(screen)),
        screens.join('\n'),
      );
    });
  });
}

/** Every different screen below the line that was typed, from its Enter to its status. */
async function during(on: Terminal, line: string): Promise<string[]> {
  const screens: string[] = [];
  on.type(`clear; ${line}; echo status=$?`);
  await on.until((screen) => {
    const below = screen
      .split('\n')
      .filter((text) => !text.includes('clear; '))
      .join('\n');
    if (below !== screens.at(-1) && !screen.includes('clear; ')) screens.push(below);
    return /^status=0/m.test(screen);
  }, 20);
  return screens;
}

/** Bun's snapshot, or its node stream, as a quoted path. */
async function bun(what: string): Promise<string> {
  const fixture = fixtures.find(({ name }) => name === 'bun');
  ok(fixture, 'there is a snapshot by Bun');
  if (what === 'a snapshot') return quoted(unzipped(fixture));
  const file = `${tempFolder('nodes')}/bun.nodes`;
  strictEqual((await bash(`snap-parse --no-refs ${quoted(unzipped(fixture))} > ${quoted(file)}`)).status, 0);
  return quoted(file);
}

test('a short run shows no progress', () =>
  withTerminal(async (on) => {
    const screen = await shown(on, `snap-group --format ndjson ${small('tiny.heapsnapshot')}`);
    doesNotMatch(screen, /\/s|MiB/);
  }));

test('Ctrl-C ends a command with 130, leaves nothing behind, and the terminal as it was', async () => {
  const tmp = tempFolder('spool');
  await withTerminal(
    async (on) => {
      const file = await bun('a snapshot');
      on.type(`clear; (head -c 700000 ${file}; sleep 60) | snap-parse > /dev/null`);
      await sleep(2000);
      on.press('C-c');
      await sleep(200);
      // A shell gives up the rest of a line that was interrupted, so the status is asked for afterwards.
      on.type('echo status=$?');
      const screen = await on.until((text) => /status=130/.test(text));
      doesNotMatch(screen, /\/s\b/);
      strictEqual((await shown(on, 'echo still here')).includes('still here'), true);
    },
    { env: { TMPDIR: tmp } },
  );
  deepStrictEqual(readdirSync(tmp), []);
});

test('snap-trend draws each course, as wide as the terminal has room for, and in ASCII where the locale has no more', async () => {
  const twenty = Array.from({ length: 20 }, (_, i) => `h-${i}.nodes`).join(' ');
  const cwd = tempFolder('courses');
  const grow = `for i in {0..19}; do echo '{"n":0,"id":1,"kind":"object","type":"Leak","size":'$((i * 100))'}' > h-$i.nodes; done`;
  strictEqual((await bash(grow, { cwd })).status, 0);
  const rowOn = async (columns: number, env: Record<string, string> = {}): Promise<string> => {
    let row = '';
    await withTerminal(
      async (on) => {
        on.type('PS1="$ "');
        const screen = await shown(on, `cd ${quoted(cwd)}; snap-trend ${twenty}`);
        for (const line of screen.split('\n')) ok(line.length <= columns, line);
        row = screen.split('\n').find((line) => /Leak$/.test(line)) ?? '';
      },
      { columns, rows: 20, env },
    );
    return row;
  };
  match(await rowOn(120), /^19\/19 +0 +0 B +1\.9 KiB +\+1\.9 KiB +\+100 B {2}▁\S{18}█ {2}Leak$/);
  match(await rowOn(80), /^19\/19 +1\.9 KiB +\+1\.9 KiB +\+100 B {2}▁\S{18}█ {2}Leak$/);
  match(await rowOn(50), /^19\/19 +\+1\.9 KiB {2}▁\S{6}█ {2}Leak$/);
  match(await rowOn(80, { LC_ALL: 'C' }), /^19\/19 .* {2}\.[.:=+*#@-]{18}@ {2}Leak$/);
});
