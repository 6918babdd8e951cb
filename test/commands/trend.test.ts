/** snap-trend over snapshots of one living process whose classes grow, wobble and stay by random numbers: the courses are what the process says of itself. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { writeBigSnapshot } from '../support/bigSnapshot.ts';
import { measured } from '../support/peak.ts';
import { packageRoot } from '../support/root.ts';
import { bash, execute, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

interface Row {
  readonly type: string;
  readonly series: { readonly count: readonly number[]; readonly bytes: readonly number[] };
  readonly first: Amount;
  readonly last: Amount;
  readonly delta: Amount;
  readonly steps_up: number;
  readonly slope: number;
}

interface Amount {
  readonly count: number;
  readonly bytes: number;
}

type Counts = { readonly [Class in 'Parcel' | 'Slot' | 'Wall']: number };

const MiB = 2 ** 20;

describe('snapshots of a living process', () => {
  const cwd = tempFolder('trend');
  const snapshots = randomInt(4, 9);
  const files = 'h-?.heapsnapshot';
  let truth: readonly Counts[];
  let rows: ReadonlyMap<string, Row>;
  let order: readonly string[];

  before(async () => {
    const program = join(packageRoot, 'dist', 'test', 'support', 'growth.js');
    const made = await execute(process.execPath, [program, 'h', String(snapshots)], { cwd });
    strictEqual(made.status, 0, made.stderr);
    truth = JSON.parse(made.stdout) as Counts[];
    const { stdout, stderr, status } = await bash(`snap-trend ${files}`, { cwd });
    deepStrictEqual([stderr, status], ['', 0]);
    const all = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    rows = new Map(all.map((row) => [row.type, row]));
    order = [...rows.keys()];
    strictEqual(order.length, all.length, 'each type once');
  });

  const row = (type: string): Row => {
    const found = rows.get(type);
    ok(found, type);
    return found;
  };

  test('each class has the course that the process tells', () => {
    for (const type of ['Parcel', 'Slot', 'Wall'] as const) {
      const { count } = row(type).series;
      // V8 shows a class's prototype under its name, too.
      const [beside] = count.map((value, i) => value - truth[i]![type]);
      ok(beside === 0 || beside === 1, `${beside}`);
      deepStrictEqual(
        count,
        truth.map((counts) => counts[type] + beside),
      );
    }
  });

  test('what leaks is ahead of what wobbles, and what wobbles of what stays', () => {
    strictEqual(row('Parcel').steps_up, snapshots - 1);
    ok(row('Slot').steps_up < snapshots - 1);
    strictEqual(row('Wall').steps_up, 0);
    const places = ['Parcel', 'Slot', 'Wall'].map((type) => order.indexOf(type));
    deepStrictEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  test('every course is what snap-group says of each snapshot, and the other fields follow from it', async () => {
    const grouped = await Promise.all(
      truth.map(async (_, i) => {
        const { stdout } = await bash(`snap-group h-${i}.heapsnapshot`, { cwd });
        const lines = stdout.trim().split('\n');
        return new Map(
          lines.map((line) => JSON.parse(line) as Amount & { type: string }).map((one) => [one.type, one]),
        );
      }),
    );
    deepStrictEqual([...rows.keys()].sort(), [...new Set(grouped.flatMap((types) => [...types.keys()]))].sort());
    for (const [type, { series, first, last, delta, steps_up }] of rows) {
      const { count, bytes } = series;
      deepStrictEqual(
        { count, bytes },
        {
          count: grouped.map((types) => types.get(type)?.count ?? 0),
          bytes: grouped.map((types) => types.get(type)?.bytes ?? 0),
        },
      );
      deepStrictEqual(
        [first.count, first.bytes, last.count, last.bytes],
        [count[0], bytes[0], count.at(-1), bytes.at(-1)],
      );
      deepStrictEqual(delta, { count: last.count - first.count, bytes: last.bytes - first.bytes });
      strictEqual(steps_up, bytes.filter((value, i) => i > 0 && value > bytes[i - 1]!).length);
    }
  });

  test('a file, a stream, both zipped, results of snap-group and standard input give the same, to the byte', async () => {
    const forms = [
      'ln h-0.heapsnapshot a.heapsnapshot; gzip -c h-1.heapsnapshot > b.heapsnapshot.gz',
      'snap-parse h-2.heapsnapshot | gzip > c.nodes.gz; snap-group h-3.heapsnapshot | gzip > d.groups.gz',
      'snap-trend h-[0-3].heapsnapshot > files',
      'snap-parse a.heapsnapshot | snap-trend - b.heapsnapshot.gz c.nodes.gz d.groups.gz | cmp - files',
      'snap-trend a.heapsnapshot b.heapsnapshot.gz <(snap-parse h-2.heapsnapshot) - < h-3.heapsnapshot | cmp - files',
      'for i in 0 1 2 3; do snap-group --by kind,type h-$i.heapsnapshot > $i.groups; done',
      'snap-trend --by kind,type h-[0-3].heapsnapshot | cmp - <(snap-trend [0-3].groups)',
    ];
    const tmp = tempFolder('spool');
    const { stdout, stderr, status } = await bash(forms.join(' && '), { cwd, env: { TMPDIR: tmp } });
    deepStrictEqual([stdout, stderr, status], ['', '', 0]);
    deepStrictEqual(readdirSync(tmp), []);
  });

  test('limits are passed by what grew in every step, and by more than they allow', async () => {
    const { delta } = row('Parcel');
    const judged = async (args: string) => {
      const { stderr, status } = await bash(`snap-trend --quiet ${args} ${files} > /dev/null`, { cwd });
      return [status, stderr] as const;
    };
    deepStrictEqual(await judged(`--max-grow Parcel=${delta.bytes} --max-grow Wall=0 --max-grow Slot=0`), [0, '']);
    const [status, said] = await judged(`--max-grow 'Parc*=${delta.bytes - 1}'`);
    strictEqual(status, 1);
    match(
      said,
      /^snap-trend: Parc\* grew by .*: 1 B more than --max-grow Parc\*=\d+ allows, growing in each of \d+ steps\n$/,
    );
  });

  test('the wrong order, another process and the same file again are notes, and the rows are there all the same', async () => {
    const backward = await bash('snap-trend h-1.heapsnapshot h-0.heapsnapshot | wc -l', { cwd });
    match(backward.stderr, /^snap-trend: note: h-0\.heapsnapshot: was taken before h-1\.heapsnapshot.*\n$/);
    const other = join(packageRoot, 'dist', 'test', 'support', 'growth.js');
    strictEqual((await execute(process.execPath, [other, 'other', '1'], { cwd })).status, 0);
    const strange = await bash('snap-trend h-0.heapsnapshot other-0.heapsnapshot h-0.heapsnapshot | wc -l', { cwd });
    match(
      strange.stderr,
      /^snap-trend: note: h-0\.heapsnapshot: is given twice\nsnap-trend: note: other-0\.heapsnapshot: is of another process than h-0\.heapsnapshot.*; and so 1 more\n$/,
    );
    for (const { stdout, status } of [backward, strange]) {
      strictEqual(status, 0);
      ok(Number(stdout) > 50);
    }
  });

  test('twenty of them take at most 120 MB', async (t) => {
    const twenty = Array.from({ length: 20 }, (_, i) => `h-${i % snapshots}.heapsnapshot`).join(' ');
    const { peaks, status } = await measured(`snap-trend --quiet ${twenty}`, { cwd });
    strictEqual(status, 0);
    t.diagnostic(`${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
    ok((peaks[0] ?? Number.POSITIVE_INFINITY) <= 120e6, `${peaks[0]}`);
  });
});

test('more names than --memory holds go to disk, and the courses are the same', async (t) => {
  const [cwd, tmp] = [tempFolder('names'), tempFolder('runs')];
  await writeBigSnapshot(join(cwd, 'a.heapsnapshot'), 150_000, 1);
  await writeBigSnapshot(join(cwd, 'b.heapsnapshot'), 200_000, 1);
  const line = (memory: string) =>
    `snap-trend --by name --memory ${memory} --tmp ${quoted(tmp)} a.heapsnapshot b.heapsnapshot a.heapsnapshot --quiet`;
  const roomy = await bash(`${line('2G')} | md5sum`, { cwd });
  const tight = await bash(`${line('132M')} | md5sum`, { cwd });
  deepStrictEqual([tight.stdout, tight.stderr, tight.status], [roomy.stdout, '', 0]);
  deepStrictEqual(readdirSync(tmp), []);
  const { peaks } = await measured(`${line('132M')} > /dev/null`, { cwd });
  t.diagnostic(`${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
  ok((peaks[0] ?? Number.POSITIVE_INFINITY) <= 132 * MiB, `${peaks[0]}`);
  // Where no file may grow, the same line must fail: so it did go to the disk.
  strictEqual((await bash(`ulimit -f 0; ${line('132M')}`, { cwd })).status, 2);
});
