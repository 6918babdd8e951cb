/** Paths in words: in a table as wide as it needs, wrapped on a terminal, below their numbers on a narrow one. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { pathCsv, renderPaths, type ShownPath } from '../../lib/render/paths.ts';
import { displayWidth } from '../../lib/render/width.ts';

const steps = [
  ['shortcut', '[*]', 'global', 'global'],
  ['property', 'a key', 'Object', undefined],
  ['context', 'cache', 'Map', 'Map'],
  ['internal', 'table', '(array)', ''],
  ['element', '[*]', '(synthetic)', '(Handle scope)'],
  ['property', 'get', 'Function', 'g\u001bt'],
  ['property', 'long', '(string)', 'x'.repeat(1000)],
] as const;

const shown = (more = 0): ShownPath => ({
  count: 1200,
  bytes: 3072,
  length: 7,
  path: steps.map(([ref, via, type, name]) => ({ ref, via, type, ...(name === undefined ? {} : { name }) })),
  more,
  fingerprint: '0123456789abcdef',
  example: { n: 3, id: 35, type: 'Foo', name: 'a,b' },
});
const totals = { rows: 3, count: 1210, bytes: 4096 };

test('a path tells each reference, what it leads to, and names where there are any', () => {
  const [, , row] = renderPaths(totals, [shown()], {}).split('\n');
  strictEqual(
    row,
    `1,200  3.0 KiB       7  @35      (root) > [*] global > ["a key"] Object > ->cache Map > {table} (array) > [*] (Handle scope) > .get Function g\\x1bt > .long (string) ${'x'.repeat(39)}…`,
  );
});

test('what is left out is said: rows below the table, steps in the middle of a path', () => {
  const text = renderPaths(totals, [shown(12_345)], {});
  ok(text.endsWith('and 2 more with 10 objects, 1.0 KiB (--top COUNT)\n'), text);
  ok(text.includes(' > ... 12,345 more steps > '), text);
});

test('on a terminal no line is too long, and no step is torn where it fits', () => {
  for (const width of [160, 100, 70, 50, 30]) {
    const lines = renderPaths(totals, [shown(), shown()], { width }).split('\n');
    for (const line of lines.slice(1, -2)) ok(displayWidth(line) <= width, `${width}: ${line}`);
    const words = lines.filter((line) => /root|>/.test(line)).join(' ');
    for (const step of ['> [*] global', '> ->cache Map', '> {table} (array)', '> .get Function g\\x1bt'])
      strictEqual(words.split(step).length, 3, `${width}: ${step}\n${lines.join('\n')}`);
  }
});

test('CSV has the whole path and the example', () => {
  const cells = pathCsv(shown()).split(',');
  deepStrictEqual(cells.slice(0, 3), ['1200', '3072', '7']);
  ok(pathCsv(shown()).includes('x'.repeat(1000)));
  ok(pathCsv(shown()).endsWith(',0123456789abcdef,3,35,Foo,"a,b"\n'));
});
