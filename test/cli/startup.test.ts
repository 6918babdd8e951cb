/** Programs are to start at once: how long each takes to print its version, against Node doing nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commands, program } from '../support/root.ts';
import { exampleFile } from './example.ts';

const LEAST_PAIRS = 5;
const MOST_PAIRS = 60;
const LIMIT = 1.5;

function milliseconds(...args: readonly string[]): number {
  const start = performance.now();
  assert.equal(spawnSync(process.execPath, args, { stdio: 'ignore' }).status, 0);
  return performance.now() - start;
}

for (const file of [exampleFile, ...commands.map(program)]) {
  test(`${file.split('/').at(-1)} --version takes at most ${LIMIT} times the time of node -e 0`, (context) => {
    // In pairs one after the other, so that whatever else the machine does falls on both; the best of each, and more of them as long as other tests disturb them.
    let nothing = Number.POSITIVE_INFINITY;
    let version = Number.POSITIVE_INFINITY;
    let pairs = 0;
    while (pairs < LEAST_PAIRS || (version > LIMIT * nothing && pairs < MOST_PAIRS)) {
      nothing = Math.min(nothing, milliseconds('-e', '0'));
      version = Math.min(version, milliseconds(file, '--version'));
      pairs++;
    }
    const ratio = version / nothing;
    context.diagnostic(`${ratio.toFixed(2)} times`);
    assert.ok(ratio <= LIMIT, `${ratio.toFixed(2)} times, of ${pairs} pairs`);
  });
}
