/** snap-diff on real snapshots: of one process, of two, of other runtimes, in every form, against a plain reading; and of random heaps, as nodes and as rows. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { type Fixture, fixtures, unzipped } from '../support/fixtures.ts';
import { heap } from '../support/heap.ts';
import { readStream } from '../support/nodeStream.ts';
import { plainRecords, snapshotText } from '../support/plainReader.ts';
import { packageRoot } from '../support/root.ts';
import { bash, type Ended, execute, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { node26, v8Text } from '../support/v8Text.ts';

const real = (name: string): string => {
  const fixture = fixtures.find((one: Fixture) => one.name === name);
  ok(fixture, name);
  return unzipped(fixture);
};

const [earlier, later] = [real('leak26-before'), real('leak26-after')];
const both = `${quoted(earlier)} ${quoted(later)}`;

test('however the two snapshots come, the rows are the same to the byte', async () => {
  const expected = await answer(`snap-diff ${both}`);
  strictEqual(expected.stderr, '');
  const env = { TMPDIR: tempFolder('spool') };
  const lines = [
    `snap-parse ${quoted(earlier)} | snap-diff - ${quoted(later)}`,
    `gzip -1c ${quoted(later)} | snap-diff ${quoted(earlier)} -`,
    `snap-diff <(snap-parse --no-refs ${quoted(earlier)}) <(snap-parse --no-refs ${quoted(later)})`,
    `snap-diff --memory 104M ${both}`,
  ];
  const ended = await Promise.all(lines.map((line) => answer(line, env)));
  for (const [i, { stdout, stderr }] of ended.entries()) {
    ok(stdout === expected.stdout, lines[i]);
    strictEqual(stderr, '');
  }
  deepStrictEqual(readdirSync(env.TMPDIR), []);
});

test('new, gone and surviving nodes are those of a plain reading, however they come', async () => {
  const [was, is] = [plainRecords(snapshotText(earlier)), plainRecords(snapshotText(later))];
  const known = new Map(was.map(({ id, type }) => [id, type]));
  const now = new Map(is.map(({ id, type }) => [id, type]));
  const expected = {
    new: is.filter(({ id, type }) => known.get(id) !== type),
    gone: was.filter(({ id, type }) => now.get(id) !== type),
    survivors: is.filter(({ id, type }) => known.get(id) === type),
  };
  for (const [set, nodes] of Object.entries(expected)) {
    const lines = [
      `snap-diff --${set} ${both}`,
      `snap-parse ${quoted(later)} | snap-diff --${set} ${quoted(earlier)} -`,
      `snap-diff --${set} - ${quoted(later)} < ${quoted(earlier)}`,
    ];
    const [stdout, ...others] = (await Promise.all(lines.map((line) => answer(line)))).map((ended) => ended.stdout);
    ok(stdout !== undefined && others.every((other) => other === stdout), set);
    const found = readStream(stdout).nodes;
    ok(JSON.stringify(found) === JSON.stringify(nodes), `${found.length} and ${nodes.length} nodes`);
  }
});

test('rows of new nodes are the new nodes, grouped', async () => {
  for (const by of ['type', 'kind,type']) {
    const rows = await records(`snap-diff --by ${by} ${both}`);
    const groups = await records(`snap-diff --new ${both} | snap-group --by ${by}`);
    const isNew = rows.filter(({ new: { count } }) => count > 0);
    const texts = (all: readonly object[]): string[] => all.map((row) => JSON.stringify(row)).sort();
    const keysOf = (row: AnyRow): object =>
      Object.fromEntries(by.split(',').map((key) => [key, row[key as 'type' | 'kind']]));
    deepStrictEqual(texts(isNew.map((row) => ({ ...keysOf(row), ...row.new }))), texts(groups));
  }
});

test('places are told by files, as snap-group tells them', async () => {
  const rows = await records(`snap-diff --by place ${both}`);
  const groups = await records(`snap-group --by place ${quoted(later)}`);
  const texts = (all: readonly object[]): string[] => all.map((row) => JSON.stringify(row)).sort();
  const there = rows.filter(({ after: { count } }) => count > 0);
  deepStrictEqual(texts(there.map(({ place, after }) => ({ place, ...after }))), texts(groups));
  ok(there.some(({ place, new: { count } }) => /pair\.cjs:\d+:\d+$/.test(place) && count > 0));
  const { stdout } = await answer(`snap-diff --by place ${both}`);
  ok(stdout === (await answer(`snap-parse ${quoted(later)} | snap-diff --by place ${quoted(earlier)} -`)).stdout);
});

test('results of snap-group are compared with each other and with snapshots, as the snapshots are', async () => {
  const rows = await records(`snap-diff --by kind ${both}`);
  const sums = rows.map(({ kind, before: was, after, delta }) => ({ kind, before: was, after, delta }));
  for (const line of [
    `snap-diff <(snap-group --by kind ${quoted(earlier)}) <(snap-group --by kind ${quoted(later)})`,
    `snap-group --by kind ${quoted(earlier)} | gzip | snap-diff - ${quoted(later)}`,
    `snap-group --by kind ${quoted(later)} | snap-diff --by kind ${quoted(earlier)} -`,
  ])
    deepStrictEqual(await records(line), sums, line);
});

test('three snapshots: what was born between the first two and lives in the third', async () => {
  const folder = tempFolder('three');
  const times = [1, 2, 3].map((time) => {
    const h = heap();
    for (let i = 0; i < 300; i++) {
      const born = (i * 7) % 5;
      const dies = born + ((i * 11) % 5);
      if (born < time && time <= dies)
        h.root.points(i, h.node(`Type${i % 3}`, { id: 1001 + 2 * i, size: 8 * (i % 4) }));
    }
    const file = join(folder, `${time}.heapsnapshot`);
    writeFileSync(file, v8Text(h.build(), node26));
    return { file, nodes: plainRecords(snapshotText(file)) };
  });
  const [first, second, third] = times.map(({ nodes }) => nodes);
  ok(first && second && third);
  const ids = (nodes: typeof first): Set<number> => new Set(nodes.map(({ id }) => id));
  const expected = third.filter(({ id }) => !ids(first).has(id) && ids(second).has(id));
  ok(expected.length > 10);
  const files = times.map(({ file }) => quoted(file)).join(' ');
  deepStrictEqual(readStream((await answer(`snap-diff --new ${files}`)).stdout).nodes, expected);
  ok((await answer(`snap-diff ${files}`)).stdout === (await answer(`snap-diff --new ${files} | snap-group`)).stdout);
});

describe('two processes of one program', () => {
  const folder = tempFolder('processes');
  const files = ['one', 'other'].map((name) => join(folder, `${name}.heapsnapshot`));
  const operands = files.map(quoted).join(' ');

  before(async () => {
    for (const file of files) {
      const words = [
        join(packageRoot, 'dist', 'test', 'support', 'leak.js'),
        file,
        '2',
        String(randomInt(40, 50)),
        String(randomInt(9)),
      ];
      const { status, stderr } = await execute(process.execPath, words);
      strictEqual(status, 0, stderr);
    }
  });

  test('are told, and compared by type only', async () => {
    const { stdout, stderr } = await answer(`snap-diff ${operands}`);
    match(stderr, /^snap-diff: note: .* are of different processes \(\d+ % of the ids .*compared by type only/);
    ok(
      stdout
        .split('\n')
        .slice(0, -1)
        .every((line) => !('new' in JSON.parse(line))),
    );
    const groups = await Promise.all(files.map((file) => records(`snap-group ${quoted(file)}`)));
    const total = (rows: readonly AnyRow[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0);
    strictEqual(
      (await records(`snap-diff --quiet ${operands}`)).reduce((sum, { delta }) => sum + delta.bytes, 0),
      total(groups[1]!) - total(groups[0]!),
    );
  });

  test('have no nodes that are new, and no number of them that could be limited', async () => {
    for (const args of ['--new', '--survivors', '--max-new Map=100000']) {
      const { stderr, status } = await bash(`snap-diff --quiet ${args} ${operands} > /dev/null`);
      strictEqual(status, 2);
      match(stderr, /different processes|nobody knows which are new/);
    }
    strictEqual((await bash(`snap-diff --quiet --max-growth 100% ${operands}`)).status, 0);
  });
});

test('snapshots of two versions and of two engines are of two processes, too', async () => {
  for (const [one, other] of [
    ['node22', 'node24'],
    ['node24', 'bun'],
    ['leak20-after', 'leak26-after'],
  ] as const)
    match((await answer(`snap-diff ${quoted(real(one))} ${quoted(real(other))}`)).stderr, /are of different processes/);
});

test('an address that another type has now is gone and new', async () => {
  const folder = tempFolder('python');
  const stream = (
    name: string,
    time: string,
    nodes: readonly (readonly [id: number, type: string, size: number])[],
  ) => {
    const lines = [
      { snap: 'start', schema: 1, format: 'python', pid: 7, time },
      ...nodes.map(([id, type, size], n) => ({ n, id, kind: 'object', type, size })),
      { snap: 'end', nodes: nodes.length, refs: 0 },
    ];
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  };
  const at = 0x7f18_7d22_b880;
  stream('a', '2026-11-24T22:49:47Z', [
    [at, 'dict', 64],
    [at + 64, 'list', 56],
    [at + 128, 'str', 50],
  ]);
  stream('b', '2026-11-24T22:50:47Z', [
    [at, 'frame', 96],
    [at + 64, 'list', 88],
    [at + 192, 'str', 51],
  ]);
  const rows = await records('snap-diff a b', folder);
  const changed = rows.map(({ type, new: born, gone, resized }) => [type, born.count, gone.count, resized.bytes]);
  deepStrictEqual(changed, [
    ['frame', 1, 0, 0],
    ['dict', 0, 1, 0],
    ['list', 0, 0, 32],
    ['str', 1, 1, 0],
  ]);
  match((await bash('snap-diff b a', { cwd: folder })).stderr, /b seems to have been taken after a \(at 2026/);
});

test('two dumps of one Python process differ by what it made and let go between them, and by an address at most used again', async () => {
  const folder = tempFolder('python-process');
  const [first, gone, more] = [randomInt(1000, 3000), randomInt(100, 900), randomInt(1000, 3000)];
  const program = `
import sys
sys.path.insert(0, ${JSON.stringify(join(packageRoot, 'lib', 'capture'))})
import snapdump
class Session:
    pass
kept = [Session() for _ in range(${first})]
snapdump.dump('a.nodes')
del kept[:${gone}]
kept += [Session() for _ in range(${more})]
snapdump.dump('b.nodes')
`;
  const made = await execute('python3', ['-c', program], { cwd: folder });
  strictEqual(made.status, 0, made.stderr);
  const row = (await records('snap-diff a.nodes b.nodes', folder)).find(({ type }) => type === '__main__.Session');
  ok(row);
  deepStrictEqual([row.before.count, row.after.count], [first, first - gone + more]);
  strictEqual(row.delta.count, row.new.count - row.gone.count);
  ok(row.gone.count <= gone && row.new.count <= more, JSON.stringify(row));
  strictEqual(row.new.count - row.gone.count, more - gone);
  const paths = await records(
    'snap-diff --new a.nodes b.nodes | snap-filter --type "*.Session" | snap-paths --of - b.nodes',
    folder,
  );
  strictEqual(paths[0]?.count, row.new.count);
});

interface Amount {
  readonly count: number;
  readonly bytes: number;
}

/** A row of snap-diff or of snap-group: whoever reads it knows which. */
interface AnyRow extends Amount {
  readonly type: string;
  readonly kind: string;
  readonly place: string;
  readonly before: Amount;
  readonly after: Amount;
  readonly new: Amount;
  readonly gone: Amount;
  readonly resized: Amount;
  readonly delta: Amount;
}

async function answer(line: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const ended = await bash(line, { env });
  strictEqual(ended.status, 0, ended.stderr);
  return ended;
}

async function records(line: string, cwd?: string): Promise<AnyRow[]> {
  const { stdout, stderr, status } = await bash(line, cwd === undefined ? {} : { cwd });
  strictEqual(status, 0, stderr);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text) as AnyRow);
}
