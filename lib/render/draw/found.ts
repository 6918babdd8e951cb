/** Kinds of chains that snap-chainends found by itself: how long the longest of each is. Holds as many rows as are shown, twice. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { andMore, fullSize, MOST_BARS, plural, Sum } from './amounts.ts';
import { drawBars } from './bars.ts';
import { byText, Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Amount, Row } from './row.ts';

export const found: Kind = {
  called: 'kinds of chains',
  starts: (row) => row.has('chains', 'longest', 'count'),
  pictures: ['bars'],
  collect: (wish) => new FoundBars(wish),
};

interface Found extends Amount {
  readonly label: string;
  readonly chains: number;
  readonly longest: number;
}

class FoundBars implements Collector {
  readonly #kept: Kept<Found>;
  readonly #rest = new Sum();
  #rows = 0;

  constructor({ top }: Wish) {
    this.#kept = new Kept(
      top ?? MOST_BARS,
      (a, b) => b.longest - a.longest || byText(a.label, b.label),
      (one) => this.#rest.add(one),
    );
  }

  add(row: Row): void {
    const label = `${row.text('type')} via ${row.text('via')}`;
    this.#kept.add({ label, chains: row.whole('chains'), longest: row.whole('longest'), ...row.amount() });
    this.#rows++;
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const bars = rows.map(({ label, chains, longest, count, bytes }) => ({
      label,
      values: [longest],
      cells: [formatCount(longest), formatCount(chains), formatCount(count), formatSize(bytes)],
      tip: `${label}\nthe longest of ${plural(chains, 'chain')}: ${formatCount(longest)}\n${plural(count, 'object')}\n${fullSize(bytes)}`,
    }));
    return {
      as: 'bars',
      title: 'Along what chains run',
      summary: plural(this.#rows, 'kind'),
      notes: andMore(this.#rest),
      table: {
        head: ['type and reference', 'longest', 'chains', 'count', 'bytes'],
        rows: rows.map(({ label, longest, chains, count, bytes }) => [
          label,
          ...[longest, chains, count, bytes].map(formatCount),
        ]),
      },
      draw: (canvas) =>
        drawBars(canvas, { bars, pieces: ['size'], heads: ['Longest', 'Chains', 'Objects', 'Size'], unit: 'count' }),
    };
  }
}
