/** The pylint hunt's heap: how many files, with the old leak or not, come in; a node stream and objgraph's view of the same process go out. Costs 2 s and more. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { snapdump } from './pythons.ts';
import { testFile } from './root.ts';
import { execute } from './run.ts';
import { tempFolder } from './temp.ts';

/** Debian's, because pylint and objgraph are its packages. */
const python = '/usr/bin/python3';

export interface PylintOptions {
  readonly files: number;
  readonly bug: boolean;
  /** what gen_pkg.py makes of each file: modules that are missing, methods that use them */
  readonly missing?: number;
  readonly uses?: number;
  /** Python to run at the stop, before the truth is asked */
  readonly code?: string;
  readonly seconds?: number;
}

export interface PylintTruth {
  readonly types: Readonly<Record<string, number>>;
  readonly top_types: Readonly<Record<string, number>>;
  readonly heads: number;
  readonly tails: number;
  readonly chain_lengths: Readonly<Record<string, number>>;
  readonly chains: readonly { readonly length: number; readonly head: number; readonly tail: number }[];
  readonly tails_by_place: Readonly<Record<string, number>>;
  readonly head_owners: Readonly<Record<string, number>>;
  readonly cache: { readonly id: number; readonly entries: number; readonly kinds: Readonly<Record<string, number>> };
  readonly print_tb_longest_limit_20: string;
}

export interface PylintCase {
  readonly file: string;
  readonly truth: PylintTruth;
  readonly stdout: string;
}

export async function pylintCase(options: PylintOptions): Promise<PylintCase> {
  const folder = tempFolder('pylint');
  const [file, truth, pkg] = [join(folder, 'heap.nodes'), join(folder, 'truth.json'), join(folder, 'pkg')];
  const { files, bug, missing = 3, uses = 12, code } = options;
  const script = (name: string) => testFile('support', 'pylint', name);
  const made = await execute(python, [script('gen_pkg.py'), pkg, `${files}`, `${missing}`, `${uses}`]);
  assert.equal(made.status, 0, made.stderr);
  const args = [script('run_case.py'), pkg, `${files}`, '--snapdump', snapdump, '--dump', file, '--truth', truth];
  if (bug) args.push('--bug');
  if (code !== undefined) args.push('--exec', code);
  const env = { PYLINTHOME: join(folder, 'home') };
  const ended = await execute(python, args, { env, seconds: options.seconds ?? 300 });
  const remedy = `install Debian's pylint and python3-objgraph: ${ended.stderr}`;
  assert.ok(ended.status === 0 && existsSync(truth), `no heap of pylint: ${remedy}`);
  return { file, truth: JSON.parse(readFileSync(truth, 'utf8')) as PylintTruth, stdout: ended.stdout };
}
