/** When progress is drawn, and what it says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress, progressText } from '../../lib/cli/progress.ts';

const MIB = 1_048_576;

/** A clock that tests set, and what was drawn. */
function drawn() {
  const lines: string[] = [];
  let time = 5000;
  const progress = new Progress({ draw: (text) => lines.push(text), columns: () => 40, now: () => time });
  return { lines, progress, at: (ms: number) => (time = 5000 + ms) };
}

test('nothing is drawn in the first second, then at most ten times a second', () => {
  const { lines, progress, at } = drawn();
  for (let ms = 0; ms <= 2000; ms++) {
    at(ms);
    progress.at(ms, 4000, 'reading');
  }
  assert.equal(lines.length, 11);
});

test('a line is cut before the edge, and erased once', () => {
  const { lines, progress, at } = drawn();
  progress.erase();
  assert.deepEqual(lines, []);
  at(1000);
  progress.at(50 * MIB, 100 * MIB, 'reading a file with a long name.heapsnapshot');
  progress.erase();
  progress.erase();
  assert.deepEqual(lines, ['\r\x1b[Kreading a file with a long name.heapsna', '\r\x1b[K']);
});

test('the rate of a second task starts with it', () => {
  const { lines, progress, at } = drawn();
  progress.at(0, 100 * MIB, 'reading');
  at(9000);
  progress.at(10 * MIB, 20 * MIB, 'a');
  at(10_000);
  progress.at(15 * MIB, 20 * MIB, 'a');
  assert.equal(lines.at(-1), '\r\x1b[Ka: 15.0 MiB of 20.0 MiB (75 %), 5.0 MiB');
});

test('it says what there is to say', () => {
  assert.equal(
    progressText(50 * MIB, 100 * MIB, 'reading h', 10 * MIB),
    'reading h: 50.0 MiB of 100.0 MiB (50 %), 10.0 MiB/s, 0:05 left',
  );
  assert.equal(progressText(1 * MIB, 4000 * MIB, 'h', MIB), 'h: 1.0 MiB of 3.9 GiB (0 %), 1.0 MiB/s, 1:06:39 left');
  assert.equal(progressText(50 * MIB, undefined, 'h', 0), 'h: 50.0 MiB, 0 B/s');
  assert.equal(progressText(5 * MIB, 4 * MIB, 'h', MIB), 'h: 5.0 MiB of 4.0 MiB (100 %), 1.0 MiB/s, 0:00 left');
});
