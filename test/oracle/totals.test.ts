/** Real snapshots against totals that an independent program took from the same files. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fixtures, type RawRow, unzipped } from '../support/fixtures.ts';
import { cut } from '../support/nodeStream.ts';
import { bash, run } from '../support/run.ts';

interface Row {
  readonly kind: string;
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

const rows = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);

const asRow = ({ type, name, count, self_size }: RawRow): Row => ({
  kind: type,
  name: cut(name),
  count,
  bytes: self_size,
});
const keyOf = ({ kind, name }: Row): string => JSON.stringify([kind, name]);

for (const fixture of fixtures) {
  const { name, raw, devtools } = fixture;

  test(`snap-group --by kind counts the nodes and bytes of ${name} exactly`, async () => {
    const { stdout, status } = await run('snap-group', ['--by', 'kind', unzipped(fixture)]);
    strictEqual(status, 0);
    const byKind = rows(stdout).map(({ kind, count, bytes }) => [kind, { count, self_size: bytes }] as const);
    deepStrictEqual(Object.fromEntries(byKind), raw.by_type);
    deepStrictEqual(
      byKind.map(([, { self_size }]) => self_size),
      byKind.map(([, { self_size }]) => self_size).sort((a, b) => b - a),
    );
  });

  test(`the kinds of the records that snap-parse --no-refs writes of ${name} add up to the same`, async () => {
    const { stdout, status } = await bash(`snap-parse --no-refs ${unzipped(fixture)} | snap-group --by kind`);
    strictEqual(status, 0);
    deepStrictEqual(
      Object.fromEntries(rows(stdout).map(({ kind, count, bytes }) => [kind, { count, self_size: bytes }])),
      raw.by_type,
    );
  });

  for (const [sort, truth, measure] of [
    ['bytes', raw.top50_by_self_size, (row: Row) => row.bytes],
    ['count', raw.top50_by_count, (row: Row) => row.count],
  ] as const) {
    test(`the 50 largest by kind and name in ${name}, sorted by ${sort}, are the same`, async () => {
      const { stdout, status } = await run('snap-group', [
        '--by',
        'kind,name',
        '--sort',
        sort,
        '--top',
        '50',
        unzipped(fixture),
      ]);
      strictEqual(status, 0);
      const found = rows(stdout);
      const wanted = truth.map(asRow);
      deepStrictEqual(found.map(measure), wanted.map(measure));
      // Rows as large as the last one may be others: both sides chose among them.
      const sure = (row: Row): boolean => measure(row) > measure(wanted.at(-1) ?? row);
      const sorted = (list: readonly Row[]): Row[] => list.filter(sure).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      deepStrictEqual(sorted(found), sorted(wanted));
      ok(wanted.filter(sure).length >= 25, 'most rows are above the tie');
    });
  }

  test(`without --top every (kind, name) of ${name} has its row, and each of the 50 largest its numbers`, async () => {
    const { stdout } = await run('snap-group', ['--by', 'kind,name', unzipped(fixture)]);
    const all = new Map(rows(stdout).map((row) => [keyOf(row), row]));
    for (const wanted of [...raw.top50_by_self_size, ...raw.top50_by_count].map(asRow))
      deepStrictEqual(all.get(keyOf(wanted)), wanted);
    strictEqual(
      [...all.values()].reduce((sum, { bytes }) => sum + bytes, 0),
      raw.self_size,
    );
    strictEqual(
      [...all.values()].reduce((sum, { count }) => sum + count, 0),
      raw.nodes,
    );
    if (devtools !== undefined) deepStrictEqual([raw.nodes, raw.self_size], [devtools.nodeCount, devtools.totalSize]);
  });

  test(`references of each kind, and detached nodes, are as many in the stream of ${name} as in the file`, async () => {
    const { stdout } = await bash(
      `snap-parse ${unzipped(fixture)} | jq -c 'select(.n) | if .detached == null then .refs[][0] else .refs[][0], "detached \\(.detached)" end' | LC_ALL=C sort | uniq -c`,
    );
    const counts = Object.fromEntries(
      stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => line.trim().split(/ (?=")/))
        .map(([count, word]) => [JSON.parse(word ?? '""') as string, Number(count)]),
    );
    const [, attached, detached] = raw.detachedness;
    deepStrictEqual(counts, {
      ...raw.edges_by_type,
      ...(attached > 0 ? { 'detached false': attached } : {}),
      ...(detached > 0 ? { 'detached true': detached } : {}),
    });
  });
}
