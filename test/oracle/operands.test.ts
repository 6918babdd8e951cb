/** The law of operands: a command on a file, on a pipe, on standard input and on a zipped file writes the same, to the byte. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import { type Fixture, fixtures, unzipped } from '../support/fixtures.ts';
import { testFile } from '../support/root.ts';
import { bash, type Ended, quoted } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

/** A file, the same zipped, and how each command is asked about it. */
interface Subject {
  readonly name: string;
  readonly file: string;
  readonly zipped: string;
  readonly lines: readonly (readonly [command: string, args: string])[];
  readonly formats: readonly string[];
}

const everyWay = [
  ['snap-parse', ''],
  ['snap-parse', '--no-refs'],
  ['snap-filter', '--kind closure'],
  ['snap-filter', '--type "*rror*" --type Map'],
  ['snap-filter', '--name "^[a-f]{2,4}$" --min-size 20'],
  ['snap-filter', '--not --kind code --kind hidden'],
  ['snap-filter', '--has __proto__ --lacks map'],
  ['snap-sample', '25 --seed 11'],
  ['snap-group', ''],
  ['snap-group', '--by kind'],
  ['snap-group', '--by kind,name'],
  ['snap-group', '--by name --sort count --top 30'],
  ['snap-show', '--node 0 --node 7'],
  ['snap-show', '--type Map'],
  ['snap-chainends', ''],
  ['snap-chainends', '--via __proto__ --min-length 3'],
  ['snap-chainends', '--type "(object shape)" --via back_pointer'],
  ['snap-chainends', '--kind object --via next --min-length 2 --heads'],
  ['snap-retain', '--by class'],
  ['snap-retain', '--suspects'],
  ['snap-refs', '--type Map --depth 2'],
  ['snap-backrefs', '--type Map --depth 4 --top 500'],
  ['snap-backrefs', '--kind closure --weak --no-collapse --depth 2'],
  ['snap-refs', '--node 0 --exclude-via map --exclude-type "(*" --depth 5'],
  ['snap-paths', '--quiet --type Map --type "*rror*"'],
  ['snap-paths', '--quiet --kind closure --fold --each'],
  ['snap-cut', '--to Map'],
  ['snap-cut', '--type Object --via __proto__ --nodes'],
] as const;

const forTheShop = [
  ['snap-parse', ''],
  ['snap-parse', '--no-refs'],
  ['snap-filter', '--type Item'],
  ['snap-filter', '--id 5'],
  ['snap-filter', '--has next'],
  ['snap-filter', '--kind bigint --min-size 1M'],
  ['snap-filter', '--type Nothing'],
  ['snap-sample', '4 --seed 3'],
  ['snap-group', ''],
  ['snap-group', '--by type,name --sort count'],
  ['snap-show', '--type Item'],
  ['snap-show', '--id 5'],
  ['snap-show', '--id 4444'],
  ['snap-chainends', '--type Item --via next'],
  ['snap-chainends', '--kind object --via next --heads'],
  ['snap-chainends', '--type Item --via property:label'],
  ['snap-chainends', '--type Itme --via next'],
  ['snap-chainends', '--min-length 2'],
  ['snap-retain', '--all'],
  ['snap-retain', '--by class'],
  ['snap-retain', '--suspects'],
  ['snap-retain', '--top 5'],
  ['snap-refs', '--type Cart'],
  ['snap-refs', '--id 4444'],
  ['snap-backrefs', '--type Item --depth 2'],
  ['snap-backrefs', '--id 9 --top 2'],
  ['snap-paths', '--type Item'],
  ['snap-paths', '--quiet --type "*" --each'],
  ['snap-paths', '--id 4444'],
  ['snap-cut', '--via items'],
  ['snap-cut', '--via items --nodes'],
  ['snap-cut', '--id 4444'],
] as const;

const real = (name: string): Fixture => {
  const fixture = fixtures.find((one) => one.name === name);
  ok(fixture, name);
  return fixture;
};

const small = (name: string): string => testFile('fixtures', 'small', name);

const subjects: readonly Subject[] = [
  {
    name: 'shop',
    file: small('shop.heapsnapshot'),
    zipped: small('shop.heapsnapshot.gz'),
    lines: forTheShop,
    formats: ['ndjson', 'csv', 'table'],
  },
  {
    name: 'bun',
    file: unzipped(real('bun')),
    zipped: real('bun').zipped,
    // The two real ones take turns: each line is five processes that read all of it.
    lines: everyWay.filter((_, i) => i % 2 === 0),
    formats: ['ndjson'],
  },
  {
    name: 'bun',
    file: unzipped(real('bun')),
    zipped: real('bun').zipped,
    lines: everyWay.filter(([, args]) => ['', '--by kind,name', '--type Map'].includes(args)),
    formats: ['csv', 'table'],
  },
  {
    name: 'node26-tracked',
    file: unzipped(real('node26-tracked')),
    zipped: real('node26-tracked').zipped,
    lines: everyWay.filter((_, i) => i % 2 === 1),
    formats: ['ndjson'],
  },
];

for (const { name, file, zipped, lines, formats } of subjects) {
  for (const [command, args] of lines) {
    for (const format of formats) {
      test(`${command} ${args} --format ${format} says the same of ${name} however it comes`, async () => {
        const line = `${command} ${args} --format ${format}`;
        const env = { TMPDIR: tempFolder('spool') };
        const [operand, ...others] = await Promise.all([
          bash(`${line} ${quoted(file)}`, { env }),
          bash(`snap-parse ${quoted(file)} | ${line}`, { env }),
          bash(`${line} < ${quoted(file)}`, { env }),
          bash(`${line} ${quoted(zipped)}`, { env }),
          bash(`cat ${quoted(zipped)} | ${line} -`, { env }),
        ]);
        for (const other of others) sameEnd(other, operand);
        deepStrictEqual(readdirSync(env.TMPDIR), [], 'nothing stays in $TMPDIR');
      });
    }
  }
}

/** Equal output and status, and equal words on stderr apart from the name of the input. */
function sameEnd(actual: Ended, expected: Ended): void {
  strictEqual(actual.status, expected.status, actual.stderr);
  if (!actual.bytes.equals(expected.bytes)) {
    const [ours, theirs] = [actual, expected].map(({ stdout }) => stdout.split('\n')) as [string[], string[]];
    const i = ours.findIndex((line, n) => line !== theirs[n]);
    strictEqual(`line ${i}: ${ours[i]}`, `line ${i}: ${theirs[i]}`);
    strictEqual(ours.length, theirs.length);
  }
  strictEqual(withoutInput(actual.stderr), withoutInput(expected.stderr));
}

const withoutInput = (text: string): string =>
  subjects
    .flatMap(({ file, zipped }) => [
      file,
      zipped,
      basename(file),
      basename(zipped),
      'standard input',
      '(standard input)',
      '<stdin>',
      'stdin',
    ])
    .sort((a, b) => b.length - a.length)
    .reduce((words, name) => words.replaceAll(name, 'INPUT'), text);
