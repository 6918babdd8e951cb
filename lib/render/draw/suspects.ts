/** Suspects of snap-retain: how much of the heap accumulates at each point. There are twenty of them at most. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { andMoreRows, fullSize, MOST_BARS } from './amounts.ts';
import { drawBars } from './bars.ts';
import { Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Row } from './row.ts';

export const suspects: Kind = {
  called: 'suspects',
  starts: (row) => row.has('share', 'bytes'),
  pictures: ['bars'],
  collect: (wish) => new SuspectBars(wish),
};

interface Suspect {
  readonly place: number;
  readonly label: string;
  readonly bytes: number;
  readonly share: string;
  readonly tip: string;
}

class SuspectBars implements Collector {
  readonly #kept: Kept<Suspect>;
  #rows = 0;

  constructor({ top }: Wish) {
    this.#kept = new Kept(top ?? MOST_BARS, (a, b) => b.bytes - a.bytes || a.place - b.place);
  }

  add(row: Row): void {
    const share = row.fields['share'];
    if (typeof share !== 'number') throw row.fault('has no share, a number');
    const label = row.has('class')
      ? `${formatCount(row.whole('count'))} ${row.text('class')}`
      : `${row.text('type')} @${row.whole('id')}`;
    const bytes = row.whole('bytes');
    const held = row.has('classes')
      ? row
          .list('classes')
          .map((sum) => `${formatCount(sum.whole('count'))} ${sum.text('class')}, ${formatSize(sum.whole('bytes'))}`)
      : [];
    const percent = `${(100 * share).toFixed(1)} %`;
    const tip = [label, `${fullSize(bytes)}, ${percent} of all`, ...held].join('\n');
    this.#kept.add({ place: this.#rows++, label, bytes, share: percent, tip });
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const left = this.#rows - rows.length;
    const bars = rows.map(({ label, bytes, share, tip }) => ({
      label,
      values: [bytes],
      cells: [formatSize(bytes), share],
      tip,
    }));
    return {
      as: 'bars',
      title: 'Where most of the heap accumulates',
      summary: `${formatCount(this.#rows)} ${this.#rows === 1 ? 'suspect' : 'suspects'}`,
      notes: andMoreRows(left),
      table: {
        head: ['suspect', 'bytes', '% of all'],
        rows: rows.map(({ label, bytes, share }) => [label, formatCount(bytes), share]),
      },
      draw: (canvas) => drawBars(canvas, { bars, pieces: ['size'], heads: ['Size', '%'], unit: 'bytes' }),
    };
  }
}
