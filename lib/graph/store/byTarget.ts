/**
 * References told in any order and given back by target. They are dealt out to partitions of targets on disk; a partition is sorted by counting, and one that is too
 * large, as that of a node to which half the heap refers, is dealt out once more. Memory: some 8 MB, whatever the references are.
 */
import { placeIn } from '../../disk/ascending.ts';
import { Partitions } from '../../disk/partitions.ts';
import type { Scratch } from '../../disk/scratch.ts';

const PARTITION_BITS = 8;
/** Pairs that are sorted in memory. */
const MOST_PAIRS = 1 << 19;

/** Takes the references of one target: what is in `sources` from `from` to `to`. A target with many comes several times in turn, one without any never. */
export type Take = (target: number, sources: Uint32Array, from: number, to: number) => void;

/** What is sorted in: for each place where its sources begin; sources in order of targets. */
interface Room {
  readonly starts: Uint32Array;
  readonly sources: Uint32Array;
}

export class ByTarget {
  /** Targets are below it. */
  readonly targets: number;
  /** References that were told, and those that were read to be given back so far. */
  size = 0;
  read = 0;
  readonly #shift: number;
  readonly #mask: number;
  readonly #partitions: Partitions;
  readonly #scratch: Scratch;
  #room: Room | undefined;

  constructor(targets: number, scratch: Scratch) {
    this.targets = targets;
    this.#shift = shiftFor(targets);
    this.#mask = 2 ** this.#shift - 1;
    this.#partitions = new Partitions(((targets - 1) >>> this.#shift) + 1, this.#shift, scratch);
    this.#scratch = scratch;
  }

  add(target: number, source: number): void {
    this.#partitions.add(target >>> this.#shift, target & this.#mask, source);
    this.size++;
  }

  /** Gives all of them, once. Targets ascend or descend; the sources of each come in the order they were told. */
  give(order: 'up' | 'down', take: Take): void {
    this.#give(
      this.#partitions,
      { targets: this.targets, base: 0, shift: this.#shift },
      { order, take, only: undefined },
    );
    this.close();
  }

  /** Gives those of some targets, ascending: reads the partitions that these are in. */
  giveSome(only: Uint32Array, take: Take): void {
    const range = { targets: this.targets, base: 0, shift: this.#shift };
    this.#give(this.#partitions, range, { order: 'up', take, only });
  }

  close(): void {
    this.#room = undefined;
    this.#partitions.close();
  }

  /** Deals out again at most four times, each time to a 256th of the targets. */
  #give(partitions: Partitions, { targets, base, shift }: TargetRange, asked: Asked): void {
    this.#room ??= {
      starts: new Uint32Array(2 ** this.#shift + 1),
      sources: new Uint32Array(MOST_PAIRS),
    };
    const last = (targets - 1) >>> shift;
    for (let i = 0; i <= last; i++) {
      const partition = asked.order === 'up' ? i : last - i;
      const first = base + partition * 2 ** shift;
      const only = asked.only === undefined ? undefined : between(asked.only, first, first + 2 ** shift);
      const size = partitions.size(partition);
      if (size === 0 || only?.length === 0) continue;
      this.read += size;
      if (size <= MOST_PAIRS) sorted(partitions, partition, first, 2 ** shift, { ...asked, only }, this.#room);
      else if (shift === 0) streamed(partitions, partition, first, asked.take);
      else {
        const part = Math.min(2 ** shift, base + targets - first);
        const finer = shiftFor(part);
        const mask = 2 ** finer - 1;
        const again = new Partitions(((part - 1) >>> finer) + 1, finer, this.#scratch);
        for (const { length, places, numbers } of partitions.blocks(partition))
          for (let at = 0; at < length; at++) again.add(places[at]! >>> finer, places[at]! & mask, numbers[at]!);
        this.#give(again, { targets: part, base: first, shift: finer }, { ...asked, only });
        again.close();
      }
    }
  }
}

/** Targets from `base` on, in partitions of 2 ** shift. */
interface TargetRange {
  readonly targets: number;
  readonly base: number;
  readonly shift: number;
}

interface Asked {
  readonly order: 'up' | 'down';
  readonly take: Take;
  /** Ascending; all if undefined. */
  readonly only: Uint32Array | undefined;
}

function shiftFor(targets: number): number {
  return Math.max(0, 32 - Math.clz32(targets - 1) - PARTITION_BITS);
}

/** Those from `first` on that are below `end`. */
function between(ascending: Uint32Array, first: number, end: number): Uint32Array {
  return ascending.subarray(placeIn(ascending, first), placeIn(ascending, end));
}

/** A partition that memory holds: counted, and sorted by its targets, of which there are `places`. */
function sorted(
  partitions: Partitions,
  partition: number,
  first: number,
  count: number,
  { order, take, only }: Asked,
  { starts, sources }: Room,
): void {
  starts.fill(0, 0, count + 1);
  // Read twice: to keep the pairs meanwhile takes twice the memory of their sources.
  for (const { length, places } of partitions.blocks(partition))
    for (let at = 0; at < length; at++) starts[places[at]! + 1]!++;
  for (let i = 1; i <= count; i++) starts[i]! += starts[i - 1]!;
  for (const { length, places, numbers } of partitions.blocks(partition))
    for (let at = 0; at < length; at++) sources[starts[places[at]!]!++] = numbers[at]!;
  // Each start has become its end, which is where the next one began.
  const give = (place: number): void => {
    const from = place === 0 ? 0 : starts[place - 1]!;
    if (from < starts[place]!) take(first + place, sources, from, starts[place]!);
  };
  if (only !== undefined) for (const target of only) give(target - first);
  else for (let i = 0; i < count; i++) give(order === 'up' ? i : count - 1 - i);
}

/** One target alone, with more references than memory should hold. */
function streamed(partitions: Partitions, partition: number, target: number, take: Take): void {
  for (const { length, numbers } of partitions.blocks(partition)) take(target, numbers, 0, length);
}
