/** Results of snap-cut: what each cut frees; of a single cut, what that is by type. Holds as many rows as are shown, twice. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { amountWords, andMoreRows, fullSize, MOST_BARS, plural } from './amounts.ts';
import { drawBars } from './bars.ts';
import { groups } from './groups.ts';
import { Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import { type Amount, type Row, shown } from './row.ts';

export const cuts: Kind = {
  called: 'cuts',
  starts: (row) => row.has('cut', 'refs'),
  pictures: ['bars'],
  collect: (wish) => new CutBars(wish),
};

interface Cut extends Amount {
  readonly place: number;
  readonly label: string;
  readonly refs: number;
}

class CutBars implements Collector {
  readonly #kept: Kept<Cut>;
  readonly #types: Collector;
  #cuts = 0;

  constructor(wish: Wish) {
    this.#kept = new Kept(wish.top ?? MOST_BARS, (a, b) => b.bytes - a.bytes || a.place - b.place);
    this.#types = groups.collect({ ...wish, as: 'bars' });
  }

  add(row: Row): void {
    if (!row.has('cut')) this.#types.add(row);
    else this.#kept.add({ place: this.#cuts++, label: cutWords(row), refs: row.whole('refs'), ...row.amount() });
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    const [only] = rows;
    if (only === undefined) return undefined;
    const freed = this.#types.finish();
    if (this.#cuts === 1 && freed !== undefined) {
      return {
        ...freed,
        title: `What would be freed without ${only.label}`,
        summary: `${amountWords(only)}, by cutting ${plural(only.refs, 'reference')}`,
      };
    }
    const left = this.#cuts - rows.length;
    const bars = rows.map(({ label, refs, count, bytes }) => ({
      label,
      values: [bytes],
      cells: [formatSize(bytes), formatCount(count), formatCount(refs)],
      tip: `without ${label}\nfrees ${fullSize(bytes)}\n${plural(count, 'object')}\nby cutting ${plural(refs, 'reference')}`,
    }));
    return {
      as: 'bars',
      title: 'What each cut would free',
      summary: plural(this.#cuts, 'cut'),
      notes: andMoreRows(left),
      table: {
        head: ['cut', 'refs', 'count', 'bytes'],
        rows: rows.map(({ label, refs, count, bytes }) => [
          label,
          formatCount(refs),
          formatCount(count),
          formatCount(bytes),
        ]),
      },
      draw: (canvas) =>
        drawBars(canvas, { bars, pieces: ['size'], heads: ['Frees', 'Objects', 'Refs'], unit: 'bytes' }),
    };
  }
}

/** As people say it: `QueryError .cause`, `* to Map`, `all`. */
function cutWords(row: Row): string {
  if (typeof row.fields['cut'] === 'string') return row.text('cut');
  const { fields } = row.within('cut');
  const words = Object.entries(fields).map(([key, value]) => `${key} ${shown(String(value))}`);
  return words.join(', ') || 'nothing';
}
