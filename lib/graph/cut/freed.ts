/**
 * What would be freed if references were gone: what the roots reach over references that hold, and do not reach without those that are cut. One walk asks up to 32
 * such questions at once: each node has a bit for each, and is walked again only where a bit has come later than others. Linear for each question at
 * worst, and nearly one walk for all of them where most of the heap does not depend on what is cut. Memory: two columns, and one of types where targets are chosen.
 *
 * Over 300 lines, because marks of references and the walk over them are bits of the same word: whoever changes one must see the other.
 */
import { Bits } from '../store/bits.ts';
import type { Pool } from '../store/pool.ts';
import type { Graph } from '../store/read.ts';
import { CUT, EPHEMERON, FROM_TABLE, type RowCursor, SPECIAL, WEAK } from '../store/rows.ts';

/** Questions of a walk: bit 0 is what is reached with nothing cut. */
const BITS = 32;
/** With so few questions a byte a node is enough. */
const FEW = 8;
/** A level of at least one node in so many is put in order by a set instead of by sorting. */
const SPARSE = 64;

/** Which references are cut by which cuts, numbered from 0. */
export interface Cuts {
  readonly count: number;
  /** For each number that references are marked with: the cuts they belong to. At 0: those that all references belong to. */
  readonly marked: readonly (readonly number[])[];
  /** By code of type: the cuts that references to such a node belong to, of those they are marked with; undefined where targets do not matter. */
  readonly targets: readonly (readonly number[])[] | undefined;
}

/** References that hold and are cut, and the nodes that are freed by it. */
export interface CutSum {
  refs: number;
  count: number;
  bytes: number;
}

export interface Freed {
  /** What the roots reach with nothing cut. */
  readonly reachable: { readonly count: number; readonly bytes: number };
  /** Each cut judged as if it were the only one. */
  readonly alone: readonly Readonly<CutSum>[];
  /** All of them at once, and the nodes that are freed then. */
  readonly together: Readonly<CutSum>;
  readonly nodes: Bits;
  /** What the roots do not reach with nothing cut. */
  readonly unreached: Bits;
}

/** `doubt`: where it is known who may be lost, and who refers to these. Everybody else is reached whatever is cut. */
export function freedBy(graph: Graph, pool: Pool, cuts: Cuts, doubt?: Doubt): Freed {
  const marks = new Marks(graph, pool, cuts);
  const sum = (refs: number): CutSum => ({ refs, count: 0, bytes: 0 });
  const hits = marks.count();
  const together = sum(hits.reduce((all, refs, place) => all + (marks.cutsAt(place).length > 0 ? refs : 0), 0));
  const alone = Array.from({ length: cuts.count }, () => sum(0));
  for (const [place, refs] of hits.entries()) for (const cut of marks.cutsAt(place)) alone[cut]!.refs += refs;
  // One cut is all of them; one that cuts nothing frees nothing.
  const asked: Question[] = [{ cut: undefined, sum: together }];
  if (cuts.count > 1) asked.push(...alone.map((sum, cut) => ({ cut, sum })).filter(({ sum: { refs } }) => refs > 0));
  const reachable = { count: 0, bytes: 0 };
  const nodes = new Bits(graph.nodes);
  const unreached = new Bits(graph.nodes);
  const queue = pool.take();
  const column = pool.take();
  for (let first = 0; first < asked.length; first += BITS - 1) {
    const questions = asked.slice(first, first + BITS - 1);
    const isFew = questions.length < FEW;
    const reached = isFew ? new Uint8Array(column.buffer, column.byteOffset, graph.nodes) : column;
    const walk = new Walk(graph, marks, questions, reached, queue);
    if (doubt === undefined) walk.start();
    else walk.resume(doubt);
    walk.run();
    addUp(graph, reached, questions, doubt?.doubtful, first === 0 ? { reachable, nodes, unreached } : undefined);
  }
  pool.give(queue, column);
  marks.close();
  const only = cuts.count === 1 ? [together] : alone;
  return { reachable, alone: only, together, nodes, unreached };
}

/** Nodes that may be lost, all that nothing reached among them; and those beside them who refer to one of them. */
export interface Doubt {
  readonly doubtful: Bits;
  readonly retainers: Bits;
}

/** What one bit says: what is still reached without the references of a cut, or of all where none is named. */
interface Question {
  readonly cut: number | undefined;
  readonly sum: CutSum;
}

/** Says of a reference which cuts it belongs to: a place for each mark together with each kind of target. */
export class Marks {
  /** Of unmarked references too. */
  readonly meetsAll: boolean;
  readonly #graph: Graph;
  readonly #pool: Pool;
  readonly #places: (readonly number[])[] = [];
  readonly #kinds: number;
  /** For each node its type; for each type what kind of target it is. */
  readonly #type: Uint32Array<ArrayBuffer> | undefined;
  readonly #kindOf: Uint32Array;

  constructor(graph: Graph, pool: Pool, { marked, targets }: Cuts) {
    this.#graph = graph;
    this.#pool = pool;
    this.meetsAll = marked[0]!.length > 0;
    const kinds = new Map<string, { readonly code: number; readonly cuts: ReadonlySet<number> }>();
    this.#kindOf = Uint32Array.from(targets ?? [], (cuts) => {
      const key = cuts.join();
      const known = kinds.get(key) ?? { code: kinds.size, cuts: new Set(cuts) };
      kinds.set(key, known);
      return known.code;
    });
    this.#kinds = Math.max(1, kinds.size);
    for (const cuts of marked) {
      if (targets === undefined) this.#places.push(cuts);
      else for (const kind of kinds.values()) this.#places.push(cuts.filter((cut) => kind.cuts.has(cut)));
    }
    if (targets === undefined) return;
    this.#type = pool.take();
    graph.type.load(this.#type);
  }

  /** The cuts of all references at a place. */
  cutsAt(place: number): readonly number[] {
    return this.#places[place]!;
  }

  /** The place of the reference at the cursor. */
  place({ kind, flags, cut, to }: RowCursor): number {
    const mark = kind === SPECIAL && (flags & CUT) !== 0 ? cut : 0;
    return this.#type === undefined ? mark : mark * this.#kinds + this.#kindOf[this.#type[to]!]!;
  }

  /** For each place the questions for which its references are still there: bit 1 is the first one's. */
  left(questions: readonly Pick<Question, 'cut'>[]): Uint32Array {
    return Uint32Array.from(this.#places, (cuts) =>
      questions.reduce(
        (left, { cut }, i) => ((cut === undefined ? cuts.length > 0 : cuts.includes(cut)) ? left & ~(2 << i) : left),
        -1,
      ),
    );
  }

  /** How many references that hold each place has: one reading of all rows. */
  count(): Float64Array {
    const { rows } = this.#graph;
    const hits = new Float64Array(this.#places.length);
    // Where it is known who has references that are marked, others need not be read.
    rows.eachOf(this.meetsAll ? undefined : rows.marking, (_, cursor) => {
      if (cursor.kind !== SPECIAL && !this.meetsAll) return;
      if (!cursor.isWeak) hits[this.place(cursor)]!++;
    });
    return hits;
  }

  close(): void {
    if (this.#type !== undefined) this.#pool.give(this.#type);
  }
}

/** A bit a question in `reached`, set where the node is reached. `queue` is a ring of nodes with bits that their targets may not have yet. */
class Walk {
  readonly #graph: Graph;
  readonly #marks: Marks;
  readonly #all: number;
  readonly #left: Uint32Array;
  readonly #reached: Uint8Array | Uint32Array;
  readonly #queue: Uint32Array<ArrayBuffer>;
  readonly #queued: Bits;
  readonly #cursor: RowCursor;
  /** Of each WeakMap's pair the questions for which the map holds, and those for which the key does. */
  readonly #met: Uint32Array;
  #head = 0;
  #tail = 0;
  #waiting = 0;

  constructor(
    graph: Graph,
    marks: Marks,
    questions: readonly Question[],
    reached: Uint8Array | Uint32Array,
    queue: Uint32Array<ArrayBuffer>,
  ) {
    this.#graph = graph;
    this.#marks = marks;
    this.#all = -1 >>> (BITS - 1 - questions.length);
    this.#left = marks.left(questions);
    this.#reached = reached;
    this.#queue = queue;
    this.#queued = new Bits(graph.nodes);
    this.#cursor = graph.rows.cursor();
    this.#met = new Uint32Array(2 * graph.pairs);
  }

  /** From the root. */
  start(): void {
    this.#reached.fill(0);
    if (this.#graph.nodes > 0) this.#gain(0, this.#all);
  }

  /** From where all are reached that are not in doubt. */
  resume({ doubtful, retainers }: Doubt): void {
    const { nodes } = this.#graph;
    this.#reached.fill(this.#all);
    for (let n = doubtful.next(0); n < nodes; n = doubtful.next(n + 1)) this.#reached[n] = 0;
    for (let n = retainers.next(0); n < nodes; n = retainers.next(n + 1)) this.#enqueue(n);
    // The root is reached by itself, whoever refers to it.
    if (doubtful.has(0)) this.#gain(0, this.#all);
  }

  run(): void {
    const reached = this.#reached;
    const queue = this.#queue;
    const queued = this.#queued;
    const cursor = this.#cursor;
    const { meetsAll } = this.#marks;
    const { nodes } = this.#graph;
    while (this.#waiting > 0) {
      this.#order();
      for (let level = this.#waiting; level > 0; level--) {
        const n = queue[this.#head]!;
        this.#head = this.#head + 1 === nodes ? 0 : this.#head + 1;
        this.#waiting--;
        queued.delete(n);
        const own = reached[n]!;
        cursor.seek(n);
        while (cursor.next()) {
          const { to } = cursor;
          const gained = own & ~reached[to]!;
          if (gained === 0) continue;
          if (cursor.kind !== SPECIAL && !meetsAll) this.#gain(to, gained);
          else this.#gain(to, gained & this.#holds(own));
        }
      }
    }
  }

  #gain(n: number, bits: number): void {
    if (bits === 0) return;
    this.#reached[n]! |= bits;
    this.#enqueue(n);
  }

  #enqueue(n: number): void {
    if (this.#queued.has(n)) return;
    this.#queued.add(n);
    this.#queue[this.#tail] = n;
    this.#tail = this.#tail + 1 === this.#graph.nodes ? 0 : this.#tail + 1;
    this.#waiting++;
  }

  /** The questions for which the reference at the cursor holds, if its source is reached for those in `own`. */
  #holds(own: number): number {
    const cursor = this.#cursor;
    const left = own & this.#left[this.#marks.place(cursor)]!;
    if (cursor.kind !== SPECIAL) return left;
    const { flags, value } = cursor;
    if ((flags & WEAK) !== 0) return 0;
    if ((flags & EPHEMERON) === 0) return left;
    const side = (flags & FROM_TABLE) === 0 ? 1 : 0;
    this.#met[2 * value + side]! |= left;
    return left & this.#met[2 * value + 1 - side]!;
  }

  /** Puts the level that waits in order of nodes, so that rows are read in order. */
  #order(): void {
    const queue = this.#queue;
    if (this.#waiting * SPARSE >= this.#graph.nodes) {
      this.#tail = this.#queued.list(queue);
      if (this.#tail === this.#graph.nodes) this.#tail = 0;
      this.#head = 0;
    } else if (this.#waiting > 1) {
      if (this.#head < this.#tail) queue.subarray(this.#head, this.#tail).sort();
      else {
        queue.subarray(this.#head, this.#graph.nodes).sort();
        queue.subarray(0, this.#tail).sort();
      }
    }
  }
}

/**
 * Adds to each question what is reached with nothing cut and not reached for it; `first` gets the sums of all, what is not reached, and what the first question frees. Of the nodes beside
 * `doubtful` it is known that all questions reach them.
 */
function addUp(
  { nodes, sizes }: Graph,
  reached: Uint8Array | Uint32Array,
  questions: readonly Question[],
  doubtful: Bits | undefined,
  first: (Pick<Freed, 'nodes' | 'unreached'> & { readonly reachable: { count: number; bytes: number } }) | undefined,
): void {
  const all = -1 >>> (BITS - 1 - questions.length);
  let unreached = 0;
  let unreachedBytes = 0;
  const add = (n: number, size: number): void => {
    const own = reached[n]!;
    if ((own & 1) === 0) {
      unreached++;
      unreachedBytes += size;
      first?.unreached.add(n);
      return;
    }
    for (let lost = all & ~own; lost !== 0; lost &= lost - 1) {
      const { sum } = questions[30 - Math.clz32(lost & -lost)]!;
      sum.count++;
      sum.bytes += size;
    }
    if ((own & 2) === 0) first?.nodes.add(n);
  };
  if (doubtful === undefined) sizes.forEach(add);
  else sizes.forSet(doubtful, add);
  if (first === undefined) return;
  first.reachable.count = nodes - unreached;
  first.reachable.bytes = sizes.total - unreachedBytes;
}
