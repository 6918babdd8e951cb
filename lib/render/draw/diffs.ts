/** Results of snap-diff: for each type what came, what went and what changed its size. Holds as many rows as are shown, twice. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { fullSize, MOST_BARS, plural, signed } from './amounts.ts';
import { drawBars } from './bars.ts';
import { byText, Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Amount, Row } from './row.ts';

export const diffs: Kind = {
  called: 'a comparison',
  starts: (row) => row.has('before', 'after', 'delta'),
  pictures: ['bars'],
  collect: (wish) => new DiffBars(wish),
};

interface Diff {
  readonly label: string;
  readonly before: Amount;
  readonly after: Amount;
  readonly delta: Amount;
  /** Undefined where objects could not be matched. */
  readonly fresh: Amount | undefined;
  readonly gone: Amount | undefined;
  readonly resized: Amount | undefined;
}

const ANY = Number.MIN_SAFE_INTEGER;
/** As many parts of the longest bar are the least that can be seen. */
const SEEN = 200;
const WHAT = ['before', 'after', 'new', 'gone', 'resized', 'delta'];

class DiffBars implements Collector {
  readonly #kept: Kept<Diff>;
  readonly #before = { count: 0, bytes: 0 };
  readonly #after = { count: 0, bytes: 0 };
  /** Deltas of what is not shown. */
  readonly #rest = { rows: 0, count: 0, bytes: 0 };
  #rows = 0;
  #keys: readonly string[] | undefined;

  constructor({ top }: Wish) {
    this.#kept = new Kept(top ?? MOST_BARS, most, (diff) => this.#fold(diff));
  }

  add(row: Row): void {
    this.#keys ??= Object.keys(row.fields).filter((key) => !WHAT.includes(key));
    const label = this.#keys.map((key) => row.text(key)).join(' / ');
    const one = (key: string): Amount | undefined => (row.has(key) ? row.amount(key, ANY) : undefined);
    const diff = {
      label,
      before: row.amount('before'),
      after: row.amount('after'),
      delta: row.amount('delta', ANY),
      fresh: one('new'),
      gone: one('gone'),
      resized: one('resized'),
    };
    this.#rows++;
    sum(this.#before, diff.before);
    sum(this.#after, diff.after);
    this.#kept.add(diff);
  }

  #fold({ delta }: Diff): void {
    this.#rest.rows++;
    sum(this.#rest, delta);
  }

  finish(): Picture | undefined {
    const best = this.#kept.best();
    if (best.length === 0) return undefined;
    // What is as it was says nothing, and what came and went in equal parts only where it is much.
    const seen = best.reduce((largest, diff) => Math.max(largest, Math.abs(diff.delta.bytes), moved(diff)), 0) / SEEN;
    const isSeen = (diff: Diff): boolean => diff.delta.bytes !== 0 || diff.delta.count !== 0 || moved(diff) > seen;
    const rows = best.filter(isSeen);
    for (const diff of best) if (!isSeen(diff)) this.#fold(diff);
    const isMatched = rows.some(({ fresh }) => fresh !== undefined);
    const bars = rows.map((diff) => ({ label: diff.label, values: pieces(diff), cells: cells(diff), tip: tip(diff) }));
    const delta = this.#after.bytes - this.#before.bytes;
    const rest = this.#rest;
    const restWords = `${signed(rest.bytes, formatSize)}, ${signed(rest.count, formatCount)} objects`;
    return {
      as: 'bars',
      title: 'What changed',
      summary: `${formatSize(this.#before.bytes)} before, ${formatSize(this.#after.bytes)} after: ${signed(delta, formatSize)}, ${plural(this.#rows, 'row')}`,
      notes: [
        ...(rest.rows > 0 ? [`and ${formatCount(rest.rows)} more with ${restWords}`] : []),
        isMatched
          ? 'orange: new; blue: gone; grey: survivors that changed their size'
          : 'orange: more than before; blue: less (objects could not be matched)',
      ],
      table: {
        head: [
          this.#keys?.join(' / ') ?? '',
          'before',
          'after',
          'bytes',
          'objects',
          ...(isMatched ? ['new', 'gone', 'resized'] : []),
        ],
        rows: rows.map((diff) => tableRow(diff, isMatched)),
      },
      draw: (canvas) =>
        drawBars(canvas, { bars, pieces: ['grown', 'shrunk', 'resized'], heads: ['Bytes', 'Objects'], unit: 'bytes' }),
    };
  }
}

function sum(into: { count: number; bytes: number }, { count, bytes }: Amount): void {
  into.count += count;
  into.bytes += bytes;
}

const most = (a: Diff, b: Diff): number =>
  Math.abs(b.delta.bytes) - Math.abs(a.delta.bytes) ||
  moved(b) - moved(a) ||
  Math.abs(b.delta.count) - Math.abs(a.delta.count) ||
  byText(a.label, b.label);

const moved = ({ fresh, gone }: Diff): number => (fresh?.bytes ?? 0) + (gone?.bytes ?? 0);

function pieces({ delta, fresh, gone, resized }: Diff): readonly number[] {
  if (fresh === undefined || gone === undefined) return delta.bytes > 0 ? [delta.bytes, 0, 0] : [0, delta.bytes, 0];
  return [fresh.bytes, -gone.bytes, resized?.bytes ?? 0];
}

const cells = ({ delta }: Diff): readonly string[] => [
  signed(delta.bytes, formatSize),
  signed(delta.count, formatCount),
];

function tip({ label, before, after, delta, fresh, gone, resized }: Diff): string {
  const line = (word: string, { count, bytes }: Amount): string => `${word}: ${fullSize(bytes)}, ${formatCount(count)}`;
  return [
    label,
    line('before', before),
    line('after', after),
    ...(fresh === undefined ? [] : [line('new', fresh)]),
    ...(gone === undefined ? [] : [line('gone', gone)]),
    ...(resized === undefined ? [] : [line('resized', resized)]),
    `${signed(delta.bytes, formatSize)}, ${signed(delta.count, formatCount)} objects`,
  ].join('\n');
}

function tableRow({ label, before, after, delta, fresh, gone, resized }: Diff, isMatched: boolean): readonly string[] {
  const parts = [fresh, gone, resized].map((amount) => (amount === undefined ? '' : formatCount(amount.bytes)));
  const plain = [
    formatCount(before.bytes),
    formatCount(after.bytes),
    signed(delta.bytes, formatCount),
    signed(delta.count, formatCount),
  ];
  return [label, ...plain, ...(isMatched ? parts : [])];
}
