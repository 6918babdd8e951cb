/** Chains in real files and real pipes: what the program says must equal what the programs that leaked say of themselves. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ChainRow } from '../../lib/graph/chains/chainRows.ts';
import type { FoundRow } from '../../lib/graph/chains/groups.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { heap } from '../support/heap.ts';
import { readStream, streamText } from '../support/nodeStream.ts';
import { testFile } from '../support/root.ts';
import { bash, execute, quoted, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { node26, v8Text } from '../support/v8Text.ts';

const folder = tempFolder('chainends');
const fixture = (name: string): string => unzipped(fixtures.find((one) => one.name === name)!);

async function rowsOf<Row>(...args: string[]): Promise<Row[]> {
  const { stdout, stderr, status } = await run('snap-chainends', args);
  strictEqual(status, 0, stderr);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);
}

for (const name of ['leak20', 'leak26']) {
  test(`${name}: the chains of errors are those that the leaking program made, before and after`, async () => {
    const truth = JSON.parse(readFileSync(testFile('fixtures', 'v8', `${name}-truth.json`), 'utf8'));
    for (const [moment, chains] of [
      ['before', 0],
      ['after', truth.chain.chains],
    ] as const) {
      const file = fixture(`${name}-${moment}`);
      const rows = await rowsOf<ChainRow>('--type', 'QueryError', '--via', 'cause', file);
      const leaked = rows.filter(({ length }) => length === truth.chain.length);
      strictEqual(leaked.length, chains);
      ok(leaked.every(({ shape, count, heads }) => shape === 'chain' && count === truth.chain.length && heads === 1));
      const warm = truth.beforeCounts.QueryError;
      strictEqual(
        rows.reduce((sum, { count }) => sum + count, 0),
        warm + chains * truth.chain.length,
      );
      const ends = await bash(`snap-filter --type QueryError --lacks cause ${quoted(file)} | grep -c '"id"'`);
      const tails = await bash(`snap-chainends --type QueryError --via cause --tails ${quoted(file)} | grep -c '"id"'`);
      strictEqual(tails.stdout, ends.stdout);
    }
  });

  test(`${name}: the heads of the long chains are what each CachedResult holds as err`, async () => {
    const file = fixture(`${name}-after`);
    const args = '--type QueryError --via cause --min-length 100';
    const heads = await bash(`snap-chainends ${args} --heads ${quoted(file)} | jq -r 'select(.id) | .n' | sort -n`);
    const held = await bash(
      `snap-filter --type CachedResult ${quoted(file)} | jq -r '.refs[]? | select(.[1] == "err") | .[2]' | sort -n`,
    );
    const all = held.stdout.trim().split('\n');
    const found = heads.stdout.trim().split('\n');
    strictEqual(found.length, 7);
    ok(found.every((n) => all.includes(n)));
  });

  test(`${name}: the chains are found without a word about them`, async () => {
    const found = await rowsOf<FoundRow>(fixture(`${name}-after`));
    const row = found.find(({ type, via }) => type === 'QueryError' && via === 'cause');
    deepStrictEqual([row?.chains, row?.longest, row?.count], [7, 300, 2100]);
    const before = await rowsOf<FoundRow>(fixture(`${name}-before`));
    ok(!before.some(({ type }) => type === 'QueryError'));
  });
}

test('bun: its chain of 5,000 is found, and equals what is found when it is named', async () => {
  const file = fixture('bun');
  const [first] = await rowsOf<FoundRow>(file);
  ok(first);
  strictEqual(first.longest, 5000);
  const [named] = await rowsOf<ChainRow>('--type', first.type, '--via', first.via, file);
  deepStrictEqual([named?.length, named?.shape], [5000, 'chain']);
});

test('every group that is found in real snapshots has the rows that naming it gives', async () => {
  for (const name of ['leak26-after', 'node22']) {
    const file = fixture(name);
    const found = await rowsOf<FoundRow>('--min-length', '5', file);
    ok(found.length > 2, name);
    for (const { type, via, ...total } of found.slice(0, 12)) {
      const rows = await rowsOf<ChainRow>(
        '--type',
        type.replace(/[*?\\]/g, '\\$&'),
        '--via',
        via,
        '--min-length',
        '5',
        file,
      );
      deepStrictEqual(
        total,
        {
          chains: rows.length,
          longest: rows[0]?.length,
          count: rows.reduce((sum, { count }) => sum + count, 0),
          bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
        },
        `${name}: ${type} via ${via}`,
      );
    }
  }
});

/** Lines of a chain of tracebacks, each the next of the one before, and the marks around them; costs nothing until it runs. */
const longChain = (length: number): string => `
  const out = ['{"snap":"start","schema":1,"format":"python"}\\n'];
  const flush = () => { require('node:fs').writeSync(1, out.join('')); out.length = 0; };
  for (let n = 0; n < ${length}; n++) {
    const refs = n + 1 < ${length} ? '["internal","tb_next",' + (n + 1) + ']' : '';
    out.push('{"n":' + n + ',"id":' + (140_000_000_000_000 + 64 * n) + ',"kind":"object","type":"traceback","size":64,"refs":[' + refs + ']}\\n');
    if (out.length === 5000) flush();
  }
  out.push('{"snap":"end","nodes":${length},"refs":${length - 1}}\\n');
  flush();`;

test('a chain of two million tracebacks from a pipe is one row, in time that grows with its length', async () => {
  const file = join(folder, 'long.cjs');
  const seconds = async (length: number): Promise<number> => {
    writeFileSync(file, longChain(length));
    const began = performance.now();
    const line = `${quoted(process.execPath)} ${quoted(file)} | snap-chainends --type types.TracebackType --via tb_next`;
    const { stdout, stderr, status } = await bash(line, { seconds: 100 });
    strictEqual(status, 0, stderr);
    const row = JSON.parse(stdout) as ChainRow;
    deepStrictEqual(
      [row.type, row.shape, row.length, row.count, row.bytes, row.head.n, row.tail?.n],
      ['traceback', 'chain', length, length, 64 * length, 0, length - 1],
    );
    return (performance.now() - began) / 1000;
  };
  const few = await seconds(250_000);
  const many = await seconds(2_000_000);
  ok(many < 16 * few + 2, `${few.toFixed(1)} s, then ${many.toFixed(1)} s`);
});

test('the same chain of two million is found by nobody naming it, and its ends come out', async () => {
  const file = join(folder, 'long2.cjs');
  writeFileSync(file, longChain(2_000_000));
  const source = `${quoted(process.execPath)} ${quoted(file)}`;
  const found = await bash(`${source} | snap-chainends --tmp ${quoted(folder)}`, { seconds: 100 });
  strictEqual(
    found.stdout,
    '{"type":"traceback","via":"tb_next","chains":1,"longest":2000000,"count":2000000,"bytes":128000000}\n',
  );
  const line = `snap-chainends --type traceback --via internal:tb_next --tails --tmp ${quoted(folder)}`;
  const { nodes } = readStream((await bash(`${source} | ${line}`, { seconds: 100 })).stdout);
  deepStrictEqual(nodes as unknown[], [
    {
      n: 1_999_999,
      id: 140_000_000_000_000 + 64 * 1_999_999,
      kind: 'object',
      type: 'traceback',
      size: 64,
      length: 2_000_000,
      refs: [],
    },
  ]);
});

test('a node whose list of references goes on and on is chosen by its last one, or dropped with all that was noted of it', async () => {
  const h = heap();
  const wide = Array.from({ length: 3 }, () => h.node('Wide', { size: 8 }));
  const leaf = h.node('Leaf');
  for (const [i, node] of wide.entries()) {
    node.points('next', wide[(i + 1) % 3]!);
    for (let item = 0; item < 40_000; item++) node.points(item, leaf);
    if (i !== 1) node.points('last', leaf);
  }
  const built = h.build();
  for (const [name, text] of [
    ['wide.nodes', streamText(built)],
    ['wide.heapsnapshot', v8Text(built, node26)],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, text);
    const brief = async (...args: string[]): Promise<unknown> =>
      (await rowsOf<ChainRow>(...args, '--via', 'next', file)).map(({ shape, count, head, tail }) => [
        shape,
        count,
        head.n,
        tail?.n,
      ]);
    deepStrictEqual(await brief('--type', 'Wide'), [['cycle', 3, 1, undefined]]);
    deepStrictEqual(await brief('--has', 'last'), [['chain', 2, 3, 1]]);
    deepStrictEqual(await brief('--type', 'Wide', '--lacks', 'last'), [['chain', 1, 2, 2]]);
    const found = await rowsOf<FoundRow>('--has', 'last', '--min-length', '2', file);
    deepStrictEqual(found, [{ type: 'Wide', via: 'next', chains: 1, longest: 2, count: 2, bytes: 16 }]);
    const heads = readStream((await run('snap-chainends', ['--has', 'last', '--via', 'next', '--heads', file])).stdout);
    deepStrictEqual(
      heads.nodes.map(({ n, refs }) => [n, refs?.length]),
      [[3, 40_002]],
    );
  }
});

test('where --memory does not hold what was chosen, it says how much is needed, and leaves nothing', async () => {
  const file = join(folder, 'long3.cjs');
  writeFileSync(file, longChain(400_000));
  for (const args of ['--type traceback --via tb_next --memory 117M', '--memory 137M']) {
    const line = `${quoted(process.execPath)} ${quoted(file)} 2> /dev/null | snap-chainends ${args}`;
    const { stdout, stderr } = await execute('bash', ['-c', line]);
    strictEqual(stdout, '');
    match(stderr, /^snap-chainends: standard input: [^\n]* take[^\n]* \d+\.\d MiB: [^\n]*--memory[^\n]*\n$/);
  }
});
