/** Snapshots that are made during the test, by this Node and by others from npm, with random parameters: nothing can be fitted to them. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { sameRecords } from '../support/compare.ts';
import { engineNodes } from '../support/devtools.ts';
import { className, cut, readStream } from '../support/nodeStream.ts';
import { plainRecords, snapshotText } from '../support/plainReader.ts';
import { packageRoot } from '../support/root.ts';
import { execute, run } from '../support/run.ts';
import { runtimes } from '../support/runtimes.ts';
import { tempFolder } from '../support/temp.ts';

const leak = join(packageRoot, 'dist', 'test', 'support', 'leak.js');

for (const { name, command, args } of runtimes) {
  const [chains, length, seed] = [randomInt(2, 12), randomInt(5, 400), randomInt(1, 1_000_000)];
  const parameters = `chains ${chains}, length ${length}, seed ${seed}`;

  test(`a snapshot that ${name} writes now is read to the last reference (${parameters})`, async () => {
    const file = join(tempFolder('fresh'), 'leak.heapsnapshot');
    const written = await execute(command, [...args, leak, file, ...[chains, length, seed].map(String)], {
      seconds: 300,
    });
    strictEqual(written.status, 0, `${parameters}: ${written.stderr}`);

    const { stdout, stderr, status } = await run('snap-parse', [file]);
    strictEqual(stderr, '');
    strictEqual(status, 0);
    const { nodes } = readStream(stdout);
    const expected = plainRecords(snapshotText(file));
    sameRecords(nodes, expected, parameters);

    const engine = (await engineNodes(file)).map(({ id, kind, type, name: text, size }) => [
      id,
      kind,
      cut(type),
      cut(text),
      size,
    ]);
    sameRecords(
      nodes.map(({ id, kind, type, name: text, size }) => [id, kind, type, text ?? type, size]),
      engine,
      `engine, ${parameters}`,
    );

    const errors = nodes.filter(({ type }) => type === 'QueryError');
    strictEqual(errors.length, chains * length, parameters);
    const causes = errors.flatMap(({ refs = [] }) =>
      refs.filter(([, ref]) => ref === 'cause').map(([, , target]) => nodes[target]?.type),
    );
    strictEqual(causes.filter((type) => type === 'QueryError').length, chains * (length - 1), parameters);

    const grouped = await run('snap-group', ['--by', 'type', file]);
    const byType = new Map<string, { count: number; bytes: number }>();
    for (const { kind, type, name: text, size } of nodes) {
      strictEqual(type, cut(className(kind, text ?? type)), parameters);
      const { count, bytes } = byType.get(type) ?? { count: 0, bytes: 0 };
      byType.set(type, { count: count + 1, bytes: bytes + size });
    }
    const rows = grouped.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { type: string; count: number; bytes: number });
    deepStrictEqual(new Map(rows.map(({ type, count, bytes }) => [type, { count, bytes }])), byType, parameters);
  });
}
