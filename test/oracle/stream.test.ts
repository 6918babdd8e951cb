/** Real snapshots against a plain reader (JSON.parse and a loop): every record that snap-parse writes, to the last reference. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { sameRecords } from '../support/compare.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { readStream } from '../support/nodeStream.ts';
import { plainRecords, snapshotText } from '../support/plainReader.ts';
import { run } from '../support/run.ts';

for (const fixture of fixtures) {
  test(`snap-parse writes exactly the nodes and references that are in ${fixture.name}, each line as JSON.stringify would`, async () => {
    const expected = plainRecords(snapshotText(fixture.zipped));
    const { stdout, stderr, status } = await run('snap-parse', [unzipped(fixture)]);
    strictEqual(stderr, '');
    strictEqual(status, 0);
    for (const line of stdout.split('\n').slice(0, -1)) {
      const canonical = JSON.stringify(JSON.parse(line));
      if (line !== canonical) strictEqual(line.slice(0, 2000), canonical.slice(0, 2000));
    }
    const { marks, nodes } = readStream(stdout);
    sameRecords(nodes, expected, fixture.name);
    deepStrictEqual(
      marks.map(({ snap, nodes: nodeCount, refs }) => [snap, nodeCount, refs]),
      [
        ['start', fixture.raw.nodes, fixture.raw.edges],
        ['end', fixture.raw.nodes, fixture.raw.edges],
      ],
    );
  });

  test(`snap-parse --no-refs of ${fixture.name} is the same stream without the references`, async () => {
    const expected = plainRecords(snapshotText(fixture.zipped)).map(({ refs, ...node }) => node);
    const { stdout, stderr, status } = await run('snap-parse', ['--no-refs', unzipped(fixture)]);
    strictEqual(stderr, '');
    strictEqual(status, 0);
    sameRecords(readStream(stdout).nodes, expected, fixture.name);
  });
}
