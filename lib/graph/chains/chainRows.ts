/**
 * Chains and who their nodes are in, one row for each chain out, longest first, and the ends of them all. Linear in the number of nodes, whatever
 * they are linked like. Memory: beside the chains 24 bytes for each of them, four bytes a node that is linked with no other.
 */
import { CHAIN, type Chains, CYCLE, SHAPES, type Shape } from './chains.ts';
import type { Members, NodeName } from './members.ts';
import { sortByKey } from './order.ts';
import { NONE } from './positions.ts';

export interface ChainRow {
  readonly type: string;
  readonly via: string;
  readonly shape: Shape;
  readonly length: number;
  readonly count: number;
  readonly bytes: number;
  readonly heads: number;
  readonly head: NodeName;
  readonly tail?: NodeName;
}

/** How many chains are of one length, and what is in them. */
export interface LengthTotal {
  readonly length: number;
  readonly chains: number;
  readonly count: number;
  readonly bytes: number;
}

/** Nodes by position, ascending, and a length for each. */
export interface Ends {
  readonly n: Uint32Array;
  readonly length: Uint32Array;
}

const PER_CHAIN = 20;
const PER_NODE = 4;

export class ChainRows {
  /** Rows there are. */
  readonly count: number;
  readonly #chains: Chains;
  readonly #members: Members;
  readonly #via: string;
  /** By chain. */
  readonly #bytes: Float64Array;
  /** Chains of two nodes and more in the order of rows, then nodes that are linked with no other. */
  readonly #order: Uint32Array;
  readonly #alone: Uint32Array;
  readonly #aloneBytes: number;

  /** Bytes that rows take beside their chains, at most: those in order, and while they are sorted. */
  static memory({ count, nodes }: Chains): number {
    return PER_CHAIN * count + PER_NODE * nodes;
  }

  /** Chains of `least` nodes and more in their longest run. */
  constructor(chains: Chains, members: Members, via: string, least: number) {
    this.#chains = chains;
    this.#members = members;
    this.#via = via;
    const ranks = members.ranks();
    const { chainOf, head } = chains;
    const headRank = new Uint32Array(chains.count);
    this.#bytes = new Float64Array(chains.count);
    const aloneOfRank = new Uint32Array(ranks.length);
    let aloneBytes = 0;
    members.forEach((node, type, size) => {
      const chain = chainOf[node]!;
      if (chain === NONE) {
        aloneOfRank[ranks[type]!]!++;
        aloneBytes += size;
        return;
      }
      this.#bytes[chain]! += size;
      if (head[chain] === node) headRank[chain] = ranks[type]!;
    });
    this.#order = longestFirst(chains, headRank, least);
    this.#alone = least > 1 ? new Uint32Array(0) : byType(chains, members, ranks, aloneOfRank);
    this.#aloneBytes = least > 1 ? 0 : aloneBytes;
    this.count = this.#order.length + this.#alone.length;
  }

  /** The first `top` rows. */
  *rows(top: number): Generator<ChainRow> {
    for (const chain of this.#order.subarray(0, top)) yield this.#row(chain);
    for (const node of this.#alone.subarray(0, Math.max(0, top - this.#order.length))) yield this.#rowOfOne(node);
  }

  /** The nodes that the first `top` rows name. */
  *named(top: number): Generator<number> {
    const { head, tail } = this.#chains;
    for (const chain of this.#order.subarray(0, top)) {
      yield this.#members.n(head[chain]!);
      if (tail[chain] !== NONE) yield this.#members.n(tail[chain]!);
    }
    for (const node of this.#alone.subarray(0, Math.max(0, top - this.#order.length))) yield this.#members.n(node);
  }

  /** For all rows, longest first. */
  lengths(): readonly LengthTotal[] {
    const { length, size } = this.#chains;
    const totals = new Map<number, { length: number; chains: number; count: number; bytes: number }>();
    const add = (of: number, chains: number, count: number, bytes: number): void => {
      const total = totals.get(of) ?? { length: of, chains: 0, count: 0, bytes: 0 };
      total.chains += chains;
      total.count += count;
      total.bytes += bytes;
      totals.set(of, total);
    };
    for (const chain of this.#order) add(length[chain]!, 1, size[chain]!, this.#bytes[chain]!);
    const alone = this.#alone.length;
    if (alone > 0) add(1, alone, alone, this.#aloneBytes);
    return [...totals.values()];
  }

  /**
   * The heads or the tails of the first `top` rows. A head's length is its longest run, a tail's that of its chain. Where a chain has no
   * heads, the node that its row names as head stands for them.
   */
  ends(which: 'heads' | 'tails', top: number): Ends {
    let count = 0;
    this.#eachEnd(which, top, () => count++);
    const n = new Uint32Array(count);
    const length = new Uint32Array(count);
    let i = 0;
    this.#eachEnd(which, top, (node, chain) => {
      n[i] = this.#members.n(node);
      length[i++] = chain === NONE ? 1 : which === 'heads' ? this.#chains.run[node]! : this.#chains.length[chain]!;
    });
    return { n, length };
  }

  #eachEnd(which: 'heads' | 'tails', top: number, each: (node: number, chain: number) => void): void {
    const chains = this.#chains;
    const { chainOf, heads, head } = chains;
    const isWanted = new Uint8Array(chains.count);
    for (const chain of this.#order.subarray(0, top)) isWanted[chain] = 1;
    const alone = this.#alone.slice(0, Math.max(0, top - this.#order.length)).sort();
    let nextAlone = 0;
    for (let node = 0; node < chains.nodes; node++) {
      const chain = chainOf[node]!;
      if (chain === NONE) {
        if (alone[nextAlone] !== node) continue;
        nextAlone++;
        if (which === 'heads' || !chains.isCycleOfOne(node)) each(node, chain);
      } else if (isWanted[chain] === 1) {
        const hasHeads = heads[chain]! > 0;
        if (which === 'tails' ? chains.isTail(node) : hasHeads ? chains.isHead(node) : head[chain] === node)
          each(node, chain);
      }
    }
  }

  #row(chain: number): ChainRow {
    const chains = this.#chains;
    const head = this.#members.at(chains.head[chain]!);
    const tail = chains.tail[chain]!;
    return {
      type: head.type,
      via: this.#via,
      shape: SHAPES[chains.shape[chain]!]!,
      length: chains.length[chain]!,
      count: chains.size[chain]!,
      bytes: this.#bytes[chain]!,
      heads: chains.heads[chain]!,
      head,
      ...(tail === NONE ? {} : { tail: this.#members.at(tail) }),
    };
  }

  #rowOfOne(node: number): ChainRow {
    const head = this.#members.at(node);
    const isCycle = this.#chains.isCycleOfOne(node);
    const shape = SHAPES[isCycle ? CYCLE : CHAIN];
    const bytes = this.#members.size(node);
    const one = { type: head.type, via: this.#via, shape, length: 1, count: 1, bytes };
    return { ...one, heads: isCycle ? 0 : 1, head, ...(isCycle ? {} : { tail: head }) };
  }
}

/** Chains by length, then by the type and by the place of their head. */
function longestFirst({ count, length, head }: Chains, headRank: Uint32Array, least: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, chain) => chain).filter((chain) => length[chain]! >= least);
  const longest = order.reduce((most, chain) => Math.max(most, length[chain]!), 0);
  sortByKey(order, (chain) => head[chain]!, largest(head));
  sortByKey(order, (chain) => headRank[chain]!, largest(headRank));
  sortByKey(order, (chain) => longest - length[chain]!, longest);
  return order;
}

const largest = (numbers: Uint32Array): number => numbers.reduce((most, number) => Math.max(most, number), 0);

/** Nodes that are linked with no other, by type and place; how many there are of each type is known. */
function byType(chains: Chains, members: Members, ranks: Uint32Array, countOf: Uint32Array): Uint32Array {
  const start = new Uint32Array(countOf.length);
  for (let rank = 1; rank < start.length; rank++) start[rank] = start[rank - 1]! + countOf[rank - 1]!;
  const total = countOf.reduce((sum, count) => sum + count, 0);
  const order = new Uint32Array(total);
  members.forEach((node, type) => {
    if (chains.chainOf[node] === NONE) order[start[ranks[type]!]!++] = node;
  });
  return order;
}
