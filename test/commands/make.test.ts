/** An investigation as a Makefile: the shipped fragment with real make, from a snapshot to nodes and groups. */
import { ok, strictEqual } from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { testFile } from '../support/root.ts';
import { bash, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

test('make builds the nodes and the groups of a snapshot with the shipped rules, and builds nothing twice', async () => {
  const cwd = tempFolder('make');
  copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), join(cwd, 'shop.heapsnapshot'));
  writeFileSync(join(cwd, 'Makefile'), 'include $(shell snap-parse --makefile)\n');
  const made = await bash('make shop.nodes.gz shop.groups', { cwd });
  strictEqual(made.status, 0, made.stderr);
  const file = join(cwd, 'shop.heapsnapshot');
  strictEqual(
    gunzipSync(readFileSync(join(cwd, 'shop.nodes.gz'))).toString(),
    (await run('snap-parse', [file])).stdout,
  );
  ok(readFileSync(join(cwd, 'shop.groups'), 'utf8').length > 0);
  const again = await bash('make shop.nodes.gz shop.groups', { cwd });
  ok(/up to date|nothing to be done/i.test(again.stdout), again.stdout);
});

test('make leaves no half-made file where a snapshot is broken', async () => {
  const cwd = tempFolder('make');
  copyFileSync(testFile('fixtures', 'small', 'half.heapsnapshot'), join(cwd, 'half.heapsnapshot'));
  writeFileSync(join(cwd, 'Makefile'), 'include $(shell snap-parse --makefile)\n');
  const { status } = await bash('make half.nodes.gz; s=$?; ls half.nodes.gz && exit 0; exit $s', { cwd });
  strictEqual(status, 2);
});
