/** Amounts over many snapshots as stacked areas or as lines from where they began, with their names at the right. Courses in, elements out. */
import {
  area,
  axisBottom,
  axisLeft,
  line,
  max,
  min,
  range,
  type ScaleLinear,
  scaleLinear,
  scalePoint,
  stack,
} from 'd3';
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { cutToWidth } from '../width.ts';
import { fullSize, signed } from './amounts.ts';
import { sizeScale, TICKS } from './axes.ts';
import { writeName } from './names.ts';
import { type Canvas, CHAR, type Extent, WIDTH } from './picture.ts';

export interface Course {
  readonly label: string;
  readonly bytes: readonly number[];
  readonly count: readonly number[];
}

const LEFT = 76;
const NAMES = 250;
const RIGHT = WIDTH - NAMES;
const TOP = 22;
const HEIGHT = 260;
const BOTTOM = TOP + HEIGHT;
const LINE = 19;

/** The last one is what all others are, if its counts are not told. */
export function drawAreas(canvas: Canvas, courses: readonly Course[]): Extent {
  const snapshots = range(courses[0]?.bytes.length ?? 0);
  const layers = stack<number, number>()
    .keys(courses.keys())
    .value((at, course) => courses[course]!.bytes[at]!)(snapshots);
  const most = max(layers.at(-1) ?? [], ([, to]) => to) ?? 0;
  const x = across(snapshots.length);
  const y = sizeScale([0, most], [BOTTOM, TOP]);
  drawAxes(canvas, 'Bytes, by type', x, y, snapshots.length);
  const shape = area<readonly [number, number]>(
    (_, at) => x(at),
    ([from]) => y.scale(from),
    ([, to]) => y.scale(to),
  );
  layers.forEach((layer, at) => {
    const mark = canvas.append('g').attr('class', 'mark');
    mark.append('title').text(tip(courses[at]!));
    mark
      .append('path')
      .attr('class', `area ${color(courses, at)}`)
      .attr('d', shape(layer.map(([from, to]) => [from, to] as const)));
  });
  // From the top down, as they lie upon each other.
  drawNames(
    canvas,
    courses
      .map((course, at) => ({ course, color: color(courses, at), text: formatSize(course.bytes.at(-1) ?? 0) }))
      .reverse(),
    'key',
  );
  return { width: WIDTH, height: BOTTOM + 34 };
}

export function drawLines(canvas: Canvas, courses: readonly Course[]): Extent {
  const snapshots = courses[0]?.bytes.length ?? 0;
  const grown = courses.map(({ bytes }) => bytes.map((amount) => amount - bytes[0]!));
  const ends = grown.flat();
  const x = across(snapshots);
  const y = sizeScale([min(ends) ?? 0, Math.max(1, max(ends) ?? 0)], [BOTTOM, TOP]);
  drawAxes(canvas, 'Growth since the first', x, y, snapshots);
  const shape = line<number>(
    (_, at) => x(at),
    (amount) => y.scale(amount),
  );
  grown.forEach((course, at) => {
    const mark = canvas.append('g').attr('class', 'mark');
    mark.append('title').text(tip(courses[at]!));
    mark
      .append('path')
      .attr('class', `line ${color(courses, at)}`)
      .attr('d', shape(course));
  });
  const names = courses.map((course, at) => ({
    course,
    color: color(courses, at),
    end: grown[at]!.at(-1) ?? 0,
    text: signed(grown[at]!.at(-1) ?? 0, formatSize),
  }));
  drawNames(
    canvas,
    names.sort((a, b) => b.end - a.end),
    'line',
  );
  return { width: WIDTH, height: BOTTOM + 34 };
}

const across = (snapshots: number): ScaleLinear<number, number> =>
  scaleLinear([0, Math.max(1, snapshots - 1)], [LEFT, RIGHT]);

const color = (courses: readonly Course[], at: number): string => (courses[at]!.count.length === 0 ? 'rest' : `c${at}`);

function drawAxes(
  canvas: Canvas,
  head: string,
  x: ScaleLinear<number, number>,
  y: ReturnType<typeof sizeScale>,
  snapshots: number,
): void {
  canvas.append('text').attr('class', 'head').attr('x', LEFT).attr('y', 10).text(head);
  const rule = axisLeft<number>(y.scale as never)
    .ticks(TICKS)
    .tickFormat(y.format)
    .tickSize(LEFT - RIGHT)
    .tickPadding(8);
  canvas.append('g').attr('class', 'axis').attr('transform', `translate(${LEFT},0)`).call(rule);
  const whole = x.ticks(Math.min(12, snapshots)).filter(Number.isInteger);
  const times = axisBottom<number>(x as never)
    .tickValues(snapshots === 1 ? [0] : whole)
    .tickFormat((at) => formatCount(at + 1))
    .tickSize(4);
  canvas.append('g').attr('class', 'axis').attr('transform', `translate(0,${BOTTOM})`).call(times);
}

/** One below the other, so that none covers another however near their courses end. */
function drawNames(
  canvas: Canvas,
  names: readonly { readonly course: Course; readonly color: string; readonly text: string }[],
  look: 'key' | 'line',
): void {
  const y = scalePoint<number>(names.keys(), [TOP + 8, TOP + 8 + LINE * Math.max(0, names.length - 1)]);
  const longest = Math.max(...names.map(({ text }) => text.length));
  names.forEach(({ course, color: name, text }, at) => {
    const mark = canvas.append('g').attr('class', 'mark');
    mark.append('title').text(tip(course));
    const sample = mark.append('path').attr('class', `${look} ${name}`);
    sample
      .attr('transform', `translate(${RIGHT + 16},${y(at)!})`)
      .attr('d', look === 'key' ? 'M0,-5h10v10h-10z' : 'M0,0h10');
    const columns = Math.floor((NAMES - 40 - longest * CHAR) / CHAR);
    const label = mark
      .append('text')
      .attr('class', 'name')
      .attr('x', RIGHT + 32)
      .attr('y', y(at)!)
      .attr('dy', '0.35em');
    writeName(label, cutToWidth(course.label, columns));
    mark
      .append('text')
      .attr('class', 'number')
      .attr('x', WIDTH)
      .attr('y', y(at)!)
      .attr('dy', '0.35em')
      .attr('text-anchor', 'end')
      .text(text);
  });
}

function tip({ label, bytes, count }: Course): string {
  const [first, last] = [bytes[0] ?? 0, bytes.at(-1) ?? 0];
  const objects =
    count.length === 0 ? [] : [`${formatCount(count[0] ?? 0)} to ${formatCount(count.at(-1) ?? 0)} objects`];
  return [label, `${fullSize(first)} to ${fullSize(last)}`, signed(last - first, fullSize), ...objects].join('\n');
}
