/** Programs are to start at once: how long each takes to print its version, against Node doing nothing. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { commands, program } from '../support/root.ts';
import { exampleFile } from './example.ts';

const PAIRS = 7;
const MOST_PAIRS = 45;
const LIMIT = 1.5;

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

/** Seconds of CPU that Node takes, as the shell counts them for its children: other tests that run meanwhile make it wait, and that is not its own. */
function seconds(...args: readonly string[]): number {
  const { stdout, status } = spawnSync('bash', ['-c', '"$@" > /dev/null && times', 'bash', process.execPath, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  assert.equal(status, 0);
  const children = stdout.trim().split('\n').at(-1) ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0);
}

for (const file of [exampleFile, ...commands.map(program)]) {
  test(`${file.split('/').at(-1)} --version takes at most ${LIMIT} times the time of node -e 0`, (context) => {
    // In pairs one after the other, so that whatever else the machine does falls on both; more of them as long as that blurs the answer.
    const ratios: number[] = [];
    while (ratios.length < PAIRS || (median(ratios) > LIMIT && ratios.length < MOST_PAIRS)) {
      const nothing = seconds('-e', '0');
      ratios.push(seconds(file, '--version') / nothing);
    }
    context.diagnostic(`${median(ratios).toFixed(2)} times`);
    assert.ok(median(ratios) <= LIMIT, `${median(ratios).toFixed(2)} times, of ${ratios.length} pairs`);
  });
}
