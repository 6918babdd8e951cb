/**
 * Options and a snapshot in; the rows to run, and those that cannot be or are not wanted, with the reason, out; may write the node stream, the
 * index, the shapes, the course and the pair.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';
import { firstLine } from './circumstances.ts';
import { courseOf, indexedOf, nodeStreamOf, type Pair, pairOf, shapesOf } from './corpus.ts';
import type { Options } from './options.ts';
import type { NotRun } from './report.ts';
import { type Need, ourCommands, type Row, referenceRows, rows } from './rows.ts';
import { rowsAgainst } from './targets.ts';

export interface Plan {
  readonly run: readonly Row[];
  readonly notRun: readonly NotRun[];
  /** what rows read beside the snapshot, each where there is a row that does: its node stream, itself with an index, shapes, a course, and a pair of others */
  readonly nodes: string | undefined;
  readonly indexed: string | undefined;
  readonly shapes: string | undefined;
  readonly course: string | undefined;
  readonly pair: Pair | undefined;
}

export async function planFor(
  { size, only, cacheFolder }: Options,
  packageFolder: string,
  snapshot: string,
): Promise<Plan> {
  const there = rows.filter((row) => row.sizes?.includes(size) ?? true);
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
  const places = { packageFolder, cacheFolder };
  const madeBy = async <Made>(
    need: Need,
    command: (typeof ourCommands)[number] | undefined,
    make: () => Promise<Made>,
  ): Promise<Made | undefined> => {
    const isWanted = wanted.some((row) => row.needs.includes(need)) && (command === undefined || !missing.has(command));
    const made = isWanted ? await ifPossible(make) : undefined;
    if (made === undefined) missing.set(need, `no ${need}: ${command ?? 'the program'} is missing or failed`);
    return made;
  };
  const nodes = await madeBy('nodes', 'snap-parse', () => nodeStreamOf(snapshot, places));
  const indexed = await madeBy('index', 'snap-index', () => indexedOf(snapshot, places));
  const shapes = await madeBy('shapes', undefined, () => shapesOf(size, places));
  const pair = await madeBy('pair', undefined, () => pairOf(size, places));
  const course = await madeBy('course', undefined, () => courseOf(places));

  const notRun: NotRun[] = there.filter((row) => !ids.has(row.id)).map(({ id }) => ({ id, why: 'left out by --only' }));
  const run: Row[] = [];
  for (const row of wanted) {
    const why = row.needs.flatMap((need) => missing.get(need) ?? [])[0];
    if (why === undefined) run.push(row);
    else notRun.push({ id: row.id, why });
  }
  return { run, notRun, nodes, indexed, shapes, course, pair };
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

async function ifPossible<Made>(make: () => Promise<Made>): Promise<Made | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
}
