/** Treemaps: columns of tiles in, the part of a picture that draws them out, for files at their root and for pages as data. */
import { cutToWidth, displayWidth } from '../width.ts';
import { plural, type Sum } from './amounts.ts';
import { type Forest, tilesOf } from './forest.ts';
import { writeName } from './names.ts';
import { type Canvas, CHAR, type Extent, type Picture, WIDTH } from './picture.ts';
import type { Amount } from './row.ts';
import { drawTiles } from './tiles.ts';

export type TreemapPart = Pick<Picture, 'as' | 'draw' | 'inPage'>;

const EXTENT: Extent = { width: WIDTH, height: 600 };
const LEGEND = 26;
/** Colours that people tell apart, and columns of a label. */
export const COLORS = 8;
export const LABEL = 40;

export function treemapPart(forest: Forest, legend: readonly string[]): TreemapPart {
  const whole = { width: WIDTH, height: EXTENT.height + (legend.length > 0 ? LEGEND : 0) };
  const drawFrame = (canvas: Canvas): Extent => {
    drawLegend(canvas, legend);
    return whole;
  };
  return {
    as: 'treemap',
    draw(canvas) {
      drawTiles(canvas, tilesOf(forest)[0]!, EXTENT);
      return drawFrame(canvas);
    },
    inPage: { draw: drawFrame, data: { forest, extent: EXTENT } },
  };
}

/** Types by colour, as many as fit into a line. */
function drawLegend(canvas: Canvas, types: readonly string[]): void {
  let x = 0;
  types.slice(0, COLORS).forEach((type, at) => {
    const text = cutToWidth(type, 20);
    const width = 32 + displayWidth(text) * CHAR;
    if (x + width > WIDTH) return;
    const key = canvas
      .append('g')
      .attr('class', 'legend')
      .attr('transform', `translate(${x.toFixed(1)},${EXTENT.height + 18})`);
    key.append('rect').attr('class', `key c${at}`).attr('y', -5).attr('width', 10).attr('height', 10);
    writeName(key.append('text').attr('class', 'name').attr('x', 15).attr('dy', '0.35em'), text);
    x += width;
  });
}

/** Groups side by side, largest first. */
export function flatTreemap(rows: readonly (Amount & { readonly label: string })[], rest: Sum): TreemapPart {
  const total = rows.reduce((sum, { bytes }) => sum + bytes, rest.bytes);
  const labels = ['all', ...rows.map(({ label }) => cutToWidth(label, LABEL))];
  return treemapPart(
    {
      parents: [-1, ...rows.map(() => 0)],
      labels,
      sizes: [total, ...rows.map(({ bytes }) => bytes)],
      owns: [total, ...rows.map(({ bytes }) => bytes)],
      folded: [rest.rows, ...rows.map(() => 0)],
      typed: [rows.length, ...rows.keys()],
      types: [...rows.map(({ count }) => plural(count, 'object')), ''],
      colors: COLORS,
      verb: 'takes',
    },
    [],
  );
}
