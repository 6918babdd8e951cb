/** Every kind of bad input, through real processes: one line that names the file and the place, status 2, and nothing left behind. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Faulty, faultySnapshots, faultyStreams, oddData } from '../support/faulty.ts';
import { readStream } from '../support/nodeStream.ts';
import { plainRecords } from '../support/plainReader.ts';
import { bash, type Ended } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('bad');

/** Runs a shell line in the folder of the bad files, with a $TMPDIR of its own that must be empty afterwards. */
async function runIn(line: string, stdin: string | Buffer = ''): Promise<Ended> {
  const tmp = tempFolder('spool');
  const ended = await bash(line, { cwd: folder, env: { TMPDIR: tmp }, stdin });
  deepStrictEqual(readdirSync(tmp), [], 'nothing stays in $TMPDIR');
  return ended;
}

function isOneComplaint({ stderr, status }: Ended, command: string, file: string | undefined, says: RegExp): void {
  strictEqual(stderr.split('\n').length, 2, `one line: ${stderr}`);
  ok(stderr.startsWith(`${command}: `), stderr);
  if (file !== undefined) ok(stderr.includes(file), `names the file: ${stderr}`);
  match(stderr, says);
  ok(!/\n\s+at |Error:|undefined|NaN/.test(stderr), `no stack, no inner word: ${stderr}`);
  strictEqual(status, 2);
}

const fileOf = ({ name, content }: Faulty, ending: string): string => {
  const file = `${name.replaceAll(/\W+/g, '-')}.${ending}`;
  writeFileSync(join(folder, file), content);
  return file;
};

for (const faulty of faultySnapshots) {
  test(`snap-parse complains of ${faulty.name} in one line and ends with 2`, async () => {
    const file = fileOf(faulty, 'heapsnapshot');
    isOneComplaint(await runIn(`snap-parse ${file} > /dev/null`), 'snap-parse', file, faulty.says);
  });

  test(`snap-parse complains of ${faulty.name} on standard input, zipped and through a pipe alike`, async () => {
    const file = fileOf(faulty, 'heapsnapshot');
    isOneComplaint(await runIn(`snap-parse < ${file} > /dev/null`), 'snap-parse', undefined, faulty.says);
    isOneComplaint(await runIn(`cat ${file} | snap-parse > /dev/null`), 'snap-parse', undefined, faulty.says);
    if (faulty.content.length > 0)
      isOneComplaint(await runIn(`gzip -c ${file} | snap-parse - > /dev/null`), 'snap-parse', undefined, faulty.says);
  });

  test(`snap-parse --check finds ${faulty.name}`, async () => {
    const file = fileOf(faulty, 'heapsnapshot');
    const { stderr, stdout, status } = await runIn(`snap-parse --check ${file}`);
    strictEqual(status, 2, stdout + stderr);
    match(stdout + stderr, faulty.says);
  });
}

for (const faulty of faultyStreams) {
  test(`snap-parse complains of a stream with ${faulty.name} in one line and ends with 2`, async () => {
    const file = fileOf(faulty, 'nodes');
    isOneComplaint(await runIn(`snap-parse ${file} > /dev/null`), 'snap-parse', file, faulty.says);
    isOneComplaint(await runIn(`cat ${file} | snap-parse > /dev/null`), 'snap-parse', undefined, faulty.says);
  });

  test(`snap-parse --check finds a stream with ${faulty.name}`, async () => {
    const file = fileOf(faulty, 'nodes');
    const { stderr, stdout, status } = await runIn(`snap-parse --check ${file}`);
    strictEqual(status, 2, stdout + stderr);
    match(stdout + stderr, faulty.says);
  });
}

const oneOfEach = [
  'snap-parse',
  'snap-filter --kind string',
  'snap-sample 3',
  'snap-group',
  'snap-show --node 0',
  'snap-chainends --node 0 --via nul',
];

for (const line of oneOfEach) {
  const command = line.split(' ')[0] ?? '';

  test(`${line} complains of what is no file in one line and ends with 2`, async () => {
    mkdirSync(join(folder, 'folder.heapsnapshot'), { recursive: true });
    isOneComplaint(await runIn(`${line} folder.heapsnapshot`), command, 'folder.heapsnapshot', /directory|folder/);
    isOneComplaint(await runIn(`${line} nowhere.heapsnapshot`), command, 'nowhere.heapsnapshot', /no such file/i);
    isOneComplaint(await runIn(`${line} < folder.heapsnapshot`), command, undefined, /directory|folder/);
    isOneComplaint(await runIn(`${line} <&-`), command, undefined, /./);
    isOneComplaint(await runIn(`${line} < /dev/null`), command, undefined, /empty/);
    writeFileSync(join(folder, 'cut.gz'), Buffer.from('H4sIAAAAAAAAA6tWKs5ILEhVslIqLilKTU', 'base64'));
    isOneComplaint(await runIn(`${line} cut.gz`), command, 'cut.gz', /./);
  });

  test(`${line} may not read a file that is closed to it, and says so`, async () => {
    writeFileSync(join(folder, 'secret.heapsnapshot'), oddData());
    chmodSync(join(folder, 'secret.heapsnapshot'), 0o000);
    // Root reads everything, unless the right to override permissions is dropped first.
    const asOthers = process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search ' : '';
    isOneComplaint(
      await runIn(`${asOthers}${line} secret.heapsnapshot`),
      command,
      'secret.heapsnapshot',
      /permission/i,
    );
  });

  test(`${line} works off what came of a stream whose producer died, says both counts, and ends with 2`, async () => {
    const whole = readStream((await runIn('snap-parse', oddData())).stdout).nodes.length;
    const { stdout, stderr, status } = await runIn(`snap-parse | head -4 | ${line}`, oddData());
    strictEqual(status, 2);
    strictEqual(stderr.split('\n').filter((said) => !said.includes(': note: ')).length, 2, stderr);
    ok(stderr.startsWith(`${command}: `), stderr);
    match(stderr, /\b3\b/);
    match(stderr, new RegExp(`\\b${whole}\\b`));
    ok(stdout.length > 0, 'what arrived is answered');
  });
}

test('nodes before a fault are still printed', async () => {
  const file = fileOf(
    {
      name: 'late fault',
      content: faultyStreams.find(({ name }) => name === 'nodes that go back')?.content ?? '',
      says: /./,
    },
    'nodes',
  );
  const { stdout } = await runIn(`snap-parse ${file}`);
  strictEqual(stdout.split('\n').filter((line) => line.startsWith('{"n":')).length, 5);
  ok(!stdout.includes('"snap":"end"'), 'a stream that failed does not say that it is whole');
});

test('NUL, lone surrogates and pairs are data: they come out as they went in', async () => {
  const { stdout, stderr, status } = await runIn('snap-parse', oddData());
  strictEqual(stderr, '');
  strictEqual(status, 0);
  deepStrictEqual(readStream(stdout).nodes, plainRecords(oddData()));
  for (const format of ['ndjson', 'csv', 'table']) {
    for (const line of oneOfEach) strictEqual((await runIn(`${line} --format ${format}`, oddData())).status, 0);
  }
});

test('a table of hostile names holds no control character but newlines', async () => {
  for (const line of [
    'snap-parse --format table',
    'snap-group --by name --format table',
    'snap-show --node 0 --format table',
    String.raw`snap-chainends --node 0 --via "$(printf 'nul\033')" --has nul --format table`,
    'snap-chainends --node 0 --via nul --format table',
  ]) {
    const { bytes } = await runIn(line, oddData());
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    ok(!/[\x00-\x09\x0b-\x1f\x7f]/.test(bytes.toString('latin1')), line);
  }
});
