/**
 * Links between nodes in, the chains they form out: which chain each node is of, and how long the run is that begins there. Nothing here
 * recurses, and each link is looked at a few times, however long a chain is. Memory: thirteen bytes a node, 25 a chain of two nodes and more,
 * and eight a node of branched chains while they are walked.
 */
import { placeIn } from '../../disk/ascending.ts';
import type { Links } from './links.ts';
import { NONE } from './positions.ts';

/** `Chains.shape` is an index into this. */
export const SHAPES = ['chain', 'tree', 'cycle', 'branched'] as const;
export type Shape = (typeof SHAPES)[number];
export const CHAIN = 0;
const TREE = 1;
export const CYCLE = 2;
const BRANCHED = 3;

/** What is known of a node: something links to it, it is linked with another node, it links to several. */
const HAS_IN = 1;
const IS_LINKED = 2;
const HAS_SEVERAL = 4;
/** While branched chains are walked: it is on the way that is being walked. */
const ON_WAY = 8;

/** Bytes of the columns above, and of a node's link. */
const PER_NODE = 13;
const PER_CHAIN = 25;

/** In `run`: on the way that is being walked. */
const WALKING = NONE;

/**
 * Everything that is connected is one chain. Nodes that are linked with no other node are chains of one, which nobody counts here: `chainOf` is
 * NONE, and `isCycleOfOne` tells whether they link to themselves.
 *
 * A run is a way along links that passes no node twice. In a chain, a tree or a cycle `run` is the longest there is from a node (for a cycle:
 * the way into it and once around). In a branched chain it is the longest that one walk through it finds: the longest there is, if
 * no way leads back.
 */
export class Chains {
  /** Nodes. */
  readonly nodes: number;
  /** By node: its chain, and the length of its longest run. */
  readonly chainOf: Uint32Array;
  readonly run: Uint32Array;
  /** Chains of two nodes and more, in order of their first node. */
  readonly count: number;
  /** By chain. A head is a node that nothing links to; `head` is the one whose run is longest (without heads: a node), `length` that run. */
  readonly shape: Uint8Array;
  readonly size: Uint32Array;
  readonly heads: Uint32Array;
  readonly head: Uint32Array;
  readonly length: Uint32Array;
  /** The last node of a chain or tree, else NONE. */
  readonly tail: Uint32Array;
  readonly #links: Links;
  readonly #flags: Uint8Array;

  constructor(links: Links) {
    this.#links = links;
    this.nodes = links.count;
    this.#flags = new Uint8Array(links.count);
    this.run = new Uint32Array(links.count);
    this.chainOf = new Uint32Array(links.count);
    this.#join();
    this.count = this.#number();
    this.shape = new Uint8Array(this.count);
    this.size = new Uint32Array(this.count);
    this.heads = new Uint32Array(this.count);
    this.head = new Uint32Array(this.count).fill(NONE);
    this.length = new Uint32Array(this.count);
    this.tail = new Uint32Array(this.count).fill(NONE);
    this.#nameShapes();
    this.#walk();
    this.#walkBranched();
    this.#measure();
  }

  /** Bytes that all of it takes. */
  get memory(): number {
    return PER_NODE * this.nodes + PER_CHAIN * this.count;
  }

  isHead(node: number): boolean {
    return (this.#flags[node]! & HAS_IN) === 0;
  }

  isTail(node: number): boolean {
    return this.#links.next[node] === NONE;
  }

  /** Of a node without a chain: whether it links to itself. */
  isCycleOfOne(node: number): boolean {
    return this.#links.next[node] === node;
  }

  /** Puts linked nodes into one set: `chainOf` becomes a forest whose roots are the first node of each. */
  #join(): void {
    const { count, next, moreFrom, moreTo } = this.#links;
    const flags = this.#flags;
    const parent = this.chainOf;
    for (let i = 0; i < count; i++) parent[i] = i;
    const link = (from: number, to: number): void => {
      flags[to]! |= HAS_IN;
      if (from === to) return;
      flags[from]! |= IS_LINKED;
      flags[to]! |= IS_LINKED;
      const a = root(parent, from);
      const b = root(parent, to);
      if (a < b) parent[b] = a;
      else parent[a] = b;
    };
    for (let i = 0; i < count; i++) if (next[i] !== NONE) link(i, next[i]!);
    for (let i = 0; i < moreFrom.length; i++) {
      flags[moreFrom[i]!]! |= HAS_SEVERAL;
      link(moreFrom[i]!, moreTo[i]!);
    }
  }

  /** Turns roots into numbers of chains. A parent comes before its children, so one pass is enough. */
  #number(): number {
    const parent = this.chainOf;
    let count = 0;
    for (let i = 0; i < this.nodes; i++) {
      if (parent[i] !== i) parent[i] = parent[parent[i]!]!;
      else parent[i] = (this.#flags[i]! & IS_LINKED) === 0 ? NONE : count++;
    }
    return count;
  }

  #nameShapes(): void {
    const { chainOf, shape, size, heads, tail } = this;
    for (let i = 0; i < this.nodes; i++) {
      const chain = chainOf[i]!;
      if (chain === NONE) continue;
      size[chain]!++;
      if (this.isHead(i)) heads[chain]!++;
      if (this.isTail(i)) tail[chain] = i;
      if ((this.#flags[i]! & HAS_SEVERAL) !== 0) shape[chain] = BRANCHED;
    }
    for (let chain = 0; chain < this.count; chain++) {
      if (shape[chain] === BRANCHED) tail[chain] = NONE;
      else if (tail[chain] === NONE) shape[chain] = CYCLE;
      else shape[chain] = heads[chain] === 1 ? CHAIN : TREE;
    }
  }

  /** Runs in all chains but branched ones: from each head to the end, or to what has been walked; then around cycles that have no head. */
  #walk(): void {
    const { run, chainOf, shape } = this;
    for (let i = 0; i < this.nodes; i++) {
      if (chainOf[i] === NONE) run[i] = 1;
      else if (shape[chainOf[i]!] !== BRANCHED && this.isHead(i)) this.#walkFrom(i);
    }
    for (let i = 0; i < this.nodes; i++) if (run[i] === 0 && shape[chainOf[i]!] !== BRANCHED) this.#walkFrom(i);
  }

  #walkFrom(start: number): void {
    const { run } = this;
    const { next } = this.#links;
    let at = start;
    let steps = 0;
    for (; at !== NONE && run[at] === 0; at = next[at]!) {
      run[at] = WALKING;
      steps++;
    }
    let behind = at === NONE ? 0 : run[at]!;
    if (behind === WALKING) {
      // The way has come back to itself.
      behind = 1;
      for (let node = next[at]!; node !== at; node = next[node]!) behind++;
      run[at] = behind;
      for (let node = next[at]!; node !== at; node = next[node]!) run[node] = behind;
      steps -= behind;
    }
    for (let node = start; steps > 0; node = next[node]!) run[node] = behind + steps--;
  }

  /**
   * Runs in branched chains: depth first with a stack of its own, from each head, then from what is left. A node's run is known when all
   * that it links to is done; a link back to the way itself is passed over.
   */
  #walkBranched(): void {
    const { run, chainOf, shape } = this;
    let branched = 0;
    for (let chain = 0; chain < this.count; chain++) if (shape[chain] === BRANCHED) branched += this.size[chain]!;
    if (branched === 0) return;
    const way = new Uint32Array(branched);
    const place = new Uint32Array(branched);
    for (const wantsHead of [true, false]) {
      for (let i = 0; i < this.nodes; i++) {
        if (run[i] === 0 && shape[chainOf[i]!] === BRANCHED && (!wantsHead || this.isHead(i)))
          this.#walkDeep(i, way, place);
      }
    }
  }

  /** `way` holds the nodes of the way, `place` where the link of each stands that is to be followed next: 0 for `next`, else behind `moreTo`. */
  #walkDeep(start: number, way: Uint32Array, place: Uint32Array): void {
    const { run } = this;
    const { next, moreFrom, moreTo } = this.#links;
    const flags = this.#flags;
    let top = 0;
    way[0] = start;
    place[0] = 0;
    flags[start]! |= ON_WAY;
    while (top >= 0) {
      const node = way[top]!;
      const at = place[top]!;
      const to = at === 0 ? next[node]! : moreFrom[at - 1] === node ? moreTo[at - 1]! : NONE;
      if (to === NONE) {
        flags[node]! &= ~ON_WAY;
        run[node] = 1 + this.#longest(node, at - 1);
        top--;
        continue;
      }
      place[top] = at === 0 ? this.#firstMore(node) + 1 : at + 1;
      if (run[to] === 0 && (flags[to]! & ON_WAY) === 0) {
        way[++top] = to;
        place[top] = 0;
        flags[to]! |= ON_WAY;
      }
    }
  }

  /** The longest run that goes on from a node, whose last link stands before `end`: what is still on the way has none yet. */
  #longest(node: number, end: number): number {
    const { next, moreFrom, moreTo } = this.#links;
    let longest = next[node] === NONE ? 0 : this.run[next[node]!]!;
    for (let at = end - 1; at >= 0 && moreFrom[at] === node; at--) longest = Math.max(longest, this.run[moreTo[at]!]!);
    return longest;
  }

  /** Where the links of a node beside `next` begin. */
  #firstMore(node: number): number {
    const { moreFrom } = this.#links;
    return (this.#flags[node]! & HAS_SEVERAL) === 0 ? moreFrom.length : placeIn(moreFrom, node);
  }

  #measure(): void {
    const { chainOf, run, heads, head, length } = this;
    for (let i = 0; i < this.nodes; i++) {
      const chain = chainOf[i]!;
      if (chain === NONE || run[i]! <= length[chain]! || (heads[chain]! > 0 && !this.isHead(i))) continue;
      length[chain] = run[i]!;
      head[chain] = i;
    }
  }
}

/** The root of a node's set; on the way each node is moved up to its parent's parent, so that ways stay short. */
function root(parent: Uint32Array, node: number): number {
  let at = node;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]!]!;
    at = parent[at]!;
  }
  return at;
}
