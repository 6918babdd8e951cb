/** Who is one reference away from some nodes, in either direction: the rows of what a node refers to, or who refers to it. */
import { Bits } from '../store/bits.ts';
import type { ByTarget } from '../store/byTarget.ts';
import type { RowCursor, Rows } from '../store/rows.ts';

/** Takes a neighbour of a node; those of one node come together, each once. It must not read rows. */
export type TakeNeighbour = (node: number, neighbour: number) => void;

export interface Neighbours {
  /** `nodes` ascend. */
  each(nodes: Uint32Array, take: TakeNeighbour): void;
}

/** What nodes refer to, in the order of their references. Costs a bit a node. */
export class Targets implements Neighbours {
  readonly #cursor: RowCursor;
  readonly #weak: boolean;
  readonly #met: Bits;

  constructor(rows: Rows, weak: boolean) {
    this.#cursor = rows.cursor();
    this.#weak = weak;
    this.#met = new Bits(rows.nodes);
  }

  each(nodes: Uint32Array, take: TakeNeighbour): void {
    const cursor = this.#cursor;
    const met = this.#met;
    for (const node of nodes) {
      cursor.seek(node);
      while (cursor.next()) {
        if ((cursor.isWeak && !this.#weak) || met.has(cursor.to)) continue;
        met.add(cursor.to);
        take(node, cursor.to);
      }
      cursor.seek(node);
      while (cursor.next()) met.delete(cursor.to);
    }
  }
}

/** Who refers to nodes, ascending: from rows that were turned round. */
export class Sources implements Neighbours {
  readonly #cursor: RowCursor;
  readonly #weak: boolean;

  constructor(back: Rows, weak: boolean) {
    this.#cursor = back.cursor();
    this.#weak = weak;
  }

  each(nodes: Uint32Array, take: TakeNeighbour): void {
    const cursor = this.#cursor;
    for (const node of nodes) {
      cursor.seek(node);
      let last = -1;
      while (cursor.next()) {
        if (cursor.to === last || (cursor.isWeak && !this.#weak)) continue;
        last = cursor.to;
        take(node, last);
      }
    }
  }
}

/** Who refers to nodes, ascending: from references that were dealt out by target, sorted where somebody asks; when that has read as many as there are, from `rows` of all of them. */
export class DealtSources implements Neighbours {
  readonly #dealt: ByTarget;
  readonly #rows: () => Rows;
  #sources: Sources | undefined;

  constructor(dealt: ByTarget, rows: () => Rows) {
    this.#dealt = dealt;
    this.#rows = rows;
  }

  each(nodes: Uint32Array, take: TakeNeighbour): void {
    if (this.#sources === undefined && this.#dealt.read > this.#dealt.size)
      this.#sources = new Sources(this.#rows(), true);
    if (this.#sources !== undefined) {
      this.#sources.each(nodes, take);
      return;
    }
    let node = -1;
    let last = -1;
    this.#dealt.giveSome(nodes, (target, sources, from, to) => {
      if (target !== node) last = -1;
      node = target;
      for (let i = from; i < to; i++) {
        if (sources[i] === last) continue;
        last = sources[i]!;
        take(node, last);
      }
    });
  }
}
