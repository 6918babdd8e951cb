/** The figures this project promised to reach, and best measurements in; reached, missed or not measured out; costs nothing. */

import type { Size } from './corpus.ts';
import type { Best } from './measure.ts';

interface Ratio {
  readonly row: string;
  readonly of: 'cpuSeconds' | 'wallSeconds' | 'peakBytes';
  readonly against: string;
  readonly atMost: number;
  readonly sizes: readonly Size[];
}

interface Ceiling {
  readonly row: string;
  readonly of: 'peakBytes';
  readonly atMost: number;
  readonly sizes: readonly Size[];
}

const every: readonly Size[] = ['small', 'large', 'huge'];

/** MB are 10^6 bytes: the stricter reading. */
const targets: readonly (Ratio | Ceiling)[] = [
  { row: 'ours/group', of: 'cpuSeconds', against: 'floor/scan', atMost: 0.9, sizes: ['large'] },
  { row: 'ours/group', of: 'peakBytes', atMost: 100e6, sizes: ['large'] },
  { row: 'ours/parse', of: 'cpuSeconds', against: 'floor/scan', atMost: 5, sizes: ['large'] },
  { row: 'ours/parse', of: 'peakBytes', atMost: 150e6, sizes: ['large'] },
  { row: 'ours/parse-group', of: 'wallSeconds', against: 'ours/parse-cat', atMost: 1.2, sizes: ['large'] },
  { row: 'ours/group-stream', of: 'cpuSeconds', against: 'floor/scan', atMost: 2.5, sizes: ['large'] },
  { row: 'ours/group-stream', of: 'peakBytes', atMost: 120e6, sizes: ['large'] },
  { row: 'ours/parse', of: 'peakBytes', against: 'ours/parse-small', atMost: 1.25, sizes: ['huge'] },
  { row: 'ours/group', of: 'peakBytes', against: 'ours/group-small', atMost: 1.25, sizes: ['huge'] },
  { row: 'ours/chainends', of: 'cpuSeconds', against: 'floor/scan', atMost: 6, sizes: ['large', 'huge'] },
  { row: 'ours/chainends-heads', of: 'cpuSeconds', against: 'floor/scan', atMost: 6, sizes: ['large', 'huge'] },
  { row: 'ours/chains-found', of: 'cpuSeconds', against: 'floor/scan', atMost: 6, sizes: ['large', 'huge'] },
  { row: 'ours/chains-found', of: 'peakBytes', atMost: 600e6, sizes: ['huge'] },
  { row: 'ours/start', of: 'wallSeconds', against: 'floor/node', atMost: 1.5, sizes: every },
];

export interface Verdict {
  readonly row: string;
  readonly figure: string;
  readonly measured: string;
  readonly verdict: 'reached' | 'not reached' | 'not measured';
}

const figureNames = { cpuSeconds: 'CPU', wallSeconds: 'wall', peakBytes: 'peak memory' } as const;

/** @param best the rows that were measured; a row that failed is not among them */
export function judge(size: Size, best: ReadonlyMap<string, Best>): Verdict[] {
  return targets.filter((target) => target.sizes.includes(size)).map((target) => verdictOn(target, best));
}

/** The rows that `row` is compared with at this size, so that a choice of rows still gives verdicts. */
export function rowsAgainst(size: Size, row: string): string[] {
  return targets.flatMap((target) =>
    target.row === row && target.sizes.includes(size) && 'against' in target ? [target.against] : [],
  );
}

function verdictOn(target: Ratio | Ceiling, best: ReadonlyMap<string, Best>): Verdict {
  const row = target.row;
  const mine = best.get(row)?.[target.of];
  if (!('against' in target)) {
    const figure = `${figureNames[target.of]} <= ${target.atMost / 1e6} MB`;
    if (mine === undefined) return { row, figure, measured: '', verdict: 'not measured' };
    return {
      row,
      figure,
      measured: `${(mine / 1e6).toFixed(1)} MB`,
      verdict: mine <= target.atMost ? 'reached' : 'not reached',
    };
  }
  const figure = `${figureNames[target.of]} <= ${target.atMost} x ${target.against}`;
  const theirs = best.get(target.against)?.[target.of];
  if (mine === undefined || theirs === undefined) return { row, figure, measured: '', verdict: 'not measured' };
  const ratio = mine / theirs;
  return {
    row,
    figure,
    measured: `${ratio.toFixed(2)} x`,
    verdict: ratio <= target.atMost ? 'reached' : 'not reached',
  };
}
