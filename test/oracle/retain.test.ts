/** snap-retain against Chrome DevTools' own engine: every node and every row of the Summary, of real snapshots and of some made during the test. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { sameRecords } from '../support/compare.ts';
import { engineNumbers, type SummaryRow } from '../support/devtools.ts';
import { fixtures, readableByEngine, unzipped } from '../support/fixtures.ts';
import { plainRecords, snapshotText } from '../support/plainReader.ts';
import { expectedNodes, type RetainedClass, type RetainedNode, retain, sameClasses } from '../support/retained.ts';
import { packageRoot } from '../support/root.ts';
import { execute } from '../support/run.ts';
import { runtimes } from '../support/runtimes.ts';
import { tempFolder } from '../support/temp.ts';

for (const fixture of fixtures) {
  const { name, devtools } = fixture;

  test(`every node and every class of ${name} has DevTools' numbers`, async () => {
    const engine = await engineNumbers(readableByEngine(fixture));
    const file = unzipped(fixture);
    const [nodes, classes] = await Promise.all([
      retain<RetainedNode>(['--all', file]),
      retain<RetainedClass>(['--by', 'class', file]),
    ]);
    sameRecords(nodes, expectedNodes(plainRecords(snapshotText(file)), engine), name);
    sameClasses(classes, engine.rows, name);
    if (devtools === undefined) return;
    sameClasses(classes, devtools.classes, `${name}, as kept beside it`);
    // The engine of today against what was kept: the oracle itself has not moved.
    deepStrictEqual(byKey(engine.rows), byKey(devtools.classes));
    deepStrictEqual([engine.totalSize, engine.statistics], [devtools.totalSize, devtools.statistics]);
  });
}

const byKey = (rows: readonly SummaryRow[]): Map<string, SummaryRow> => new Map(rows.map((row) => [row.key, row]));

const leak = join(packageRoot, 'dist', 'test', 'support', 'leak.js');

for (const { name, command, args } of runtimes) {
  const parameters = [randomInt(2, 12), randomInt(5, 400), randomInt(1, 1_000_000)].map(String);

  test(`a snapshot that ${name} writes now has DevTools' numbers (leak.js ${parameters.join(' ')})`, async () => {
    const file = join(tempFolder('retain'), 'leak.heapsnapshot');
    const written = await execute(command, [...args, leak, file, ...parameters], { seconds: 300 });
    strictEqual(written.status, 0, written.stderr);
    const engine = await engineNumbers(file);
    const [nodes, classes] = await Promise.all([
      retain<RetainedNode>(['--all', file]),
      retain<RetainedClass>(['--by', 'class', file]),
    ]);
    sameRecords(nodes, expectedNodes(plainRecords(snapshotText(file)), engine), name);
    sameClasses(classes, engine.rows, name);
  });

  test(`in a snapshot that ${name} writes now the global object is no suspect, but what leaks is`, async () => {
    const file = join(tempFolder('suspects'), 'global.heapsnapshot');
    const written = await execute(command, [...args, '-e', globals, file], { seconds: 300 });
    strictEqual(written.status, 0, written.stderr);
    const rows = await retain<Suspect>(['--suspects', file]);
    deepStrictEqual(
      rows.filter(({ type }) => type?.startsWith('global')),
      [],
    );
    deepStrictEqual([rows[0]?.type, rows[0]?.path?.at(-1)?.via], ['Array', 'leaked']);
  });
}

interface Suspect {
  readonly type?: string;
  readonly path?: readonly { readonly via: string }[];
}

/** A program with a leak, and as much spread over its global object: no twentieth of it in one place, nor of one class. */
const globals = `
for (let i = 0; i < 60; i++) {
  const name = 'Own' + i;
  globalThis[name.toLowerCase()] = new ({ [name]: class { numbers = Array.from({ length: 2_000 }, (_, k) => i * k + 0.5); } })[name]();
}
globalThis.leaked = Array.from({ length: 20_000 }, (_, i) => ({ i: i + 0.5 }));
require('node:v8').writeHeapSnapshot(process.argv[1]);
`;
