/** Paths to some nodes, worked out the plain way from what they are: a heap comes in, rows as snap-paths writes them go out; holds everything, in any order of cost. */
import { commonName } from '../../lib/graph/store/alike.ts';
import { LAST, nameHash, refRank, textHash } from '../../lib/graph/walk/ranks.ts';
import { REF_KINDS } from '../../lib/stream/batch.ts';
import type { Heap, HeapRef } from './heap.ts';
import { nodeRecords } from './nodeStream.ts';

export interface NaiveStep {
  readonly ref: string;
  readonly via: string;
  readonly type: string;
  readonly name?: string;
}

export interface NaiveRow {
  readonly count: number;
  readonly bytes: number;
  readonly length: number;
  readonly path: readonly NaiveStep[];
  readonly example: number;
}

/** For heaps without WeakMaps and without the runtime's own tables. `isV8`: the walk begins where DevTools' does. Rows in no order. */
export function naivePaths(
  heap: Heap,
  chosen: readonly number[],
  { isV8, fold }: { readonly isV8: boolean; readonly fold: boolean },
): NaiveRow[] {
  const parents = walk(heap, isV8);
  const records = nodeRecords(heap);
  const rows = new Map<string, { nodes: number[]; lengths: number[]; steps: NaiveStep[]; members: Set<number>[] }>();
  for (const n of chosen) {
    if (n !== 0 && !parents.has(n)) continue;
    const steps: NaiveStep[] = [];
    const members: Set<number>[] = [];
    const path = pathTo(n, parents);
    for (const [i, to] of path.entries()) {
      const step = stepTo(heap, path[i - 1] ?? 0, to, records[to]!.type, fold);
      const last = steps.at(-1);
      if (last === undefined || JSON.stringify(last) !== JSON.stringify(step)) {
        steps.push(step);
        members.push(new Set());
      }
      members.at(-1)!.add(to);
    }
    const key = JSON.stringify(steps);
    const row = rows.get(key) ?? { nodes: [], lengths: [], steps, members: steps.map(() => new Set<number>()) };
    rows.set(key, row);
    row.nodes.push(n);
    row.lengths.push(path.length);
    for (const [i, some] of members.entries()) for (const member of some) row.members[i]!.add(member);
  }
  return [...rows.values()].map(({ nodes, lengths, steps, members }) => {
    const length = Math.min(...lengths);
    return {
      count: nodes.length,
      bytes: nodes.reduce((sum, n) => sum + heap.nodes[n]!.size, 0),
      length,
      path: steps.map((step, i) => {
        const names = new Set([...members[i]!].map((n) => records[n]!.name ?? records[n]!.type));
        return names.size === 1 ? { ...step, name: [...names][0]! } : step;
      }),
      example: nodes[lengths.indexOf(length)]!,
    };
  });
}

/** The node before each node on its shortest path; of several that whose reference has the least rank, then whose own path has, then the first. */
function walk(heap: Heap, isV8: boolean): Map<number, number> {
  const { nodes } = heap;
  const records = nodeRecords(heap);
  const parents = new Map<number, number>();
  const paths = new Map([[0, 0]]);
  const flood = (start: ReadonlySet<number>): void => {
    for (let level = start; level.size > 0; ) {
      const found = new Map<number, { parent: number; rank: number }>();
      for (const n of [...level].sort((a, b) => a - b)) {
        for (const [kind, , to] of nodes[n]!.refs) {
          if (kind === 'weak' || to === 0 || parents.has(to)) continue;
          const rank = rankTo(heap, n, to);
          const best = found.get(to);
          if (best === undefined || rank < best.rank || (rank === best.rank && paths.get(n)! < paths.get(best.parent)!))
            found.set(to, { parent: n, rank });
        }
      }
      enter(found);
      level = new Set(found.keys());
    }
  };
  const enter = (found: ReadonlyMap<number, { parent: number; rank: number }>): void => {
    for (const [n, { parent, rank }] of found) {
      parents.set(n, parent);
      const before = paths.get(parent)!;
      const step = (rank ^ (rank >>> 15) ^ ((textHash(records[n]!.type) & 255) << 8)) & 0xffff;
      const further = ((step << 16) | (Math.imul(before ^ (before >>> 15), 0x85ebca6b) >>> 16)) >>> 0;
      paths.set(n, before >>> 16 === step ? before : further);
    }
  };
  if (isV8) {
    const user = nodes[0]!.refs.map(([, , to]) => to).filter((to) => to !== 0 && nodes[to]!.kind !== 'synthetic');
    enter(new Map(user.map((n) => [n, { parent: 0, rank: rankTo(heap, 0, n) }])));
    flood(new Set(user));
  }
  flood(new Set([0]));
  return parents;
}

/** The least rank of the references between two nodes that hold. */
function rankTo({ nodes }: Heap, from: number, to: number): number {
  return Math.min(LAST, ...nodes[from]!.refs.filter(([, , target]) => target === to).map(rankOf));
}

function rankOf([kind, name]: HeapRef): number {
  if (kind === 'weak') return LAST;
  return refRank(REF_KINDS.indexOf(kind), nameHash(commonName(kind, String(name), false)));
}

function pathTo(n: number, parents: ReadonlyMap<number, number>): number[] {
  const path: number[] = [];
  for (let at = n; at !== 0; at = parents.get(at)!) path.unshift(at);
  return path;
}

function stepTo({ nodes }: Heap, from: number, to: number, type: string, fold: boolean): NaiveStep {
  const refs = nodes[from]!.refs.filter(([, , target]) => target === to);
  const [kind, name] = refs.reduce((best, ref) => (rankOf(ref) < rankOf(best) ? ref : best));
  return { ref: kind, via: isAny(kind, name, fold) ? '[*]' : String(name), type };
}

const isAny = (kind: HeapRef[0], name: string | number, fold: boolean): boolean =>
  typeof name === 'number' || /^\d+$/.test(name) || (fold && kind === 'property');
