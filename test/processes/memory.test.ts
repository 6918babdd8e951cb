/** Memory of real processes over a snapshot that is many times larger than the limit: it must not grow with the file. */
import { ok, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { writeBigSnapshot } from '../support/bigSnapshot.ts';
import { heap } from '../support/heap.ts';
import { measured } from '../support/peak.ts';
import { program } from '../support/root.ts';
import { quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { node26, v8Text } from '../support/v8Text.ts';

const MiB = 2 ** 20;
const folder = tempFolder('memory');
const [smallFile, bigFile] = [join(folder, 'small.heapsnapshot'), join(folder, 'big.heapsnapshot')];
const bigNodes = 3_000_000;

before(async () => {
  await writeBigSnapshot(smallFile, 80_000);
  await writeBigSnapshot(bigFile, bigNodes);
});
after(() => rmSync(folder, { recursive: true }));

const lines: readonly (readonly [what: string, line: (file: string) => string])[] = [
  ['snap-parse FILE', (file) => `snap-parse ${file} > /dev/null`],
  ['snap-parse --no-refs FILE', (file) => `snap-parse --no-refs ${file} > /dev/null`],
  ['snap-group FILE', (file) => `snap-group ${file}`],
  ['snap-parse FILE | snap-group', (file) => `snap-parse ${file} | snap-group`],
  ['cat FILE | snap-parse', (file) => `cat ${file} | snap-parse > /dev/null`],
  ['snap-filter FILE', (file) => `snap-filter --kind string ${file} > /dev/null`],
  ['snap-show FILE', (file) => `snap-show --node 5 ${file}`],
  ['snap-chainends FILE', (file) => `snap-chainends --type Class5 --via Class5 --top 5 ${file}`],
];

for (const [what, line] of lines) {
  test(`${what}: at most 150 MiB, and hardly more for a file 38 times as large`, async (t) => {
    const env = { TMPDIR: folder };
    const small = await measured(line(quoted(smallFile)), { env });
    strictEqual(small.status, 0, small.stderr);
    const big = await measured(line(quoted(bigFile)), { env });
    strictEqual(big.status, 0, big.stderr);
    for (const [i, peak] of big.peaks.entries()) {
      const peakOfSmall = small.peaks[i] ?? 0;
      t.diagnostic(`${Math.round(peak / MiB)} MiB, of the small file ${Math.round(peakOfSmall / MiB)} MiB`);
      ok(peak <= 150 * MiB, `${Math.round(peak / MiB)} MiB`);
      // A quarter more, and what garbage collection decides by chance.
      ok(
        peak <= 1.25 * peakOfSmall + 10 * MiB,
        `${Math.round(peak / MiB)} MiB against ${Math.round(peakOfSmall / MiB)} MiB`,
      );
    }
  });
}

test('snap-diff keeps to 16 bytes a node, and with --memory and a small heap to what it is given, with the same rows', async (t) => {
  const files = `${quoted(bigFile)} ${quoted(smallFile)}`;
  const node = (heapMiB: number): string =>
    `${quoted(process.execPath)} --max-old-space-size=${heapMiB} ${quoted(program('snap-diff'))} --quiet`;
  const [few, free, tight] = [
    await measured(`${node(24)} ${quoted(smallFile)} ${quoted(smallFile)} > /dev/null`, { env: { TMPDIR: folder } }),
    await measured(`${node(24)} ${files}`, { env: { TMPDIR: folder } }),
    await measured(`${node(24)} --memory 104M ${files}`, { env: { TMPDIR: folder } }),
  ];
  for (const { status, stderr } of [few, free, tight]) strictEqual(status, 0, stderr);
  strictEqual(tight.stdout, free.stdout);
  const [ofFew, ofFree, ofTight] = [few, free, tight].map(({ peaks }) => peaks[0] ?? Infinity) as [
    number,
    number,
    number,
  ];
  t.diagnostic([ofFew, ofFree, ofTight].map((peak) => `${Math.round(peak / MiB)} MiB`).join(', '));
  // What garbage collection decides by chance.
  ok(ofFree - ofFew <= 16 * bigNodes + 8 * MiB, `${Math.round((ofFree - ofFew) / MiB)} MiB more`);
  ok(ofTight <= 104 * MiB, `${Math.round(ofTight / MiB)} MiB`);
});

test('snap-group --by name keeps its 300,000 keys within 150 MiB', async () => {
  const { status, peaks } = await measured(`snap-group --by name --top 5 ${quoted(bigFile)}`, {
    env: { TMPDIR: folder },
  });
  strictEqual(status, 0);
  ok((peaks[0] ?? Infinity) <= 150 * MiB, `${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
});

for (const args of ['--kind object --via Class7 --top 5', '--min-length 2']) {
  test(`snap-chainends ${args} keeps three million nodes within --memory`, async (t) => {
    const least = args.includes('--via') ? 170 : 190;
    const { status, stdout, stderr, peaks } = await measured(
      `snap-chainends ${args} --memory ${least}M ${quoted(bigFile)}`,
      { env: { TMPDIR: folder } },
    );
    strictEqual(status, 0, stderr);
    ok(stdout.length > 0);
    t.diagnostic(`${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
    ok((peaks[0] ?? Infinity) <= least * MiB, `${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
  });
}

test('snap-paths keeps to --memory, with 17 bytes a node; nearly as many paths as nodes are too many', async () => {
  const peak = async (choice: string, expected: number): Promise<string> => {
    const line = `snap-paths ${choice} --quiet --top 3 --memory 165M ${quoted(bigFile)}`;
    const { status, peaks, stderr } = await measured(line, { env: { TMPDIR: folder } });
    strictEqual(status, expected, stderr);
    ok((peaks[0] ?? Infinity) <= 165 * MiB, `${choice}: ${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
    return stderr;
  };
  strictEqual(await peak('--type Class7', 0), '');
  ok(/there are more than \d+,\d+ kinds of paths: .*--fold/.test(await peak("--type '*'", 2)));
});

for (const args of ['--top 5', '--by class', '--suspects', '--all']) {
  test(`snap-retain ${args} keeps to --memory where that is as little as it takes`, async (t) => {
    const refused = await measured(`snap-retain ${args} --memory 1M ${quoted(bigFile)}`);
    // As the refusal says, of three million nodes.
    const least = Number(/need ([\d.]+) MiB/.exec(refused.stderr)?.[1]);
    // Suspects have paths, whose references have names.
    ok(least < (args === '--suspects' ? 180 : 160), refused.stderr);
    const { status, stderr, peaks } = await measured(
      `snap-retain ${args} --memory ${Math.ceil(least)}M ${quoted(bigFile)} > /dev/null`,
      { env: { TMPDIR: folder } },
    );
    strictEqual(status, 0, stderr);
    t.diagnostic(`${Math.round((peaks[0] ?? 0) / MiB)} MiB of ${least} MiB`);
    // What garbage collection decides by chance.
    ok((peaks[0] ?? Infinity) <= (least + 8) * MiB, `${Math.round((peaks[0] ?? 0) / MiB)} MiB of ${least} MiB`);
  });
}

test('the big snapshot is read whole', async () => {
  const { stdout } = await measured(`snap-group --by kind ${quoted(bigFile)} | jq -s 'map(.count) | add'`);
  strictEqual(Number(stdout), bigNodes);
});

test('a string of 300 MB is cut to 1,024 units, with status 0 and without holding it', async () => {
  const file = join(folder, 'long.heapsnapshot');
  const h = heap();
  h.root
    .points('text', h.node('LONG', { kind: 'string', size: 300_000_000 }))
    .points('after', h.node('After', { size: 8 }));
  const [head = '', tail = ''] = v8Text(h.build(), node26).split('LONG');
  const out = createWriteStream(file);
  out.write(head);
  const piece = 'x'.repeat(MiB);
  for (let i = 0; i < 300; i++) if (!out.write(piece)) await once(out, 'drain');
  out.end(tail);
  await once(out, 'close');

  for (const line of [`snap-parse ${quoted(file)}`, `cat ${quoted(file)} | snap-parse`]) {
    const { stdout, stderr, status, peaks } = await measured(line, { env: { TMPDIR: folder } });
    strictEqual(stderr, '');
    strictEqual(status, 0);
    const records = stdout
      .split('\n')
      .slice(1, -2)
      .map((text) => JSON.parse(text) as { type: string; name?: string });
    strictEqual(records[1]?.name, 'x'.repeat(1024));
    strictEqual(records[2]?.type, 'After');
    ok((peaks[0] ?? Infinity) <= 150 * MiB, `${Math.round((peaks[0] ?? 0) / MiB)} MiB`);
  }
  rmSync(file);
});

test('a node with two million references goes through as many short lines, and no stage before the last grows', async () => {
  const file = join(folder, 'array.heapsnapshot');
  const count = 2_000_000;
  const h = heap();
  const array = h.node('Array', { size: 16 });
  h.root.points('all', array);
  for (let i = 0; i < count; i++) array.points(i, h.root, 'element');
  const out = createWriteStream(file);
  out.end(v8Text(h.build(), node26));
  await once(out, 'close');
  const { stdout, status, peaks } = await measured(
    `snap-parse ${quoted(file)} | snap-filter --type Array | tee >(wc -L > widest) | snap-show --node 1 | wc -l; cat widest`,
    { env: { TMPDIR: folder } },
  );
  strictEqual(status, 0);
  const [records, widest] = stdout.trim().split(/\s+/).map(Number) as [number, number];
  strictEqual(records, count + 1);
  ok(widest < 65_536, `the longest line has ${widest} bytes`);
  // snap-show holds what it knows of the targets of one object; the two before it hold nothing of its length.
  const [largest = Infinity, ...others] = peaks;
  ok(
    largest <= 256 * MiB && others.every((peak) => peak <= 100 * MiB),
    `${peaks.map((peak) => Math.round(peak / MiB))} MiB`,
  );
});
