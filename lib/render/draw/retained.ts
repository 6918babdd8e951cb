/** Retained sizes of snap-retain as a treemap of the dominator tree. Holds the twenty thousand objects that retain most, twice, and four bytes a node of the whole. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { cutToWidth } from '../width.ts';
import { fullSize, MOST_BARS, plural } from './amounts.ts';
import { drawBars } from './bars.ts';
import { Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Row } from './row.ts';
import type { Forest } from './tiles.ts';
import { COLORS, LABEL, treemapPart } from './treemap.ts';

export const retained: Kind = {
  called: 'retained sizes',
  starts: (row) => row.has('n', 'retained', 'dominator'),
  pictures: ['treemap', 'bars'],
  collect: (wish) => new Retained(wish),
};

const MOST = 20_000;

interface Dominated {
  readonly n: number;
  readonly id: number;
  readonly shallow: number;
  readonly retained: number;
  readonly dominator: number;
  /** Its texts are looked at only if it is drawn. */
  readonly row: Row;
}

class Retained implements Collector {
  readonly #as: Wish['as'];
  readonly #kept: Kept<Dominated>;
  #rows = 0;
  #unreached = 0;
  /** Whether these are all nodes, in order: then how many each dominates directly is counted. */
  #isWhole = true;
  #dominates = new Uint32Array(1 << 16);

  constructor({ as, top }: Wish) {
    this.#as = as;
    this.#kept = new Kept(
      Math.max(1, top ?? (as === 'bars' ? MOST_BARS : MOST)),
      (a, b) => b.retained - a.retained || a.n - b.n,
    );
  }

  add(row: Row): void {
    const n = row.whole('n');
    const dominator = row.whole('dominator');
    this.#isWhole &&= n === this.#rows;
    this.#rows++;
    // What nothing reaches is in nobody's retained size.
    if (row.has('distance') && row.whole('distance', Number.MIN_SAFE_INTEGER) < 0) {
      this.#unreached++;
      return;
    }
    if (this.#isWhole && n > 0) this.#count(dominator);
    this.#kept.add({
      n,
      id: row.whole('id'),
      shallow: row.whole('shallow'),
      retained: row.whole('retained'),
      dominator,
      row,
    });
  }

  #count(dominator: number): void {
    if (dominator >= this.#dominates.length) {
      // Dominators of a whole snapshot are among its nodes, but they can come behind what they dominate.
      if (dominator > 2 ** 28) return;
      const grown = new Uint32Array(Math.max(2 * this.#dominates.length, dominator + 1));
      grown.set(this.#dominates);
      this.#dominates = grown;
    }
    this.#dominates[dominator]!++;
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const nodes = this.#isWhole && rows.some(({ n }) => n === 0) ? joined(rows) : rows;
    const reached = this.#rows - this.#unreached;
    const left = reached - nodes.length;
    const isPart = nodes === rows;
    const total = isPart
      ? tops(rows).reduce((sum, row) => sum + row.retained, 0)
      : nodes.find(({ n }) => n === 0)!.retained;
    const words = {
      title: 'What keeps what alive',
      summary: `${formatSize(total)}, ${plural(reached, 'object')}`,
      notes: [
        ...(left > 0
          ? [`and ${formatCount(left)} more, none of which retains more than ${formatSize(rows.at(-1)!.retained)}`]
          : []),
        ...(this.#unreached > 0 ? [`without ${plural(this.#unreached, 'object')} that nothing reaches`] : []),
        ...(isPart ? ['objects whose dominators are not among these stand side by side'] : []),
      ],
      table: {
        head: ['object', 'retained', 'shallow', '% retained'],
        rows: nodes
          .slice(0, MOST_BARS)
          .map((node) => [
            called(node),
            formatCount(node.retained),
            formatCount(node.shallow),
            `${((100 * node.retained) / Math.max(1, total)).toFixed(1)} %`,
          ]),
      },
    };
    if (this.#as === 'bars') return { ...words, ...bars(nodes) };
    const forest = this.#forest(nodes, isPart, total);
    return {
      ...words,
      ...treemapPart(
        forest,
        forest.types.filter((type) => type !== ''),
      ),
    };
  }

  #forest(nodes: readonly Dominated[], isPart: boolean, total: number): Forest {
    const ordered = isPart ? nodes : [...nodes.filter(({ n }) => n === 0), ...nodes.filter(({ n }) => n !== 0)];
    // Of a part, an object of its own holds those that nobody here holds.
    const shift = isPart ? 1 : 0;
    const place = new Map(ordered.map(({ n }, at) => [n, at + shift]));
    const above = ordered.map(({ n, dominator }, at) => {
      const found = dominator === n ? undefined : place.get(dominator);
      return found ?? (isPart || at > 0 ? 0 : -1);
    });
    const here = new Uint32Array(ordered.length + shift);
    for (const at of above) if (at >= 0) here[at]!++;
    const folded = ordered.map(({ n }, at) => (isPart ? 0 : Math.max(0, this.#dominates[n]! - here[at]!)));
    const types = typeRanks(ordered);
    const rootType = [...types.keys()].length;
    const lead = <T>(first: T, others: readonly T[]): readonly T[] => (isPart ? [first, ...others] : others);
    return {
      parents: lead(-1, above),
      labels: lead(
        'all of these',
        ordered.map((node) => cutToWidth(label(node), LABEL)),
      ),
      sizes: lead(
        total,
        ordered.map((node) => node.retained),
      ),
      owns: lead(
        0,
        ordered.map((node) => node.shallow),
      ),
      folded: lead(0, folded),
      typed: lead(
        rootType,
        ordered.map(({ row }) => types.get(row.text('type'))!),
      ),
      types: [...types.keys(), ...lead('', [])],
      colors: COLORS,
      verb: 'retains',
    };
  }
}

/** Those that hang together with the root: of objects that retain equally little, one can be here without its dominator. */
function joined(rows: readonly Dominated[]): readonly Dominated[] {
  const here = new Set(rows.map(({ n }) => n));
  const kept = rows.filter(({ dominator }) => here.has(dominator));
  return kept.length === rows.length ? rows.slice() : joined(kept);
}

/** Those of a part that no other one of it dominates. */
function tops(rows: readonly Dominated[]): readonly Dominated[] {
  const here = new Set(rows.map(({ n }) => n));
  return rows.filter(({ n, dominator }) => dominator === n || !here.has(dominator));
}

/** Types in the order of what their objects take by themselves, most first: the first ones get colours. */
function typeRanks(nodes: readonly Dominated[]): ReadonlyMap<string, number> {
  const own = new Map<string, number>();
  for (const { row, shallow } of nodes) {
    const type = row.text('type');
    own.set(type, (own.get(type) ?? 0) + shallow);
  }
  const ranked = [...own].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return new Map(ranked.map(([type], rank) => [type, rank]));
}

const label = ({ n, id, row }: Dominated): string => {
  const [type, name] = [row.text('type'), row.has('name') ? row.text('name') : ''];
  if (n === 0) return '(root)';
  return name === '' || name === type ? `${type} @${id}` : `${type} ${name} @${id}`;
};

const called = (node: Dominated): string => cutToWidth(label(node), 2 * LABEL);

function bars(nodes: readonly Dominated[]): Pick<Picture, 'as' | 'draw'> {
  const rows = nodes.map((node) => ({
    label: called(node),
    values: [Math.min(node.shallow, node.retained), Math.max(0, node.retained - node.shallow)],
    cells: [formatSize(node.retained), formatSize(node.shallow)],
    tip: `${called(node)}\nretains ${fullSize(node.retained)}\nitself ${fullSize(node.shallow)}`,
  }));
  return {
    as: 'bars',
    draw: (canvas) =>
      drawBars(canvas, { bars: rows, pieces: ['size', 'with'], heads: ['Retained', 'Shallow'], unit: 'bytes' }),
  };
}
