/**
 * Dominators by their definition: references come in, who dominates whom and what each node retains goes out. A node dominates what is lost when it is taken away:
 * one walk for each node, so for graphs of some dozen nodes.
 */

/** References that hold, by node: `to[n]` are the nodes that n refers to. Node 0 is the root. */
export type Holds = readonly (readonly number[])[];

export interface Naive {
  /** The root is its own. */
  readonly dominator: readonly number[];
  readonly retained: readonly number[];
  /** References from the root on the shortest way, over references that hold; -5 where there is none. */
  readonly distance: readonly number[];
}

/**
 * As DevTools has it, what nobody else refers to hangs off the root, and so does each node of the cycles that nobody refers to from outside.
 * A node's reference to itself is none.
 */
export function naiveDominators(to: Holds, sizes: readonly number[]): Naive {
  const isReferredTo = new Set(to.flatMap((targets, n) => targets.filter((target) => target !== n)));
  const orphans = to.map((_, n) => n).filter((n) => n > 0 && !isReferredTo.has(n));
  const whole = to.map((targets, n) => (n === 0 ? [...targets, ...orphans] : targets));
  const reached = reach(whole);
  // Who loses a node when it is taken away: all its dominators. The immediate one is dominated by all others, so it has most of its own.
  const dominators = to.map((): number[] => []);
  for (let taken = 1; taken < to.length; taken++) {
    if (!reached.has(taken)) continue;
    const left = reach(whole, taken);
    for (const n of reached.keys()) if (n !== taken && !left.has(n)) dominators[n]?.push(taken);
  }
  const depth = (n: number): number => dominators[n]?.length ?? 0;
  const dominator = dominators.map((above) => above.reduce((lowest, n) => (depth(n) >= depth(lowest) ? n : lowest), 0));
  const retained = to.map((_, n) =>
    sizes.reduce((sum, size, m) => (m === n || n === 0 || dominators[m]?.includes(n) === true ? sum + size : sum), 0),
  );
  const distances = reach(to);
  return { dominator, retained, distance: to.map((_, n) => distances.get(n) ?? -5) };
}

/** Every node that can be reached from the root without going through `taken`, with its distance. */
export function reach(to: Holds, taken?: number): ReadonlyMap<number, number> {
  const seen = new Map([[0, 0]]);
  for (const [n, distance] of seen)
    for (const target of to[n] ?? []) if (target !== taken && !seen.has(target)) seen.set(target, distance + 1);
  return seen;
}
