/**
 * Which of the chosen nodes the graph around them begins with, where there is not room for all: so few that there is room for what is around them. One that another
 * chosen one of its type leads to is met on the way, as the nodes of a chain are, and need not be a beginning of its own. Costs the rows of the chosen nodes
 * up to three times; memory: a column.
 */
import { Bits } from './store/bits.ts';
import type { Pool } from './store/columns.ts';
import type { Rows } from './store/rows.ts';

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
export function startsOf(
  chosen: Bits,
  rows: Rows,
  type: Uint32Array,
  pool: Pool,
  options: StartOptions,
): readonly number[] {
  const { count, most } = options;
  if (count * CROWD <= most) return take(eachOf(chosen), count);
  const room = Math.min(most, Math.max(1, Math.floor(most / SHARE)));
  const alike = alikeFrom(chosen, rows, type, options);
  const heads = take(options.backward ? lastOf(chosen, alike) : firstOf(chosen, alike, rows.nodes), room);
  if (heads.length === room) return heads;
  const above = pool.take();
  const others = take(headlessOf(chosen, alike, heads, above), room - heads.length);
  pool.give(above);
  return [...heads, ...others].sort((a, b) => a - b);
}

/** The first so many of a set. */
export const firstNodes = (nodes: Bits, most: number): readonly number[] => take(eachOf(nodes), most);

/** The chosen nodes of its type that a chosen one refers to, itself left out. */
type Alike = (n: number) => readonly number[];

function alikeFrom(chosen: Bits, rows: Rows, type: Uint32Array, { weak, excluded }: StartOptions): Alike {
  const cursor = rows.cursor();
  return (n) => {
    const found: number[] = [];
    if (excluded?.has(n) === true) return found;
    cursor.seek(n);
    while (cursor.next()) {
      const { to } = cursor;
      if (to !== n && type[to] === type[n] && chosen.has(to) && (weak || !cursor.isWeak)) found.push(to);
    }
    return found;
  };
}

/** Those that no other one refers to. */
function* firstOf(chosen: Bits, alike: Alike, nodes: number): Generator<number> {
  const referred = new Bits(nodes);
  for (const n of eachOf(chosen)) for (const to of alike(n)) referred.add(to);
  for (const n of eachOf(chosen)) if (!referred.has(n)) yield n;
}

/** Those that refer to no other one. */
function* lastOf(chosen: Bits, alike: Alike): Generator<number> {
  for (const n of eachOf(chosen)) if (alike(n).length === 0) yield n;
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
  for (const n of eachOf(chosen)) {
    for (const to of alike(n)) {
      const [one, other] = [top(n), top(to)];
      above[Math.max(one, other)] = Math.min(one, other);
    }
  }
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
