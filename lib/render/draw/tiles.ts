/** A treemap of one object and what it dominates, some levels deep: a tile in, elements out. Runs in Node for files, and in the page for each zoom; some thousand elements. */
import * as d3 from 'd3';
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import type { Canvas, Extent } from './picture.ts';

/** Tiles as columns, as they travel to the page: a tile's place is its index. Place 0 is the root; parents can come behind their children. */
export interface Forest {
  readonly parents: readonly number[];
  readonly labels: readonly string[];
  /** What it and all within it take. */
  readonly sizes: readonly number[];
  /** What it takes by itself. */
  readonly owns: readonly number[];
  /** How many directly within it are not here. */
  readonly folded: readonly number[];
  /** Places in `types`. */
  readonly typed: readonly number[];
  readonly types: readonly string[];
  /** Colours of the first types; the others have none. */
  readonly colors: number;
  /** What a size is called, as `retains`. */
  readonly verb: string;
}

export interface Tile {
  readonly label: string;
  readonly tip: string;
  readonly size: number;
  /** Types have a colour. Undefined: what is folded, and what belongs to the one around it. */
  readonly type: number | undefined;
  readonly color: string;
  readonly above: Tile | undefined;
  readonly within: Tile[];
  /** That many stand in a row, each of which holds little but the next. */
  run: number;
}

type Place = d3.HierarchyRectangularNode<Tile>;

const LEVELS = 9;
/** The least square pixels of a tile, and the most tiles: a zoom has a tenth of a second. */
const SMALL = 40;
const MANY = 1200;
/** Of one that was zoomed into, so many are drawn however small they are. */
const FEW = 300;
const HEADER = 17;
const LETTER = 6.63;
/** A link of a chain has this much of what the one before has, or more. */
const CHAIN = 0.9;

/** Makes tiles of columns; gives them by their places. */
export function tilesOf(forest: Forest): readonly Tile[] {
  const { parents, labels, sizes, owns, folded, typed, types, colors, verb } = forest;
  const tiles: Tile[] = [];
  const make = (at: number): Tile => {
    const type = typed[at]!;
    const parent = parents[at]!;
    const above = parent < 0 ? undefined : (tiles[parent] ?? make(parent));
    const own = owns[at] === sizes[at] ? [] : [`itself ${full(owns[at]!)}`];
    const tip = [types[type] === labels[at] ? '' : types[type]!, labels[at]!, `${verb} ${full(sizes[at]!)}`, ...own];
    const tile = {
      label: labels[at]!,
      tip: tip.filter((line) => line !== '').join('\n'),
      size: sizes[at]!,
      type,
      color: type < colors ? `c${type}` : 'rest',
      above,
      within: [],
      run: 1,
    };
    tiles[at] = tile;
    above?.within.push(tile);
    return tile;
  };
  for (let at = 0; at < parents.length; at++) if (tiles[at] === undefined) make(at);
  tiles.forEach((tile, at) => {
    addRest(tile, folded[at]!);
    tile.within.sort(largestFirst);
  });
  return tiles;
}

/** What is left of a tile beside those within it: its own bytes, and what was folded. */
function addRest(tile: Tile, folded: number): void {
  const left = tile.size - tile.within.reduce((sum, { size }) => sum + size, 0);
  if (tile.within.length === 0 || left <= 0) return;
  const label = folded > 0 ? `and ${formatCount(folded)} more` : 'itself';
  tile.within.push(partOf(tile, label, `${label}, in ${tile.label}`, left));
}

/** A tile that is no object, but a part of one. */
const partOf = (above: Tile | undefined, label: string, words: string, size: number): Tile => ({
  label,
  tip: `${words}\n${full(size)}`,
  size,
  type: undefined,
  color: 'none',
  above,
  within: [],
  run: 1,
});

/** Draws `focus` over the whole extent, instead of what was there. Elements are bound to their tiles. */
export function drawTiles(canvas: Canvas, focus: Tile, extent: Extent): void {
  const nodes = layOut(focus, extent).descendants();
  const seen = nodes.filter((node) => node.x1 - node.x0 >= 1 && node.y1 - node.y0 >= 1);
  const marks = canvas
    .selectAll<SVGGElement, Place>('g.tile')
    .data(seen)
    .join('g')
    .attr('class', (node) => `mark tile ${node.data.color}${node.children === undefined ? '' : ' frame'}`)
    .attr('transform', ({ x0, y0 }) => `translate(${x0.toFixed(1)},${y0.toFixed(1)})`);
  marks.selectAll('*').remove();
  marks.append('title').text(({ data }) => tipWords(data));
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
    .filter((node) => node.children === undefined && node.y1 - node.y0 >= 30 && fits(formatSize(node.data.size), node))
    .append('text')
    .attr('class', 'name second')
    .attr('x', 4)
    .attr('y', 26)
    .text(({ data }) => formatSize(data.size));
}

/** As many tiles as can be drawn at once: the more there are, the larger those that are still drawn one by one. */
function layOut(focus: Tile, { width, height }: Extent): Place {
  const whole = unrolled(focus);
  let bytes = (SMALL * whole.size) / (width * height);
  while (bytes < whole.size && isMore(MANY, whole, bytes)) bytes *= 1.5;
  const root = d3.hierarchy<Tile>(whole, (tile) => inside(tile, whole, bytes));
  root.each((node) => {
    (node as { value?: number }).value = node.data.size;
    if (node.depth === LEVELS) delete node.children;
  });
  return d3
    .treemap<Tile>()
    .size([width, height])
    .paddingInner(1)
    .paddingOuter((node) => (hasHeader(node) ? 2 : 0))
    .paddingTop((node) => (hasHeader(node) ? HEADER : 0))(root);
}

/** Whether there would be more tiles than `most`; looks at no more than that. */
function isMore(most: number, whole: Tile, bytes: number): boolean {
  const waiting = [whole];
  let count = 0;
  for (let tile = waiting.pop(); tile !== undefined && count <= most; tile = waiting.pop()) {
    count++;
    for (const inner of inside(tile, whole, bytes) ?? []) waiting.push(inner);
  }
  return count > most;
}

/** What is drawn within a tile: those that have so many bytes, of the whole the first few in any case, and all others as one. */
function inside(tile: Tile, whole: Tile, bytes: number): readonly Tile[] | undefined {
  const { within, label } = tile;
  // What was put together is taken apart only by a zoom.
  if (tile !== whole && (tile.type === undefined || tile.size < 4 * bytes)) return undefined;
  const found = within.findIndex(({ size }) => size < bytes);
  const large = Math.max(found < 0 ? within.length : found, tile === whole ? FEW : 0);
  if (large === 0) return undefined;
  if (within.length - large < 2) return within.map(unrolled);
  const small = within.slice(large);
  const size = small.reduce((sum, { size: own }) => sum + own, 0);
  const words = `${formatCount(small.length)} smaller`;
  const rest = { ...partOf(small[0]!.above, words, `${words} ones, in ${label}`, size), within: small };
  return [...within.slice(0, large).map(unrolled), rest].sort(largestFirst);
}

const largestFirst = (a: Tile, b: Tile): number => b.size - a.size;

/** A chain of one type as one tile that holds what its last link holds: as nested frames it would be nothing but borders. */
function unrolled(tile: Tile): Tile {
  let end = tile;
  let run = 1;
  for (let next = end.within[0]; next !== undefined && isLink(end, next); next = end.within[0]) {
    end = next;
    run++;
  }
  if (run < 3) return tile;
  const inner = end.within.filter(({ type }) => type !== undefined);
  const left = tile.size - inner.reduce((sum, { size }) => sum + size, 0);
  const between = partOf(
    tile,
    `${formatCount(run)} in a row`,
    `${formatCount(run)} in a row, with what each holds beside the next`,
    left,
  );
  return { ...tile, run, within: [...inner, { ...between, color: tile.color }].sort(largestFirst) };
}

const isLink = (tile: Tile, next: Tile): boolean =>
  next.type === tile.type && next.size >= CHAIN * tile.size && next.type !== undefined;

const hasHeader = ({ x0, x1, y0, y1, children }: Place): boolean =>
  children !== undefined && y1 - y0 >= 2.2 * HEADER && x1 - x0 >= 40;

const fits = (text: string, { x0, x1 }: Place): boolean => text.length * LETTER <= x1 - x0 - 8;

function labelOf(node: Place): string {
  const { x0, x1, y0, y1, data, children } = node;
  if (children === undefined ? y1 - y0 < 16 : !hasHeader(node)) return '';
  const columns = Math.floor((x1 - x0 - 8) / LETTER);
  const run = data.run > 1 ? ` x${formatCount(data.run)}` : '';
  const whole = `${data.label}${run}${children === undefined ? '' : `\u2002${formatSize(data.size)}`}`;
  const text = whole.length <= columns ? whole : `${data.label}${run}`;
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

const tipWords = ({ tip, run }: Tile): string => (run > 1 ? `${tip}\nthe first of ${formatCount(run)} in a row` : tip);

const full = (bytes: number): string =>
  bytes < 1024 ? formatSize(bytes) : `${formatSize(bytes)} (${formatCount(bytes)} bytes)`;
