/** Real snapshots against Chrome DevTools' own engine: every node's id, kind, name, class, size and references. */
import { strictEqual } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sameRecords } from '../support/compare.ts';
import { engineNodes } from '../support/devtools.ts';
import { type Fixture, fixtures, unzipped } from '../support/fixtures.ts';
import { cut, readStream } from '../support/nodeStream.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

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

/** The engine trusts the header's count of trace functions, which Node 26 gets wrong: it reads a copy with the count corrected. */
function readableByEngine(fixture: Fixture): string {
  const file = unzipped(fixture);
  if (fixture.devtools !== undefined) return file;
  const text = readFileSync(file, 'utf8');
  const infos = /"trace_function_infos":\[([^\]]*)\]/.exec(text)?.[1]?.split(',').length ?? 0;
  const corrected = join(tempFolder('engine'), `${fixture.name}.heapsnapshot`);
  writeFileSync(corrected, text.replace(/"trace_function_count":\d+/, `"trace_function_count":${infos / 6}`));
  return corrected;
}
