/**
 * Classes of paths to rows, most nodes first: count, bytes, least length, steps, a fingerprint, and where all nodes of a step have one name, one of them. Where not all nodes of
 * a class are called the same, it is found for each row below it by itself: the nodes of such rows are dealt out on disk, and walked up from as far as those classes are. Memory:
 * some 60 bytes a class.
 *
 * Over 300 lines, because sums, ranks, fingerprints and names are of the same classes, and each of them is short.
 */
import { createHash } from 'node:crypto';
import type { Scratch } from '../../disk/scratch.ts';
import { Bits } from '../store/bits.ts';
import { ByTarget } from '../store/byTarget.ts';
import { Stack } from '../store/stack.ts';
import type { CommonNames } from './commonNames.ts';
import { NONE, type Paths } from './paths.ts';

/** Of a longer path this many first and as many last steps are told. */
export const END_STEPS = 50;

/** A reference, and the type that it leads to. */
export interface Step {
  readonly ref: string;
  readonly via: string;
  readonly type: string;
}

/** In place of a node: all are called as their type. */
export const AS_TYPE = NONE - 1;

export interface RowStep {
  /** See `PathRows.step`. */
  readonly code: number;
  /** One of its nodes, where all have the same name, or AS_TYPE. */
  readonly node: number | undefined;
}

export interface PathRow {
  readonly count: number;
  readonly bytes: number;
  readonly length: number;
  readonly steps: readonly RowStep[];
  /** How many steps are left out behind the first END_STEPS. */
  readonly more: number;
  readonly fingerprint: string;
  /** The nearest node, of several the first. */
  readonly example: { readonly n: number; readonly type: string };
  /** The code of the example's type, which all nodes of a row share. */
  readonly type: number;
}

export interface PathTotals {
  readonly rows: number;
  readonly count: number;
  readonly bytes: number;
}

export class PathRows {
  readonly totals: PathTotals;
  readonly #paths: Paths;
  readonly #refNames: CommonNames;
  readonly #scratch: Scratch;
  readonly #depth: Uint32Array;
  /** The class of its first END_STEPS steps. */
  readonly #beginning: Uint32Array;
  readonly #hashes: readonly [Uint32Array, Uint32Array];
  readonly #count: Uint32Array;
  readonly #bytes: Float64Array;
  readonly #length: Uint32Array;
  readonly #example: Uint32Array;
  /** Classes that have nodes, in order of rows. */
  readonly #order: readonly number[];
  readonly #names: StepNames;
  /** One of the nodes of each class, chosen or only passed, if all of them have one name, or AS_TYPE; else NONE. */
  readonly #agreed: Uint32Array;
  /** The first level at which they have not, 0 where there is none. */
  readonly #openFrom: Uint32Array;

  /** After `classify`. */
  constructor(paths: Paths, refNames: CommonNames, scratch: Scratch) {
    const { classes } = paths;
    const { size } = classes;
    this.#paths = paths;
    this.#refNames = refNames;
    this.#scratch = scratch;
    this.#depth = new Uint32Array(size);
    this.#beginning = new Uint32Array(size);
    for (let code = 1; code < size; code++) {
      this.#depth[code] = this.#depth[classes.first(code)]! + 1;
      this.#beginning[code] = this.#depth[code]! <= END_STEPS ? code : this.#beginning[classes.first(code)]!;
    }
    this.#hashes = this.#fingerprints();
    this.#count = new Uint32Array(size);
    this.#bytes = new Float64Array(size);
    this.#length = new Uint32Array(size).fill(NONE);
    this.#example = new Uint32Array(size);
    this.#addUp();
    this.#order = this.#ranked();
    this.#names = new StepNames(paths);
    this.#agreed = agreedInClasses(paths);
    this.#openFrom = new Uint32Array(size);
    for (let code = 1; code < size; code++)
      this.#openFrom[code] =
        this.#openFrom[classes.first(code)]! || (this.#agreed[code] === NONE ? this.#depth[code]! : 0);
    let [count, bytes] = [0, 0];
    for (const code of this.#order) {
      count += this.#count[code]!;
      bytes += this.#bytes[code]!;
    }
    this.totals = { rows: this.#order.length, count, bytes };
  }

  /** The first rows, one after the other. */
  each(top: number, take: (row: PathRow) => void): void {
    const { chosen, classOf, graph } = this.#paths;
    const shown = Math.min(top, this.#order.length);
    if (shown === 0) return;
    // Of rows whose nodes must be looked at: their rank.
    const rank = new Uint32Array(this.#depth.length).fill(NONE);
    for (let row = 0; row < shown; row++) if (this.#openFrom[this.#order[row]!]! > 0) rank[this.#order[row]!] = row;
    const byRow = new ByTarget(shown, this.#scratch);
    for (let n = chosen.next(0); n < graph.nodes; n = chosen.next(n + 1)) {
      const row = rank[classOf[n]!]!;
      if (row !== NONE) byRow.add(row, n);
    }
    let done = 0;
    const giveUntil = (end: number): void => {
      for (; done < end; done++) {
        const code = this.#order[done]!;
        take(this.#row(code, this.#count[code]!, this.#bytes[code]!, this.#length[code]!, this.#example[code]!));
      }
    };
    let open = NONE;
    byRow.give('up', (row, nodes, from, to) => {
      if (row !== open) {
        if (open !== NONE) giveUntil(open + 1);
        giveUntil(row);
        open = row;
        this.#begin(this.#order[row]!);
      }
      for (let i = from; i < to; i++) this.#names.add(nodes[i]!);
    });
    giveUntil(shown);
  }

  /** A row for each node, in their order. */
  eachNode(top: number, take: (row: PathRow) => void): void {
    const { chosen, classOf, graph, lengths } = this.#paths;
    const length = lengths.values();
    let left = top;
    graph.sizes.forSet(chosen, (n, bytes) => {
      if (left <= 0) return;
      left--;
      const code = classOf[n]!;
      this.#begin(code);
      this.#names.add(n);
      take(this.#row(code, 1, bytes, length.next().value!, n));
    });
  }

  /** What a step's code stands for. */
  step(code: number): Step {
    const { steps, graph } = this.#paths;
    const { ref, via } = this.#refNames.name(steps.first(code));
    return { ref, via, type: graph.types.text(steps.second(code)) };
  }

  /** The nodes that rows are told by, as far as that is known before nodes are looked at: examples, and one of each class whose nodes have one name that is not their type's. */
  told(): Bits {
    const { nodes } = this.#paths.graph;
    const told = new Bits(nodes);
    for (const code of this.#order) {
      told.add(this.#example[code]!);
      const node = this.#agreed[code]!;
      if (node < AS_TYPE) told.add(node);
    }
    return told;
  }

  typeName(code: number): string {
    return this.#paths.graph.types.text(code);
  }

  /** Adds up the nodes of each class. */
  #addUp(): void {
    const { chosen, classOf, graph, lengths } = this.#paths;
    let n = -1;
    for (const { values } of lengths.chunks()) {
      for (const length of values) {
        n = chosen.next(n + 1);
        const code = classOf[n]!;
        if (length >= this.#length[code]!) continue;
        this.#length[code] = length;
        this.#example[code] = n;
      }
    }
    graph.sizes.forSet(chosen, (node, bytes) => {
      this.#count[classOf[node]!]!++;
      this.#bytes[classOf[node]!]! += bytes;
    });
  }

  #ranked(): readonly number[] {
    const count = this.#count;
    const bytes = this.#bytes;
    const [high, low] = this.#hashes;
    const order: number[] = [];
    for (let code = 0; code < count.length; code++) if (count[code]! > 0) order.push(code);
    return order.sort(
      (a, b) => count[b]! - count[a]! || bytes[b]! - bytes[a]! || high[a]! - high[b]! || low[a]! - low[b]! || a - b,
    );
  }

  /** Of the steps alone, so that they are the same in every snapshot: each step's SHA-256, mixed into that of the steps before. */
  #fingerprints(): readonly [Uint32Array, Uint32Array] {
    const { steps, classes } = this.#paths;
    const ofSteps = new Uint32Array(2 * steps.size);
    for (let step = 0; step < steps.size; step++) {
      const { ref, via, type } = this.step(step);
      const digest = createHash('sha256')
        .update(JSON.stringify([ref, via, type]))
        .digest();
      ofSteps[2 * step] = digest.readUInt32BE(0);
      ofSteps[2 * step + 1] = digest.readUInt32BE(4);
    }
    const high = new Uint32Array(classes.size);
    const low = new Uint32Array(classes.size);
    for (let code = 1; code < classes.size; code++) {
      const before = classes.first(code);
      const step = classes.second(code);
      let a = Math.imul(high[before]! ^ ofSteps[2 * step]!, 0x85ebca6b);
      let b = Math.imul(low[before]! ^ ofSteps[2 * step + 1]!, 0xc2b2ae35);
      a ^= a >>> 15;
      b ^= b >>> 13;
      a = (a + b) | 0;
      b = ((b << 11) | (b >>> 21)) ^ Math.imul(a, 0x9e3779b1);
      high[code] = a ^ (a >>> 16);
      low[code] = b ^ (b >>> 15);
    }
    return [high, low];
  }

  #begin(code: number): void {
    const depth = this.#depth[code]!;
    const open = this.#openFrom[code]!;
    const agreed = open === 0 ? depth : open - 1;
    this.#names.begin(depth, Math.max(agreed, depth <= 2 * END_STEPS ? 0 : depth - END_STEPS), this.#depth);
  }

  #row(code: number, count: number, bytes: number, length: number, example: number): PathRow {
    const { classes, graph } = this.#paths;
    const depth = this.#depth[code]!;
    const more = Math.max(0, depth - 2 * END_STEPS);
    const steps = new Array<RowStep>(depth - more);
    let place = steps.length;
    let at = code;
    for (let level = depth; level > 0; level--) {
      if (more > 0 && level === depth - END_STEPS) {
        at = this.#beginning[code]!;
        level = END_STEPS;
      }
      // Of the beginning of a long path nothing else is known: to walk up to it from each row would be quadratic.
      const agreed = this.#agreed[at]!;
      const isKnown = agreed !== NONE || (more > 0 && level <= END_STEPS);
      const node = isKnown ? agreed : this.#names.at(level);
      steps[--place] = { code: classes.second(at), node: node === NONE ? undefined : node };
      at = classes.first(at);
    }
    const type = depth === 0 ? rootType(this.#paths) : this.#paths.steps.second(classes.second(code));
    const hex = this.#hashes.map((hash) => hash[code]!.toString(16).padStart(8, '0')).join('');
    const leaf = { n: example, type: graph.types.text(type) };
    return { count, bytes, length, steps, more, fingerprint: hex, example: leaf, type };
  }
}

const rootType = ({ graph }: Paths): number => graph.type.at(0);

function agreedInClasses({ classes, classOf, marked, names, differs, graph }: Paths): Uint32Array {
  const agreed = new Uint32Array(classes.size).fill(NONE);
  const isOver = new Bits(classes.size);
  for (let n = marked.next(0); n < graph.nodes; n = marked.next(n + 1)) {
    const code = classOf[n]!;
    if (isOver.has(code)) continue;
    const other = agreed[code]!;
    if (differs.has(n) || (other !== NONE && names[other] !== names[n])) {
      agreed[code] = NONE;
      isOver.add(code);
    } else if (other === NONE) agreed[code] = n;
  }
  for (let code = 0; code < agreed.length; code++) if (names[agreed[code]!] === 0) agreed[code] = AS_TYPE;
  return agreed;
}

/** Whether the nodes at each step of one row have one name: nodes come, and those above them are walked through once. */
class StepNames {
  readonly #paths: Paths;
  readonly #seen: Bits;
  readonly #trail = new Stack();
  /** By level above `least`: a node, NONE before the first one. */
  readonly #nodes = new Uint32Array(2 * END_STEPS + 1);
  readonly #isOver = new Uint8Array(2 * END_STEPS + 1);
  #least = 0;
  #depth: Uint32Array = new Uint32Array(0);

  constructor(paths: Paths) {
    this.#paths = paths;
    this.#seen = new Bits(paths.graph.nodes);
  }

  /** A row of `depth` steps, of which those up to `least` are not asked for. */
  begin(depth: number, least: number, depths: Uint32Array): void {
    while (this.#trail.length > 0) this.#seen.delete(this.#trail.pop());
    this.#least = least;
    this.#depth = depths;
    this.#nodes.fill(NONE, 0, depth - least + 1);
    this.#isOver.fill(0, 0, depth - least + 1);
  }

  add(n: number): void {
    const { above, classOf, differs, names } = this.#paths;
    for (let at = n; !this.#seen.has(at); at = above[at]!) {
      const depth = this.#depth[classOf[at]!]!;
      if (depth <= this.#least) return;
      this.#seen.add(at);
      this.#trail.push(at);
      const level = depth - this.#least;
      const other = this.#nodes[level]!;
      if (differs.has(at) || (other !== NONE && names[other] !== names[at])) this.#isOver[level] = 1;
      this.#nodes[level] = at;
    }
  }

  /** One of the nodes, AS_TYPE or NONE. */
  at(depth: number): number {
    const level = depth - this.#least;
    const node = this.#isOver[level] === 1 ? NONE : this.#nodes[level]!;
    return this.#paths.names[node] === 0 ? AS_TYPE : node;
  }
}
