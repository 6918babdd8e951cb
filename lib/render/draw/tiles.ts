/** A treemap of one tile and what is within it, some levels deep: a tile in, elements out. Runs in Node for files, and in the page for each zoom; some thousand elements. */
import * as d3 from 'd3';
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { largestFirst, partOf, type Tile, unrolled } from './forest.ts';
import type { Canvas, Extent } from './picture.ts';

/** A tile as it is drawn: with those that are drawn within it. */
interface Shown {
  readonly tile: Tile;
  readonly inner: Shown[];
}

export type Place = d3.HierarchyRectangularNode<Shown>;

const LEVELS = 9;
/** The least square pixels of a tile, and the most tiles: a zoom has a tenth of a second. */
const SMALL = 40;
const MANY = 1200;
/** Of the tile that was zoomed into, so many are drawn however small they are. */
const FEW = 300;
const HEADER = 17;
const LETTER = 6.63;

/** Draws `focus` over the whole extent, instead of what was there. Elements are bound to their tiles. */
export function drawTiles(canvas: Canvas, focus: Tile, extent: Extent): void {
  const nodes = layOut(focus, extent).descendants();
  const seen = nodes.filter((node) => node.x1 - node.x0 >= 1 && node.y1 - node.y0 >= 1);
  const marks = canvas
    .selectAll<SVGGElement, Place>('g.tile')
    .data(seen)
    .join('g')
    .attr('class', (node) => `mark tile ${node.data.tile.color}${node.children === undefined ? '' : ' frame'}`)
    .attr('transform', ({ x0, y0 }) => `translate(${x0.toFixed(1)},${y0.toFixed(1)})`);
  marks.selectAll('*').remove();
  marks.append('title').text(({ data }) => tipWords(data.tile));
  marks
    .append('rect')
    .attr('width', ({ x0, x1 }) => (x1 - x0).toFixed(1))
    .attr('height', ({ y0, y1 }) => (y1 - y0).toFixed(1));
  const named = marks.filter((node) => labelOf(node) !== '');
  named
    .append('text')
    .attr('class', 'name')
    .attr('x', 4)
    .attr('y', 12.5)
    .attr('textLength', (node) => fixedWidth(labelOf(node)))
    .attr('lengthAdjust', 'spacingAndGlyphs')
    .text(labelOf);
  named
    .filter(
      (node) => node.children === undefined && node.y1 - node.y0 >= 30 && fits(formatSize(node.data.tile.size), node),
    )
    .append('text')
    .attr('class', 'name second')
    .attr('x', 4)
    .attr('y', 26)
    .text(({ data }) => formatSize(data.tile.size));
}

/** As many tiles as can be drawn at once: the more there are, the larger those that are still drawn one by one. */
function layOut(focus: Tile, { width, height }: Extent): Place {
  const whole = unrolled(focus);
  let bytes = (SMALL * whole.size) / (width * height);
  let shown = shownOf(whole, bytes);
  while (shown === undefined) {
    bytes *= 1.5;
    shown = shownOf(whole, bytes);
  }
  const root = d3.hierarchy<Shown>(shown, ({ inner }) => (inner.length === 0 ? undefined : inner));
  root.each((node) => {
    // What d3 would add up is known.
    (node as { value?: number }).value = node.data.tile.size;
  });
  return d3
    .treemap<Shown>()
    .size([width, height])
    .paddingInner(1)
    .paddingOuter((node) => (hasHeader(node) ? 2 : 0))
    .paddingTop((node) => (hasHeader(node) ? HEADER : 0))(root);
}

/** The uppermost levels, as far as tiles have so many bytes; undefined where those are too many. */
function shownOf(whole: Tile, bytes: number): Shown | undefined {
  const root: Shown = { tile: whole, inner: [] };
  let level = [root];
  let count = 0;
  for (let depth = 0; depth < LEVELS && level.length > 0; depth++) {
    for (const { tile, inner } of level) {
      for (const next of inside(tile, bytes, tile === whole ? FEW : 0)) inner.push({ tile: next, inner: [] });
      count += inner.length;
      if (count > MANY) return undefined;
    }
    // What was put together is taken apart only by a zoom.
    level = level.flatMap(({ inner }) => inner).filter(({ tile }) => tile.type !== undefined && tile.size >= 4 * bytes);
  }
  return root;
}

/** What is drawn within a tile: those that have so many bytes, the first few in any case, and all others as one. */
function inside({ within, label }: Tile, bytes: number, few: number): readonly Tile[] {
  const found = within.findIndex(({ size }) => size < bytes);
  const large = Math.max(found < 0 ? within.length : found, few);
  if (large === 0) return [];
  if (within.length - large < 2) return within.map(unrolled);
  const small = within.slice(large);
  const size = small.reduce((sum, { size: own }) => sum + own, 0);
  const words = `${formatCount(small.length)} smaller`;
  const rest = { ...partOf(small[0]!.above, words, `${words} ones, in ${label}`, size), within: small };
  return [...within.slice(0, large).map(unrolled), rest].sort(largestFirst);
}

const hasHeader = ({ x0, x1, y0, y1, children }: Place): boolean =>
  children !== undefined && y1 - y0 >= 2.2 * HEADER && x1 - x0 >= 40;

const fits = (text: string, { x0, x1 }: Place): boolean => text.length * LETTER <= x1 - x0 - 8;

function labelOf(node: Place): string {
  const { x0, x1, y0, y1, children } = node;
  const { label, size, run: length } = node.data.tile;
  if (children === undefined ? y1 - y0 < 16 : !hasHeader(node)) return '';
  const columns = Math.floor((x1 - x0 - 8) / LETTER);
  const run = length === '' ? '' : ` x${length}`;
  const whole = `${label}${run}${children === undefined ? '' : `\u2002${formatSize(size)}`}`;
  const text = whole.length <= columns ? whole : `${label}${run}`;
  return columns < 4 ? '' : cut(text, columns);
}

/** As much of it as fits. */
function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const char of text) {
    if (columnsOf(kept + char) >= columns) break;
    kept += char;
  }
  return `${kept}…`;
}

/** Everything past the Latin and Greek letters may be twice as wide; the points of a cut are not. */
const columnsOf = (text: string): number =>
  [...text].reduce((sum, char) => sum + (char > '\u10ff' && char !== '…' ? 2 : 1), 0);

/** What another font might draw wider is told how wide it is. */
const fixedWidth = (text: string): number | null =>
  /^[\x20-\x7e\u2002…]*$/.test(text) ? null : columnsOf(text) * LETTER;

const tipWords = ({ tip, run }: Tile): string => (run === '' ? tip : `${tip}\nthe first of ${run} in a row`);
