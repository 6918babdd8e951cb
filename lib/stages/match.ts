/**
 * Nodes of one snapshot, by id and by what they are, against those of another. The first one's are held in memory, with at most 16 bytes a node. Where that is more than the
 * budget, or ids lie too far apart, both go to disk in 64 partitions, 24 bytes a node, which are matched one by one.
 */
import { Records } from '../disk/records.ts';
import type { Scratch } from '../disk/scratch.ts';
import { IdPages } from './idPages.ts';
import { hashOf, IdTable } from './idTable.ts';

const PARTS = 64;
const PART_SHIFT = 26;
const HIGH = 2 ** 32;
/** Numbers of a record on disk: id and size in halves, code, position. */
const WIDTH = 6;
/** Nodes between two looks at how much memory they take; and what a node may take, beside some that are too few to matter. */
const PAUSE = 1 << 16;
const PER_NODE = 16;
const FEW = 4 << 20;

/** `code` says what a node is; only nodes of equal id and code match. */
export type TakeNode = (id: number, code: number, size: number, n: number) => void;

/** Gives all nodes of a snapshot. */
export type Pass = (take: TakeNode) => Promise<void>;

/** `found` is the size of the known node with this id and code, else ABSENT or OTHER; each known node is found once. */
export type Judge = (found: number, id: number, code: number, size: number, n: number) => void;

/** The nodes that others are matched with. */
export class Known {
  readonly #budget: number;
  readonly #scratch: Scratch;
  #pages: IdPages | undefined = new IdPages();
  #parts: Records | undefined;
  #count = 0;

  /** What is in memory takes at most `budget` bytes. */
  constructor(budget: number, scratch: Scratch) {
    this.#budget = budget;
    this.#scratch = scratch;
  }

  put(id: number, code: number, size: number): void {
    if (this.#pages === undefined) record(this.#parts!, id, code, size, 0);
    else {
      this.#pages.put(id, code, size);
      if (++this.#count % PAUSE === 0) this.#look(this.#pages);
    }
  }

  /** All nodes of another snapshot against these, in its order or, where they are on disk, in no order. The known nodes are forgotten then. */
  async judge(pass: Pass, judge: Judge): Promise<void> {
    const pages = this.#pages;
    if (pages === undefined) return this.#judgeParts(pass, judge);
    pages.seal();
    await pass((id, code, size, n) => judge(pages.take(id, code), id, code, size, n));
    this.#pages = undefined;
  }

  async #judgeParts(pass: Pass, judge: Judge): Promise<void> {
    const known = this.#parts!;
    const others = new Records(PARTS, this.#scratch, WIDTH);
    await pass((id, code, size, n) => record(others, id, code, size, n));
    for (let part = 0; part < PARTS; part++) {
      const table = new IdTable(known.size(part));
      each(known, part, (low, high, code, size) => table.put(low, high, code, size));
      each(others, part, (low, high, code, size, n) =>
        judge(table.take(low, high, code), high * HIGH + low, code, size, n),
      );
    }
    known.close();
    others.close();
  }

  /** To disk, where it takes too much. */
  #look(pages: IdPages): void {
    if (pages.bytes <= Math.min(this.#budget, this.#count * PER_NODE + FEW)) return;
    const parts = new Records(PARTS, this.#scratch, WIDTH);
    pages.each((id, code, size) => record(parts, id, code, size, 0));
    this.#parts = parts;
    this.#pages = undefined;
  }
}

function record(parts: Records, id: number, code: number, size: number, n: number): void {
  const low = id >>> 0;
  const high = Math.floor(id / HIGH);
  const at = parts.room(hashOf(low, high) >>> PART_SHIFT);
  const { held } = parts;
  held[at] = low;
  held[at + 1] = high;
  held[at + 2] = code;
  held[at + 3] = size >>> 0;
  held[at + 4] = Math.floor(size / HIGH);
  held[at + 5] = n;
}

function each(
  parts: Records,
  part: number,
  give: (low: number, high: number, code: number, size: number, n: number) => void,
): void {
  for (const block of parts.blocks(part))
    for (let at = 0; at < block.length; at += WIDTH)
      give(block[at]!, block[at + 1]!, block[at + 2]!, block[at + 4]! * HIGH + block[at + 3]!, block[at + 5]!);
}
