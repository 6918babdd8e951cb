/** The real snapshots under test/fixtures/v8: a name comes in, paths and truths go out; unzips each once into a temporary folder. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SummaryRow } from './devtools.ts';
import { snapshotText } from './plainReader.ts';
import { testFile } from './root.ts';
import { tempFolder } from './temp.ts';

export interface Fixture {
  readonly name: string;
  readonly zipped: string;
  /** Totals by an independent program. */
  readonly raw: RawTruth;
  /** DevTools' totals, where it could read the file. */
  readonly devtools: DevtoolsTruth | undefined;
}

export interface RawTruth {
  readonly nodes: number;
  readonly edges: number;
  readonly self_size: number;
  readonly detachedness: readonly [number, number, number];
  readonly by_type: Readonly<Record<string, { readonly count: number; readonly self_size: number }>>;
  readonly edges_by_type: Readonly<Record<string, number>>;
  readonly top50_by_self_size: readonly RawRow[];
  readonly top50_by_count: readonly RawRow[];
}

export interface RawRow {
  readonly type: string;
  readonly name: string;
  readonly count: number;
  readonly self_size: number;
}

export interface DevtoolsTruth {
  readonly nodeCount: number;
  readonly totalSize: number;
  readonly statistics: object;
  /** Rows of the Summary. */
  readonly classes: readonly SummaryRow[];
}

const folder = testFile('fixtures', 'v8');

export const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter((file) => file.endsWith('.heapsnapshot.gz'))
  .map((file) => file.replace('.heapsnapshot.gz', ''))
  .sort()
  .map((name) => ({
    name,
    zipped: join(folder, `${name}.heapsnapshot.gz`),
    raw: truth<RawTruth>(`${name}.raw.json`),
    devtools: existsSync(join(folder, `${name}.devtools.json`))
      ? truth<DevtoolsTruth>(`${name}.devtools.json`)
      : undefined,
  }));

/** The fixture as a .heapsnapshot file. */
export function unzipped({ name, zipped }: Fixture): string {
  const file = join(unzippedFolder, `${name}.heapsnapshot`);
  if (!existsSync(file)) writeFileSync(file, snapshotText(zipped));
  return file;
}

/** The same for DevTools' engine, which trusts the header's count of trace functions: Node 26 gets it wrong, so a copy has it corrected. */
export function readableByEngine(fixture: Fixture): string {
  const file = unzipped(fixture);
  if (fixture.devtools !== undefined) return file;
  const corrected = join(unzippedFolder, `${fixture.name}-corrected.heapsnapshot`);
  if (existsSync(corrected)) return corrected;
  const text = readFileSync(file, 'utf8');
  const infos = /"trace_function_infos":\[([^\]]*)\]/.exec(text)?.[1]?.split(',').length ?? 0;
  writeFileSync(corrected, text.replace(/"trace_function_count":\d+/, `"trace_function_count":${infos / 6}`));
  return corrected;
}

const unzippedFolder = tempFolder('fixtures');

function truth<T>(file: string): T {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as T;
}
