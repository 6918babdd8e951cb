/** Who is one reference away from some nodes, in either direction: the rows of what a node refers to, or who refers to it. */
import type { Scratch } from '../disk/scratch.ts';
import { Bits } from './bits.ts';
import { ByTarget } from './byTarget.ts';
import { reversed } from './reverse.ts';
import type { RowCursor, Rows } from './rows.ts';

/** Takes a neighbour of a node; those of one node come together, each once. It must not read rows. */
export type TakeNeighbour = (node: number, neighbour: number) => void;

export interface Neighbours {
  /** `nodes` ascend. */
  each(nodes: Uint32Array, take: TakeNeighbour): void;
  close(): void;
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

  close(): void {}
}

/** To scan all rows costs an eighth of what it costs to turn them round: so often they are scanned before. */
const SCANS = 6;

/** Who refers to nodes, ascending. The first few times all rows are scanned; from then on they are turned round, within `cacheBytes`. */
export class Sources implements Neighbours {
  readonly #rows: Rows;
  readonly #weak: boolean;
  readonly #cacheBytes: number;
  readonly #scratch: Scratch;
  readonly #scans: number;
  #scanned = 0;
  #back: { readonly rows: Rows; readonly cursor: RowCursor } | undefined;

  constructor(rows: Rows, weak: boolean, cacheBytes: number, scratch: Scratch, scans = SCANS) {
    this.#rows = rows;
    this.#weak = weak;
    this.#cacheBytes = cacheBytes;
    this.#scratch = scratch;
    this.#scans = scans;
  }

  each(nodes: Uint32Array, take: TakeNeighbour): void {
    if (nodes.length === 0) return;
    if (this.#back === undefined && this.#scanned < this.#scans) {
      this.#scanned++;
      this.#scan(nodes, take);
      return;
    }
    this.#back ??= this.#turned();
    const { cursor } = this.#back;
    for (const node of nodes) {
      cursor.seek(node);
      for (let last = -1; cursor.next(); last = cursor.to) if (cursor.to !== last) take(node, cursor.to);
    }
  }

  close(): void {
    this.#back?.rows.close();
  }

  #turned(): { readonly rows: Rows; readonly cursor: RowCursor } {
    const rows = reversed(this.#rows, this.#weak, this.#cacheBytes, this.#scratch);
    return { rows, cursor: rows.cursor() };
  }

  #scan(nodes: Uint32Array, take: TakeNeighbour): void {
    const rows = this.#rows;
    const wanted = new Bits(rows.nodes);
    for (const node of nodes) wanted.add(node);
    const pairs = new ByTarget(rows.nodes, this.#scratch);
    const cursor = rows.cursor();
    cursor.seek(0);
    for (let n = 0; n < rows.nodes; n++) {
      cursor.follow(n);
      while (cursor.next()) if (wanted.has(cursor.to) && (this.#weak || !cursor.isWeak)) pairs.add(cursor.to, n);
    }
    let lastTarget = -1;
    let lastSource = -1;
    pairs.give('up', (target, sources, from, to) => {
      for (let i = from; i < to; i++) {
        const source = sources[i]!;
        if (target === lastTarget && source === lastSource) continue;
        lastTarget = target;
        lastSource = source;
        take(target, source);
      }
    });
  }
}
