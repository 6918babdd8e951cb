/**
 * The few points of the dominator tree where most of a heap accumulates. Retained sizes and a class for each node come in; objects that hold much go out, and classes of
 * which many small objects hold much together. Three passes in the order of the tree, nothing recursive; memory: a column.
 *
 * The model is Eclipse MAT's "leak suspects": its suspects are large nodes below the root, followed down while one child has most of it, and classes of many
 * small ones. To follow down does not do for lists (it ends near their end), so here it is the other way round: what is large passes up what it holds to whom it
 * belongs, and what is left where nobody takes it is a suspect.
 */
import { type StoredColumn, together } from '../store/columns.ts';
import type { Pool } from '../store/pool.ts';
import { type Graph, OBJECT, OWNERLESS, SYNTHETIC } from '../store/read.ts';
import type { DominatorTree } from './dominators.ts';
import type { Retained } from './retained.ts';

export interface Suspect {
  readonly n: number;
  readonly place: number;
  /** What accumulates here: all that it retains but for what suspects below it retain. Those of all suspects are disjoint. */
  readonly bytes: number;
  readonly retained: number;
  /** What it accumulates, largest first; sizes are shallow. */
  readonly classes: readonly ClassSum[];
}

export interface ClassSum {
  readonly class: string;
  readonly count: number;
  readonly bytes: number;
}

export interface Suspects {
  /** Largest first. */
  readonly objects: readonly Suspect[];
  /** Objects of one class that nobody holds together, and that are in no suspect: so many, and what they retain. Largest first. */
  readonly classes: readonly ClassSum[];
}

/** A chain is told by the classes of large nodes, each the dominator of the next: a period of at most so many classes, so many times over. */
const LONGEST_PERIOD = 4;
const TIMES = 3;
/** DevTools' distance of user roots: up to Node 24 the root refers to globals. */
const ROOT_DISTANCE = 1;
/** What V8 calls a global object from Node 26 on, where native contexts hold them: `global (global*)`, `Window (global*) / https://...`. The one without a star is its proxy. */
const GLOBAL = / \(global\*\)(?: \/ |$)/;
/** In a node's code: what is never a suspect (the runtime's inventions, and globals: all that a program has is theirs), the former, and what passes up all that it holds. */
const NEVER = 0x80000000;
const INVENTED = 0x40000000;
const PASSES = 0x20000000;
/** Also in it: it is an array of the runtime, the storage of a Map or of an object. */
const STORAGE = 0x10000000;
const CODE = 0x0fffffff;
/** So many suspects of one class in one collection are no suspects of their own: what holds them is. */
const ALIKE = 3;
/** What is much: one part in so many of all bytes. */
const PART = 20;
/** So many objects of one class are many. */
const MANY = 100;
/** Classes of what code is made of. Every program has many of these; they tell nothing. */
const OF_CODE = /^(Function$|system \/ |\((?!string\)|concatenated|sliced))/;

/** `codes` are classes of nodes in order; `names` are known when they have been walked. */
export function findSuspects(
  codes: Iterable<{ readonly first: number; readonly codes: Uint32Array }>,
  names: readonly string[],
  graph: Graph,
  tree: DominatorTree,
  distance: StoredColumn,
  retained: Retained,
  totalBytes: number,
  pool: Pool,
): Suspects {
  const least = totalBytes / PART;
  const code = pool.take();
  const globals = globalTypes(graph);
  const columns = together([tree.place, distance, graph.type]);
  for (const { first, codes: chunk } of codes) {
    const [places, distances, types] = columns.next().value!.chunks as [Uint32Array, Uint32Array, Uint32Array];
    for (let i = 0; i < chunk.length; i++) {
      const flags = graph.flags[first + i]!;
      let own = chunk[i]!;
      if ((flags & SYNTHETIC) !== 0) own |= NEVER | INVENTED;
      else if (graph.isV8 && distances[i] === ROOT_DISTANCE) own |= NEVER;
      else if ((flags & OBJECT) !== 0 && globals[types[i]!] === 1) own |= NEVER;
      else if ((flags & OWNERLESS) !== 0) own |= graph.isV8 ? PASSES | STORAGE : STORAGE;
      code[places[i]!] = own;
    }
  }
  code[0]! |= NEVER | INVENTED;
  passUp(code, tree, retained, least);
  const told = accumulated(code, (own) => (own & STORAGE) !== 0 || names[own & CODE] === 'Array', retained, least);
  const rest = holdings(code, told, retained, least);
  pool.give(code);
  const nodes = nodesAt(
    told.map(({ place }) => place),
    tree,
  );
  return {
    objects: told
      .map(({ place, bytes, holds }) => ({
        n: nodes.get(place)!,
        place,
        bytes,
        retained: retained.at(place),
        classes: holds.sums(names),
      }))
      .sort((a, b) => b.bytes - a.bytes || a.n - b.n),
    classes: rest
      .sums(names)
      .filter(({ class: name, count, bytes }) => bytes >= least && count >= MANY && !OF_CODE.test(name)),
  };
}

/** 1 for the types of V8's global objects. */
const globalTypes = ({ isV8, types }: Graph): Uint8Array =>
  Uint8Array.from({ length: types.size }, (_, code) => (isV8 && GLOBAL.test(types.text(code)) ? 1 : 0));

interface Told {
  readonly place: number;
  readonly bytes: number;
  /** Those directly in it: the first place stands last. */
  readonly inner: readonly Told[];
  readonly holds: Tally;
  isPlaced: boolean;
}

/**
 * Says of large nodes which ones are no suspects themselves: storage that belongs to an object (a Map's table); a node of its dominator's class, and chains of several
 * classes that come again and again (closure, context, closure, context): one suspect, their head. Of the way above a node only the last few are known.
 */
function passUp(code: Uint32Array, { parent }: DominatorTree, retained: Retained, least: number): void {
  const path: number[] = [];
  for (const { first, values } of parent.chunks()) {
    for (let i = first === 0 ? 1 : 0; i < values.length; i++) {
      const place = first + i;
      if (retained.at(place) < least) continue;
      const above = values[i]!;
      while (path.length > 0 && path[path.length - 1] !== above) path.pop();
      if (path.length === 0) path.push(above);
      path.push(place);
      if (path.length > LONGEST_PERIOD * TIMES) path.shift();
      const up = code[above]!;
      // Storage of nobody is as good as an object; that of a global is the global.
      if ((up & INVENTED) !== 0) code[place]! &= ~PASSES;
      else if ((up & NEVER) !== 0) code[place]! |= (code[place]! & PASSES) !== 0 ? NEVER : 0;
      else if ((up & CODE) === (code[place]! & CODE)) code[place]! |= PASSES;
      for (let period = 2; period <= LONGEST_PERIOD; period++)
        if (isRepeated(code, path, period))
          for (let back = 1; back < period * TIMES; back++) code[path[path.length - back]!]! |= PASSES;
    }
  }
}

function isRepeated(code: Uint32Array, path: readonly number[], period: number): boolean {
  const { length } = path;
  if (length < period * TIMES) return false;
  for (let back = 1; back <= period * (TIMES - 1); back++)
    if (((code[path[length - back]!]! ^ code[path[length - back - period]!]!) & CODE) !== 0) return false;
  return true;
}

/** The suspects in order of places. From the last place to the first, so that a node comes after all that it dominates, and its dominator is the next large one around it. */
function accumulated(
  code: Uint32Array,
  isCollection: (own: number) => boolean,
  retained: Retained,
  least: number,
): readonly Told[] {
  /** Those that are in no other one so far: the first place stands last. They are few, for each has much of its own. */
  let outer: Told[] = [];
  for (let place = code.length - 1; place > 0; place--) {
    const all = retained.at(place);
    if (all < least) continue;
    const own = code[place]!;
    const end = retained.endOf(place);
    let from = outer.length;
    let isAbove = false;
    for (; from > 0 && outer[from - 1]!.place < end; from--) isAbove ||= !outer[from - 1]!.isPlaced;
    if (isAbove) {
      const inner = outer.slice(from);
      const left = (own & NEVER) === 0 && isCollection(own) ? withoutAlike(inner, code) : inner;
      for (const told of left) told.isPlaced = true;
      outer = [...outer.slice(0, from), ...left];
    }
    if ((own & (NEVER | PASSES)) !== 0) continue;
    let bytes = all;
    for (let i = from; i < outer.length; i++) bytes -= retained.at(outer[i]!.place);
    if (bytes >= least) outer.push({ place, bytes, inner: outer.splice(from), holds: new Tally(), isPlaced: false });
  }
  return inOrder(outer);
}

/** Takes out those of which several of one class came from the same collection; what is in them stays. */
function withoutAlike(told: readonly Told[], code: Uint32Array): readonly Told[] {
  const classOf = ({ place }: Told): number => code[place]! & CODE;
  const isOneOfMany = (one: Told): boolean =>
    !one.isPlaced && told.filter((other) => !other.isPlaced && classOf(other) === classOf(one)).length >= ALIKE;
  return told.flatMap((one) => (isOneOfMany(one) ? one.inner : [one]));
}

/** Those within others too. One is in another at most as deep as there are parts of a heap that are large. */
const inOrder = (told: readonly Told[]): Told[] => [...told].reverse().flatMap((one) => [one, ...inOrder(one.inner)]);

/** Adds up by class what each suspect holds, and the small ones that are in none and below nothing else that is small: these are given back. */
function holdings(code: Uint32Array, told: readonly Told[], retained: Retained, least: number): Tally {
  const rest = new Tally();
  const open: Told[] = [];
  let next = 0;
  let end = 0;
  let holds: Tally | undefined;
  for (let place = 0; place < code.length; place++) {
    while (holds !== undefined && place >= end) {
      open.pop();
      const outer = open[open.length - 1];
      holds = outer?.holds;
      if (outer !== undefined) end = retained.endOf(outer.place);
    }
    if (told[next]?.place === place) {
      open.push(told[next]!);
      holds = told[next++]!.holds;
      end = retained.endOf(place);
    }
    if (holds !== undefined) holds.add(code[place]! & CODE, retained.shallowAt(place));
    else {
      const bytes = retained.at(place);
      if (bytes >= least) continue;
      if ((code[place]! & INVENTED) === 0) rest.add(code[place]! & CODE, bytes);
      place = retained.endOf(place) - 1;
    }
  }
  return rest;
}

/** Which nodes stand at some places. */
function nodesAt(places: readonly number[], { place }: DominatorTree): ReadonlyMap<number, number> {
  const wanted = new Set(places);
  const found = new Map<number, number>();
  for (const { first, values } of place.chunks())
    for (let i = 0; i < values.length; i++) if (wanted.has(values[i]!)) found.set(values[i]!, first + i);
  return found;
}

/** Counts and bytes by class; nodes without bytes count for nothing, as in DevTools' Summary. */
class Tally {
  readonly #rows: { count: number; bytes: number }[] = [];

  add(code: number, bytes: number): void {
    if (bytes === 0) return;
    this.#rows[code] ??= { count: 0, bytes: 0 };
    const row = this.#rows[code]!;
    row.count++;
    row.bytes += bytes;
  }

  /** Codes that share a name together, largest first. */
  sums(names: readonly string[]): readonly ClassSum[] {
    const byName = new Map<string, { count: number; bytes: number }>();
    this.#rows.forEach(({ count, bytes }, code) => {
      const sum = byName.get(names[code]!);
      if (sum === undefined) byName.set(names[code]!, { count, bytes });
      else {
        sum.count += count;
        sum.bytes += bytes;
      }
    });
    return [...byName]
      .map(([name, { count, bytes }]) => ({ class: name, count, bytes }))
      .sort((a, b) => b.bytes - a.bytes || b.count - a.count || (a.class < b.class ? -1 : 1));
  }
}
