/** Chains worked out the plain way, with sets and by trying every way: the second opinion on lib/graph. Small heaps only. */

import type { Heap, HeapRef } from '../support/heap.ts';
import { className } from '../support/nodeStream.ts';

export interface PlainChain {
  readonly shape: 'chain' | 'tree' | 'cycle' | 'branched';
  /** Of the longest way that passes no node twice and begins at a head, or anywhere if there is none. */
  readonly longest: number;
  readonly members: readonly number[];
  readonly heads: readonly number[];
  /** Nodes that refer to no other and not to themselves. */
  readonly tails: readonly number[];
  /** Whether some way comes back to where it was. */
  readonly hasCycle: boolean;
}

export const typeOf = (heap: Heap, n: number): string => className(heap.nodes[n]!.kind, heap.nodes[n]!.name);

/** The connected chains of chosen nodes along references that match and are not weak, in order of their first node. */
export function plainChains(
  heap: Heap,
  chosen: ReadonlySet<number>,
  matches: (ref: HeapRef) => boolean,
): readonly PlainChain[] {
  const out = new Map([...chosen].sort((a, b) => a - b).map((n) => [n, targets(heap, n, chosen, matches)]));
  const seen = new Set<number>();
  return [...out.keys()].flatMap((start) => {
    if (seen.has(start)) return [];
    const members = connected(start, out);
    for (const n of members) seen.add(n);
    return [chainOf(members, out)];
  });
}

/** The longest way from a node on that passes no node twice, by trying all. */
function longestFrom(n: number, out: ReadonlyMap<number, ReadonlySet<number>>, passed: readonly number[]): number {
  const ways = [...out.get(n)!].filter((to) => to !== n && !passed.includes(to));
  return 1 + Math.max(0, ...ways.map((to) => longestFrom(to, out, [...passed, n])));
}

function targets(
  heap: Heap,
  n: number,
  chosen: ReadonlySet<number>,
  matches: (ref: HeapRef) => boolean,
): ReadonlySet<number> {
  const refs = heap.nodes[n]!.refs.filter((ref) => ref[0] !== 'weak' && matches(ref) && chosen.has(ref[2]));
  return new Set(refs.map(([, , to]) => to));
}

function connected(start: number, out: ReadonlyMap<number, ReadonlySet<number>>): readonly number[] {
  const members = new Set([start]);
  for (let size = 0; size < members.size; ) {
    size = members.size;
    for (const [n, to] of out) {
      if (members.has(n)) for (const other of to) members.add(other);
      else if ([...to].some((other) => members.has(other))) members.add(n);
    }
  }
  return [...members].sort((a, b) => a - b);
}

function chainOf(members: readonly number[], out: ReadonlyMap<number, ReadonlySet<number>>): PlainChain {
  const heads = members.filter((n) => !members.some((other) => out.get(other)!.has(n)));
  const tails = members.filter((n) => out.get(n)!.size === 0);
  const isBranched = members.some((n) => out.get(n)!.size > 1);
  const shape = isBranched ? 'branched' : tails.length === 0 ? 'cycle' : heads.length === 1 ? 'chain' : 'tree';
  const starts = heads.length > 0 ? heads : members;
  const longest = Math.max(...starts.map((n) => longestFrom(n, out, [])));
  return { shape, longest, members, heads, tails, hasCycle: members.some((n) => comesBack(n, out)) };
}

function comesBack(start: number, out: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const reached = new Set(out.get(start)!);
  for (const n of reached) for (const to of out.get(n)!) reached.add(to);
  return reached.has(start);
}
