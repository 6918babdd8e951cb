/** Columns of objects to tiles that know what is within them, and chains of tiles to one. For Node and for the page; some twenty thousand of them. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';

/** Tiles as columns, as they travel to the page: a tile's place is its index. Place 0 is the root; parents can come behind their children. */
export interface Forest {
  readonly parents: readonly number[];
  readonly labels: readonly string[];
  /** What it and all within it take. */
  readonly sizes: readonly number[];
  /** What it takes by itself. */
  readonly owns: readonly number[];
  /** How many directly within it are not here. */
  readonly folded: readonly number[];
  /** Places in `types`. */
  readonly typed: readonly number[];
  readonly types: readonly string[];
  /** Colours of the first types; the others have none. */
  readonly colors: number;
  /** What a size is called, as `retains`. */
  readonly verb: string;
}

export interface Tile {
  readonly label: string;
  readonly tip: string;
  readonly size: number;
  /** Types have a colour. Undefined: what is folded, and what belongs to the one around it. */
  readonly type: number | undefined;
  readonly color: string;
  above: Tile | undefined;
  /** Largest first. */
  readonly within: Tile[];
  /** That many stand in a row, each of which holds little but the next; `1,234+` where the row goes on with what is not here. */
  readonly run: string;
}

/** A link of a chain has this much of what the one before has, or more. */
const CHAIN = 0.9;
const LEAST_RUN = 5;

/** All tiles, by their places. */
export function tilesOf(forest: Forest): readonly Tile[] {
  const { parents, labels, sizes, owns, folded, typed, types, colors, verb } = forest;
  const tiles = labels.map((label, at): Tile => {
    const type = typed[at]!;
    const named = types[type] === label || types[type] === '' ? [] : [types[type]!];
    const own = owns[at] === sizes[at] ? [] : [`itself ${full(owns[at]!)}`];
    const tip = [...named, label, `${verb} ${full(sizes[at]!)}`, ...own].join('\n');
    const color = type < colors ? `c${type}` : 'rest';
    return { label, tip, size: sizes[at]!, type, color, above: undefined, within: [], run: '' };
  });
  tiles.forEach((tile, at) => {
    tile.above = tiles[parents[at]!];
    tile.above?.within.push(tile);
  });
  tiles.forEach((tile, at) => {
    addRest(tile, folded[at]!);
    tile.within.sort(largestFirst);
  });
  return tiles;
}

/** What is left of a tile beside those within it: its own bytes, and what was folded. */
function addRest(tile: Tile, folded: number): void {
  const left = tile.size - tile.within.reduce((sum, { size }) => sum + size, 0);
  if (tile.within.length === 0 || left <= 0) return;
  const label = folded > 0 ? `and ${formatCount(folded)} more` : 'itself';
  tile.within.push(partOf(tile, label, `${label}, in ${tile.label}`, left));
}

/** A tile that is no object, but a part of one. */
export const partOf = (above: Tile | undefined, label: string, words: string, size: number): Tile => ({
  label,
  tip: `${words}\n${full(size)}`,
  size,
  type: undefined,
  color: 'none',
  above,
  within: [],
  run: '',
});

export const largestFirst = (a: Tile, b: Tile): number => b.size - a.size;

/** A chain of one type as one tile that holds what its last link holds: as nested frames it would be nothing but borders. */
export function unrolled(tile: Tile): Tile {
  let end = tile;
  let run = 1;
  for (let next = end.within[0]; next !== undefined && isLink(end, next); next = end.within[0]) {
    end = next;
    run++;
  }
  if (run < LEAST_RUN || tile.above === undefined) return tile;
  const inner = end.within.filter(({ type }) => type !== undefined);
  const left = tile.size - inner.reduce((sum, { size }) => sum + size, 0);
  const goesOn = inner.length === 0 && end.size >= CHAIN * tile.size;
  const length = `${formatCount(run)}${goesOn ? '+' : ''}`;
  const words = `${length} in a row`;
  const between = partOf(tile, words, `${words}, with what each holds beside the next`, left);
  return { ...tile, run: length, within: [...inner, { ...between, color: tile.color }].sort(largestFirst) };
}

const isLink = (tile: Tile, next: Tile): boolean =>
  next.type === tile.type && next.size >= CHAIN * tile.size && next.type !== undefined;

const full = (bytes: number): string =>
  bytes < 1024 ? formatSize(bytes) : `${formatSize(bytes)} (${formatCount(bytes)} bytes)`;
