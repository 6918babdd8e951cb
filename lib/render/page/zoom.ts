/** A treemap in which one goes down the dominator tree, by a click or Enter, and up again, by Backspace or the names above it. */
import * as d3 from 'd3';
import { formatCount } from '../counts.ts';
import { type Forest, type Tile, tilesOf } from '../draw/forest.ts';
import type { Extent } from '../draw/picture.ts';
import { drawTiles, type Place } from '../draw/tiles.ts';
import { focusMark } from './marks.ts';
import type { Hidden } from './search.ts';
import { button, tools } from './tools.ts';

/** Names above the picture. */
const CRUMBS = 7;

/** What the page is given. */
export interface Treemap {
  readonly forest: Forest;
  readonly extent: Extent;
}

/** `changed` is called after every zoom. */
export function zoomTreemap(picture: SVGSVGElement, { forest, extent }: Treemap, changed: () => void): Hidden {
  const canvas = d3.select<SVGGElement, unknown>(picture.querySelector<SVGGElement>('g.canvas')!);
  const tiles = tilesOf(forest);
  const root = tiles[0]!;
  const crumbs = tools(picture, []);
  let focus = root;
  let latest = -1;
  const zoom = (tile: Tile): void => {
    focus = tile;
    drawTiles(canvas, tile, extent);
    const path = pathTo(tile);
    const left = path.length - CRUMBS;
    const shown = left > 0 ? [...path.slice(0, 2), undefined, ...path.slice(left + 2)] : path;
    crumbs.replaceChildren(
      ...shown.flatMap((crumb, at) => [
        ...(at === 0 ? [] : ['›']),
        crumb === undefined ? `${formatCount(left)} more` : button(crumb.label, crumb.tip, () => go(crumb)),
      ]),
    );
    changed();
  };
  /** Zooms, and leaves the keyboard where it was: in the picture. */
  const go = (tile: Tile): void => {
    zoom(tile);
    const first = picture.querySelector<SVGElement>('.mark');
    if (first !== null) focusMark(first);
  };
  const enter = (target: EventTarget | null): void => {
    const mark = target instanceof Element ? target.closest('.tile') : null;
    if (mark === null) return;
    const { tile } = d3.select<Element, Place>(mark).datum().data;
    const into = tile.within.length > 0 ? tile : tile.above;
    if (into !== undefined && into.label !== focus.label) go(into);
  };
  picture.addEventListener('click', ({ target }) => enter(target));
  picture.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') enter(event.target);
    if (event.key === '0') go(root);
    if ((event.key === 'Backspace' || event.key === 'Escape') && focus.above !== undefined) {
      event.preventDefault();
      go(focus.above);
    }
  });
  zoom(root);
  const says = (tile: Tile | undefined, words: string): boolean => tile?.tip.toLowerCase().includes(words) ?? false;
  return {
    count: (words) => tiles.filter((tile) => says(tile, words)).length,
    next(words) {
      const at = (step: number): number => (latest + step + tiles.length) % tiles.length;
      const step = d3.range(1, tiles.length + 1).find((ahead) => says(tiles[at(ahead)], words));
      if (step === undefined) return undefined;
      latest = at(step);
      const tile = tiles[latest]!;
      zoom(tile.above ?? root);
      const marks = [...picture.querySelectorAll<SVGElement>('.tile')];
      return marks.find((mark) => d3.select<Element, Place>(mark).datum().data.tile.label === tile.label) ?? marks[0];
    },
  };
}

function pathTo(tile: Tile): readonly Tile[] {
  const path: Tile[] = [];
  for (let at: Tile | undefined = tile; at !== undefined; at = at.above) path.unshift(at);
  return path;
}
