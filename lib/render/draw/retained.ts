/** Retained sizes of snap-retain as a treemap of the dominator tree. Holds the twenty thousand objects that retain most, twice, and four bytes a node of the whole. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { cutToWidth } from '../width.ts';
import { fullSize, MOST_BARS, percent, plural } from './amounts.ts';
import { drawBars } from './bars.ts';
import { called, type Dominated, forestOf, treeOf } from './dominators.ts';
import { KeptOfEach } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import type { Row } from './row.ts';
import { LABEL, treemapPart } from './treemap.ts';

export const retained: Kind = {
  called: 'retained sizes',
  starts: (row) => row.has('n', 'retained', 'dominator'),
  pictures: ['treemap', 'bars'],
  collect: (wish) => new Retained(wish),
};

/** Tiles, and of these so many of one type. */
const MOST = 20_000;
const EACH = 2_000;

class Retained implements Collector {
  readonly #as: Wish['as'];
  readonly #kept: KeptOfEach<Dominated>;
  readonly #most: number;
  readonly #each: number;
  #rows = 0;
  #unreached = 0;
  /** Whether these are all nodes, in order: then how many each dominates directly is counted. */
  #isWhole = true;
  #dominates = new Uint32Array(1 << 16);

  constructor({ as, top }: Wish) {
    this.#as = as;
    this.#most = top ?? (as === 'bars' ? MOST_BARS : MOST);
    // In a long chain every link retains more than all else that there is to see.
    this.#each = as === 'bars' ? this.#most : Math.min(this.#most, EACH);
    this.#kept = new KeptOfEach(this.#most, this.#each, ({ row }) => String(row.fields['type']), largestFirst);
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
    const isWhole = this.#isWhole && rows.some(({ n }) => n === 0);
    const tree = treeOf(rows, isWhole);
    const reached = this.#rows - this.#unreached;
    const left = reached - tree.nodes.length;
    const ofType = this.#each < this.#most ? `, of a type at most ${formatCount(this.#each)}` : '';
    const limits = `at most ${formatCount(this.#most)} are here, those that retain most${ofType}`;
    const largest = tree.nodes.toSorted(largestFirst).slice(0, MOST_BARS);
    const words = {
      title: 'What keeps what alive',
      summary: `${formatSize(tree.bytes)}, ${plural(reached, 'object')}`,
      notes: [
        ...(left > 0 ? [`and ${formatCount(left)} more: ${limits}`] : []),
        ...(this.#unreached > 0 ? [`without ${plural(this.#unreached, 'object')} that nothing reaches`] : []),
        ...(isWhole ? [] : ['objects whose dominators are not among these stand side by side']),
      ],
      table: {
        head: ['object', 'retained', 'shallow', '% retained'],
        rows: largest.map((node) => [
          shortName(node),
          formatCount(node.retained),
          formatCount(node.shallow),
          percent(node.retained, tree.bytes),
        ]),
      },
    };
    if (this.#as === 'bars') return { ...words, ...bars(largest) };
    const forest = forestOf(tree, (n) => (isWhole ? (this.#dominates[n] ?? 0) : 0));
    const legend = forest.types.filter((type) => type !== '');
    return { ...words, ...treemapPart(forest, legend) };
  }
}

const largestFirst = (a: Dominated, b: Dominated): number => b.retained - a.retained || a.n - b.n;

const shortName = (node: Dominated): string => cutToWidth(called(node), 2 * LABEL);

function bars(nodes: readonly Dominated[]): Pick<Picture, 'as' | 'draw'> {
  const rows = nodes.map((node) => ({
    label: shortName(node),
    values: [Math.min(node.shallow, node.retained), Math.max(0, node.retained - node.shallow)],
    cells: [formatSize(node.retained), formatSize(node.shallow)],
    tip: `${shortName(node)}\nretains ${fullSize(node.retained)}\nitself ${fullSize(node.shallow)}`,
  }));
  return {
    as: 'bars',
    draw: (canvas) =>
      drawBars(canvas, { bars: rows, pieces: ['size', 'with'], heads: ['Retained', 'Shallow'], unit: 'bytes' }),
  };
}
