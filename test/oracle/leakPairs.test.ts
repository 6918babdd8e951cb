/** Two snapshots of a process before and after a leak of known size, by random numbers: the commands find the leak that its truth file names. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { NodeRecord } from '../support/nodeStream.ts';
import { plainRecords, snapshotText } from '../support/plainReader.ts';
import { testFile } from '../support/root.ts';
import { bash, execute, quoted } from '../support/run.ts';
import { runtimes } from '../support/runtimes.ts';
import { tempFolder } from '../support/temp.ts';

/** What pair.cjs writes beside its snapshots; a chain of three errors is there from the start. */
interface Truth {
  readonly holder: { readonly variable: string; readonly entriesAfter: number };
  readonly beforeCounts: Readonly<Record<string, number>>;
  readonly afterCounts: Readonly<Record<string, number>>;
  readonly leaked: Readonly<Record<string, number>>;
  readonly freed: Readonly<Record<string, number>>;
  readonly churn: Readonly<Record<string, { readonly added: number; readonly removed: number }>>;
  readonly chain: { readonly length: number; readonly chains: number };
}

type Short = Pick<NodeRecord, 'n' | 'id' | 'type'>;

interface ChainRow {
  readonly type: string;
  readonly via: string;
  readonly shape: string;
  readonly length: number;
  readonly count: number;
  readonly bytes: number;
  readonly heads: number;
  readonly head: Short;
  readonly tail: Short;
}

interface PathRow {
  readonly count: number;
  readonly path: readonly { readonly via: string | number; readonly type: string }[];
}

interface DiffRow {
  readonly type: string;
  readonly before: { readonly count: number; readonly bytes: number };
  readonly after: DiffRow['before'];
  readonly new: DiffRow['before'];
  readonly gone: DiffRow['before'];
  readonly resized: DiffRow['before'];
  readonly delta: DiffRow['before'];
}

interface CutRow {
  readonly cut?: object;
  readonly refs?: number;
  readonly type?: string;
  readonly count: number;
  readonly bytes: number;
}

for (const { name, command, args } of runtimes) {
  const [leaks, length, churn] = [randomInt(2, 20), randomInt(4, 400), randomInt(0, 3000)];

  describe(`a leak of ${leaks} chains of ${length} errors in ${name}, with ${churn} others coming and going`, () => {
    const prefix = join(tempFolder('pair'), 'leak');
    const [earlier, later] = [`${prefix}-before.heapsnapshot`, `${prefix}-after.heapsnapshot`];
    let truth: Truth;
    let nodes: NodeRecord[];

    before(async () => {
      const options = [`--leaks=${leaks}`, `--chain=${length}`, `--churn=${churn}`];
      const words = [...args, '--expose-gc', testFile('bench', 'corpora', 'pair.cjs'), prefix, ...options];
      const made = await execute(command, words, { seconds: 300 });
      strictEqual(made.status, 0, made.stderr);
      truth = JSON.parse(readFileSync(`${prefix}-truth.json`, 'utf8')) as Truth;
      nodes = plainRecords(snapshotText(later));
    });

    test('snap-chainends finds every chain, from its head to its tail', async () => {
      const rows = await lines<ChainRow>(`snap-chainends --type QueryError --via cause ${quoted(later)}`);
      deepStrictEqual(
        rows.map((row) => row.length),
        [...Array.from({ length: truth.chain.chains }, () => truth.chain.length), 3],
      );
      for (const row of rows) {
        const members = chain(nodes, row.head.n);
        const [first, last] = [members.at(0), members.at(-1)];
        ok(first !== undefined && last !== undefined);
        deepStrictEqual(
          { ...row, head: row.head.id, tail: row.tail.id },
          {
            type: 'QueryError',
            via: 'cause',
            shape: 'chain',
            length: members.length,
            count: members.length,
            bytes: members.reduce((sum, { size }) => sum + size, 0),
            heads: 1,
            head: first.id,
            tail: last.id,
          },
        );
        ok(!nodes.some(({ type, refs = [] }) => type === 'QueryError' && refs.some(isCause(row.head.n))), 'a head');
      }
      strictEqual(new Set(rows.map(({ head }) => head.n)).size, rows.length, 'each chain once');
    });

    test('before the leak there is one chain, of three', async () => {
      const rows = await lines<ChainRow>(`snap-chainends --type QueryError --via cause ${quoted(earlier)}`);
      deepStrictEqual(
        rows.map((row) => [row.shape, row.length]),
        [['chain', truth.beforeCounts['QueryError']]],
      );
    });

    test('snap-chainends finds the type and the name by itself', async () => {
      const rows = await lines<{ type: string; via: string; chains: number; longest: number; count: number }>(
        `snap-chainends --min-length 4 ${quoted(later)}`,
      );
      const found = rows.find(({ type, via }) => type === 'QueryError' && via === 'cause');
      ok(found !== undefined, JSON.stringify(rows));
      strictEqual(found.longest, truth.chain.length);
    });

    test('the paths of all heads are one path, through the variable that holds them', async () => {
      const file = quoted(later);
      const rows = await lines<PathRow>(
        `snap-chainends --type QueryError --via cause --heads ${file} | snap-paths --of - ${file}`,
      );
      strictEqual(
        rows.reduce((sum, { count }) => sum + count, 0),
        truth.holder.entriesAfter,
      );
      for (const { path } of rows) {
        ok(
          path.some(({ via }) => via === truth.holder.variable),
          JSON.stringify(path),
        );
        deepStrictEqual(
          path.slice(-2).map(({ type }) => type),
          ['CachedResult', 'QueryError'],
        );
      }
      strictEqual(rows.length, 1, 'all heads are held alike');
    });

    test('snap-diff counts what leaked, what was freed and what came and went, and adds up', async () => {
      const rows = await lines<DiffRow>(`snap-diff ${quoted(earlier)} ${quoted(later)}`);
      const counts = (type: string): number[] => {
        const row = rows.find((one) => one.type === type);
        ok(row !== undefined, type);
        return [row.before.count, row.after.count, row.new.count, row.gone.count];
      };
      for (const [type, leaked] of Object.entries(truth.leaked)) {
        const [was, is] = [truth.beforeCounts[type] ?? 0, truth.afterCounts[type] ?? 0];
        deepStrictEqual(counts(type), [was, is, leaked, 0], type);
      }
      for (const [type, freed] of Object.entries(truth.freed))
        deepStrictEqual(counts(type), [truth.beforeCounts[type], truth.afterCounts[type], 0, freed], type);
      for (const [type, { added, removed }] of Object.entries(truth.churn)) {
        if (added + removed > 0) deepStrictEqual(counts(type), [churn, churn, added, removed], type);
      }
      // And all rows add up to what an independent reading says, to the byte.
      const was = new Map(plainRecords(snapshotText(earlier)).map((node) => [node.id, node]));
      const survivors = nodes.filter(({ id, type }) => was.get(id)?.type === type);
      const bytes = (all: Iterable<NodeRecord>): number => [...all].reduce((sum, { size }) => sum + size, 0);
      const total = (amount: keyof DiffRow, of: 'count' | 'bytes'): number =>
        rows.reduce((sum, row) => sum + (row[amount] as DiffRow['before'])[of], 0);
      strictEqual(total('delta', 'bytes'), bytes(nodes) - bytes(was.values()));
      strictEqual(total('delta', 'count'), nodes.length - was.size);
      strictEqual(total('new', 'count'), nodes.length - survivors.length);
      strictEqual(total('gone', 'count'), was.size - survivors.length);
      strictEqual(total('resized', 'count'), survivors.filter(({ id, size }) => was.get(id)?.size !== size).length);
      strictEqual(
        total('resized', 'bytes'),
        survivors.reduce((sum, { id, size }) => sum + size - was.get(id)!.size, 0),
      );
    });

    test('a limit on what leaked fails a build, and names the variable that holds it', async () => {
      const limits = `--max-growth 1000% --max-new QueryError=${leaks * length - 1} --max-new SessionToken=0`;
      const { stderr, status } = await bash(
        `snap-diff ${limits} --explain ${quoted(earlier)} ${quoted(later)} > /dev/null`,
      );
      strictEqual(status, 1, stderr);
      ok(stderr.includes('QueryError are new: 1 more than'), stderr);
      ok(stderr.includes(`>${truth.holder.variable} Map`), stderr);
      ok(!stderr.includes('SessionToken'), stderr);
    });

    test('what is new leads on to who holds it', async () => {
      const file = quoted(later);
      const rows = await lines<PathRow>(
        `snap-diff --new ${quoted(earlier)} ${file} | snap-filter --type CachedResult | snap-paths --of - ${file}`,
      );
      deepStrictEqual(
        rows.map(({ count, path }) => [count, path.some(({ via }) => via === truth.holder.variable)]),
        [[leaks, true]],
      );
    });

    test('without the variable everything that leaked is freed', async () => {
      const [cut, ...rows] = await lines<CutRow>(`snap-cut --via ${truth.holder.variable} ${quoted(later)}`);
      ok(cut !== undefined);
      const referring = nodes.flatMap(({ refs = [] }) => refs.filter(([, via]) => via === truth.holder.variable));
      deepStrictEqual([cut.cut, cut.refs], [{ via: truth.holder.variable }, referring.length]);
      for (const type of ['CachedResult', 'QueryError', 'RequestContext'])
        strictEqual(rows.find((row) => row.type === type)?.count, truth.afterCounts[type], type);
      for (const key of ['count', 'bytes'] as const)
        strictEqual(
          rows.reduce((sum, row) => sum + row[key], 0),
          cut[key],
          `rows add up to the cut's ${key}`,
        );
    });
  });
}

async function lines<T>(line: string): Promise<T[]> {
  const { stdout, stderr, status } = await bash(line);
  strictEqual(stderr, '');
  strictEqual(status, 0);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((text) => JSON.parse(text) as T);
}

const isCause =
  (n: number) =>
  ([, via, to]: NonNullable<NodeRecord['refs']>[number]): boolean =>
    via === 'cause' && to === n;

/** The errors from this one on, along `cause`. */
function chain(nodes: readonly NodeRecord[], head: number): NodeRecord[] {
  const members: NodeRecord[] = [];
  for (let node = nodes[head]; node?.type === 'QueryError'; ) {
    members.push(node);
    const cause = node.refs?.find(([, via]) => via === 'cause');
    node = cause === undefined ? undefined : nodes[cause[2]];
  }
  return members;
}
