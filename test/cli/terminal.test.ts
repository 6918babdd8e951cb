/** What is different on a terminal, seen on the screen of a real one. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Terminal, terminal } from '../support/terminal.ts';
import { exampleInShell } from './example.ts';

let screen: Terminal;
before(() => {
  screen = terminal({ columns: 72, rows: 40 });
  screen.type("PS1='$ '");
});
after(() => screen.close());

/** What a line printed, until the shell asks again. */
async function typed(line: string): Promise<string> {
  screen.type('clear');
  await screen.until((text) => text === '$');
  screen.type(`${line}; echo "=$?"`);
  const shown = await screen.until((text) => /\n=\d+\n\$$/.test(text));
  return shown.split('\n').slice(0, -1).join('\n');
}

const record = (shown: string): { frame: Record<string, unknown> } =>
  JSON.parse((/\{.*\}/s.exec(shown)?.[0] ?? '').replaceAll('\n', ''));

test('a terminal gets a coloured table of its width', async () => {
  const { frame } = record(await typed(`${exampleInShell} 5 h`));
  assert.deepEqual([frame['format'], frame['color'], frame['width']], ['table', true, 72]);
});

test('NO_COLOR, COLUMNS and --format are heeded', async () => {
  const { frame } = record(await typed(`NO_COLOR=1 COLUMNS=50 ${exampleInShell} 5 h --format csv`));
  assert.deepEqual([frame['format'], frame['color'], frame['width']], ['csv', false, 50]);
});

test('records on a terminal keep their value but not their control characters', async () => {
  const shown = await typed(`${exampleInShell} 5 h --act names --format ndjson`);
  assert.match(shown, /\{"name":"\\u001b\[31m \\u009b \\u202e\\u0007é"\}/);
});

test('nothing to read but the keyboard is answered by short help and 2', async () => {
  const shown = await typed(`${exampleInShell} 5 --top 1`);
  assert.match(
    shown,
    /Usage: snap-example \[OPTION\]\.\.\. K \[FILE\]\.\.\.\n\n {2}snap-example 5 \| jq -r \.top\n.*--help says more\.\n=2$/s,
  );
});

test('progress is drawn after a second, moves aside for messages, and is gone at the end', async () => {
  screen.type('clear');
  await screen.until((text) => text === '$');
  screen.type(`${exampleInShell} 5 h --act slow | cat; echo "=$?"`);
  await screen.until((text) => /\nreading h: 50\.0 MiB of 100\.0 MiB \(50 %\), [\d.]+ MiB\/s, 0:0\d left$/.test(text));
  const shown = await screen.until((text) => /\n=\d+\n\$$/.test(text));
  assert.match(shown, /\nsnap-example: note: in between\n=0\n\$$/);
  assert.doesNotMatch(shown, /MiB/);
});

test('--quiet draws no progress', async () => {
  assert.match(
    await typed(`${exampleInShell} 5 h --act slow --quiet 2>&1 | cat`),
    /slow --quiet[^\n]*\n(?:[^\n]*echo[^\n]*\n)?=0$/,
  );
});
