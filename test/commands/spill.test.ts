/** Grouping with more keys than the budget: sorted runs on disk must give the rows that memory gives, and leave nothing behind. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeBigSnapshot } from '../support/bigSnapshot.ts';
import { bash, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const file = join(tempFolder('spill'), 'names.heapsnapshot');
const distinct = 1_000_000;
const many = writeBigSnapshot(file, distinct, 1);

/** The least that snap-group says it can do with. */
async function leastMemory(args: string): Promise<string> {
  const { stderr, status } = await bash(`snap-group ${args} --memory 1K ${quoted(file)}`);
  strictEqual(status, 2);
  match(stderr, /^snap-group: .*memory.*needs [\d.]+ MiB[^\n]*\n$/);
  return `${/needs ([\d.]+) MiB/.exec(stderr)?.[1]}M`;
}

for (const args of ['--by name', '--by name,kind --sort count', '--by type,name --top 1000']) {
  test(`snap-group ${args} gives the same rows from sorted runs on disk as from memory`, async () => {
    await many;
    const tmp = tempFolder('runs');
    const tight = `snap-group ${args} --memory ${await leastMemory(args)} --tmp ${quoted(tmp)} ${quoted(file)}`;
    const roomy = await bash(`snap-group ${args} --memory 2G ${quoted(file)} | md5sum`, { seconds: 60 });
    const fromDisk = await bash(`${tight} | md5sum`, { seconds: 60 });
    strictEqual(fromDisk.stderr, '');
    strictEqual(fromDisk.status, 0);
    strictEqual(fromDisk.stdout, roomy.stdout);
    deepStrictEqual(readdirSync(tmp), []);
    // Where no file may grow, the same line must fail: so it did go to the disk.
    strictEqual((await bash(`ulimit -f 0; ${tight}`, { seconds: 60 })).status, 2);
  });
}

test('every one of a million names has its row', async () => {
  await many;
  const { stdout } = await bash(`snap-group --by name ${quoted(file)} | wc -l`);
  strictEqual(Number(stdout), distinct);
});
