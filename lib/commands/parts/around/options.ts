/** What snap-refs and snap-backrefs can be told: a table, apart from what they do, so that --help and --version need not wait for that. */
import { count, flag, texts } from '../../../cli/option.ts';
import { formatCount } from '../../../render/counts.ts';
import { choosingOptions } from '../choosing/options.ts';

export const DEPTH = 3;
/** Nodes that are shown where `--top` does not say: what a reader can take in, or a program. */
export const IN_TREE = 100;
export const ELSEWHERE = 10_000;

export const aroundOptions = {
  ...choosingOptions,
  depth: count({
    short: 'd',
    value: 'COUNT',
    help: `at most so many references away, ${DEPTH} if not said; a run is one`,
  }),
  'exclude-type': texts({ value: 'NAME', help: 'neither show nor pass nodes of this type: a name or a glob' }),
  'exclude-via': texts({
    value: '[KIND:]NAME',
    help: 'do not follow references of this name: next, internal:table, 3',
  }),
  weak: flag('follow weak references too'),
  top: count({
    short: 'n',
    value: 'COUNT',
    help: `show at most so many nodes, nearest first: ${IN_TREE} in a tree, ${formatCount(ELSEWHERE)} elsewhere if not said`,
  }),
  'no-collapse': flag('show every node of a run'),
};

export const aroundFormats = { dot: 'for Graphviz' };

/** Which way to go, and what neighbours are called there. */
export interface Direction {
  readonly backward: boolean;
  readonly arrow: '<-' | '->';
  readonly neighbours: string;
}
