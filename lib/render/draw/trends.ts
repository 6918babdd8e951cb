/** Courses of snap-trend: all bytes as stacked areas, and each type's growth as a line. Holds sixteen courses and two sums. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { fullSize, plural, signed } from './amounts.ts';
import { drawBars } from './bars.ts';
import { type Course, drawAreas, drawLines } from './courses.ts';
import { byText, Kept } from './kept.ts';
import type { Canvas, Collector, Extent, Kind, Picture, Wish } from './picture.ts';
import type { Row } from './row.ts';

export const trends: Kind = {
  called: 'a trend',
  starts: (row) => row.has('series'),
  pictures: ['areas', 'lines', 'bars'],
  collect: (wish) => new Trend(wish),
};

/** As many as have colours that people tell apart. */
const MOST = 8;
const GAP = 28;

class Trend implements Collector {
  readonly #as: Wish['as'];
  readonly #most: number;
  readonly #largest: Kept<Course>;
  readonly #growing: Kept<Course>;
  /** Of all courses together. */
  readonly #all: number[] = [];
  #rows = 0;
  #keys: readonly string[] | undefined;

  constructor({ as, top }: Wish) {
    this.#as = as;
    this.#most = Math.min(MOST, Math.max(1, top ?? MOST));
    this.#largest = new Kept(this.#most, (a, b) => last(b) - last(a) || byText(a.label, b.label));
    this.#growing = new Kept(this.#most, (a, b) => growth(b) - growth(a) || byText(a.label, b.label));
  }

  add(row: Row): void {
    const series = row.within('series');
    const [bytes, count] = [series.numbers('bytes'), series.numbers('count')];
    if (this.#rows > 0 && bytes.length !== this.#all.length)
      throw row.fault('has a course of another length than the ones before');
    this.#keys ??= Object.keys(row.fields).filter((key) => typeof row.fields[key] === 'string');
    const course = { label: this.#keys.map((key) => row.text(key)).join(' / '), bytes, count };
    bytes.forEach((amount, at) => {
      this.#all[at] = (this.#all[at] ?? 0) + amount;
    });
    this.#rows++;
    this.#largest.add(course);
    this.#growing.add(course);
  }

  finish(): Picture | undefined {
    if (this.#rows === 0 || this.#all.length === 0) return undefined;
    const courses = this.#chosen();
    const left = this.#rows - courses.length;
    const rest = {
      label: `and ${formatCount(left)} more`,
      bytes: this.#all.map((amount, at) => amount - courses.reduce((sum, { bytes }) => sum + bytes[at]!, 0)),
      count: [],
    };
    const change = signed((this.#all.at(-1) ?? 0) - (this.#all[0] ?? 0), formatSize);
    const stacked = left > 0 ? [...courses, rest] : courses;
    return {
      as: this.#as ?? 'areas',
      title: 'What became of it',
      summary: `${plural(this.#all.length, 'snapshot')}: ${formatSize(this.#all[0]!)} to ${formatSize(this.#all.at(-1)!)} (${change}), ${plural(this.#rows, 'course')}`,
      notes: left > 0 ? [`and ${formatCount(left)} more with ${formatSize(rest.bytes.at(-1)!)} at the end`] : [],
      table: {
        head: ['type', 'first', 'last', 'growth', 'steps up'],
        rows: courses.map((course) => [
          course.label,
          formatCount(course.bytes[0]!),
          formatCount(last(course)),
          signed(growth(course), formatCount),
          `${stepsUp(course)} of ${course.bytes.length - 1}`,
        ]),
      },
      draw: (canvas) => this.#draw(canvas, courses, stacked),
    };
  }

  /** Half of them for their size, half for their growth: what leaks is seldom what is largest. */
  #chosen(): readonly Course[] {
    const [largest, growing] = [this.#largest.best(), this.#growing.best()];
    const half = Math.ceil(this.#most / 2);
    const chosen = new Set([...largest.slice(0, half), ...growing.slice(0, this.#most - half), ...largest]);
    return [...chosen].slice(0, this.#most).sort((a, b) => last(b) - last(a) || byText(a.label, b.label));
  }

  #draw(canvas: Canvas, courses: readonly Course[], stacked: readonly Course[]): Extent {
    if (this.#as === 'bars') return drawGrowth(canvas, courses);
    if (this.#as === 'areas') return drawAreas(canvas, stacked);
    if (this.#as === 'lines') return drawLines(canvas, courses);
    const { width, height } = drawAreas(canvas, stacked);
    const below = canvas.append('g').attr('transform', `translate(0,${height + GAP})`) as unknown as Canvas;
    return { width, height: height + GAP + drawLines(below, courses).height };
  }
}

const last = ({ bytes }: Course): number => bytes.at(-1) ?? 0;
const growth = (course: Course): number => last(course) - (course.bytes[0] ?? 0);
const stepsUp = ({ bytes }: Course): number => bytes.filter((amount, at) => at > 0 && amount > bytes[at - 1]!).length;

function drawGrowth(canvas: Canvas, courses: readonly Course[]): Extent {
  const bars = courses.map((course) => ({
    label: course.label,
    values: growth(course) > 0 ? [growth(course), 0] : [0, growth(course)],
    cells: [signed(growth(course), formatSize), `${stepsUp(course)} of ${course.bytes.length - 1}`],
    tip: `${course.label}\n${signed(growth(course), fullSize)}\n${fullSize(course.bytes[0]!)} to ${fullSize(last(course))}`,
  }));
  return drawBars(canvas, { bars, pieces: ['grown', 'shrunk'], heads: ['Growth', 'Steps up'], unit: 'bytes' });
}
