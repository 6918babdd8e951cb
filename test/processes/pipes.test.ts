/** Real pipes: readers that stop early, other programs at the ends, producers that are slow, and Ctrl-C in the middle. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { program } from '../support/root.ts';
import { bash, environment, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const fixture = fixtures.find(({ name }) => name === 'node22');
ok(fixture, 'there is a snapshot by Node 22');
const file = unzipped(fixture);
const quotedFile = quoted(file);
const nodes = fixture.raw.nodes;

const stages = [
  'snap-parse',
  'snap-parse --no-refs',
  'snap-filter --kind object',
  'snap-sample 50000',
  'snap-group --by name',
  'snap-show --type "*"',
  'snap-chainends --kind object --via __proto__',
  'snap-chainends --kind object --via __proto__ --heads',
];

for (const stage of stages) {
  // One encoder writes each format for all commands, so that two of them stand for the others.
  for (const format of ['snap-parse', 'snap-group --by name'].includes(stage)
    ? ['ndjson', 'csv', 'table']
    : ['ndjson']) {
    test(`${stage} --format ${format} | head -1 ends quietly, and every part with 0`, async () => {
      const tmp = tempFolder('spool');
      const line = `${stage} --format ${format}`;
      for (const whole of [
        `${line} ${quotedFile} | head -1`,
        `snap-parse ${quotedFile} | ${line} | head -1`,
        `cat ${quotedFile} | ${line} | head -1`,
      ]) {
        const { stdout, stderr } = await bash(`${whole}; echo "\${PIPESTATUS[*]}" >&2`, {
          env: { TMPDIR: tmp },
          seconds: 60,
        });
        strictEqual(stdout.split('\n').length, 2, stdout.slice(0, 200));
        // cat is killed by the closed pipe, which is 141; our own programs end with 0.
        strictEqual(stderr.trim().replaceAll('141', '0').replaceAll(/[0 ]/g, ''), '', `${whole}: ${stderr}`);
        deepStrictEqual(readdirSync(tmp), []);
      }
    });
  }
}

test('a reader that closes at once, before anything is written, is no error', async () => {
  for (const stage of stages) {
    const { stderr } = await bash(`${stage} ${quotedFile} | true; echo "\${PIPESTATUS[*]}" >&2`);
    strictEqual(stderr, '0 0\n', stage);
  }
});

test('a full device on standard output is one line and status 2', async () => {
  for (const stage of stages) {
    const { stderr, status } = await bash(`${stage} ${quotedFile} > /dev/full`);
    strictEqual(stderr.split('\n').length, 2, stderr);
    ok(stderr.startsWith(`${stage.split(' ')[0]}: `), stderr);
    strictEqual(status, 2, stage);
  }
});

test('jq reads every line that a command writes', async () => {
  for (const stage of stages) {
    const { stdout, stderr, status } = await bash(
      `${stage} ${quotedFile} > all; jq -c type < all | sort | uniq -c; wc -l < all`,
    );
    strictEqual(stderr, '');
    strictEqual(status, 0);
    const [objects = '', lines = ''] = stdout
      .trim()
      .split('\n')
      .map((line) => line.trim());
    strictEqual(objects, `${lines} "object"`, stage);
  }
});

test('a stage made of jq fits between ours', async () => {
  const { stdout } = await bash(
    `snap-parse ${quotedFile} | jq -c 'select(.snap or .kind == "regexp")' | snap-group --by kind`,
  );
  const { count, self_size: bytes } = fixture.raw.by_type['regexp'] ?? { count: 0, self_size: 0 };
  deepStrictEqual(JSON.parse(stdout), { kind: 'regexp', count, bytes });
});

test('grep on the text of a stream loses the counts, and the next stage notes that it is a part, with status 0', async () => {
  const { stdout, stderr, status } = await bash(
    `snap-parse ${quotedFile} | grep -e '^{"snap"' -e '^{"n":[0-9]*,"id":[0-9]*,"kind":"regexp"' | snap-group --by kind`,
  );
  strictEqual(status, 0, stderr);
  strictEqual(stderr.split('\n').length, 2, `one note: ${stderr}`);
  strictEqual(
    stdout,
    `${JSON.stringify({ kind: 'regexp', count: fixture.raw.by_type['regexp']?.count, bytes: fixture.raw.by_type['regexp']?.self_size })}\n`,
  );
});

test('five stages in one pipe end with every node counted once', async () => {
  const { stdout, status } = await bash(
    `snap-parse ${quotedFile} | snap-filter --not --kind synthetic | snap-sample 1000000 | snap-filter --min-size 0 | snap-group --by kind | jq -s 'map(.count) | add'`,
  );
  strictEqual(status, 0);
  strictEqual(Number(stdout), nodes - (fixture.raw.by_type['synthetic']?.count ?? 0));
});

for (const line of [
  ['snap-parse'],
  ['snap-parse', '--no-refs'],
  ['snap-group', '--by', 'kind,name'],
  ['snap-sample', '5'],
  ['snap-show', '--node', '0'],
  ['snap-chainends'],
  ['snap-chainends', '--type', 'Map', '--via', 'table', '--heads'],
] as const) {
  const [command, ...args] = line;

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    test(`${line.join(' ')} that is stopped by ${signal} in the middle of a pipe leaves nothing behind and says nothing`, async () => {
      const tmp = tempFolder('spool');
      const child = spawn(process.execPath, [program(command), ...args], {
        env: environment({ TMPDIR: tmp }),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const complaints: Buffer[] = [];
      child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
      child.stdout.resume();
      child.stdin.on('error', () => {});
      // Half of a snapshot, and then a producer that never goes on.
      createReadStream(file, { end: 4_000_000 }).pipe(child.stdin, { end: false });
      await sleep(700);
      strictEqual(child.exitCode, null, 'it is waiting for the other half');
      child.kill(signal);
      const [status, by] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      deepStrictEqual([status, by], [null, signal], 'it dies of the signal, so that shells see why');
      strictEqual(Buffer.concat(complaints).toString(), '');
      deepStrictEqual(readdirSync(tmp), []);
    });
  }
}

test('what a slow producer has sent so far is answered without waiting for its end', async () => {
  const line = `(snap-parse ${quotedFile} | head -20000; sleep 5) | snap-filter --kind synthetic | (read -r line; read -r line; echo "$SECONDS $line")`;
  const { stdout } = await bash(line, { seconds: 30 });
  const [seconds = '', record = ''] = stdout.trim().split(/ (.*)/);
  strictEqual((JSON.parse(record) as { n: number }).n, 0);
  ok(Number(seconds) < 4, `after ${seconds} s`);
});

test('a full disk while a pipe is spooled is one line, status 2, and nothing is left', async (t) => {
  const tmp = tempFolder('spool');
  const limited = await bash(
    `ulimit -f 1000; cat ${quotedFile} | snap-parse 2> errors | cat > /dev/null; echo "\${PIPESTATUS[1]}"; cat errors`,
    { env: { TMPDIR: tmp } },
  );
  isDiskFull(limited.stdout, tmp);

  const disk = tempFolder('disk');
  const mounted = (await bash(`mount -t tmpfs -o size=1m snap-tools ${quoted(disk)}`)).status === 0;
  if (!mounted) return t.diagnostic('no right to mount a small disk here: only the limit on file sizes was tried');
  try {
    const full = await bash(
      `cat ${quotedFile} | snap-parse 2> errors | cat > /dev/null; echo "\${PIPESTATUS[1]}"; cat errors`,
      { env: { TMPDIR: disk } },
    );
    isDiskFull(full.stdout, disk);
    const chosen = await bash(
      `cat ${quotedFile} | snap-parse --tmp ${quoted(disk)} 2> errors | cat > /dev/null; echo "\${PIPESTATUS[1]}"; cat errors`,
    );
    isDiskFull(chosen.stdout, disk);
  } finally {
    await bash(`umount ${quoted(disk)}`);
  }
});

function isDiskFull(said: string, tmp: string): void {
  // A file system in memory is warned of; the complaint comes last.
  const [status, ...words] = said.trim().split('\n');
  strictEqual(status, '2', said);
  const complaints = words.filter((line) => !/warning|in memory/.test(line));
  strictEqual(complaints.length, 1, said);
  ok(complaints[0]?.startsWith('snap-parse: '), said);
  ok(/space|full|limit/i.test(complaints[0] ?? ''), said);
  ok(/--tmp|ulimit/.test(complaints[0] ?? ''), `says what to do: ${said}`);
  deepStrictEqual(readdirSync(tmp), []);
}
