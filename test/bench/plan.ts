/** Options and a snapshot in; the rows to run, and those that cannot be or are not wanted, with the reason, out; may write the node stream. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';
import { firstLine } from './circumstances.ts';
import { nodeStreamOf } from './corpus.ts';
import type { Options } from './options.ts';
import type { NotRun } from './report.ts';
import { type Need, ourCommands, type Row, referenceRows, rows } from './rows.ts';
import { rowsAgainst } from './targets.ts';

export interface Plan {
  readonly run: readonly Row[];
  readonly notRun: readonly NotRun[];
  /** the snapshot's node stream, where a row reads it */
  readonly nodes: string | undefined;
}

export async function planFor(
  { size, only, cacheFolder }: Options,
  packageFolder: string,
  snapshot: string,
): Promise<Plan> {
  const there = rows.filter((row) => size === 'huge' || !row.readsSmall);
  const matching = there.filter((row) => only.test(row.id));
  if (matching.length === 0)
    throw new BenchError(`--only ${only.source} matches no row: ${there.map((row) => row.id).join(', ')}`);
  const compared = matching.flatMap((row) => [
    ...rowsAgainst(size, row.id),
    ...(row.answers === undefined ? [] : [referenceRows[row.answers]]),
  ]);
  const ids = new Set(['floor/scan', ...matching.map((row) => row.id), ...compared]);
  const wanted = there.filter((row) => ids.has(row.id));

  const missing = whatIsMissing(packageFolder);
  const readsNodes = wanted.some((row) => row.needs.includes('nodes')) && !missing.has('snap-parse');
  const nodes = readsNodes ? await nodeStreamIfPossible(snapshot, { packageFolder, cacheFolder }) : undefined;
  if (nodes === undefined) missing.set('nodes', 'no node stream: snap-parse is missing or failed');

  const notRun: NotRun[] = there.filter((row) => !ids.has(row.id)).map(({ id }) => ({ id, why: 'left out by --only' }));
  const run: Row[] = [];
  for (const row of wanted) {
    const why = row.needs.flatMap((need) => missing.get(need) ?? [])[0];
    if (why === undefined) run.push(row);
    else notRun.push({ id: row.id, why });
  }
  return { run, notRun, nodes };
}

function whatIsMissing(packageFolder: string): Map<Need, string> {
  const missing = new Map<Need, string>();
  for (const command of ourCommands) {
    if (!existsSync(join(packageFolder, 'dist/bin', `${command}.js`)))
      missing.set(command, `dist/bin/${command}.js is not built`);
  }
  if (firstLine('jq', ['--version'], packageFolder) === '') missing.set('jq', 'jq is not installed');
  if (!existsSync(join(packageFolder, 'test/bench/node_modules')))
    missing.set('peers', 'npm ci was not run in test/bench');
  return missing;
}

async function nodeStreamIfPossible(
  snapshot: string,
  places: Parameters<typeof nodeStreamOf>[1],
): Promise<string | undefined> {
  try {
    return await nodeStreamOf(snapshot, places);
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}
