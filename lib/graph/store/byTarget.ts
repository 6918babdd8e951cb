/**
 * References told in any order and given back by target. They are dealt out to partitions of targets on disk; a partition is sorted by counting, and one that is too
 * large, as that of a node to which half the heap refers, is dealt out once more. Memory: some 8 MB, whatever the references are.
 */
import { Partitions } from '../../disk/partitions.ts';
import type { Scratch } from '../../disk/scratch.ts';

const PARTITION_BITS = 8;
/** Pairs that are sorted in memory. */
const MOST_PAIRS = 1 << 19;

/** Takes the references of one target: what is in `sources` from `from` to `to`. A target with many comes several times in turn, one without any never. */
export type Take = (target: number, sources: Uint32Array, from: number, to: number) => void;

export class ByTarget {
  readonly #targets: number;
  readonly #shift: number;
  readonly #partitions: Partitions;
  readonly #scratch: Scratch;

  /** Targets are below `targets`. */
  constructor(targets: number, scratch: Scratch) {
    this.#targets = targets;
    this.#shift = shiftFor(targets);
    this.#partitions = new Partitions(((targets - 1) >>> this.#shift) + 1, scratch);
    this.#scratch = scratch;
  }

  add(target: number, source: number): void {
    this.#partitions.add(target >>> this.#shift, target, source);
  }

  /** Gives all of them, once. Targets ascend or descend; the sources of each come in the order they were told. */
  give(order: 'up' | 'down', take: Take): void {
    const room = { starts: new Uint32Array((1 << this.#shift) + 1), sources: new Uint32Array(MOST_PAIRS) };
    this.#give(this.#partitions, this.#targets, 0, this.#shift, order, take, room);
    this.#partitions.close();
  }

  /** Partitions of targets from `base` on. Deals out again at most four times, each time to a 256th of the targets. */
  #give(
    partitions: Partitions,
    targets: number,
    base: number,
    shift: number,
    order: 'up' | 'down',
    take: Take,
    room: { readonly starts: Uint32Array; readonly sources: Uint32Array },
  ): void {
    const last = (targets - 1) >>> shift;
    for (let i = 0; i <= last; i++) {
      const partition = order === 'up' ? i : last - i;
      const first = base + partition * 2 ** shift;
      const size = partitions.size(partition);
      if (size === 0) continue;
      if (size <= MOST_PAIRS) sorted(partitions, partition, first, 1 << shift, order, take, room);
      else if (shift === 0) streamed(partitions, partition, first, take, room.sources);
      else {
        const part = Math.min(2 ** shift, base + targets - first);
        const finer = shiftFor(part);
        const again = new Partitions(((part - 1) >>> finer) + 1, this.#scratch);
        for (const block of partitions.blocks(partition))
          for (let at = 0; at < block.length; at += 2)
            again.add((block[at]! - first) >>> finer, block[at]!, block[at + 1]!);
        this.#give(again, part, first, finer, order, take, room);
        again.close();
      }
    }
  }
}

function shiftFor(targets: number): number {
  return Math.max(0, 32 - Math.clz32(targets - 1) - PARTITION_BITS);
}

/** A partition that memory holds: counted, and sorted by its targets, of which there are `places`. */
function sorted(
  partitions: Partitions,
  partition: number,
  first: number,
  places: number,
  order: 'up' | 'down',
  take: Take,
  { starts, sources }: { readonly starts: Uint32Array; readonly sources: Uint32Array },
): void {
  starts.fill(0, 0, places + 1);
  for (const block of partitions.blocks(partition))
    for (let at = 0; at < block.length; at += 2) starts[block[at]! - first + 1]!++;
  for (let i = 1; i <= places; i++) starts[i]! += starts[i - 1]!;
  for (const block of partitions.blocks(partition))
    for (let at = 0; at < block.length; at += 2) sources[starts[block[at]! - first]!++] = block[at + 1]!;
  // Each start has become its end, which is where the next one began.
  for (let i = 0; i < places; i++) {
    const place = order === 'up' ? i : places - 1 - i;
    const from = place === 0 ? 0 : starts[place - 1]!;
    if (from < starts[place]!) take(first + place, sources, from, starts[place]!);
  }
}

/** One target alone, with more references than memory should hold. */
function streamed(partitions: Partitions, partition: number, target: number, take: Take, sources: Uint32Array): void {
  for (const block of partitions.blocks(partition)) {
    for (let at = 0; at < block.length; at += 2) sources[at >>> 1] = block[at + 1]!;
    take(target, sources, 0, block.length >>> 1);
  }
}
