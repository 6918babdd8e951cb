/** The figures this project promised to reach, and best measurements in; reached, missed or not measured out; costs nothing. */

import { type Size, shapes } from './corpus.ts';
import type { Best } from './measure.ts';

interface Ratio {
  readonly row: string;
  readonly of: 'cpuSeconds' | 'wallSeconds' | 'peakBytes';
  readonly against: string;
  readonly atMost: number;
  readonly sizes: readonly Size[];
}

/** So much more than another row, in seconds. */
interface Beyond {
  readonly row: string;
  readonly of: 'wallSeconds';
  readonly against: string;
  readonly beyond: number;
  readonly sizes: readonly Size[];
}

/** `TIGHT` is what the row's command line is given. */
interface Ceiling {
  readonly row: string;
  readonly of: 'peakBytes';
  readonly atMost: number | 'TIGHT';
  readonly sizes: readonly Size[];
}

/** The longest of several rows against the shortest. */
interface Spread {
  /** what they are called together */
  readonly row: string;
  readonly rows: readonly string[];
  readonly of: 'cpuSeconds';
  readonly within: number;
  readonly sizes: readonly Size[];
}

/** So much of several runs of another row, of which all but one are spared their start. */
interface Several {
  readonly row: string;
  readonly of: 'cpuSeconds';
  readonly times: number;
  readonly against: string;
  readonly start: string;
  readonly atMost: number;
  readonly sizes: readonly Size[];
}

type Target = Ratio | Beyond | Ceiling | Spread | Several;

const every: readonly Size[] = ['small', 'large', 'huge'];
const big: readonly Size[] = ['large', 'huge'];

/** What a graph command without an index promises: its time, and that `--memory 600M` holds. */
const graphTargets = (command: string): readonly Target[] => [
  { row: `ours/${command}`, of: 'cpuSeconds', against: 'floor/scan', atMost: 6, sizes: big },
  { row: `ours/${command}-600M`, of: 'peakBytes', atMost: 600 * 2 ** 20, sizes: ['huge'] },
];

const shapeRows = (times: '' | '-2x'): string[] => shapes.map((shape) => `ours/shape-${shape}${times}`);

/** Time per node: within 3 times between shapes, and within 1.5 times for twice the nodes, which is 3 times the time. */
const shapeTargets: readonly Target[] = [
  ...shapeRows('').map(
    (row): Target => ({
      row: `${row}-2x`,
      of: 'cpuSeconds',
      against: row,
      atMost: 3,
      sizes: ['small', 'large'],
    }),
  ),
  { row: 'ours/shape-*-2x', rows: shapeRows('-2x'), of: 'cpuSeconds', within: 3, sizes: ['small', 'large'] },
];

/** MB are 10^6 bytes: the stricter reading. What is said in an option's own units is meant as the option means it. */
const targets: readonly Target[] = [
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

  { row: 'ours/retain', of: 'cpuSeconds', against: 'peer/devtools', atMost: 0.3, sizes: big },
  { row: 'ours/retain', of: 'peakBytes', against: 'peer/devtools', atMost: 0.2, sizes: ['large'] },
  { row: 'ours/retain', of: 'peakBytes', against: 'peer/devtools', atMost: 0.12, sizes: ['huge'] },
  { row: 'ours/retain-tight', of: 'cpuSeconds', against: 'ours/retain', atMost: 3, sizes: big },
  { row: 'ours/retain-tight', of: 'peakBytes', atMost: 'TIGHT', sizes: big },
  ...['backrefs', 'paths', 'chainends', 'cut'].flatMap(graphTargets),
  ...['show', 'retain', 'backrefs', 'paths', 'chainends'].map(
    (command): Target => ({
      row: `ours/index-${command}`,
      of: 'wallSeconds',
      against: 'floor/node',
      beyond: 0.3,
      sizes: every,
    }),
  ),
  ...['cut', 'paths-of-type'].map(
    (command): Target => ({
      row: `ours/index-${command}`,
      of: 'wallSeconds',
      against: 'floor/cat',
      atMost: 5,
      sizes: ['huge'],
    }),
  ),
  { row: 'ours/diff', of: 'cpuSeconds', against: 'floor/pair', atMost: 2, sizes: ['large'] },
  { row: 'ours/diff', of: 'peakBytes', atMost: 150e6, sizes: ['large'] },
  { row: 'ours/diff-tight', of: 'peakBytes', atMost: 104 * 2 ** 20, sizes: ['large'] },
  {
    row: 'ours/trend',
    of: 'cpuSeconds',
    times: 20,
    against: 'ours/trend-group',
    start: 'ours/start',
    atMost: 1.2,
    sizes: ['small', 'large'],
  },
  { row: 'ours/trend', of: 'peakBytes', atMost: 120e6, sizes: ['small', 'large'] },
  ...shapeTargets,
];

export interface Verdict {
  readonly row: string;
  readonly figure: string;
  readonly measured: string;
  readonly verdict: 'reached' | 'not reached' | 'not measured';
}

const figureNames = { cpuSeconds: 'CPU', wallSeconds: 'wall', peakBytes: 'peak memory' } as const;

/**
 * @param best the rows that were measured; a row that failed is not among them
 * @param tightBytes the memory that the tight row was given
 */
export function judge(size: Size, best: ReadonlyMap<string, Best>, tightBytes: number): Verdict[] {
  return targets.filter((target) => target.sizes.includes(size)).map((target) => verdictOn(target, best, tightBytes));
}

/** The rows that `row` is compared with at this size, so that a choice of rows still gives verdicts. */
export function rowsAgainst(size: Size, row: string): string[] {
  return targets
    .filter((target) => target.sizes.includes(size))
    .flatMap((target) => {
      if ('rows' in target) return target.rows.includes(row) ? target.rows : [];
      if (target.row !== row || !('against' in target)) return [];
      return 'start' in target ? [target.against, target.start] : [target.against];
    });
}

function verdictOn(target: Target, best: ReadonlyMap<string, Best>, tightBytes: number): Verdict {
  if ('rows' in target) {
    const times = target.rows.map((row) => best.get(row)?.[target.of] ?? NaN);
    const spread = Math.max(...times) / Math.min(...times);
    const figure = `${figureNames[target.of]} within ${target.within} x of each other`;
    return verdict(target.row, figure, Number.isNaN(spread) ? undefined : spread, target.within, inTimes);
  }
  const { row, of } = target;
  const mine = best.get(row)?.[of];
  const name = figureNames[of];
  if (!('against' in target)) {
    const atMost = target.atMost === 'TIGHT' ? tightBytes : target.atMost;
    const figure = `${name} <= ${(atMost / 1e6).toFixed(0)} MB`;
    return verdict(row, figure, mine, atMost, (bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
  }
  const theirs = best.get(target.against)?.[of];
  if ('start' in target) {
    const start = best.get(target.start)?.[of];
    const all =
      theirs === undefined || start === undefined ? undefined : target.times * theirs - (target.times - 1) * start;
    const figure = `${name} <= ${target.atMost} x (${target.times} x ${target.against} - ${target.times - 1} x ${target.start})`;
    return verdict(
      row,
      figure,
      mine === undefined || all === undefined ? undefined : mine / all,
      target.atMost,
      inTimes,
    );
  }
  if ('beyond' in target) {
    const more = mine === undefined || theirs === undefined ? undefined : mine - theirs;
    const figure = `${name} <= ${target.beyond} s + ${target.against}`;
    return verdict(row, figure, more, target.beyond, (seconds) => `${seconds.toFixed(3)} s more`);
  }
  const ratio = mine === undefined || theirs === undefined ? undefined : mine / theirs;
  const figure = `${name} <= ${target.atMost} x ${target.against}`;
  return verdict(row, figure, ratio, target.atMost, inTimes);
}

const inTimes = (value: number): string => `${value.toFixed(2)} x`;

function verdict(
  row: string,
  figure: string,
  value: number | undefined,
  atMost: number,
  show: (value: number) => string,
): Verdict {
  if (value === undefined) return { row, figure, measured: '', verdict: 'not measured' };
  return { row, figure, measured: show(value), verdict: value <= atMost ? 'reached' : 'not reached' };
}
