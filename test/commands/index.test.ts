/** snap-index as it is used: with an index commands say the same, byte for byte, and read less; one that does not fit is ignored; whatever goes wrong while it is made leaves nothing. */
import { deepStrictEqual, match, ok, strictEqual, throws } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { LookUp } from '../../lib/graph/store/lookUp.ts';
import { Index } from '../../lib/index/opened.ts';
import { InputError } from '../../lib/stream/errors.ts';
import { writeBigSnapshot } from '../support/bigSnapshot.ts';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { heap } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { measured } from '../support/peak.ts';
import { packageRoot, program, testFile } from '../support/root.ts';
import { bash, type Ended, environment, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { tracebackHeap } from '../support/tracebackHeap.ts';
import { v8Text } from '../support/v8Text.ts';

const MiB = 2 ** 20;
const fixture = (name: string): string => {
  const found = fixtures.find((known) => known.name === name);
  ok(found, name);
  return unzipped(found);
};

/** A snapshot, and what is in it to ask for. */
interface Subject {
  readonly name: string;
  readonly make: (into: string) => Promise<void>;
  /** A type of many nodes, one of few, and by what the many are referred to. */
  readonly many: string;
  readonly few: string;
  readonly via: string;
  readonly glob: string;
  /** Odd questions that it is asked: every second one, or fewer of what takes longer. */
  readonly odd?: (i: number) => boolean;
}

const leak = { many: 'QueryError', few: 'CachedResult', via: 'cause', glob: '*Result' };
const copyOf = (name: string) => async (into: string) => copyFileSync(fixture(name), into);
const widgets = { many: 'Widget', few: 'Set', via: 'name', glob: '*Reg*' };
const lines = ['manager.py:1 in load', 'builder.py:22 in build', 'nodes.py:7 in infer'];
const stacks = Array.from({ length: 30 }, (_, i) => Array.from({ length: 12 + (i % 3) }, (_, at) => at % lines.length));
const subjects: readonly Subject[] = [
  { name: 'leak26.heapsnapshot', make: copyOf('leak26-after'), ...leak },
  { name: 'bun.heapsnapshot', make: copyOf('bun'), ...widgets, odd: (i) => i % 4 === 0 },
  {
    name: 'bun.nodes',
    make: async (into) => {
      const { status } = await bash(`snap-parse ${fixture('bun')} > ${into}`);
      strictEqual(status, 0);
    },
    ...widgets,
  },
  {
    name: 'python.nodes',
    make: async (into) => writeFileSync(into, streamText(tracebackHeap(lines, stacks).heap)),
    many: 'traceback',
    few: 'ImportError',
    via: 'tb_next',
    glob: '*Error',
    odd: (i) => i % 4 === 1,
  },
];

/** Words in which a command is asked, of a subject; FILE comes behind them. */
interface Asked {
  readonly subject: Subject;
  /** Of a node of the few, and one of the many. */
  readonly id: string;
  readonly otherId: string;
}

/** The plain case of each command, and the ones next to it. */
const plainLines = ({ subject: { many, few, via, glob }, id, otherId }: Asked): readonly string[] => [
  'snap-retain --top 5',
  'snap-retain --all',
  'snap-retain --by class --format table',
  `snap-retain --under ${id}`,
  `snap-show --id ${id} --id ${otherId}`,
  `snap-show --type ${few} --format table`,
  'snap-show --id 4444444444',
  `snap-show --type ${few}x`,
  `snap-filter --type '${glob}' --has __proto__`,
  `snap-refs --id ${id} --format csv`,
  `snap-backrefs --type ${many} --lacks ${via} --depth 4`,
  `snap-backrefs --type '${glob}' --format dot`,
  `snap-chainends --type ${many} --via ${via}`,
  `snap-chainends --of list --via ${via} --tails`,
  `snap-chainends --type '*' --via ${via} --min-length 2`,
  'snap-chainends',
  'snap-chainends --min-length 2 --format table',
  'snap-retain --suspects',
  `snap-backrefs --id ${id} --exclude-via ${via} --exclude-via nothingIsCalledSo --depth 4`,
  `snap-paths --type ${many}`,
  `snap-paths --id ${id} --id ${otherId} --each`,
  `snap-cut --via ${via}`,
  `snap-cut --type ${few} --nodes`,
];

/** Everything that an index may answer, and what it may not. */
const oddLines = ({ subject: { many, few, via, glob }, id, otherId }: Asked): readonly string[] => [
  ...['--top 3 --format table', '--top 4 --format csv', '--top 0', '--top 20000', '--all --top 3'].map(
    (words) => `snap-retain ${words}`,
  ),
  ...[
    '--by class --top 3',
    '--by class --format csv',
    '--under @1 --format table',
    '--under 4444444444',
    '--under x',
  ].map((words) => `snap-retain ${words}`),
  ...['--format table', '--format csv --top 1', '--top 0'].map((words) => `snap-retain --suspects ${words}`),
  ...[
    '--node 0',
    '--node 5 --node 3 --top 1',
    '--node 99999999',
    `--id ${id} --id 4444444444`,
    `--type ${many} --top 3`,
    `--type ${few} --type ${few}x`,
    `--type ${few} --kind closure`,
    `--type ${few} --id ${otherId}`,
    `--type ${few} --not --top 2`,
    '--min-size 2K',
    '--kind symbol --max-size 1',
    `--type '(symbol)' --name '^Sym'`,
    `--type '(symbol)' --name 'no symbol is called so'`,
    '--of list',
    `--of list --id ${otherId}`,
    '--of foreign',
    '--of other',
    '--of nothing',
    `--id ${id} --has map`,
    `--id ${id} --lacks map`,
    `--id ${id} --top 0`,
    `--type '*' --has map --top 2 --format table`,
    `--name '^S' --top 3 --stack 3`,
    '--top 2',
  ].map((words) => `snap-show ${words}`),
  ...[
    `--id ${id}`,
    `--id ${id} --format table`,
    `--type ${few} --lacks __proto__`,
    `--type ${few} --id ${otherId}`,
    `--kind string --id ${id}`,
    '--of list --format csv',
    '--id 4444444444',
    `--type ${few}x`,
    `--not --id ${id}`,
  ].map((words) => `snap-filter ${words}`),
  ...['snap-refs', 'snap-backrefs'].flatMap((command) =>
    [
      `--id ${id} --format table --depth 5`,
      `--type ${many} --top 20`,
      '--of list --weak --no-collapse --depth 2',
      `--of list --node 0 --id ${otherId} --depth 2`,
      `--type ${few} --id ${otherId}`,
      '--of other',
      `--id ${id} --exclude-type '(system)' --exclude-via map`,
      `--type ${many} --top 9 --exclude-via internal:map --exclude-via 0 --exclude-via weak:x --format table`,
      `--type Function --top 5 --exclude-via shared --format table`,
      `--has ${via} --weak --exclude-via weak:0 --no-collapse --top 40 --format csv`,
      '--node 0 --depth 1 --top 30',
      '--id 4444444444',
      `--type ${few}x`,
    ].map((words) => `${command} ${words}`),
  ),
  ...[
    `--type ${few} --via ${via}`,
    `--of list --via ${via} --format table`,
    `--type ${many} --via ${via} --heads --top 2`,
    `--id ${id} --via nothingIsCalledSo`,
    `--type ${few} --id ${otherId} --via ${via}`,
    `--of list --id ${id} --via ${via}`,
    `--type ${few}x --via ${via}`,
    `--id ${id}`,
    `--type '*' --via ${via} --format table`,
    `--kind object --via property:${via} --heads --top 5`,
    `--type ${few} --via missing`,
    `--name '^S' --via map --tails`,
    `--lacks ${via} --has map --via __proto__ --top 3`,
    `--kind object --via weak`,
    '--min-length 1',
    '--min-length 3 --top 4 --format csv',
    '--min-length 100000',
    `--via ${via} --min-length 2`,
    `--via property:${via} --min-length 2`,
    '--via nothingIsCalledSo',
    `--type ${few}x`,
    `--type ${few} --type '${glob}' --min-length 2`,
    `--type ${many} --kind symbol`,
    '--kind object --min-length 2',
    `--name '^S' --min-length 2`,
    '--of foreign --min-length 2',
  ].map((words) => `snap-chainends ${words}`),
  ...[
    `--type ${few} --format table`,
    `--type '${glob}' --fold --format csv`,
    '--of list',
    `--type ${many} --lacks ${via}`,
    `--name '^S' --kind symbol`,
    `--has ${via} --lacks __proto__`,
    '--has nothingIsCalledSo',
    `--name '^nothing is called so$'`,
    `--type ${few}x`,
    '--id 4444444444',
  ].map((words) => `snap-paths ${words}`),
  `snap-filter --type ${many} FILE | snap-sample 3 --seed 7 | snap-backrefs --of - --depth 4`,
  `snap-filter --type ${many} FILE | snap-sample 2 --seed 9 | snap-show --of -`,
  `snap-paths --type ${few} --each FILE | snap-refs --of -`,
  `snap-retain --top 3 FILE | snap-show --of -`,
  `cat FILE | snap-show --id ${otherId} -`,
  'snap-retain --all FILE | head -2 | cat -',
];

const said = ({ stdout, stderr, status }: Ended): object => ({ stdout, stderr, status });

for (const subject of subjects) {
  test(`${subject.name}: with an index every command says the same, and fails the same`, async (t) => {
    const { name } = subject;
    const [bare, indexed] = [tempFolder('bare'), tempFolder('indexed')];
    await subject.make(join(bare, name));
    linkSync(join(bare, name), join(indexed, name));
    const first = async (words: readonly string[]): Promise<string> =>
      (await run('snap-filter', [...words, name], { cwd: bare })).stdout;
    const few = await first(['--type', subject.few]);
    const many = await first(['--type', subject.many]);
    const ids = [few, many].map((text) => `@${/^\{"n":\d+,"id":(\d+)/m.exec(text)?.[1]}`);
    const nodes = many.split('\n').filter((line) => line.startsWith('{"n"'));
    for (const cwd of [bare, indexed]) {
      writeFileSync(join(cwd, 'list'), `${nodes.slice(0, 40).join('\n')}\n`);
      writeFileSync(join(cwd, 'nothing'), '');
      writeFileSync(
        join(cwd, 'other'),
        `${nodes
          .slice(3, 40)
          .join('\n')
          .replace(/"type":"[^"]*"/g, '"type":"Other"')}\n`,
      );
      writeFileSync(join(cwd, 'foreign'), `${nodes[3]}\n{"n":3,"id":3333333}\n`);
    }
    const made = await run('snap-index', [name], { cwd: indexed });
    deepStrictEqual([made.stderr, made.status], ['', 0]);
    const asked: Asked = { subject, id: ids[0]!, otherId: ids[1]! };
    const odd = subject.odd === undefined ? [] : oddLines(asked).filter((_, i) => subject.odd!(i));
    // The largest comes as a snapshot and as a stream, and each answers half of what the others answer: it takes most of the time.
    const plain = plainLines(asked).filter((_, i) => !name.startsWith('bun') || (i % 2 === 0) === name.endsWith('t'));
    for (const words of [...plain, ...odd]) {
      const line =
        / -$/.test(words) && !/--of -$/.test(words)
          ? words.replace('FILE', name)
          : `${words.replace('FILE', name)} ${name}`;
      await t.test(line, async () => {
        const [read, kept] = await Promise.all([bash(line, { cwd: bare }), bash(line, { cwd: indexed })]);
        deepStrictEqual(said(kept), said(read));
        ok(read.stdout !== '' || read.stderr !== '' || line.includes('--top 0'));
        ok(!/\bbug\b/.test(read.stderr), read.stderr);
      });
    }
    deepStrictEqual(readdirSync(bare).sort(), ['foreign', 'list', name, 'nothing', 'other'].sort());
    strictEqual((await run('snap-index', ['--check', name], { cwd: indexed })).status, 0);
  });
}

test('with an index the plain questions read a part of what they read without: it is what answers', async (t) => {
  const [bare, indexed] = [tempFolder('bare'), tempFolder('indexed')];
  const name = 'app.heapsnapshot';
  copyFileSync(fixture('leak20-after'), join(bare, name));
  linkSync(join(bare, name), join(indexed, name));
  strictEqual((await run('snap-index', [name], { cwd: indexed })).status, 0);
  const { size } = statSync(join(bare, name));
  const start = await bytesRead('snap-show --version', bare);
  const { stdout } = await run('snap-filter', ['--type', 'CachedResult', name], { cwd: bare });
  const id = /^\{"n":\d+,"id":(\d+)/m.exec(stdout)?.[1];
  for (const line of [
    `snap-show --id ${id} ${name}`,
    `snap-filter --id ${id} ${name}`,
    `snap-refs --id ${id} ${name}`,
    `snap-backrefs --id ${id} ${name}`,
    `snap-paths --id ${id} ${name}`,
    `snap-chainends --id ${id} --via err ${name}`,
    `snap-retain --top 3 ${name}`,
    `snap-retain --by class ${name}`,
    `snap-cut --via failureCache ${name}`,
    `snap-cut --type CachedResult --via property:err ${name}`,
    `snap-retain --suspects ${name}`,
    `snap-chainends ${name}`,
    `snap-chainends --kind object --via property:cause --min-length 2 ${name}`,
    `snap-chainends --kind object --min-length 3 ${name}`,
    `snap-chainends --type '*' --via cause --min-length 2 ${name}`,
    `snap-backrefs --id ${id} --exclude-via err --exclude-via nothingIsCalledSo ${name}`,
    `snap-paths --type CachedResult --has err --lacks 0 ${name}`,
    `snap-show --type Array --top 2 ${name}`,
  ]) {
    const [read, kept] = [await bytesRead(line, bare), await bytesRead(line, indexed)].map((bytes) => bytes - start);
    t.diagnostic(`${line}: ${read} and ${kept} bytes`);
    ok(read! > size, `${line} reads ${read} of ${size} bytes`);
    ok(kept! < read! / 2, `${line} reads ${kept} bytes in spite of the index`);
  }
});

test('an index is asked for hundreds of ids with few open files, and for sizes within --memory', async () => {
  const cwd = tempFolder('many');
  const name = 'app.heapsnapshot';
  copyFileSync(fixture('bun'), join(cwd, name));
  const { stdout } = await bash(`snap-parse ${name} | jq -r 'select(.n) | "--id=\\(.id)"' | head -400 | tee ids`, {
    cwd,
  });
  const ids = stdout.split('\n').length - 1;
  strictEqual(ids, 400);
  strictEqual((await run('snap-index', [name], { cwd })).status, 0);
  const ended = await bash(`ulimit -n 64; snap-filter --quiet $(cat ids) ${name} | wc -l`, { cwd });
  deepStrictEqual([ended.stdout.trim(), ended.stderr], [`${ids + 2}`, '']);
  const { status, stderr } = await run('snap-retain', ['--all', '--memory', '1M', name], { cwd });
  strictEqual(status, 2);
  match(stderr, /^snap-retain: app\.heapsnapshot: .* nodes need .* of memory, there are 1\.0 MiB .*\n$/);
});

test('where something refers to the root, distances and paths are the same with an index', async () => {
  const [bare, indexed] = [tempFolder('bare'), tempFolder('indexed')];
  const h = heap();
  const [global, roots, far, under] = [
    h.node('Window', { kind: 'native' }),
    h.node('(GC roots)', { kind: 'synthetic' }),
    h.node('Far'),
    h.node('Under'),
  ];
  h.root.points(1, global).points(2, roots);
  global!.points('back', h.root);
  roots!.points(1, far!);
  far!.points('under', under!);
  for (const cwd of [bare, indexed]) writeFileSync(join(cwd, 'app.heapsnapshot'), v8Text(h.build()));
  strictEqual((await run('snap-index', ['app.heapsnapshot'], { cwd: indexed })).status, 0);
  for (const line of [
    'snap-retain --all',
    'snap-retain --by class',
    'snap-paths --type Under',
    "snap-paths --type '*' --each",
  ]) {
    const [read, kept] = await Promise.all([bare, indexed].map((cwd) => bash(`${line} app.heapsnapshot`, { cwd })));
    deepStrictEqual(said(kept!), said(read!), line);
    strictEqual(read!.status, 0);
  }
});

test('a part that something has changed is said to be so', async () => {
  const cwd = tempFolder('changed');
  const name = 'app.heapsnapshot';
  copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), join(cwd, name));
  strictEqual((await run('snap-index', [name], { cwd })).status, 0);
  const summary = join(cwd, `${name}.snapidx`, 'summary.json');
  writeFileSync(summary, readFileSync(summary, 'utf8').replace('{', '['));
  const ended = await run('snap-retain', ['--by', 'class', name], { cwd });
  deepStrictEqual([ended.stdout, ended.status], ['', 2]);
  match(ended.stderr, /^snap-retain: app\.heapsnapshot\.snapidx: has a summary\.json that is not JSON: .*\n$/);
});

test('a part that becomes shorter while it is read is an error, not zeros', async () => {
  const file = join(tempFolder('shortened'), 'app.heapsnapshot');
  copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), file);
  strictEqual((await run('snap-index', [file])).status, 0);
  // It is beside the file, whole, when it is opened.
  const index = Index.of(file)!;
  const isEarly = (part: string) => (error: unknown) =>
    error instanceof InputError && error.message.startsWith(`${folderOf(file)}: ${part} ends early: `);
  const starts = index.graph().rows.cursor();
  for (const part of ['type', 'forward.starts', 'names.offsets']) truncateSync(join(folderOf(file), part), 2);
  const type = new LookUp(index.column('type'));
  throws(() => type.at(0), isEarly('type'));
  throws(() => starts.seek(0), isEarly('forward.starts'));
  throws(() => index.folder.numbers('names.offsets'), isEarly('names.offsets'));
});

/** Bytes that a command's process reads in all, its own program among them. */
async function bytesRead(line: string, cwd: string): Promise<number> {
  const file = join(tempFolder('read'), 'bytes');
  const probe = pathToFileURL(join(packageRoot, 'dist', 'test', 'support', 'readProbe.js')).href;
  await bash(line, { cwd, env: { NODE_OPTIONS: `--import=${probe}`, READ_FILE: file } });
  return Number(readFileSync(file, 'utf8'));
}

/** What happens to a file or to its index, after which it is none of this file. */
const spoilings: readonly (readonly [what: string, spoil: (file: string) => void])[] = [
  ['a file with another time', (file) => utimesSync(file, 1e9, 1e9)],
  ['a file that grew', (file) => appendFileSync(file, '\n')],
  [
    'a file with other bytes, as long and as old as before',
    (file) => {
      const { atime, mtime } = statSync(file);
      writeFileSync(file, readFileSync(file, 'utf8').replace('coffee', 'cocoas'));
      utimesSync(file, atime, mtime);
    },
  ],
  [
    'another file under its name',
    (file) => {
      copyFileSync(testFile('fixtures', 'small', 'names.heapsnapshot'), `${file}.new`);
      renameSync(`${file}.new`, file);
    },
  ],
  ['an index of another version', (file) => inMeta(file, /"snapidx":\d+/, '"snapidx":0')],
  ['an index of a later program, in which all is different', (file) => inMeta(file, /.*/s, '{"snapidx":77,"all":[]}')],
  ['half a meta.json', (file) => truncateSync(join(folderOf(file), 'meta.json'), 300)],
  ['no meta.json', (file) => rmSync(join(folderOf(file), 'meta.json'))],
  ['a meta.json that says nothing', (file) => inMeta(file, /("snapidx":\d+).*/s, '$1}')],
  ['a part that is missing', (file) => rmSync(join(folderOf(file), 'forward.rows'))],
  ['a part that was cut short', (file) => truncateSync(join(folderOf(file), 'backward.rows'), 100)],
  ['a part that is too long', (file) => appendFileSync(join(folderOf(file), 'type'), 'more')],
  [
    'an index that is an empty file',
    (file) => {
      rmSync(folderOf(file), { recursive: true });
      writeFileSync(folderOf(file), '');
    },
  ],
];

const folderOf = (file: string): string => `${file}.snapidx`;

function inMeta(file: string, what: RegExp, by: string): void {
  const meta = join(folderOf(file), 'meta.json');
  writeFileSync(meta, readFileSync(meta, 'utf8').replace(what, by));
}

/** All files of a folder and when they were last written, to see that nobody did. */
const stateOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${statSync(join(folder, name)).size} ${statSync(join(folder, name)).mtimeMs}`);

for (const [what, spoil] of spoilings) {
  test(`${what}: it is ignored with a note, the answer is right, and nothing is made anew`, async () => {
    const [cwd, other] = [tempFolder('stale'), tempFolder('bare')];
    const name = 'app.heapsnapshot';
    const file = join(cwd, name);
    copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), file);
    strictEqual((await run('snap-index', [name], { cwd })).status, 0);
    spoil(file);
    copyFileSync(file, join(other, name));
    const before = stateOf(cwd);
    for (const line of ['snap-retain --all', 'snap-show --node 3', 'snap-backrefs --node 5', 'snap-paths --node 5']) {
      const [read, stale] = await Promise.all([
        bash(`${line} ${name}`, { cwd: other }),
        bash(`${line} ${name}`, { cwd }),
      ]);
      deepStrictEqual([stale.stdout, stale.status], [read.stdout, 0], line);
      match(
        stale.stderr,
        /^snap-\w+: note: app\.heapsnapshot\.snapidx: .*: it is ignored \((snap-index app\.heapsnapshot makes it anew|it is no folder: take it away or call it otherwise)\)\n$/,
      );
      strictEqual((await bash(`${line} --quiet ${name}`, { cwd })).stderr, '');
    }
    const checked = await run('snap-index', ['--check', name], { cwd });
    deepStrictEqual([checked.status, JSON.parse(checked.stdout).ok], [1, false]);
    match(checked.stderr, /^snap-index: note: app\.heapsnapshot\.snapidx: .*\n$/);
    deepStrictEqual(stateOf(cwd), before);
    // Whoever asks for it gets it anew; of something that may be his own he is told.
    const isFile = statSync(folderOf(file)).isFile();
    const again = await run('snap-index', [name], { cwd });
    strictEqual(again.status, isFile ? 2 : 0, again.stderr);
    strictEqual((await run('snap-index', ['--check', name], { cwd })).status, isFile ? 1 : 0);
    deepStrictEqual(readdirSync(cwd), [name, `${name}.snapidx`]);
  });
}

test('--check finds a byte that was turned in any part, and names the part', async () => {
  const cwd = tempFolder('turned');
  const name = 'app.heapsnapshot';
  const folder = folderOf(join(cwd, name));
  copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), join(cwd, name));
  strictEqual((await run('snap-index', [name], { cwd })).status, 0);
  for (const part of readdirSync(folder)) {
    const file = join(folder, part);
    const bytes = readFileSync(file);
    if (bytes.length === 0) continue;
    const turned = Buffer.from(bytes);
    // The last digit of meta.json is one of `strings` in its facts, not of its hashes.
    const at = part === 'meta.json' ? turned.length - 3 : turned.length >> 1;
    turned[at]! ^= 1;
    writeFileSync(file, turned);
    const { stdout, stderr, status } = await run('snap-index', ['--check', name], { cwd });
    deepStrictEqual([JSON.parse(stdout).ok, status], [false, 1], part);
    ok(stderr.startsWith('snap-index: note: app.heapsnapshot.snapidx: ') && stderr.includes(part), stderr);
    writeFileSync(file, bytes);
  }
  strictEqual((await run('snap-index', ['--check', name], { cwd })).status, 0);
});

/** What may be closed to whoever asks, what is said of the index then, and what of the file. */
const closed: readonly (readonly [what: string, path: string, note: RegExp | undefined])[] = [
  ['file', 'app.heapsnapshot', undefined],
  ['folder', 'app.heapsnapshot.snapidx', /meta\.json cannot be read: permission denied/],
  ['meta.json', 'app.heapsnapshot.snapidx/meta.json', /meta\.json cannot be read: permission denied/],
  ['part', 'app.heapsnapshot.snapidx/backward.rows', /backward\.rows cannot be read: permission denied/],
];

for (const [what, path, note] of closed) {
  test(`a ${what} that is closed to who asks: ${note === undefined ? 'it is said as without an index' : 'the index is ignored with a note'}`, async () => {
    const cwd = tempFolder('closed');
    const name = 'app.heapsnapshot';
    copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), join(cwd, name));
    strictEqual((await run('snap-index', [name], { cwd })).status, 0);
    const open = await bash(`snap-backrefs --node 5 ${name}`, { cwd });
    chmodSync(join(cwd, path), 0o000);
    // Root reads everything, unless the right to override permissions is dropped first.
    const asOthers = process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search ' : '';
    const asked = await bash(`${asOthers}snap-backrefs --node 5 ${name}`, { cwd });
    const checked = await bash(`${asOthers}snap-index --check ${name}`, { cwd });
    if (note === undefined) {
      const denied = { stdout: '', stderr: `${name}: permission denied\n`, status: 2 };
      deepStrictEqual(said(asked), { ...denied, stderr: `snap-backrefs: ${denied.stderr}` });
      deepStrictEqual(said(checked), { ...denied, stderr: `snap-index: ${denied.stderr}` });
    } else {
      deepStrictEqual([asked.stdout, asked.status], [open.stdout, 0]);
      match(asked.stderr, /^snap-backrefs: note: app\.heapsnapshot\.snapidx: .*: it is ignored \(.*\)\n$/);
      match(asked.stderr, note);
      deepStrictEqual([JSON.parse(checked.stdout).ok, checked.status], [false, 1]);
      match(checked.stderr, note);
    }
    chmodSync(join(cwd, path), 0o700);
  });
}

const big = join(tempFolder('big'), 'big.heapsnapshot');
const bigNodes = 800_000;
before(() => writeBigSnapshot(big, bigNodes));
after(() => rmSync(big));

/** A folder of its own with the big snapshot. */
function withBig(): string {
  const cwd = tempFolder('making');
  linkSync(big, join(cwd, 'big.heapsnapshot'));
  return cwd;
}

test('snap-index keeps to --memory, and makes the same index with little as with much', async (t) => {
  const cwd = withBig();
  const sums = 'cd big.heapsnapshot.snapidx && sha256sum $(ls | grep -v meta.json)';
  const much = await bash(`snap-index --memory 2G big.heapsnapshot && ${sums}`, { cwd });
  strictEqual(much.status, 0, much.stderr);
  const least = 165;
  const little = await measured(`snap-index --memory ${least}M big.heapsnapshot && ${sums}`, { cwd });
  strictEqual(little.status, 0, little.stderr);
  t.diagnostic(`${Math.round(little.peaks[0]! / MiB)} MiB`);
  ok(little.peaks[0]! <= least * MiB, `${Math.round(little.peaks[0]! / MiB)} MiB`);
  strictEqual(little.stdout, much.stdout);
});

for (const kibibytes of [0, 40, 1000, 5000, 8000]) {
  test(`no file may be larger than ${kibibytes} KiB, as on a full disk: one line, and nothing is left`, async () => {
    const cwd = withBig();
    const tmp = tempFolder('spool');
    const ended = await bash(`ulimit -f ${kibibytes}; snap-index big.heapsnapshot`, { cwd, env: { TMPDIR: tmp } });
    deepStrictEqual([ended.stdout, ended.status], ['', 2]);
    match(ended.stderr, /^snap-index: .*(ulimit|written).*\n$/);
    deepStrictEqual([readdirSync(cwd), readdirSync(tmp)], [['big.heapsnapshot'], []]);
    strictEqual((await run('snap-index', ['--check', 'big.heapsnapshot'], { cwd })).status, 1);
  });
}

test('a place where no folder can be made is told before the work', async () => {
  const cwd = tempFolder('place');
  // The longest name that a file can have: none is left for a folder beside it.
  const name = `${'x'.repeat(242)}.heapsnapshot`;
  linkSync(big, join(cwd, name));
  const started = Date.now();
  const shown = await run('snap-show', ['--version'], { cwd });
  const atOnce = Date.now() - started;
  const ended = await run('snap-index', [name], { cwd });
  ok(Date.now() - started < 3 * atOnce + 500, `${Date.now() - started} ms`);
  deepStrictEqual([shown.status, ended.status, ended.stdout], [0, 2, '']);
  match(ended.stderr, /^snap-index: x+\.heapsnapshot\.snapidx: cannot be written: name too long\n$/);
  deepStrictEqual(readdirSync(cwd), [name]);
  for (const line of [`snap-show --node 5 ${name}`, `snap-index --check ${name}`, `snap-index --remove ${name}`]) {
    const { stderr, status } = await bash(line, { cwd });
    ok(!stderr.includes('bug'), stderr);
    strictEqual(status, line.startsWith('snap-show') ? 0 : 1);
  }
});

/** Starts snap-index on the big snapshot, waits for `isTime`, and gives how it ended after `act`. */
async function interfering(
  cwd: string,
  isTime: (waited: number, pid: number) => boolean,
  act: (pid: number) => void,
): Promise<{ readonly signal: NodeJS.Signals | null; readonly status: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [program('snap-index'), 'big.heapsnapshot'], {
    cwd,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdout.resume();
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const started = Date.now();
  while (!isTime(Date.now() - started, child.pid!) && child.exitCode === null) await sleep(1);
  ok(child.pid !== undefined && child.exitCode === null, `it is still at work: ${stderr}`);
  act(child.pid);
  const [status, signal] = await ended;
  return { status, signal, stderr };
}

/** Whether a process has a file open, and has begun to read it. */
function hasOpen(pid: number, file: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const isThere = readdirSync(folder).some((fd) => {
    try {
      return realpathSync(join(folder, fd)) === realpathSync(file);
    } catch {
      return false; // closed meanwhile, or a pipe
    }
  });
  return isThere && readBytes(pid) > 4 << 20;
}

/** What a process has read from files so far. */
const readBytes = (pid: number): number => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))![1]);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  for (const [when, isTime] of [
    ['in the middle of the reading', (_: string, waited: number) => waited > 700],
    ['while it is written', (cwd: string) => readdirSync(cwd).some((name) => name.endsWith('.part'))],
  ] as const) {
    test(`${signal} ${when} leaves nothing, and an older index as it was`, async () => {
      const cwd = withBig();
      const ended = await interfering(
        cwd,
        (waited) => isTime(cwd, waited),
        (pid) => process.kill(pid, signal),
      );
      ok(ended.signal === signal || ended.status === (signal === 'SIGINT' ? 130 : 143), JSON.stringify(ended));
      match(ended.stderr, /^(snap-index: .*\n)?$/);
      deepStrictEqual(readdirSync(cwd), ['big.heapsnapshot']);
      strictEqual((await run('snap-index', ['--check', 'big.heapsnapshot'], { cwd })).status, 1);
    });
  }
}

test('a snapshot that is written to while it is read gets no index', async () => {
  const cwd = tempFolder('changing');
  copyFileSync(big, join(cwd, 'big.heapsnapshot'));
  const ended = await interfering(
    cwd,
    (_, pid) => hasOpen(pid, join(cwd, 'big.heapsnapshot')),
    () => utimesSync(join(cwd, 'big.heapsnapshot'), 1e9, 1e9),
  );
  strictEqual(ended.status, 2, ended.stderr);
  match(ended.stderr, /^snap-index: big\.heapsnapshot: changed while it was read: .*\n$/);
  deepStrictEqual(readdirSync(cwd), ['big.heapsnapshot']);
});

test('--remove takes away the index and nothing else', async () => {
  const cwd = tempFolder('remove');
  copyFileSync(testFile('fixtures', 'small', 'shop.heapsnapshot'), join(cwd, 'a.heapsnapshot'));
  copyFileSync(testFile('fixtures', 'small', 'shop26.heapsnapshot'), join(cwd, 'b.heapsnapshot'));
  const before = stateOf(cwd);
  for (const name of ['a', 'b']) strictEqual((await run('snap-index', [`${name}.heapsnapshot`], { cwd })).status, 0);
  strictEqual((await run('snap-index', ['--remove', 'a.heapsnapshot'], { cwd })).status, 0);
  strictEqual((await run('snap-index', ['--check', 'b.heapsnapshot'], { cwd })).status, 0);
  strictEqual((await run('snap-index', ['--remove', 'b.heapsnapshot'], { cwd })).status, 0);
  deepStrictEqual(stateOf(cwd), before);
  strictEqual((await run('snap-index', ['--remove', 'b.heapsnapshot'], { cwd })).status, 1);
});
