/** snap-take of pages in a real headless Chromium, over its DevTools protocol. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { QUIET_FLAGS } from '../support/browser.ts';
import { bash, quoted, run } from '../support/run.ts';
import { eventually, launch } from '../support/running.ts';
import { tempFolder } from '../support/temp.ts';

test('the snapshot of a page has its objects; of several pages one is to be chosen', async () => {
  const folder = tempFolder('chrome');
  const page = (name: string, leaks: number): string => {
    const file = join(folder, `${name}.html`);
    writeFileSync(
      file,
      `<title>${name}</title><script>class PageLeak {}; window.leaks = Array.from({ length: ${leaks} }, () => new PageLeak()); document.title = '${name}, ready';</script>`,
    );
    return pathToFileURL(file).href;
  };
  const profile = join(folder, 'profile');
  const chromium = launch('chromium', [
    ...QUIET_FLAGS,
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    page('first', 321),
  ]);
  const active = join(profile, 'DevToolsActivePort');
  const port = await eventually(
    () => existsSync(active) && readFileSync(active, 'utf8').split('\n')[0],
    'Chromium opens a port (.ci/run installs it)',
  );
  const file = join(folder, 'page.heapsnapshot');

  const leaksIn = async (...words: readonly string[]): Promise<number> => {
    const { stderr, status } = await run('snap-take', ['--quiet', '--inspect', port, ...words, '-o', file]);
    strictEqual(status, 0, stderr);
    const { stdout } = await bash(`snap-group ${quoted(file)} | grep '"PageLeak"'`);
    return (JSON.parse(stdout) as { count: number }).count;
  };
  /** The title is there when the script beside it has run. */
  const shows = (title: string): Promise<true> =>
    eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
      return ((await answer.json()) as { title: string }[]).some((target) => target.title === title) || undefined;
    }, `Chromium shows ${title}`);
  await shows('first, ready');
  strictEqual(await leaksIn(), 321);

  await fetch(`http://127.0.0.1:${port}/json/new?${page('second', 45)}`, { method: 'PUT' });
  await shows('second, ready');
  const { stdout, stderr, status } = await run('snap-take', ['--inspect', port]);
  deepStrictEqual([stdout, status], ['', 2]);
  match(
    stderr,
    /^snap-take: 127\.0\.0\.1:\d+: 2 targets are there: page [0-9A-F]+ '.*' file:.*second\.html; page [0-9A-F]+ '.*' file:.*first\.html \(choose one with --target\)\n$/,
  );
  strictEqual(await leaksIn('--target', 'second.html'), 45);
  strictEqual(await leaksIn('--target', /page ([0-9A-F]+) '[^']*' file:\S*first/.exec(stderr)?.[1] ?? ''), 321);
  const wrong = await run('snap-take', ['--inspect', port, '--target', 'third']);
  match(wrong.stderr, /: no target fits --target third: page /);
  strictEqual(wrong.status, 2);
  chromium.kill('SIGTERM');
  await chromium.ended;
});
