/**
 * References between nodes of one type in, by the type and the name of the reference; the chains out that each type and name forms, counted by length. Memory: 24 bytes for each
 * type and name, then some forty for each reference of the largest of them; references wait on disk.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { Pairs } from '../store/pairs.ts';
import { type GroupRefs, RefBuckets } from './buckets.ts';
import type { LengthTotal } from './chainRows.ts';
import { Chains } from './chains.ts';
import { LinkList } from './links.ts';
import { NONE, Positions } from './positions.ts';

/** Bytes that a reference takes while its group is looked at: itself, its two nodes sorted, and their chains. */
export const PER_REF = 48;

/** Chains of one type along one name, both as codes. */
export interface FoundGroup {
  readonly type: number;
  readonly name: number;
  /** Longest first. */
  readonly lengths: readonly LengthTotal[];
}

/** What is told of a type and a name. */
export interface FoundRow extends FoundTotals {
  readonly type: string;
  readonly via: string;
}

export interface FoundTotals {
  /** Chains that are long enough, the length of the longest, and what is in them. */
  readonly chains: number;
  readonly longest: number;
  readonly count: number;
  readonly bytes: number;
}

export class ChainGroups {
  /** References so far. */
  found = 0;
  readonly #groups = new Pairs();
  readonly #refs: RefBuckets;

  constructor(scratch: Scratch) {
    this.#refs = new RefBuckets(scratch);
  }

  /** A reference between two nodes: by a number for each, ascending for `from` within a group. */
  add(type: number, name: number, from: number, to: number): void {
    this.found++;
    this.#refs.add(this.#groups.number(type, name), from, to);
  }

  /** Bytes that groups take by now. */
  get memory(): number {
    return this.#groups.memory + 4 * this.#refs.counts.length;
  }

  /** References that are held at once while groups of chains of `least` nodes are looked for. */
  held(least: number): number {
    return this.#refs.most(least - 1);
  }

  /** All with chains of `least` nodes and more, those of fewer counted too. */
  *each(least: number, sizeOf: (node: number) => number): Generator<FoundGroup> {
    // So many nodes in a row take as many references but one; a node that refers to itself is a chain, too.
    for (const refs of this.#refs.each(Math.max(1, least - 1))) {
      const lengths = lengthsOf(refs, sizeOf);
      const { group } = refs;
      if (lengths[0]!.length >= least)
        yield { type: this.#groups.first(group), name: this.#groups.second(group), lengths };
    }
  }
}

/** Of chains of `least` nodes and more, of which there are some. */
export function totalsFrom(lengths: readonly LengthTotal[], least: number): FoundTotals {
  const total = { chains: 0, longest: lengths[0]!.length, count: 0, bytes: 0 };
  for (const { length, chains, count, bytes } of lengths) {
    if (length < least) break;
    total.chains += chains;
    total.count += count;
    total.bytes += bytes;
  }
  return total;
}

/** The longest first; ties by type, then by name. */
export function inOrder<Row extends { readonly type: string; readonly via: string; readonly longest: number }>(
  rows: Row[],
): Row[] {
  const isBefore = (a: string, b: string): number => (a < b ? -1 : a === b ? 0 : 1);
  return rows.sort((a, b) => b.longest - a.longest || isBefore(a.type, b.type) || isBefore(a.via, b.via));
}

function lengthsOf({ from, to }: GroupRefs, sizeOf: (node: number) => number): readonly LengthTotal[] {
  if (from.length === 1) return lengthOfOne(from[0]!, to[0]!, sizeOf);
  const members = distinct(from, to);
  const positions = Positions.of(members);
  const links = new LinkList();
  let node = 0;
  for (let i = 0; i < from.length; i++) {
    while (members[node] !== from[i]) node++;
    links.add(node, to[i]!);
  }
  const { chainOf, length, size, count } = new Chains(links.finish(members.length, (n) => positions.indexOf(n)));
  const totals = new Map<number, { length: number; chains: number; count: number; bytes: number }>();
  const totalOf = (of: number): { chains: number; count: number; bytes: number } => {
    let total = totals.get(of);
    if (total === undefined) {
      total = { length: of, chains: 0, count: 0, bytes: 0 };
      totals.set(of, total);
    }
    return total;
  };
  for (let chain = 0; chain < count; chain++) {
    const total = totalOf(length[chain]!);
    total.chains++;
    total.count += size[chain]!;
  }
  for (let i = 0; i < members.length; i++) {
    const chain = chainOf[i]!;
    const total = totalOf(chain === NONE ? 1 : length[chain]!);
    total.bytes += sizeOf(members[i]!);
    if (chain !== NONE) continue;
    total.chains++;
    total.count++;
  }
  return [...totals.values()].sort((a, b) => b.length - a.length);
}

/** Most names of a heap are met between two nodes of a type only once. */
function lengthOfOne(from: number, to: number, sizeOf: (node: number) => number): readonly LengthTotal[] {
  const isLoop = from === to;
  const bytes = isLoop ? sizeOf(from) : sizeOf(from) + sizeOf(to);
  return [{ length: isLoop ? 1 : 2, chains: 1, count: isLoop ? 1 : 2, bytes }];
}

/** Every number of both lists once, in order. */
function distinct(a: Uint32Array, b: Uint32Array): Uint32Array {
  const all = new Uint32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  all.sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[count++] = all[i]!;
  return all.subarray(0, count);
}
