/** Ids as a table to look them up in: fed with all nodes in order, written as columns. Memory: 4 bytes a bucket of some sixteen nodes; ids wait in temporary files. */
import type { Scratch } from '../disk/scratch.ts';
import { ByTarget } from '../graph/store/byTarget.ts';
import { StoredColumn } from '../graph/store/columns.ts';
import { idBucket } from './contents.ts';

const PER_BUCKET = 16;

export class IdTable {
  readonly low: StoredColumn;
  readonly high: StoredColumn;
  hasHigh = false;

  constructor(scratch: Scratch) {
    this.low = new StoredColumn(scratch);
    this.high = new StoredColumn(scratch);
  }

  /** The id of the next node. */
  add(id: number): void {
    const high = Math.floor(id / 2 ** 32);
    this.hasHigh ||= high > 0;
    this.low.push(id >>> 0);
    this.high.push(high);
  }

  /** Nodes by bucket, and where each bucket begins. */
  byBucket(scratch: Scratch): { readonly buckets: number; readonly starts: Uint32Array; readonly nodes: StoredColumn } {
    let buckets = 1;
    while (buckets * PER_BUCKET < this.low.length) buckets *= 2;
    const order = new ByTarget(buckets, scratch);
    const highs = this.high.values();
    let n = 0;
    for (const low of this.low.values()) order.add(idBucket(highs.next().value! * 2 ** 32 + low, buckets), n++);
    const starts = new Uint32Array(buckets + 1);
    const nodes = new StoredColumn(scratch);
    order.give('up', (bucket, sources, from, to) => {
      starts[bucket + 1]! += to - from;
      for (let i = from; i < to; i++) nodes.push(sources[i]!);
    });
    for (let bucket = 0; bucket < buckets; bucket++) starts[bucket + 1]! += starts[bucket]!;
    return { buckets, starts, nodes };
  }
}
