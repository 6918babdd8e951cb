/**
 * Which of the chosen nodes the graph around them begins with, where there is not room for all: so few that there is room for what is around them. One that another
 * chosen one of its type leads to is met on the way, as the nodes of a chain are, and need not be a beginning of its own. Costs the rows of the chosen nodes
 * up to three times; memory: a column.
 */
import { Bits } from '../store/bits.ts';
import type { LookUp } from '../store/lookUp.ts';
import type { Pool } from '../store/pool.ts';
import type { Rows } from '../store/rows.ts';

/** Where the chosen ones are more than one in so many of what is shown, only one in SHARE is a beginning. */
const CROWD = 2;
const SHARE = 4;

export interface StartOptions {
  /** How many were chosen, and the most nodes that are shown. */
  readonly count: number;
  readonly most: number;
  /** Whether the graph is walked towards those that refer to a node. */
  readonly backward: boolean;
  readonly weak: boolean;
  /** Nodes that are not passed, so what lies behind them must be a beginning. */
  readonly excluded: Bits | undefined;
}

/** Ascending. `rows` are what nodes refer to, and `type` has a code for each. */
export function startsOf(chosen: Bits, rows: Rows, type: LookUp, pool: Pool, options: StartOptions): readonly number[] {
  const { count, most } = options;
  if (count * CROWD <= most) return chosen.first(count);
  const room = Math.min(most, Math.max(1, Math.floor(most / SHARE)));
  const alike = alikeFrom(chosen, rows, type, options);
  const heads = take(options.backward ? lastOf(chosen, alike) : firstOf(chosen, alike, rows.nodes), room);
  if (heads.length === room) return heads;
  const above = pool.take();
  const others = take(headlessOf(chosen, alike, heads, above), room - heads.length);
  pool.give(above);
  return [...heads, ...others].sort((a, b) => a - b);
}

/** Shows the chosen nodes of its type that a chosen one refers to, itself left out. */
type Alike = (n: number, see: (n: number, to: number) => void) => void;

function alikeFrom(chosen: Bits, rows: Rows, type: LookUp, { weak, excluded }: StartOptions): Alike {
  const cursor = rows.cursor();
  return (n, see) => {
    if (excluded?.has(n) === true) return;
    cursor.seek(n);
    while (cursor.next()) {
      const { to } = cursor;
      if (to !== n && type.at(to) === type.at(n) && chosen.has(to) && (weak || !cursor.isWeak)) see(n, to);
    }
  };
}

/** Those that no other one refers to. */
function* firstOf(chosen: Bits, alike: Alike, nodes: number): Generator<number> {
  const referred = new Bits(nodes);
  const refer = (_: number, to: number): void => referred.add(to);
  for (const n of eachOf(chosen)) alike(n, refer);
  for (const n of eachOf(chosen)) if (!referred.has(n)) yield n;
}

/** Those that refer to no other one. */
function* lastOf(chosen: Bits, alike: Alike): Generator<number> {
  let refers = false;
  const refer = (): void => {
    refers = true;
  };
  for (const n of eachOf(chosen)) {
    refers = false;
    alike(n, refer);
    if (!refers) yield n;
  }
}

/** Of those that hang together without a head, as where chains bite their tails or lead both ways: the first. */
function* headlessOf(chosen: Bits, alike: Alike, heads: readonly number[], above: Uint32Array): Generator<number> {
  const top = (n: number): number => {
    let at = n;
    while (above[at] !== at) {
      above[at] = above[above[at]!]!;
      at = above[at]!;
    }
    return at;
  };
  for (const n of eachOf(chosen)) above[n] = n;
  const join = (n: number, to: number): void => {
    const one = top(n);
    const other = top(to);
    if (one < other) above[other] = one;
    else above[one] = other;
  };
  for (const n of eachOf(chosen)) alike(n, join);
  const headed = new Bits(above.length);
  for (const n of heads) headed.add(top(n));
  for (const n of eachOf(chosen)) if (above[n] === n && !headed.has(n)) yield n;
}

function* eachOf(nodes: Bits): Generator<number> {
  for (let n = nodes.next(0); n < Number.POSITIVE_INFINITY; n = nodes.next(n + 1)) yield n;
}

function take(nodes: Iterable<number>, most: number): readonly number[] {
  const first: number[] = [];
  if (most === 0) return first;
  for (const n of nodes) if (first.push(n) === most) break;
  return first;
}
