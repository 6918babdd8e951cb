/** The graph around some nodes as trees of lines for people: each node where it was met first, elsewhere a word of where. One answer in, its lines out. */
import { type Called, short, shortName, typeAndId } from './called.ts';
import { formatCount } from './counts.ts';
import { escapeControls } from './escape.ts';
import { type HolderStep, hasPlace, holderOf } from './holder.ts';
import { SHOWN_TYPES } from './others.ts';
import type { TableStyle } from './table.ts';
import { type SpellVia, spellingOf } from './via.ts';
import { cutToWidth } from './width.ts';

/** References between two nodes: the names of the first ones, and how many there are. */
export interface Links {
  readonly vias: readonly Via[];
  readonly count: number;
}

export interface Via {
  readonly ref: string;
  readonly via: string | number;
}

export interface TreeNode {
  readonly node: Called & { readonly n: number };
  /** How it is joined to the one above: by references, or by a run of so many. */
  readonly links: Links;
  readonly run: TreeRun | undefined;
  readonly children: readonly TreeNode[];
  /** Neighbours that stand elsewhere. */
  readonly again: readonly { readonly to: TreeNode; readonly links: Links }[];
  /** Neighbours inside of runs, and those that found no room. */
  readonly inside: number;
  readonly left: number;
}

export interface TreeRun {
  readonly count: number;
  /** The names that all its steps have. */
  readonly links: Links;
  /** Other neighbours of the nodes between, by type, those first that were met most often. */
  readonly others: readonly TreeOthers[];
}

export interface TreeOthers {
  readonly type: string;
  /** How often one was met from a node between, the id of the first one, and whether it was that one each time. */
  readonly count: number;
  readonly first: number | undefined;
  readonly isOne: boolean;
}

export interface TreeWords {
  readonly arrow: '<-' | '->';
  /** What neighbours are called. */
  readonly neighbours: string;
  /** The format of the snapshot, which says how references are spelled. */
  readonly format?: string | undefined;
}

/** Deeper lines say how deep they are instead. */
const DEEPEST = 32;
/** Neighbours that are joined in the same way and lead no further: more are counted. */
const ALIKE = 3;

/** Lines with their ends, tree by tree. */
export function* treeLines(
  roots: Iterable<TreeNode>,
  { arrow, neighbours, format }: TreeWords,
  { width, color = false }: TableStyle,
): Generator<string> {
  const printed = new Set<TreeNode>();
  const spell = spellingOf(format);
  /** Of a Python heap: what each node hangs on, where that is what it holds. */
  const above = format === 'python' && arrow === '<-' ? new Map<TreeNode, TreeNode>() : undefined;
  const line = (depth: number, text: string): string => {
    const indent = depth <= DEEPEST ? '  '.repeat(depth) : `${'  '.repeat(DEEPEST)}(${formatCount(depth)}) `;
    const safe = escapeControls(indent + text);
    return width === undefined ? safe : cutToWidth(safe, width);
  };
  for (const root of roots) {
    const stack: { readonly at: TreeNode | string; readonly depth: number }[] = [{ at: root, depth: 0 }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { at, depth } = top;
      if (typeof at === 'string') {
        yield `${line(depth, at)}\n`;
        continue;
      }
      printed.add(at);
      const holds = above === undefined ? undefined : expression(at, above);
      yield depth === 0
        ? `${bold(line(0, called(at)), color)}\n`
        : `${line(depth, `${arrow} ${hung(at, spell)}${holds === undefined ? '' : ` = ${holds}`}`)}\n`;
      for (const child of at.children) above?.set(child, at);
      const elsewhere = at.again.map(({ to, links }) => {
        const where = to === at ? 'itself' : printed.has(to) ? 'see above' : 'see below';
        return `${arrow} ${names(links, spell)} ${typeAndId(to.node)} (${where})`;
      });
      const below = [
        ...(at.run === undefined || at.run.others.length === 0 ? [] : [aside(at.run, neighbours)]),
        ...elsewhere,
        ...folded(at.children, (child) => `${arrow} ${names(child.links, spell)} ${short(child.node.type)}`),
        ...(at.inside > 0 ? [`and ${formatCount(at.inside)} inside of runs`] : []),
        ...(at.left > 0
          ? [`and ${formatCount(at.left)} more ${at.left === 1 ? neighbours.slice(0, -1) : neighbours} (--top COUNT)`]
          : []),
      ];
      for (let i = below.length - 1; i >= 0; i--) stack.push({ at: below[i]!, depth: depth + 1 });
    }
  }
}

/**
 * Of many that hang in the same way and end the branch, the first ones and how many more there are. `way`: the reference and the type. Those with
 * something below them stay.
 */
function folded(children: readonly TreeNode[], way: (child: TreeNode) => string): (TreeNode | string)[] {
  if (children.length <= ALIKE) return [...children];
  const alike = new Map<string, TreeNode[]>();
  for (const child of children) {
    if (child.run !== undefined || child.children.length > 0) continue;
    const key = way(child);
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [child]);
    else group.push(child);
  }
  const lines = new Map<TreeNode, string | undefined>();
  for (const [text, group] of alike) {
    if (group.length <= ALIKE) continue;
    const [next, ...others] = group.slice(ALIKE - 1);
    const [from, to] = [next!, others.at(-1)!].map(({ node }) => `@${node.id}`);
    lines.set(next!, `${text}: ${formatCount(others.length + 1)} more (${from} ... ${to})`);
    for (const other of others) lines.set(other, undefined);
  }
  return children.flatMap((child) => (lines.has(child) ? (lines.get(child) ?? []) : child));
}

const bold = (line: string, color: boolean): string => (color ? `\x1b[1m${line}\x1b[0m` : line);

function called({ node }: TreeNode): string {
  const name = shortName(node);
  return `${typeAndId(node)}${name === '' ? '' : ` ${name}`}${node.n === 0 ? ' (root)' : ''}`;
}

/** A node below another one: `.cause QueryError @35`, or a run: `QueryError x299 via .cause ... @35`. */
function hung(at: TreeNode, spell: SpellVia): string {
  if (at.run === undefined) return `${names(at.links, spell)} ${called(at)}`;
  const name = shortName(at.node);
  const { count, links } = at.run;
  return `${short(at.node.type)} x${formatCount(count)} via ${names(links, spell)} ... @${at.node.id}${name === '' ? '' : ` ${name}`}`;
}

function names({ vias, count }: Links, spell: SpellVia): string {
  const more = count - vias.length;
  return `${vias.map(({ ref, via }) => spell(ref, via)).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** Of a module or a class with none nearer to the root of its tree: how one gets from it to there. */
function expression(at: TreeNode, above: ReadonlyMap<TreeNode, TreeNode>): string | undefined {
  if (!hasPlace(at.node.type, at.node.name)) return undefined;
  const steps: HolderStep[] = [{ ref: '', via: '', type: at.node.type, name: at.node.name }];
  for (let from = at, to = above.get(at); to !== undefined; from = to, to = above.get(to)) {
    const { type, name } = to.node;
    if (hasPlace(type, name)) return undefined;
    const via = (from.run?.links ?? from.links).vias[0];
    if (via === undefined) return undefined;
    steps.push({ ...via, type, times: from.run?.count ?? 1 });
  }
  return holderOf(steps);
}

/** `(other retainers on the way: 48 times List @51, 10 times Tag (@61, ...), Log @7)` */
function aside({ others }: TreeRun, neighbours: string): string {
  const types = others.slice(0, SHOWN_TYPES).map(({ type, count, first, isOne }) => {
    const which = first === undefined ? '' : isOne ? ` @${first}` : ` (@${first}, ...)`;
    return `${count === 1 ? '' : `${formatCount(count)} times `}${short(type)}${which}`;
  });
  const rest = others.length - SHOWN_TYPES;
  const more = rest > 0 ? `, and ${formatCount(rest)} more ${rest === 1 ? 'type' : 'types'}` : '';
  return `(other ${neighbours} on the way: ${types.join(', ')}${more})`;
}
