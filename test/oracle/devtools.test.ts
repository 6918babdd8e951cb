/** Real snapshots against Chrome DevTools' own engine: every node's id, kind, name, class, size and references. */
import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { sameRecords } from '../support/compare.ts';
import { engineNodes } from '../support/devtools.ts';
import { fixtures, readableByEngine, unzipped } from '../support/fixtures.ts';
import { cut, readStream } from '../support/nodeStream.ts';
import { run } from '../support/run.ts';

for (const fixture of fixtures) {
  test(`DevTools' engine reads the same nodes from ${fixture.name}`, async () => {
    const { stdout, status } = await run('snap-parse', [unzipped(fixture)]);
    strictEqual(status, 0);
    const ours = readStream(stdout).nodes.map(({ id, kind, type, name, size, refs }) => ({
      id,
      kind,
      type,
      name: name ?? type,
      size,
      refs,
    }));
    const theirs = (await engineNodes(readableByEngine(fixture))).map(({ id, kind, type, name, size, refs }) => ({
      id,
      kind,
      type: cut(type),
      name: cut(name),
      size,
      refs: refs.map(([refKind, called, target]) => [
        refKind,
        typeof called === 'string' ? cut(called) : called,
        target,
      ]),
    }));
    sameRecords(ours, theirs, fixture.name);
  });
}
