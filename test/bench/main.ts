/** Options in, a table of this project beside its peers on one snapshot out; costs two minutes on the small file, an hour on the large. */
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Answer, compare, readAnswer } from './answers.ts';
import { BenchError } from './bench-error.ts';
import { circumstances, firstLine } from './circumstances.ts';
import { nodeStreamOf, type Size, sizes, snapshotOf } from './corpus.ts';
import { bestOf, type Measurement, measure, type Surroundings } from './measure.ts';
import { packageFolder } from './place.ts';
import { type NotRun, type RowResult, section, withSection } from './report.ts';
import { type Need, type Row, rows } from './rows.ts';
import { judge, rowsAgainst } from './targets.ts';

const help = `usage: node dist/test/bench/main.js [--size small|large|huge] [--runs 5] [--only PATTERN] [--write]

Measures this project's commands, their floors and their peers on the same snapshot in one run, and prints a table.
Before it: npx tsc; npm ci in test/bench. It also needs python3 and bash, and jq for the rows of jq.

  --size SIZE      small (6 MB, two minutes), large (738 MB) or huge (2.8 GB)   [small]
  --runs N         runs of each row, the best counts                            [5]
  --peer-runs N    runs of each peer                       [small: as --runs; others: 1]
  --only PATTERN   rows whose id matches this regular expression, and those they are compared with
  --corpora DIR    where snapshots are kept, SIZE.heapsnapshot; made if missing
                   [$SNAP_BENCH_CORPORA or snap-tools-corpora in the temporary folder]
  --timeout S      seconds until a row is stopped                               [900]
  --write          put the table into docs/benchmarks.md instead
`;

interface Options {
  readonly size: Size;
  readonly runs: number;
  readonly peerRuns: number;
  readonly only: RegExp;
  readonly cacheFolder: string;
  readonly timeoutSeconds: number;
  readonly write: boolean;
}

interface Plan {
  readonly run: readonly Row[];
  readonly notRun: readonly NotRun[];
  readonly nodes: string | undefined;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  try {
    const options = readOptions(words);
    if (options === undefined) process.stdout.write(help);
    else await bench(options);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
}

async function bench(options: Options): Promise<void> {
  const folder = packageFolder();
  const places = { packageFolder: folder, cacheFolder: options.cacheFolder };
  const [file, small] = [await snapshotOf(options.size, places), await snapshotOf('small', places)];
  const plan = await planFor(options, folder, file);
  const { says, type } = sizes[options.size];
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'snap-bench-'));
  try {
    const environment = { ...process.env, ...commandsIn(folder), FILE: file, NODES: plan.nodes ?? '', SMALL: small, TYPE: type };
    const around = { packageFolder: folder, temporaryFolder, environment, timeoutSeconds: options.timeoutSeconds, signal: stop.signal };
    const runs = await inTurns(plan.run, options, around);
    const results = await compared(plan.run, runs);
    const best = new Map(results.flatMap((result) => (result.best === undefined ? [] : [[result.row.id, result.best] as const])));
    const findings = {
      size: options.size,
      says,
      type,
      fileBytes: statSync(file).size,
      nodesBytes: plan.nodes === undefined ? undefined : statSync(plan.nodes).size,
      circumstances: circumstances(folder),
      results,
      notRun: plan.notRun,
      verdicts: judge(options.size, best),
    };
    if (!options.write) return void process.stdout.write(section(findings));
    const document = join(folder, 'docs/benchmarks.md');
    await mkdir(dirname(document), { recursive: true });
    await writeFile(document, withSection(existsSync(document) ? await readFile(document, 'utf8') : '', findings));
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

/** Round by round, one run of every row each, so that a drift of the machine is nobody's advantage. A row that failed is not run again. */
async function inTurns(chosen: readonly Row[], options: Options, around: Surroundings): Promise<ReadonlyMap<Row, readonly Measurement[]>> {
  const runs = new Map<Row, Measurement[]>(chosen.map((row) => [row, []]));
  await measure('warm-up', 'cat "$FILE" "$SMALL" > /dev/null', around);
  for (let round = 0; round < Math.max(options.runs, options.peerRuns); round++) {
    for (const [row, done] of runs) {
      const wanted = row.id.startsWith('peer/') ? options.peerRuns : options.runs;
      if (round >= wanted || done.some((run) => run.failure !== '')) continue;
      const run = await measure(row.id, row.command, around);
      done.push(run);
      process.stderr.write(`round ${round + 1}: ${row.id}: ${run.failure || `${run.cpuSeconds.toFixed(2)} s CPU, ${(run.peakBytes / 1e6).toFixed(0)} MB`}\n`);
    }
  }
  return runs;
}

/** Our own answer is the one the others are compared with; where it is missing, the first one given. */
async function compared(chosen: readonly Row[], runs: ReadonlyMap<Row, readonly Measurement[]>): Promise<RowResult[]> {
  const references = new Map<string, { readonly row: Row; readonly answer: Answer }>();
  const results: RowResult[] = [];
  for (const row of [...chosen].sort((a, b) => Number(b.id === 'ours/group') - Number(a.id === 'ours/group'))) {
    const done = runs.get(row) ?? [];
    const failure = done.find((run) => run.failure !== '')?.failure ?? '';
    const last = done.at(-1);
    if (failure !== '' || last === undefined) {
      results.push({ row, runs: done.length, failure, answer: '' });
      continue;
    }
    const best = bestOf(done);
    let answer = '';
    if (row.answers !== undefined) {
      const mine = await readAnswer(last.stdoutFile, row.answers);
      const reference = references.get(row.answers);
      answer = reference === undefined ? `${mine.size} rows` : `${compare(mine, reference.answer)} (with ${reference.row.id})`;
      if (reference === undefined) references.set(row.answers, { row, answer: mine });
    }
    results.push({ row, runs: done.length, best, failure, answer });
  }
  return results.sort((a, b) => chosen.indexOf(a.row) - chosen.indexOf(b.row));
}

async function planFor({ size, only, cacheFolder }: Options, folder: string, file: string): Promise<Plan> {
  const matching = rows.filter((row) => only.test(row.id) && (size === 'huge' || !row.readsSmall));
  const ids = new Set(['floor/scan', ...matching.flatMap((row) => [row.id, ...rowsAgainst(size, row.id)])]);
  const wanted = rows.filter((row) => ids.has(row.id));
  if (matching.length === 0) throw new BenchError(`--only ${only.source} matches no row: ${rows.map((row) => row.id).join(', ')}`);

  const missing = new Map<Need, string>();
  for (const need of ['snap-filter', 'snap-group', 'snap-parse', 'snap-show'] as const) {
    if (!existsSync(join(folder, 'dist/bin', `${need}.js`))) missing.set(need, `dist/bin/${need}.js is not built`);
  }
  if (firstLine('jq', ['--version'], folder) === '') missing.set('jq', 'jq is not installed');
  if (!existsSync(join(folder, 'test/bench/node_modules'))) missing.set('peers', 'npm ci was not run in test/bench');
  let nodes: string | undefined;
  if (wanted.some((row) => row.needs.includes('nodes'))) {
    try {
      if (!missing.has('snap-parse')) nodes = await nodeStreamOf(file, { packageFolder: folder, cacheFolder });
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
    }
    if (nodes === undefined) missing.set('nodes', 'no node stream: snap-parse is missing or failed');
  }

  const notRun: NotRun[] = rows.filter((row) => !ids.has(row.id) && !row.readsSmall).map(({ id }) => ({ id, why: 'left out by --only' }));
  const run = wanted.filter((row) => {
    const need = row.needs.find((one) => missing.has(one));
    if (need !== undefined) notRun.push({ id: row.id, why: missing.get(need) ?? need });
    return need === undefined;
  });
  return { run, notRun, nodes };
}

/** Our commands as functions that bash takes from its environment: what is measured is what stands in the table. */
function commandsIn(folder: string): NodeJS.ProcessEnv {
  const names = ['snap-filter', 'snap-group', 'snap-parse', 'snap-show'];
  const functions = names.map((name) => [`BASH_FUNC_${name}%%`, `() { exec node "$SNAP_BENCH_BIN/${name}.js" "$@"; }`]);
  return { ...Object.fromEntries(functions), SNAP_BENCH_BIN: join(folder, 'dist/bin') };
}

function readOptions(words: string[]): Options | undefined {
  const values = parsed(words);
  if (values.help === true) return undefined;
  const size = values.size ?? 'small';
  if (size !== 'small' && size !== 'large' && size !== 'huge') throw new BenchError(`--size ${size}: small, large or huge`);
  const runs = positive('--runs', values.runs ?? '5');
  return {
    size,
    runs,
    peerRuns: values['peer-runs'] === undefined ? (size === 'small' ? runs : 1) : positive('--peer-runs', values['peer-runs']),
    only: pattern(values.only ?? ''),
    cacheFolder: values.corpora ?? process.env.SNAP_BENCH_CORPORA ?? join(tmpdir(), 'snap-tools-corpora'),
    timeoutSeconds: positive('--timeout', values.timeout ?? '900'),
    write: values.write === true,
  };
}

function parsed(words: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { size: text, runs: text, 'peer-runs': text, only: text, corpora: text, timeout: text, write: flag, help: flag };
  try {
    return parseArgs({ args: words, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : error}; see --help`);
  }
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new BenchError(`${option} ${text}: a whole number from 1 on`);
  return number;
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new BenchError(`--only ${text}: not a regular expression`);
  }
}
