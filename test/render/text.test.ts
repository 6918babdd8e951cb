/** Names from a heap in tables, in CSV, and before a terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { csvLine } from '../../lib/render/csv.ts';
import { escapeControls, escapeControlsAsJson } from '../../lib/render/escape.ts';
import { renderTable, tableLines } from '../../lib/render/table.ts';
import { cutToWidth, displayWidth } from '../../lib/render/width.ts';

test('control characters become visible and nothing else changes', () => {
  assert.equal(escapeControls('a\n\t\r\0\x1b[31m\x7f\u009b'), 'a\\n\\t\\r\\x00\\x1b[31m\\x7f\\x9b');
  assert.equal(escapeControls('\u202a\u202e\u2066\u2069\ud800x\udc00'), '\\u202a\\u202e\\u2066\\u2069\\ud800x\\udc00');
  const harmless = 'a \\n "q" é 漢字 🙂 \u200d שלום';
  assert.equal(escapeControls(harmless), harmless);
});

test('lines of JSON keep their value when their controls are escaped', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const line = `${JSON.stringify({ name })}\n`;
      assert.deepEqual(JSON.parse(escapeControlsAsJson(line)), { name });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
      assert.doesNotMatch(escapeControlsAsJson(line).trimEnd(), /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});

test('CSV cells with commas, quotes or line ends are quoted, and come back as they were', () => {
  assert.equal(
    csvLine(['Foo', 10, 'a,b', 'say "x"', 'two\nlines', '', null]),
    'Foo,10,"a,b","say ""x""","two\nlines",,\n',
  );
});

test('columns are as wide as their widest cell, numbers to the right, the last one without padding', () => {
  const columns = [
    { header: '#', align: 'right' },
    { header: 'type' },
    { header: 'n', align: 'right' },
    { header: 'name' },
  ] as const;
  const rows = [
    ['1', 'Foo', '12', 'first'],
    ['22', 'LongerType', '3', ''],
  ];
  assert.equal(
    renderTable(columns, rows),
    [' #  type         n  name', ' 1  Foo         12  first', '22  LongerType   3', ''].join('\n'),
  );
});

test('wide and combining characters keep columns straight', () => {
  assert.deepEqual(['漢字', 'e\u0301', '🙂', 'abc', '\u200b'].map(displayWidth), [4, 1, 2, 3, 0]);
  assert.equal(
    renderTable(
      [{ header: 'a' }, { header: 'b' }],
      [
        ['漢字', 'x'],
        ['e\u0301', 'y'],
      ],
    ),
    'a     b\n漢字  x\ne\u0301     y\n',
  );
});

test('lines are cut to a terminal, and only there', () => {
  const rows = [['Foo', 'a name that is much too long']];
  const columns = [{ header: 'type' }, { header: 'name' }];
  assert.equal(renderTable(columns, rows, { width: 12 }), 'type  name\nFoo   a nam…\n');
  assert.equal(renderTable(columns, rows), 'type  name\nFoo   a name that is much too long\n');
  assert.deepEqual(
    [cutToWidth('漢字漢字', 4), cutToWidth('漢字漢字', 6), cutToWidth('漢字', 4), cutToWidth('ab', 1)],
    ['漢…', '漢字…', '漢字', '…'],
  );
});

test('a cell cannot break its line or colour the next', () => {
  assert.equal(renderTable([{ header: 'name' }], [['a\nb\x1b[31m']]), 'name\na\\nb\\x1b[31m\n');
});

test('headers are bold where colour is wanted', () => {
  assert.equal(renderTable([{ header: 'name' }], [], { color: true }), '\x1b[1mname\x1b[0m\n');
});

test('rows that come one by one keep fixed widths, and a longer cell only moves its own line', () => {
  const { header, row } = tableLines([
    { header: 'n', align: 'right', width: 4 },
    { header: 'type', width: 6 },
    { header: 'name' },
  ]);
  assert.equal(header, '   n  type    name\n');
  assert.equal(row(['1', 'Foo', 'x']), '   1  Foo     x\n');
  assert.equal(row(['12345', 'LongType', 'x']), '12345  LongType  x\n');
});
