/** Results of snap-group: a bar for each of the largest groups, or a flat treemap. Holds as many rows as are shown, twice. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { amountWords, andMore, fullSize, MOST_BARS, percent, plural, Sum } from './amounts.ts';
import { drawBars } from './bars.ts';
import { byText, Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Amount, Row } from './row.ts';
import { flatTreemap } from './treemap.ts';

export const groups: Kind = {
  called: 'groups',
  starts: (row) => row.has('count', 'bytes'),
  pictures: ['bars', 'treemap'],
  collect: (wish) => new GroupBars(wish),
};

interface Group extends Amount {
  readonly label: string;
}

const TILES = 2_000;

class GroupBars implements Collector {
  readonly #as: 'bars' | 'treemap';
  readonly #kept: Kept<Group>;
  readonly #all = new Sum();
  readonly #rest = new Sum();
  #keys: readonly string[] | undefined;

  constructor({ as, top }: Wish) {
    this.#as = as === 'treemap' ? 'treemap' : 'bars';
    this.#kept = new Kept(top ?? (as === 'treemap' ? TILES : MOST_BARS), heaviestFirst, (group) =>
      this.#rest.add(group),
    );
  }

  add(row: Row): void {
    this.#keys ??= Object.keys(row.fields).filter((key) => key !== 'count' && key !== 'bytes');
    const label = this.#keys.map((key) => row.text(key)).join(' / ');
    const group = { label, ...row.amount() };
    this.#all.add(group);
    this.#kept.add(group);
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const all = this.#all;
    const keys = this.#keys ?? [];
    const named = keys.length === 1 ? plural(all.rows, keys[0]!) : plural(all.rows, 'group');
    const words = {
      title: `Memory by ${keys.join(' and ') || 'group'}`,
      summary: `${amountWords(all)}, ${named}`,
      notes: andMore(this.#rest),
      table: {
        head: [keys.join(' / ') || 'group', 'count', 'bytes', '% of bytes'],
        rows: rows.map(({ label, count, bytes }) => [
          label,
          formatCount(count),
          formatCount(bytes),
          percent(bytes, all.bytes),
        ]),
      },
    };
    if (this.#as === 'treemap') return { ...words, ...flatTreemap(rows, this.#rest) };
    const bars = rows.map(({ label, count, bytes }) => ({
      label,
      values: [bytes],
      cells: [formatSize(bytes), percent(bytes, all.bytes), formatCount(count)],
      tip: `${label}\n${fullSize(bytes)}, ${percent(bytes, all.bytes)}\n${plural(count, 'object')}, ${percent(count, all.count)}`,
    }));
    return {
      as: 'bars',
      ...words,
      draw: (canvas) => drawBars(canvas, { bars, pieces: ['size'], heads: ['Size', '%', 'Count'], unit: 'bytes' }),
    };
  }
}

const heaviestFirst = (a: Group, b: Group): number =>
  b.bytes - a.bytes || b.count - a.count || byText(a.label, b.label);
