/**
 * References by the group they belong to, on disk: (group, from, to) in, in any order of groups; a bucket of groups out, each group's references in
 * the order they came. Memory: 1.5 MiB while they are written; then one bucket, and of that only the groups that are wanted.
 */

import { grownNumbers } from '../../disk/grow.ts';
import type { Scratch, TempFile } from '../../disk/scratch.ts';

/** Groups go to buckets by their low bits. */
const BUCKETS = 64;
/** Numbers of a block: 2,048 references of three each. */
const BLOCK = 3 * 2048;

/** References of one group, in the order they came; valid until the next one is asked for. */
export interface GroupRefs {
  readonly group: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

export class RefBuckets {
  /** References by group. */
  counts: Uint32Array = new Uint32Array(256);
  groups = 0;
  readonly #file: TempFile;
  readonly #blocks = Array.from({ length: BUCKETS }, () => new Uint32Array(BLOCK));
  readonly #used = new Uint32Array(BUCKETS);
  /** Where each bucket's full blocks stand in the file. */
  readonly #places: readonly number[][] = Array.from({ length: BUCKETS }, () => []);

  constructor(scratch: Scratch) {
    this.#file = scratch.open();
  }

  add(group: number, from: number, to: number): void {
    if (group >= this.groups) this.groups = group + 1;
    if (group >= this.counts.length)
      this.counts = grownNumbers(this.counts, Math.max(2 * this.counts.length, group + 1));
    this.counts[group]!++;
    const bucket = group % BUCKETS;
    const block = this.#blocks[bucket]!;
    let used = this.#used[bucket]!;
    if (used === BLOCK) {
      this.#places[bucket]!.push(this.#file.length);
      this.#file.append(new Uint8Array(block.buffer));
      used = 0;
    }
    block[used] = group;
    block[used + 1] = from;
    block[used + 2] = to;
    this.#used[bucket] = used + 3;
  }

  /** References in the largest bucket, of groups with at least so many. */
  most(least: number): number {
    const sums = new Float64Array(BUCKETS);
    for (let group = 0; group < this.groups; group++)
      if (this.counts[group]! >= least) sums[group % BUCKETS]! += this.counts[group]!;
    return sums.reduce((most, sum) => Math.max(most, sum), 0);
  }

  /** All groups of at least so many references. */
  *each(least: number): Generator<GroupRefs> {
    for (let bucket = 0; bucket < BUCKETS; bucket++) yield* this.#bucket(bucket, least);
  }

  *#bucket(bucket: number, least: number): Generator<GroupRefs> {
    const { counts, groups } = this;
    const wanted: number[] = [];
    for (let group = bucket; group < groups; group += BUCKETS) if (counts[group]! >= least) wanted.push(group);
    if (wanted.length === 0) return;
    // By group: where its next reference goes.
    const next = new Uint32Array(Math.ceil(groups / BUCKETS));
    let total = 0;
    for (const group of wanted) {
      next[Math.floor(group / BUCKETS)] = total;
      total += counts[group]!;
    }
    const from = new Uint32Array(total);
    const to = new Uint32Array(total);
    const take = (block: Uint32Array, used: number): void => {
      for (let at = 0; at < used; at += 3) {
        const group = block[at]!;
        if (counts[group]! < least) continue;
        const place = next[Math.floor(group / BUCKETS)]!++;
        from[place] = block[at + 1]!;
        to[place] = block[at + 2]!;
      }
    };
    const block = new Uint32Array(BLOCK);
    for (const place of this.#places[bucket]!) {
      this.#file.readAt(new Uint8Array(block.buffer), place);
      take(block, BLOCK);
    }
    take(this.#blocks[bucket]!, this.#used[bucket]!);
    let start = 0;
    for (const group of wanted) {
      const end = start + counts[group]!;
      yield { group, from: from.subarray(start, end), to: to.subarray(start, end) };
      start = end;
    }
  }
}
