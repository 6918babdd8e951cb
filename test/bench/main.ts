/** Options in, a table of this project beside its peers on one snapshot out; costs two minutes on the small file, a quarter of an hour on the large. */
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Answer, compare, readAnswer } from './answers.ts';
import { BenchError } from './bench-error.ts';
import { circumstances } from './circumstances.ts';
import { nodeCountOf, sizes, snapshotOf } from './corpus.ts';
import { bestOf, type Measurement, measure, type Surroundings } from './measure.ts';
import { help, type Options, readOptions } from './options.ts';
import { packageFolder } from './place.ts';
import { planFor } from './plan.ts';
import { type Findings, type RowResult, section, withSection } from './report.ts';
import { ourCommands, type Row, referenceRows } from './rows.ts';
import { judge } from './targets.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  try {
    const options = readOptions(words);
    if (options !== undefined) return (await bench(options)) ? 0 : 1;
    process.stdout.write(help);
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return 2;
  }
}

/** @returns whether all of our own rows gave an answer; what peers cannot do is a result */
async function bench(options: Options): Promise<boolean> {
  const folder = packageFolder();
  const places = { packageFolder: folder, cacheFolder: options.cacheFolder };
  const [file, small] = [await snapshotOf(options.size, places), await snapshotOf('small', places)];
  const plan = await planFor(options, folder, file);
  const { says, type, via } = sizes[options.size];
  const nodes = nodeCountOf(file);
  const tightBytes = 60e6 + 24 * nodes;
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'snap-bench-'));
  try {
    const environment = {
      ...process.env,
      ...commandsIn(folder),
      FILE: file,
      NODES: plan.nodes ?? '',
      SMALL: small,
      TYPE: type,
      VIA: via,
      NODE: String(Math.floor(nodes / 2)),
      TIGHT: String(tightBytes),
      INDEXED: plan.indexed ?? '',
      SHAPES: plan.shapes ?? '',
      BEFORE: plan.pair?.before ?? '',
      AFTER: plan.pair?.after ?? '',
      COURSE: plan.course ?? '',
    };
    const around = {
      packageFolder: folder,
      temporaryFolder,
      environment,
      timeoutSeconds: options.timeoutSeconds,
      signal: stop.signal,
    };
    const runs = await inTurns(plan.run, options, around);
    const results = await resultsOf(runs);
    const best = new Map(
      results.flatMap((result) => (result.best === undefined ? [] : [[result.row.id, result.best] as const])),
    );
    const findings = {
      size: options.size,
      says,
      type,
      via,
      fileBytes: statSync(file).size,
      nodesBytes: plan.nodes === undefined ? undefined : statSync(plan.nodes).size,
      circumstances: circumstances(folder),
      results,
      notRun: plan.notRun,
      verdicts: judge(options.size, best, tightBytes),
    };
    if (options.write) await writeInto(join(folder, 'docs/benchmarks.md'), findings);
    else process.stdout.write(section(findings));
    return results.every(({ row, failure }) => failure === '' || !row.id.startsWith('ours/'));
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
}

async function writeInto(document: string, findings: Findings): Promise<void> {
  await mkdir(dirname(document), { recursive: true });
  await writeFile(document, withSection(existsSync(document) ? await readFile(document, 'utf8') : '', findings));
}

/** Round by round, one run of every row each, so that a drift of the machine is nobody's advantage. A row that failed is not run again. */
async function inTurns(
  chosen: readonly Row[],
  options: Options,
  around: Surroundings,
): Promise<ReadonlyMap<Row, readonly Measurement[]>> {
  const runs = new Map<Row, Measurement[]>(chosen.map((row) => [row, []]));
  await measure('warm-up', 'cat "$FILE" "$SMALL" > /dev/null', around);
  for (let round = 0; round < Math.max(options.runs, options.peerRuns); round++) {
    for (const [row, done] of runs) {
      const wanted = row.id.startsWith('peer/') ? options.peerRuns : options.runs;
      if (round >= wanted || done.some((run) => run.failure !== '')) continue;
      const run = await measure(row.id, row.command, around);
      done.push(run);
      process.stderr.write(
        `round ${round + 1}: ${row.id}: ${run.failure || `${run.cpuSeconds.toFixed(2)} s CPU, ${(run.peakBytes / 1e6).toFixed(0)} MB`}\n`,
      );
    }
  }
  return runs;
}

/** What each row came to. Answers are compared with our own: a peer that is right proves both right. */
async function resultsOf(runs: ReadonlyMap<Row, readonly Measurement[]>): Promise<RowResult[]> {
  const answers = new Map<string, Answer>();
  for (const [row, done] of runs) {
    const last = done.at(-1);
    if (row.answers !== undefined && last?.failure === '')
      answers.set(row.id, await readAnswer(last.stdoutFile, row.answers));
  }
  return [...runs].map(([row, done]) => {
    const failure = done.find((run) => run.failure !== '')?.failure ?? '';
    if (failure !== '') return { row, runs: done.length, failure, answer: '' };
    const mine = answers.get(row.id);
    const reference = row.answers === undefined ? undefined : answers.get(referenceRows[row.answers]);
    const answer =
      mine === undefined
        ? ''
        : reference === undefined || reference === mine
          ? `${mine.groups.size} rows`
          : compare(mine, reference);
    return { row, runs: done.length, best: bestOf(done), failure, answer };
  });
}

/** Our commands as functions that bash takes from its environment: what is measured is what stands in the table. */
function commandsIn(folder: string): NodeJS.ProcessEnv {
  const functions = ourCommands.map((name) => [
    `BASH_FUNC_${name}%%`,
    `() { exec node "$SNAP_BENCH_BIN/${name}.js" "$@"; }`,
  ]);
  return { ...Object.fromEntries(functions), SNAP_BENCH_BIN: join(folder, 'dist/bin') };
}
