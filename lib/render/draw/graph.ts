/** Boxes and arrows, laid out by Graphviz itself, compiled to WebAssembly: a graph in, elements out. Meant for some hundred boxes. */
import { formatCount } from '../counts.ts';
import { dotLabel } from '../dot.ts';
import { displayWidth } from '../width.ts';
import { writeName } from './names.ts';
import { type Canvas, CHAR, type Extent, WIDTH } from './picture.ts';

export interface Graph {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box {
  /** How it looks: where the question began, the root, what is folded, or any other. */
  readonly look: 'start' | 'root' | 'more' | 'plain';
  readonly lines: readonly string[];
  readonly tip: string;
}

export interface Arrow {
  /** Places of boxes. */
  readonly from: number;
  readonly to: number;
  readonly look: 'plain' | 'weak' | 'run';
  readonly lines: readonly string[];
  readonly tip: string;
}

const LINE = 15;
const PADDING = 8;
/** Room around all of it: names of arrows can stand out. */
const EDGE = 12;
/** The height that a page has for a graph, in pixels. */
const TALL = 800;
/** Graphviz counts in points, and sizes of boxes in inches. */
const INCH = 72;
const HEAD = 'digraph snap {\n  nodesep=0.15; ranksep=0.4;\n';

/** For Graphviz, with all texts. */
export function graphDot({ boxes, arrows }: Graph): string {
  const nodes = boxes.map(({ lines, look }, at) => `  n${at} [label=${dotLabel(lines)}${BOX_STYLE[look]}];\n`);
  const edges = arrows.map(
    ({ from, to, lines, look }) => `  n${from} -> n${to} [label=${dotLabel(lines)}${ARROW_STYLE[look]}];\n`,
  );
  const fonts = '  node [shape=box, fontname="monospace"];\n  edge [fontname="monospace"];\n';
  return `${HEAD}  rankdir=LR;\n${fonts}${nodes.join('')}${edges.join('')}}\n`;
}

const BOX_STYLE = {
  start: ', style="filled,bold", fillcolor="lightyellow"',
  root: ', style="filled", fillcolor="gray92"',
  more: ', shape="plaintext"',
  plain: '',
} as const;
const ARROW_STYLE = { plain: '', weak: ', style="dotted"', run: ', style="dashed,bold"' } as const;

export async function drawGraph(canvas: Canvas, graph: Graph): Promise<Extent> {
  const { boxes, arrows } = graph;
  const { bb, objects = [], edges = [] } = await layOut(graph);
  const [, , width = 0, height = 0] = bb.split(',').map(Number);
  // Graphviz counts from the bottom.
  const point = (text: string): readonly [number, number] => {
    const [x = 0, y = 0] = text.split(',').map(Number);
    return [x, height - y];
  };
  const arrowHead = canvas
    .append('marker')
    .attr('id', 'arrow')
    .attr('viewBox', '0 0 8 8')
    .attr('refX', 8)
    .attr('refY', 4);
  arrowHead
    .attr('markerWidth', 7)
    .attr('markerHeight', 7)
    .attr('orient', 'auto')
    .append('path')
    .attr('class', 'head')
    .attr('d', 'M0,0L8,4L0,8z');
  const view = canvas.append('g').attr('transform', `translate(${EDGE},${EDGE})`).append('g').attr('class', 'view');
  edges.forEach(({ pos, lp }, at) => {
    const { look, lines, tip } = arrows[at]!;
    const mark = view.append('g').attr('class', 'mark arrow');
    mark.append('title').text(tip);
    // `e,X,Y` is the tip of the arrow; the other points are those of a curve.
    const [end, start, ...curve] = pos.split(' ').map((text) => point(text.replace(/^e,/, '')));
    mark
      .append('path')
      .attr('class', look)
      .attr('marker-end', 'url(#arrow)')
      .attr('d', `M${start}C${curve.join(' ')}L${end}`);
    if (lp !== undefined) writeLines(mark, point(lp), lines, 'via');
  });
  objects.forEach(({ pos, width: inches, height: tall }, at) => {
    const { look, lines, tip } = boxes[at]!;
    const [x, y] = point(pos);
    const [w, h] = [Number(inches) * INCH, Number(tall) * INCH];
    const mark = view.append('g').attr('class', `mark box ${look}`);
    mark.append('title').text(tip);
    mark
      .append('rect')
      .attr('x', x - w / 2)
      .attr('y', y - h / 2)
      .attr('width', w)
      .attr('height', h)
      .attr('rx', 3);
    writeLines(mark, [x, y], lines, 'name');
  });
  return { width: width + 2 * EDGE, height: height + 2 * EDGE };
}

function writeLines(
  mark: Canvas,
  [x, y]: readonly [number, number],
  lines: readonly string[],
  name: 'name' | 'via',
): void {
  lines.forEach((line, at) => {
    const element = mark
      .append('text')
      .attr('class', at === 0 ? name : `${name} second`)
      .attr('x', x)
      .attr('y', y + LINE * (at - (lines.length - 1) / 2))
      .attr('dy', '0.35em')
      .attr('text-anchor', 'middle');
    writeName(element, line, name === 'via' ? (CHAR * 11) / 12 : CHAR);
  });
}

/** What Graphviz says of places in its JSON, as far as it is used here. */
interface Layout {
  readonly bb: string;
  readonly objects?: readonly { readonly pos: string; readonly width: string; readonly height: string }[];
  readonly edges?: readonly { readonly pos: string; readonly lp?: string }[];
}

/** Only sizes are told: what a heap calls things never gets there. */
async function layOut({ boxes, arrows }: Graph): Promise<Layout> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const nodes = boxes.map(({ lines }, at) => {
    const width = Math.max(...lines.map(displayWidth)) * CHAR + 2 * PADDING;
    const height = lines.length * LINE + PADDING;
    return `  n${at} [width=${(width / INCH).toFixed(3)}, height=${(height / INCH).toFixed(3)}];\n`;
  });
  const edges = arrows.map(({ from, to, lines }) => {
    const label = lines.map((line) => 'x'.repeat(displayWidth(line))).join('\\n');
    return `  n${from} -> n${to} [label="${label}"];\n`;
  });
  const sizes = '  node [shape=box, fixedsize=true, label=""];\n  edge [fontname="Courier", fontsize=11];\n';
  const graphviz = await Graphviz.load();
  const layouts = ['LR', 'TB'].map((direction) => {
    const text = `${HEAD}  rankdir=${direction};\n${sizes}${nodes.join('')}${edges.join('')}}\n`;
    return JSON.parse(graphviz.layout(text, 'json', 'dot')) as Layout;
  });
  // The one that can be shown larger.
  return layouts.reduce((best, layout) => (shownAt(layout) > shownAt(best) ? layout : best));
}

/** How large it can be on a page: 1 is full size. */
function shownAt({ bb }: Layout): number {
  const [, , width = 1, height = 1] = bb.split(',').map(Number);
  return Math.min(1, WIDTH / width, TALL / height);
}

/** The box for what is folded away. */
export const moreBox = (count: number, what: string): Box => ({
  look: 'more',
  lines: [`and ${formatCount(count)} more`],
  tip: `and ${formatCount(count)} more ${what}`,
});
