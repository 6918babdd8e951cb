/** Pairs of real snapshots against DevTools' own Comparison: of every class that both name alike as many objects are new and gone. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { engineChanges } from '../support/devtools.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { run } from '../support/run.ts';

interface Row {
  readonly type: string;
  readonly new: { readonly count: number };
  readonly gone: { readonly count: number };
}

/** DevTools counts no objects whose bytes belong to their owners, nor those that have none, and calls plain objects by their properties. */
const NAMED_OTHERWISE = /^(\(system\)|\(array\)|\(synthetic\)|Object|\{.*)$/;

for (const version of ['leak20', 'leak26']) {
  test(`as many objects of each class are new and gone as in DevTools' Comparison of ${version}`, async () => {
    const [before, after] = ['before', 'after'].map((time) => {
      const fixture = fixtures.find(({ name }) => name === `${version}-${time}`);
      ok(fixture);
      return unzipped(fixture);
    }) as [string, string];
    const { stdout, stderr, status } = await run('snap-diff', [before, after]);
    strictEqual(status, 0, stderr);
    const ours = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Row)
      .filter(({ new: { count: born }, gone: { count: died } }) => born + died > 0)
      .map((row) => [row.type, row.new.count, row.gone.count] as const);
    const theirs = new Map<string, readonly [number, number]>();
    for (const { class: called, added, removed } of await engineChanges(before, after)) {
      // What it finds to be cut off from a document it calls so.
      const name = called.replace(/^Detached /, '');
      const [more, less] = theirs.get(name) ?? [0, 0];
      if (added + removed > 0) theirs.set(name, [more + added, less + removed]);
    }
    const sorted = (
      rows: readonly (readonly [string, number, number])[],
    ): readonly (readonly [string, number, number])[] =>
      rows.filter(([name]) => !NAMED_OTHERWISE.test(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    const expected = sorted([...theirs].map(([name, [added, removed]]) => [name, added, removed] as const));
    ok(expected.length > 5, `${expected.length} classes`);
    deepStrictEqual(sorted(ours), expected);
  });
}
