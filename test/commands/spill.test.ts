/** Grouping with more keys than the budget: sorted runs on disk must give the rows that memory gives, and leave nothing behind. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeBigSnapshot } from '../support/bigSnapshot.ts';
import { bash, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const file = join(tempFolder('spill'), 'names.heapsnapshot');
const many = writeBigSnapshot(file, 2_000_000);

for (const args of ['--by name', '--by name,kind --sort count', '--by type,name --top 1000']) {
  test(`snap-group ${args} gives the same rows from sorted runs on disk as from memory`, async () => {
    await many;
    const tmp = tempFolder('runs');
    const roomy = await bash(`snap-group ${args} ${quoted(file)} | md5sum`);
    const tight = await bash(`snap-group ${args} --memory 80M --tmp ${quoted(tmp)} ${quoted(file)} | md5sum`, { seconds: 40 });
    strictEqual(tight.status, 0, tight.stderr);
    strictEqual(tight.stdout, roomy.stdout);
    deepStrictEqual(readdirSync(tmp), []);
  });
}

test('a budget that no process can keep is refused with what it would need', async () => {
  const { stderr, status } = await bash(`snap-group --memory 1K ${quoted(file)}`);
  strictEqual(status, 2);
  match(stderr, /^snap-group: .*memory/);
  ok(stderr.split('\n').length === 2, stderr);
});
