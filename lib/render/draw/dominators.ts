/** Objects and their dominators to the tree that they make: rows in, columns of tiles out. Costs a few maps over what is kept. */
import { cutToWidth } from '../width.ts';
import type { Forest } from './forest.ts';
import { byText } from './kept.ts';
import type { Row } from './row.ts';
import { COLORS, LABEL } from './treemap.ts';

export interface Dominated {
  readonly n: number;
  readonly id: number;
  readonly shallow: number;
  readonly retained: number;
  readonly dominator: number;
  /** Its texts are looked at only if it is drawn. */
  readonly row: Row;
}

export interface Tree {
  /** Those that hang together, the root first if it is there. */
  readonly nodes: readonly Dominated[];
  /** By `n`, those that each one dominates directly. */
  readonly below: ReadonlyMap<number, readonly Dominated[]>;
  /** Those that no other one of them dominates. */
  readonly tops: readonly Dominated[];
  readonly bytes: number;
}

/** `isWhole`: node 0 is the root of all. Then what has lost its dominator is left out: of objects that retain equally little, one can be here without it. */
export function treeOf(rows: readonly Dominated[], isWhole: boolean): Tree {
  const here = new Set(rows.map(({ n }) => n));
  const isTop = ({ n, dominator }: Dominated): boolean => (isWhole ? n === 0 : dominator === n || !here.has(dominator));
  const tops = rows.filter(isTop);
  const below = new Map<number, Dominated[]>();
  for (const row of rows.filter((one) => !isTop(one))) {
    const siblings = below.get(row.dominator);
    if (siblings === undefined) below.set(row.dominator, [row]);
    else siblings.push(row);
  }
  const nodes = [...tops];
  // Grows while it is walked.
  for (const { n } of nodes) for (const row of below.get(n) ?? []) nodes.push(row);
  return { nodes, below, tops, bytes: tops.reduce((sum, { retained }) => sum + retained, 0) };
}

/** `dominates` counts for each object how many it dominates directly, those included that are not here. */
export function forestOf({ nodes, below, tops, bytes }: Tree, dominates: (n: number) => number): Forest {
  const types = typeRanks(nodes);
  // Several that nobody here holds are held by one of their own.
  const lead = tops.length > 1 ? 1 : 0;
  const places = new Map(nodes.map(({ n }, at) => [n, at + lead]));
  const isTop = new Set(tops);
  const columns = (first: number, column: (node: Dominated) => number): readonly number[] => [
    ...Array.from({ length: lead }, () => first),
    ...nodes.map(column),
  ];
  return {
    parents: columns(-1, (node) => (isTop.has(node) ? lead - 1 : places.get(node.dominator)!)),
    labels: [
      ...Array.from({ length: lead }, () => 'all of these'),
      ...nodes.map((node) => cutToWidth(called(node), LABEL)),
    ],
    sizes: columns(bytes, ({ retained }) => retained),
    owns: columns(0, ({ shallow }) => shallow),
    folded: columns(0, ({ n }) => Math.max(0, dominates(n) - (below.get(n)?.length ?? 0))),
    typed: columns(types.size, ({ row }) => types.get(row.text('type'))!),
    types: [...types.keys(), ''],
    colors: COLORS,
    verb: 'retains',
  };
}

/** Types in the order of what their objects take by themselves, most first: the first ones get colours. */
function typeRanks(nodes: readonly Dominated[]): ReadonlyMap<string, number> {
  const own = new Map<string, number>();
  for (const { row, shallow } of nodes) {
    const type = row.text('type');
    own.set(type, (own.get(type) ?? 0) + shallow);
  }
  const ranked = [...own].sort(([a, x], [b, y]) => y - x || byText(a, b));
  return new Map(ranked.map(([type], rank) => [type, rank]));
}

/** `LoadError @35`, with its name where that says more. */
export function called({ n, id, row }: Dominated): string {
  const [type, name] = [row.text('type'), row.has('name') ? row.text('name') : ''];
  if (n === 0) return '(root)';
  return name === '' || name === type ? `${type} @${id}` : `${type} ${name} @${id}`;
}
