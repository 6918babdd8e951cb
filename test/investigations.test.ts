/**
 * The investigations in docs: every line of the pages is run on snapshots that are taken for it, and prints what the page shows. Addresses and positions differ
 * each time, and counts of what a runtime keeps for itself by a hundredth. Needs what the pages say they need; costs some two minutes.
 */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asTable, passages, rewritten, walk } from '../demo/investigation.ts';
import { prepare } from '../demo/prepare.ts';
import { Workplace } from '../demo/workplace.ts';
import { packageRoot } from './support/root.ts';

const NEAR = 0.02;
/** A runtime makes some objects of its own, or not. */
const SLACK_BYTES = 300;
const SLACK_KIB = 3;

interface Amount {
  readonly value: number;
  readonly unit: string;
}

/** What a line says without what differs each time: words, and numbers. */
function said(line: string): { readonly words: string; readonly numbers: readonly Amount[] } {
  const masked = line
    .replace(/@\d+/g, '@')
    .replace(/"(n|id|dominator)":\d+/g, '"$1":')
    .replace(/\bnode [\d,]+/g, 'node')
    .replace(/0x[0-9a-f]+/g, '0x')
    // Which one a sample is, and so how far it is from the end of its chain.
    .replace(/\bx[\d,]+ via\b/g, 'x via')
    .replace(/\{\d+\}/g, '{}')
    .replace(/[▁-█]+|#{2,}/g, '#');
  const number = /\d[\d,]*(?:\.\d+)?/g;
  return {
    words: masked.replace(number, '0').replace(/\s+/g, ' ').trim(),
    numbers: [...masked.matchAll(/(\d[\d,]*(?:\.\d+)?)( B\b| KiB\b)?/g)].map(([, text = '', unit = '']) => ({
      value: Number(text.replaceAll(',', '')),
      unit: unit.trim(),
    })),
  };
}

function compare(printed: string, shown: string, slack: number, lines: string): void {
  const [is, should] = [printed, shown].map((text) => text.trimEnd().split('\n').map(said)) as [
    ReturnType<typeof said>[],
    ReturnType<typeof said>[],
  ];
  deepStrictEqual(
    is.map(({ words }) => words),
    should.map(({ words }) => words),
    `${lines}\nprinted:\n${printed}`,
  );
  for (const [i, { numbers }] of is.entries()) {
    for (const [k, { value, unit }] of numbers.entries()) {
      const expected = should[i]?.numbers[k]?.value ?? Number.NaN;
      const least = unit === 'B' ? SLACK_BYTES : unit === 'KiB' ? SLACK_KIB : slack;
      ok(
        Math.abs(value - expected) <= Math.max(NEAR * expected, least),
        `${lines}\n${value} ${unit} is not ${expected} in:\n${printed}`,
      );
    }
  }
}

for (const [name, slack] of [
  ['pylint', 2],
  ['node-error-cache', 5],
] as const) {
  test(`the lines of the investigation ${name} print what its page shows`, async () => {
    const page = readFileSync(join(packageRoot, 'docs', 'investigations', `${name}.md`), 'utf8');
    const place = new Workplace();
    try {
      await prepare(name, place);
      const outputs = await walk(
        page,
        (line) => place.shown(line),
        () => {},
      );
      for (const [i, { lines, output }] of passages(page).entries())
        compare(outputs[i]!, output, slack, lines.join('\n'));
      ok(outputs.length > 9);
    } finally {
      place.leave();
    }
  });
}

test('a page that is written with what its lines printed is read as it was written', () => {
  const page = 'Prose.\n\n<!-- run -->\n```sh\nsnap-group a | head -1\nls > list\n```\n\nMore.\n';
  const output = 'one\n\n  two\n';
  const made = rewritten(page, [output]);
  deepStrictEqual(passages(made), [{ prose: 'Prose.\n\n', lines: ['snap-group a | head -1', 'ls > list'], output }]);
  strictEqual(rewritten(made, ['']), page);
  deepStrictEqual(
    [
      'snap-group a',
      'ls | snap-group --top 3',
      'snap-group a > b',
      'snap-group a | head -1',
      'snap-group --format csv a',
    ].map(asTable),
    [
      'snap-group a --format table',
      'ls | snap-group --top 3 --format table',
      'snap-group a > b',
      'snap-group a | head -1',
      'snap-group --format csv a',
    ],
  );
});
