/** The chains that an index keeps: references are looked at while rows are turned round, then each type and name by itself. Memory: a column, and what groups take as far as there is room. */
import type { Scratch } from '../../../disk/scratch.ts';
import { PER_REF } from '../../../graph/chains/groups.ts';
import { RowSearch } from '../../../graph/chains/rowSearch.ts';
import type { RowCursor } from '../../../graph/store/rows.ts';
import { ChainLines } from '../../../index/chains.ts';
import type { OpenGraph } from '../graph/open.ts';

/** Distinct names and groups of more bytes, as maps with a key of its own for each value have, are not worth to be kept. */
const MOST = 32 << 20;
/** Their memory is looked at every so many references. */
const OFTEN = 1 << 12;
/** Bytes a node that earlier steps have given back. */
const GIVEN_BACK = 8;

export class ChainKeeping {
  readonly #open: OpenGraph;
  readonly #column: Uint32Array<ArrayBuffer>;
  /** Bytes for names and groups. */
  readonly #most: number;
  #search: RowSearch | undefined;

  /** Of a graph with names. */
  constructor(open: OpenGraph, scratch: Scratch) {
    const { graph, pool, otherRowBytes } = open;
    this.#open = open;
    this.#most = Math.min(MOST, this.#free(otherRowBytes));
    this.#column = pool.take();
    graph.type.load(this.#column);
    // Names were asked for.
    this.#search = new RowSearch({ type: this.#column, names: graph.names! }, scratch);
  }

  look(from: number, cursor: RowCursor): void {
    const search = this.#search;
    if (search === undefined) return;
    search.look(from, cursor);
    if (search.groups.found % OFTEN === 1 && search.memory > this.#most) this.#search = undefined;
  }

  /** `rowBytes` are taken by other rows. Undefined where there is no room to find them: then they are looked for when they are asked for. */
  finish(rowBytes: number): ChainLines | undefined {
    const search = this.#search;
    const isRoom = search !== undefined && PER_REF * search.groups.held(1) + search.memory <= this.#free(rowBytes);
    const lines = isRoom ? this.#find(search) : undefined;
    this.#open.pool.give(this.#column);
    return lines;
  }

  #free(rowBytes: number): number {
    const { graph, spareBytes } = this.#open;
    return GIVEN_BACK * graph.nodes + Math.max(0, spareBytes - graph.rows.pages.bytes - rowBytes);
  }

  #find(search: RowSearch): ChainLines {
    const { sizes, types } = this.#open.graph;
    const sizeOf = sizes.load(this.#column);
    const lines = new ChainLines();
    for (const group of search.groups.each(1, sizeOf))
      lines.add(group, types.text(group.type), search.text(group.name));
    return lines;
  }
}
