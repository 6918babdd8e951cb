/**
 * The graph around some nodes: from where they are, level by level, to so many references away, nearest first; runs along one reference between nodes of one type
 * are walked to their end and kept as one step. Memory: the nodes of the answer, three bits a node, and types as far as they are asked for. Linear in what is walked.
 *
 * Over 300 lines, because runs are walked in the same set of met nodes, and by the same names of references, as all else.
 */

import { Bits } from '../store/bits.ts';
import type { LookUp } from '../store/lookUp.ts';
import type { NameCodes } from '../store/nameCodes.ts';
import type { Graph } from '../store/read.ts';
import type { RowCursor } from '../store/rows.ts';
import type { Neighbours } from './neighbours.ts';

export interface Around {
  /** In the order they were met, so by depth. */
  readonly shown: readonly Shown[];
  /** Nodes whose neighbours were not looked for, because there was no more room. */
  readonly unopened: number;
  /** References that lead to nodes which are not there. */
  readonly absent: number;
  /** The shown node at a position. */
  at(n: number): Shown | undefined;
  /** Whether a node is shown, or was passed in a run. */
  met(n: number): boolean;
  /** The references of a shown node to shown nodes, in their order: with the code of their name. */
  refs(n: number, take: (to: Shown, name: number) => void): void;
}

/** A node of the answer. */
export interface Shown {
  readonly n: number;
  /** References from the nearest node to begin with; a run is one. */
  readonly depth: number;
  /** The node that it was reached from. */
  readonly from: Shown | undefined;
  /** Where more than one reference lies between: what was walked over. */
  readonly run: Run | undefined;
  /** Whether its neighbours were looked for, how many there are, and how many of them found no room. */
  readonly isOpen: boolean;
  readonly neighbours: number;
  readonly left: number;
}

/** Nodes of one type, each reached from the one before by a reference of the same kind and name. */
export interface Run {
  /** References, and so nodes, from the one it was reached from to its last one, that included. */
  readonly count: number;
  /** Codes of the names that references of all its steps have, at least one, in the order of the first step. */
  readonly names: readonly number[];
  /** Other neighbours of the nodes between, by code of their type. */
  readonly others: ReadonlyMap<number, Others>;
}

/** Nodes beside a run: how often one was met from a node between, which of them first, and whether it was that one each time. */
export interface Others {
  count: number;
  readonly first: number;
  isOne: boolean;
}

export interface AroundOptions {
  /** Ascending, not more than are shown. */
  readonly starts: readonly number[];
  /** Towards those that refer to a node, or to what it refers to. */
  readonly backward: boolean;
  readonly depth: number;
  /** The most nodes that are shown. */
  readonly most: number;
  readonly collapse: boolean;
  readonly weak: boolean;
  /** Nodes that are neither shown nor passed, unless they are where it begins. */
  readonly excluded: Bits | undefined;
}

/** `type` has a code for each node; the graph has names. */
export function walkAround(
  graph: Graph,
  names: NameCodes,
  type: LookUp,
  neighbours: Neighbours,
  options: AroundOptions,
): Around {
  const walk = new Walk(graph, names, type, neighbours, options);
  for (let depth = 0; depth < options.depth && walk.isRoom; depth++) if (!walk.level(depth)) break;
  return walk;
}

/** A run while it is walked. */
interface Walking {
  readonly end: Node;
  /** Names that all its references so far have in common. */
  names: readonly number[];
  count: number;
  /** The node before its end. */
  before: number;
  readonly others: Map<number, Others>;
  /** What its end has shown: neighbours to go on to, the first of them, and all others. */
  ways: number;
  way: number;
  aside: number[];
}

type Node = { -readonly [Key in keyof Shown]: Shown[Key] } & {
  /** Neighbours of its type that were entered from it, and a second one that had no room; the last of them, and the node that its run came from. */
  alike: number;
  next: Node | undefined;
  before: number;
};

/** More names between two nodes than anybody follows. */
const MOST_NAMES = 16;

class Walk implements Around {
  readonly shown: Node[] = [];
  absent = 0;
  readonly #present: Bits | undefined;
  readonly #names: NameCodes;
  readonly #type: LookUp;
  readonly #neighbours: Neighbours;
  readonly #options: AroundOptions;
  readonly #cursor: RowCursor;
  /** Shown, or passed in a run. */
  readonly #seen: Bits;
  readonly #byNode = new Map<number, Node>();
  /** Where the level that was entered last begins in `shown`. */
  #from = 0;

  constructor(graph: Graph, names: NameCodes, type: LookUp, neighbours: Neighbours, options: AroundOptions) {
    this.#present = graph.present;
    this.#names = names;
    this.#type = type;
    this.#neighbours = neighbours;
    this.#options = options;
    this.#cursor = graph.rows.cursor();
    this.#seen = new Bits(graph.nodes);
    for (const n of options.starts) this.#enter(n, 0, undefined);
  }

  get isRoom(): boolean {
    return this.shown.length < this.#options.most;
  }

  get unopened(): number {
    return this.shown.filter(({ isOpen, depth }) => !isOpen && depth < this.#options.depth).length;
  }

  at(n: number): Shown | undefined {
    return this.#byNode.get(n);
  }

  met(n: number): boolean {
    return this.#seen.has(n);
  }

  refs(n: number, take: (to: Shown, name: number) => void): void {
    const cursor = this.#cursor;
    cursor.seek(n);
    while (cursor.next()) {
      if (cursor.isWeak && !this.#options.weak) continue;
      const to = this.#byNode.get(cursor.to);
      if (to !== undefined) take(to, cursor.name);
    }
  }

  /** Enters the nodes that are one step from those of a depth; false where there are none. */
  level(depth: number): boolean {
    const open = this.shown.slice(this.#from).sort((a, b) => a.n - b.n);
    this.#from = this.shown.length;
    let node: Node | undefined;
    this.#neighbours.each(
      Uint32Array.from(open, ({ n }) => n),
      (from, n) => {
        if (node?.n !== from) node = this.#byNode.get(from)!;
        this.#take(node, n, depth + 1);
      },
    );
    for (const one of open) one.isOpen = true;
    if (this.#options.collapse) this.#follow(open);
    return this.shown.length > this.#from;
  }

  #take(from: Node, n: number, depth: number): void {
    if (n === from.n || n === from.before) return;
    if (!this.#seen.has(n) && this.#isOutside(n)) return;
    from.neighbours++;
    if (this.#seen.has(n)) return;
    if (!this.isRoom) {
      from.left++;
      // Whether the one that was entered is the only one of its type; of all others nobody will ask.
      if (from.alike === 1 && this.#isAlike(n, from)) from.alike++;
      return;
    }
    const node = this.#enter(n, depth, from);
    if (!this.#isAlike(n, from)) return;
    from.alike++;
    from.next = node;
  }

  #isAlike(n: number, { n: from }: Node): boolean {
    return this.#type.at(n) === this.#type.at(from);
  }

  #isOutside(n: number): boolean {
    if (this.#present !== undefined && !this.#present.has(n)) {
      this.absent++;
      return true;
    }
    return this.#options.excluded?.has(n) ?? false;
  }

  #enter(n: number, depth: number, from: Node | undefined): Node {
    const node: Node = {
      n,
      depth,
      from,
      run: undefined,
      isOpen: false,
      neighbours: 0,
      left: 0,
      alike: 0,
      next: undefined,
      before: -1,
    };
    this.#seen.add(n);
    this.#byNode.set(n, node);
    this.shown.push(node);
    return node;
  }

  /** Walks on from nodes of which one neighbour alone is of their type, all runs in step, so that the answer does not depend on how neighbours are found. */
  #follow(open: readonly Node[]): void {
    let runs = open.flatMap((node) =>
      node.alike === 1 && node.next !== undefined ? [this.#begin(node, node.next)] : [],
    );
    while (runs.length > 0) {
      runs.sort((a, b) => a.end.n - b.end.n);
      let at = 0;
      this.#neighbours.each(
        Uint32Array.from(runs, ({ end }) => end.n),
        (from, n) => {
          while (runs[at]!.end.n !== from) at++;
          this.#look(runs[at]!, n);
        },
      );
      runs = runs.filter((run) => this.#step(run) || this.#finish(run));
    }
  }

  #begin(node: Node, end: Node): Walking {
    const names = this.#namesBetween(node.n, end.n);
    return { end, names, count: 1, before: node.n, others: new Map(), ways: 0, way: 0, aside: [] };
  }

  #look(run: Walking, n: number): void {
    if (n === run.end.n || n === run.before) return;
    const isSeen = this.#seen.has(n);
    if (!isSeen && this.#isOutside(n)) return;
    if (isSeen || !this.#isAlike(n, run.end)) run.aside.push(n);
    else if (run.ways++ === 0) run.way = n;
  }

  /** One node on, if there is one way alone, and by the same name. */
  #step(run: Walking): boolean {
    const { end, ways, way, aside } = run;
    run.ways = 0;
    run.aside = [];
    // Another run may have been faster.
    if (ways !== 1 || this.#seen.has(way)) return false;
    const between = this.#namesBetween(end.n, way);
    const names = run.names.filter((name) => between.some((other) => this.#names.isSame(name, other)));
    if (names.length === 0) return false;
    for (const n of aside) {
      const type = this.#type.at(n);
      const alike = run.others.get(type);
      if (alike === undefined) run.others.set(type, { count: 1, first: n, isOne: true });
      else {
        alike.count++;
        if (n !== alike.first) alike.isOne = false;
      }
    }
    run.names = names;
    run.count++;
    run.before = end.n;
    this.#seen.add(way);
    this.#byNode.delete(end.n);
    end.n = way;
    this.#byNode.set(way, end);
    return true;
  }

  /** Keeps what was walked over, if it was more than one reference. */
  #finish({ end, count, names, others, before }: Walking): false {
    if (count > 1) {
      end.run = { count, names, others };
      end.before = before;
    }
    return false;
  }

  /** Names of the references between two neighbours, in the direction of the walk. */
  #namesBetween(near: number, far: number): number[] {
    const [holder, held] = this.#options.backward ? [far, near] : [near, far];
    const cursor = this.#cursor;
    const names: number[] = [];
    cursor.seek(holder);
    while (cursor.next() && names.length < MOST_NAMES) {
      if (cursor.to !== held || (cursor.isWeak && !this.#options.weak) || names.includes(cursor.name)) continue;
      names.push(cursor.name);
    }
    return names;
  }
}
