/** What a treemap page of 20,000 tiles costs in a real Chromium, beside an empty page in the same one: `node dist/test/bench/pages.js`. Best of five; a few seconds. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser, type Page } from '../support/browser.ts';
import { retainedRows, TEN_ZOOMS } from '../support/results.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const ROUNDS = 5;
const ROWS = 200_000;
const folder = tempFolder('bench-pages');
const [rows, page, empty] = ['rows', 'page.html', 'empty.html'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
writeFileSync(rows, [...retainedRows(ROWS)].join(''));
writeFileSync(empty, '<!doctype html><title>empty</title>');
const begun = process.hrtime.bigint();
const { status, stderr } = await run('snap-draw', [rows, '-o', page]);
if (status !== 0) throw new Error(stderr);
const written = Number(process.hrtime.bigint() - begun) / 1e6;

const browser = await Browser.start();
const opened = async (file: string, use?: (page: Page) => Promise<void>): Promise<number> => {
  const from = performance.now();
  const shown = await browser.open(pathToFileURL(file).href);
  const took = performance.now() - from;
  await use?.(shown);
  await shown.close();
  return took;
};
const drawn: number[] = [];
const plain: number[] = [];
const zooms: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  plain.push(await opened(empty));
  drawn.push(
    await opened(page, async (shown) => {
      zooms.push(Math.max(...(await shown.ask<number[]>(TEN_ZOOMS))));
    }),
  );
}
await browser.stop();
const ms = (times: readonly number[]): string => `${Math.min(...times).toFixed(0)} ms`;
process.stdout.write(`| what | figure |
|---|---|
| the page, of ${ROWS.toLocaleString('en-US')} rows | ${(statSync(page).size / 1e6).toFixed(2)} MB, written in ${written.toFixed(0)} ms |
| an empty page, opened and drawn | ${ms(plain)} |
| this page, opened and drawn | ${ms(drawn)} |
| the slowest of ten zooms | ${ms(zooms)} |
`);
