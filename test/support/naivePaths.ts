/** Paths to some nodes, worked out the plain way from what they are: a heap comes in, rows as snap-paths writes them go out; holds everything, in any order of cost. */
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

/** The node before each node on its shortest path; of several the first. */
function walk({ nodes }: Heap, isV8: boolean): Map<number, number> {
  const parents = new Map<number, number>();
  const flood = (start: readonly number[]): void => {
    for (let level = [...new Set(start)]; level.length > 0; ) {
      const next: number[] = [];
      for (const n of level.sort((a, b) => a - b)) {
        for (const [kind, , to] of nodes[n]!.refs) {
          if (kind === 'weak' || to === 0 || parents.has(to)) continue;
          parents.set(to, n);
          next.push(to);
        }
      }
      level = next;
    }
  };
  if (isV8) {
    const user = nodes[0]!.refs.map(([, , to]) => to).filter((to) => to !== 0 && nodes[to]!.kind !== 'synthetic');
    for (const n of user) parents.set(n, 0);
    flood(user);
  }
  flood([0]);
  return parents;
}

function pathTo(n: number, parents: ReadonlyMap<number, number>): number[] {
  const path: number[] = [];
  for (let at = n; at !== 0; at = parents.get(at)!) path.unshift(at);
  return path;
}

function stepTo({ nodes }: Heap, from: number, to: number, type: string, fold: boolean): NaiveStep {
  const refs = nodes[from]!.refs.filter(([, , target]) => target === to);
  const [kind, name] = refs.find(([kind]) => kind !== 'weak') ?? refs[0]!;
  return { ref: kind, via: isAny(kind, name, fold) ? '[*]' : String(name), type };
}

const isAny = (kind: HeapRef[0], name: string | number, fold: boolean): boolean =>
  typeof name === 'number' || /^\d+$/.test(name) || (fold && kind === 'property');
