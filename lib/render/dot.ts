/** Nodes and references in the DOT language of Graphviz, line by line; names from a heap are data there too. Holds one line. */
import { type Called, shortName, typeAndId } from './called.ts';
import { formatCount } from './counts.ts';
import { escapeControls } from './escape.ts';
import type { Links, Via } from './tree.ts';
import { formatVia, type SpellVia } from './via.ts';

export const DOT_HEAD = 'digraph snap {\n  node [shape=box, fontname="sans-serif"];\n  edge [fontname="sans-serif"];\n';
export const DOT_TAIL = '}\n';

/** Nodes to begin with are filled. */
export const dotNode = (node: Called & { readonly n: number }, isStart: boolean): string =>
  `  n${node.n} [label=${dotLabel([typeAndId(node), shortName(node)])}${isStart ? ', style="filled,bold", fillcolor="lightyellow"' : ''}];\n`;

/** From the node that holds to the one that is held. */
export function dotEdge(from: number, to: number, { vias, count }: Links, spell: SpellVia = formatVia): string {
  const more = count - vias.length;
  const names = [
    ...vias.map(({ ref, via }) => spell(ref, via)),
    ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
  ];
  const isWeak = vias.every(({ ref }) => ref === 'weak');
  return `  n${from} -> n${to} [label=${dotLabel(names)}${isWeak ? ', style="dotted"' : ''}];\n`;
}

/** A run of references, of which only the ends are there. */
export const dotRun = (
  from: number,
  to: number,
  count: number,
  { ref, via }: Via,
  spell: SpellVia = formatVia,
): string =>
  `  n${from} -> n${to} [label=${dotLabel([`x${formatCount(count)} via ${spell(ref, via)}`])}, style="dashed,bold"];\n`;

/** A quoted string of lines. DOT knows \" and, in labels, escapes as \N and entities as &lt;: all of them are taken from the text. */
export function dotLabel(lines: readonly string[]): string {
  const safe = lines
    .filter((line) => line !== '')
    .map((line) => escapeControls(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;'));
  return `"${safe.join('\\n')}"`;
}
