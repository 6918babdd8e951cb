/** DevTools' Summary from snap-retain: what each class retains, and how much of it is its own. Holds as many rows as are shown, twice. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { andMoreRows, fullSize, MOST_BARS, plural } from './amounts.ts';
import { drawBars } from './bars.ts';
import { byText, Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Row } from './row.ts';

export const classes: Kind = {
  called: 'retained sizes by class',
  starts: (row) => row.has('class', 'shallow', 'retained'),
  pictures: ['bars'],
  collect: (wish) => new ClassBars(wish),
};

interface Class {
  readonly label: string;
  readonly count: number;
  readonly shallow: number;
  readonly retained: number;
}

class ClassBars implements Collector {
  readonly #kept: Kept<Class>;
  #rows = 0;
  #count = 0;
  #shallow = 0;

  constructor({ top }: Wish) {
    this.#kept = new Kept(
      top ?? MOST_BARS,
      (a, b) => b.retained - a.retained || b.shallow - a.shallow || byText(a.label, b.label) || b.count - a.count,
    );
  }

  add(row: Row): void {
    const one = {
      label: row.text('class'),
      count: row.whole('count'),
      shallow: row.whole('shallow'),
      retained: row.whole('retained'),
    };
    this.#rows++;
    this.#count += one.count;
    this.#shallow += one.shallow;
    this.#kept.add(one);
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const bars = rows.map(({ label, count, shallow, retained }) => ({
      label,
      values: [Math.min(shallow, retained), Math.max(0, retained - shallow)],
      cells: [formatSize(retained), formatSize(shallow), formatCount(count)],
      tip: `${label}\nretains ${fullSize(retained)}\nitself ${fullSize(shallow)}\n${plural(count, 'object')}`,
    }));
    const left = this.#rows - rows.length;
    return {
      as: 'bars',
      title: 'Retained sizes by class',
      summary: `${plural(this.#count, 'object')}, ${formatSize(this.#shallow)}, ${plural(this.#rows, 'class', 'classes')}`,
      notes: [
        ...andMoreRows(left),
        'left part of a bar: the objects themselves; the rest: what goes with them, which classes can share',
      ],
      table: {
        head: ['class', 'count', 'shallow', 'retained'],
        rows: rows.map(({ label, count, shallow, retained }) => [
          label,
          formatCount(count),
          formatCount(shallow),
          formatCount(retained),
        ]),
      },
      draw: (canvas) =>
        drawBars(canvas, { bars, pieces: ['size', 'with'], heads: ['Retained', 'Shallow', 'Count'], unit: 'bytes' }),
    };
  }
}
