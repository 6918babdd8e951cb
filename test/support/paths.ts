/** Asks snap-paths: a snapshot or a stream and options come in, its rows go out. */
import { ok } from 'node:assert/strict';
import { type RunOptions, run } from './run.ts';

export interface PathStep {
  readonly ref: string;
  readonly via: string;
  readonly type: string;
  readonly name?: string;
}

export interface PathRow {
  readonly count: number;
  readonly bytes: number;
  readonly length: number;
  readonly path: readonly (PathStep | { readonly more: number })[];
  readonly fingerprint: string;
  readonly example: { readonly n: number; readonly id: number; readonly type: string; readonly name: string };
}

export async function pathsOf(args: readonly string[], options: RunOptions = {}): Promise<readonly PathRow[]> {
  const { stdout, stderr, status } = await run('snap-paths', ['--quiet', ...args], options);
  ok(status === 0, stderr);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as PathRow);
}

/** Types and references of a path, as `.a A [*] B`. */
export const inWords = ({ path }: PathRow): string =>
  path.map((step) => ('more' in step ? `... ${step.more}` : `${step.ref}:${step.via} ${step.type}`)).join(' > ');
