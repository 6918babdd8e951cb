/** What would be freed without some references, the plain way from the definition: a heap and cuts come in, sums go out; goes over all references until nothing changes. */
import type { Heap, HeapRef } from './heap.ts';
import { className } from './nodeStream.ts';

/** As a line of `--cuts` says it. */
export interface CutLine {
  readonly type?: string;
  readonly via?: string;
  readonly to?: string;
  readonly id?: number;
}

/** Holders of one type: how many, and the first of them. */
export interface NaiveHeld {
  readonly type: string;
  readonly count: number;
  readonly first: number;
}

export interface NaiveSum {
  /** Who else holds what the cut references lead to, most first. */
  readonly held: readonly NaiveHeld[];
  readonly refs: number;
  /** The nodes that are freed, in order. */
  readonly nodes: readonly number[];
}

/** What each cut frees alone, and all of them together. */
export function naiveCuts(heap: Heap, cuts: readonly CutLine[]): { alone: readonly NaiveSum[]; together: NaiveSum } {
  const tests = cuts.map((cut) => cutTest(heap, cut));
  const now = reached(heap, () => false);
  const sum = (isCut: IsCut): NaiveSum => {
    const then = reached(heap, isCut);
    return {
      held: heldBy(heap, now, isCut),
      refs: heap.nodes.reduce(
        (refs, node, n) => refs + node.refs.filter((ref) => ref[0] !== 'weak' && isCut(n, ref)).length,
        0,
      ),
      nodes: heap.nodes.flatMap((_, n) => (now.has(n) && !then.has(n) ? [n] : [])),
    };
  };
  return { alone: tests.map(sum), together: sum((n, ref) => tests.some((test) => test(n, ref))) };
}

type IsCut = (from: number, ref: HeapRef) => boolean;

export const typesOf = ({ nodes }: Heap): string[] => nodes.map(({ kind, name }) => className(kind, name));

/** A name, or a glob with * and ?; the name wins where there is such a type. */
export function typeTest(pattern: string, types: readonly string[]): (type: string) => boolean {
  if (types.includes(pattern)) return (type) => type === pattern;
  const glob = new RegExp(
    `^${[...pattern].map((c) => (c === '*' ? '.*' : c === '?' ? '.' : `\\u{${c.codePointAt(0)!.toString(16)}}`)).join('')}$`,
    'u',
  );
  return (type) => glob.test(type);
}

function cutTest(heap: Heap, { type, via, to, id }: CutLine): IsCut {
  const types = typesOf(heap);
  const isHolder = type === undefined ? () => true : typeTest(type, types);
  const isTarget = to === undefined ? () => true : typeTest(to, types);
  const [, kind, name] = /^(?:(property|element|internal):)?(.*)$/s.exec(via ?? '')!;
  return (from, [refKind, called, target]) =>
    isHolder(types[from]!) &&
    isTarget(types[target]!) &&
    (id === undefined || heap.nodes[from]!.id === id) &&
    (via === undefined || (String(called) === name && (kind === undefined || kind === refKind)));
}

/** `N / part of key (...) -> value (...) pair in WeakMap (table @ID)`: what such names share, if it is one. */
const pairOf = ([kind, name]: HeapRef): string | undefined =>
  kind === 'internal' ? /^\d+( \/ part of key .*)$/.exec(String(name))?.[1] : undefined;

function heldBy(heap: Heap, now: ReadonlySet<number>, isCut: IsCut): readonly NaiveHeld[] {
  const strong = heap.nodes.flatMap(({ refs }, from) =>
    refs.filter(([kind]) => now.has(from) && kind !== 'weak').map((ref) => ({ from, ref })),
  );
  const targets = new Set(strong.filter(({ from, ref }) => isCut(from, ref)).map(({ ref }) => ref[2]));
  const left = strong.filter(({ from, ref }) => !isCut(from, ref));
  const holds = (ref: HeapRef): boolean => {
    const pair = pairOf(ref);
    return pair === undefined || left.filter((other) => pairOf(other.ref) === pair).length === 2;
  };
  const holders = new Set(
    left.filter(({ from, ref }) => from !== ref[2] && targets.has(ref[2]) && holds(ref)).map(({ from }) => from),
  );
  const types = typesOf(heap);
  const found = new Map<string, number[]>();
  for (const n of [...holders].sort((a, b) => a - b)) found.set(types[n]!, [...(found.get(types[n]!) ?? []), n]);
  return [...found]
    .map(([type, nodes]) => ({ type, count: nodes.length, first: nodes[0]! }))
    .sort((a, b) => b.count - a.count || a.first - b.first);
}

function reached({ nodes }: Heap, isCut: IsCut): ReadonlySet<number> {
  const found = new Set([0]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    const sides = new Map<string, number>();
    for (const from of [...found]) {
      for (const ref of nodes[from]!.refs) {
        if (ref[0] === 'weak' || isCut(from, ref)) continue;
        const pair = pairOf(ref);
        if (pair !== undefined) sides.set(pair, (sides.get(pair) ?? 0) + 1);
        if (pair === undefined || sides.get(pair) === 2) found.add(ref[2]);
      }
    }
  }
  return found;
}
