/** Bars from left to right, one below the other, with a name before and numbers behind each: rows in, elements out. Cost grows with the bars. */
import { axisTop, max, min, scaleBand, stack, stackOffsetDiverging } from 'd3';
import { cutToWidth, displayWidth } from '../width.ts';
import { countScale, sizeScale, TICKS } from './axes.ts';
import { writeName } from './names.ts';
import { type Canvas, CHAR, DIGIT, type Extent, WIDTH } from './picture.ts';

export interface Bar {
  readonly label: string;
  /** Pieces that stand behind each other, in the order of `Bars.pieces`; negative ones go to the left. */
  readonly values: readonly number[];
  /** Numbers behind the bar, as text. */
  readonly cells: readonly string[];
  /** All of it in full. */
  readonly tip: string;
}

export interface Bars {
  readonly bars: readonly Bar[];
  /** The classes by which pieces get their colours. */
  readonly pieces: readonly string[];
  readonly heads: readonly string[];
  readonly unit: 'bytes' | 'count';
  /** Bars that touch each other are a histogram. */
  readonly touching?: boolean;
}

const ROW = 20;
const TOP = 24;
const LABEL = 44;
const GAP = 12;
const CELL_GAP = 18;

export function drawBars(canvas: Canvas, { bars, pieces, heads, unit, touching = false }: Bars): Extent {
  const widest = Math.min(LABEL, max(bars, ({ label }) => displayWidth(label)) ?? 0);
  const left = widest * CHAR + GAP;
  const cellWidths = heads.map(
    (head, at) => CELL_GAP + DIGIT * Math.max(head.length, max(bars, ({ cells }) => cells[at]?.length ?? 0) ?? 0),
  );
  const right = WIDTH - cellWidths.reduce((sum, width) => sum + width, 0);
  const y = scaleBand<number>(bars.keys(), [TOP, TOP + ROW * bars.length])
    .paddingInner(touching ? 0.06 : 0.3)
    .paddingOuter(0.15);
  const stacked = stack<Bar, number>()
    .keys(pieces.keys())
    .value((bar, key) => bar.values[key] ?? 0)
    .offset(stackOffsetDiverging)(bars);
  const ends = stacked.flatMap((piece) => piece.flat());
  const range = [Math.min(0, min(ends) ?? 0), Math.max(0, max(ends) ?? 0)] as const;
  const x = unit === 'bytes' ? sizeScale(range, [left, right]) : countScale(range, [left, right]);
  const axis = axisTop<number>(x.scale as never)
    .ticks(TICKS)
    .tickFormat(x.format)
    .tickSize(-ROW * bars.length)
    .tickPadding(6);
  canvas.append('g').attr('class', 'axis').attr('transform', `translate(0,${TOP})`).call(axis);
  const rights = cellWidths.map((_, at) => right + cellWidths.slice(0, at + 1).reduce((sum, width) => sum + width, 0));
  heads.forEach((head, at) => {
    canvas
      .append('text')
      .attr('class', 'head')
      .attr('x', rights[at]!)
      .attr('y', TOP - 8)
      .attr('text-anchor', 'end')
      .text(head);
  });
  bars.forEach((bar, row) => {
    const top = y(row)!;
    const middle = top + y.bandwidth() / 2;
    const mark = canvas.append('g').attr('class', 'mark');
    mark.append('title').text(bar.tip);
    // The whole line answers the pointer, not only its bar.
    mark
      .append('rect')
      .attr('class', 'touch')
      .attr('y', middle - ROW / 2)
      .attr('width', WIDTH)
      .attr('height', ROW);
    const name = mark
      .append('text')
      .attr('class', 'name')
      .attr('x', left - GAP + 2)
      .attr('y', middle)
      .attr('dy', '0.35em')
      .attr('text-anchor', 'end');
    writeName(name, cutToWidth(bar.label, widest));
    pieces.forEach((piece, key) => {
      const [from, to] = stacked[key]![row]!;
      if (from === to) return;
      const start = x.scale(from);
      // What is there at all can be seen.
      const width = Math.max(1, x.scale(to) - start);
      mark
        .append('rect')
        .attr('class', `bar ${piece}`)
        .attr('x', start)
        .attr('y', top)
        .attr('width', width)
        .attr('height', y.bandwidth());
    });
    bar.cells.forEach((cell, at) => {
      mark
        .append('text')
        .attr('class', 'number')
        .attr('x', rights[at]!)
        .attr('y', middle)
        .attr('dy', '0.35em')
        .attr('text-anchor', 'end')
        .text(cell);
    });
  });
  return { width: WIDTH, height: TOP + ROW * bars.length + 4 };
}
