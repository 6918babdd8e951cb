/** Chains of snap-chainends as a histogram of their lengths, or the longest ones as bars. Memory does not grow with the chains. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { amountWords, andMore, fullSize, MOST_BARS, plural, Sum } from './amounts.ts';
import { drawBars } from './bars.ts';
import { byText, Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Amount, Row } from './row.ts';

export const chains: Kind = {
  called: 'chains',
  starts: (row) => row.has('shape', 'length', 'count'),
  pictures: ['histogram', 'bars'],
  collect: (wish) => (wish.as === 'bars' ? new LongestChains(wish) : new Lengths()),
};

/** Different lengths that have a bar each; of more, powers of two are put together. */
const EXACT = 24;

class Lengths implements Collector {
  readonly #all = new Sum();
  readonly #powers: Sum[] = [];
  readonly #exact = new Map<number, Sum>();
  #what: string | undefined;

  add(row: Row): void {
    const length = row.whole('length', 1);
    const chain = row.amount();
    const what = `${row.text('type')} via ${row.text('via')}`;
    this.#what ??= what;
    if (this.#what !== what) this.#what = '';
    this.#all.add(chain);
    const power = Math.floor(Math.log2(length));
    while (this.#powers.length <= power) this.#powers.push(new Sum());
    this.#powers[power]!.add(chain);
    // One more than has bars, so that the map says there are too many.
    if (!this.#exact.has(length) && this.#exact.size <= EXACT) this.#exact.set(length, new Sum());
    this.#exact.get(length)?.add(chain);
  }

  finish(): Picture | undefined {
    if (this.#all.rows === 0) return undefined;
    const bins = this.#exact.size <= EXACT ? this.#lengths() : this.#ranges();
    const bars = bins.map(({ label, sum }) => ({
      label,
      values: [sum.rows],
      cells: [formatCount(sum.rows), formatCount(sum.count), formatSize(sum.bytes)],
      tip: `length ${label}\n${plural(sum.rows, 'chain')}\n${plural(sum.count, 'object')}\n${fullSize(sum.bytes)}`,
    }));
    return {
      as: 'histogram',
      title: this.#what ? `Lengths of chains: ${this.#what}` : 'Lengths of chains',
      summary: `${plural(this.#all.rows, 'chain')}, ${amountWords(this.#all)}`,
      notes: [],
      table: {
        head: ['length', 'chains', 'count', 'bytes'],
        rows: bins.map(({ label, sum }) => [
          label,
          formatCount(sum.rows),
          formatCount(sum.count),
          formatCount(sum.bytes),
        ]),
      },
      draw: (canvas) =>
        drawBars(canvas, {
          bars,
          pieces: ['size'],
          heads: ['Chains', 'Objects', 'Size'],
          unit: 'count',
          touching: true,
        }),
    };
  }

  #lengths(): readonly Bin[] {
    const lengths = [...this.#exact].sort(([a], [b]) => a - b);
    return lengths.map(([length, sum]) => ({ label: formatCount(length), sum }));
  }

  /** From the first that has chains to the last, those without included: a gap is to be seen. */
  #ranges(): readonly Bin[] {
    const first = this.#powers.findIndex(({ rows }) => rows > 0);
    return this.#powers.slice(first).map((sum, at) => {
      const from = 2 ** (first + at);
      return { label: from === 1 ? '1' : `${formatCount(from)}-${formatCount(2 * from - 1)}`, sum };
    });
  }
}

interface Bin {
  readonly label: string;
  readonly sum: Sum;
}

interface Chain extends Amount {
  readonly place: number;
  readonly label: string;
  readonly length: number;
  readonly shape: string;
}

class LongestChains implements Collector {
  readonly #rest = new Sum();
  readonly #all = new Sum();
  readonly #kept: Kept<Chain>;

  constructor({ top }: Wish) {
    const order = (a: Chain, b: Chain): number => b.length - a.length || byText(a.label, b.label) || a.place - b.place;
    this.#kept = new Kept(top ?? MOST_BARS, order, (chain) => this.#rest.add(chain));
  }

  add(row: Row): void {
    const head = row.has('head') ? ` @${row.within('head').whole('id')}` : '';
    const amount = row.amount();
    const chain = {
      place: this.#all.rows,
      label: `${row.text('type')}${head}`,
      length: row.whole('length', 1),
      shape: row.text('shape'),
    };
    this.#all.add(amount);
    this.#kept.add({ ...chain, ...amount });
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const bars = rows.map(({ label, length, shape, count, bytes }) => ({
      label,
      values: [length],
      cells: [formatCount(length), formatCount(count), formatSize(bytes)],
      tip: `${label}\n${shape} of length ${formatCount(length)}\n${plural(count, 'object')}\n${fullSize(bytes)}`,
    }));
    return {
      as: 'bars',
      title: 'The longest chains',
      summary: `${plural(this.#all.rows, 'chain')}, ${amountWords(this.#all)}`,
      notes: andMore(this.#rest),
      table: {
        head: ['head', 'length', 'count', 'bytes'],
        rows: rows.map(({ label, length, count, bytes }) => [
          label,
          formatCount(length),
          formatCount(count),
          formatCount(bytes),
        ]),
      },
      draw: (canvas) =>
        drawBars(canvas, { bars, pieces: ['size'], heads: ['Length', 'Objects', 'Size'], unit: 'count' }),
    };
  }
}
