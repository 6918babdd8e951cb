/** Nodes and references in the DOT language of Graphviz, line by line; names from a heap are data there too. Holds one line. */
import { type Called, shortName, typeAndId } from './called.ts';
import { formatCount } from './counts.ts';
import { escapeControls } from './escape.ts';
import type { Links } from './tree.ts';
import { formatVia, type SpellVia } from './via.ts';

export const DOT_HEAD = 'digraph snap {\n  node [shape=box, fontname="sans-serif"];\n  edge [fontname="sans-serif"];\n';
export const DOT_TAIL = '}\n';

/** Nodes to begin with are filled. */
export const dotNode = (node: Called & { readonly n: number }, isStart: boolean): string =>
  `  n${node.n} [label=${dotLabel([typeAndId(node), shortName(node)])}${isStart ? ', style="filled,bold", fillcolor="lightyellow"' : ''}];\n`;

/** From the node that holds to the one that is held. */
export function dotEdge(from: number, to: number, links: Links, spell: SpellVia = formatVia): string {
  const isWeak = links.vias.every(({ ref }) => ref === 'weak');
  return `  n${from} -> n${to} [label=${dotLabel(namesOf(links, spell))}${isWeak ? ', style="dotted"' : ''}];\n`;
}

/** A run of references, of which only the ends are there. */
export const dotRun = (from: number, to: number, count: number, links: Links, spell: SpellVia = formatVia): string => {
  const [first, ...others] = namesOf(links, spell);
  return `  n${from} -> n${to} [label=${dotLabel([`x${formatCount(count)} via ${first}`, ...others])}, style="dashed,bold"];\n`;
};

function namesOf({ vias, count }: Links, spell: SpellVia): string[] {
  const more = count - vias.length;
  return [...vias.map(({ ref, via }) => spell(ref, via)), ...(more > 0 ? [`and ${formatCount(more)} more`] : [])];
}

/** A quoted string of lines. DOT knows \" and, in labels, escapes as \N and entities as &lt;: all of them are taken from the text. */
export function dotLabel(lines: readonly string[]): string {
  const safe = lines
    .filter((line) => line !== '')
    .map((line) => escapeControls(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;'));
  return `"${safe.join('\\n')}"`;
}
