/** Which references belong to which cuts, told from an index: codes of holders' types and of names instead of texts. Memory: a column of types, and a number for each name. */

import { Bits } from '../../../graph/store/bits.ts';
import type { Pool } from '../../../graph/store/pool.ts';
import type { Mark } from '../../../graph/store/rows.ts';
import type { Via } from '../../../graph/store/via.ts';
import type { Index } from '../../../index/opened.ts';
import { parseVia } from '../choosing/via.ts';
import type { Cut } from './cuts.ts';
import type { TypeNames } from './typeNames.ts';

/** A set of cuts is a number of so many bits. */
const MOST_CUTS = 30;

export interface IndexedMarks {
  readonly mark: Mark;
  /** For each number that references are marked with the cuts they belong to. */
  readonly marked: readonly (readonly number[])[];
  /** Those who may have references that are marked; undefined where it may be anybody. */
  readonly among: Bits | undefined;
}

/** Undefined where there are too many cuts, or where an id or a type is not there: then the snapshot is read, and says so. */
export function cutMarks(cuts: readonly Cut[], index: Index, types: TypeNames, pool: Pool): IndexedMarks | undefined {
  if (cuts.length > MOST_CUTS) return undefined;
  const patterns = cuts.flatMap(({ type, to }) => [type ?? [], to ?? []].flat());
  if (!patterns.every((pattern) => types.names.some(types.test(pattern)))) return undefined;
  const nodes = cuts.map(({ id }) => (id === undefined ? undefined : index.find(id)));
  if (cuts.some(({ id }, i) => id !== undefined && nodes[i] === undefined)) return undefined;
  const all = (1 << cuts.length) - 1;
  // What all references meet is no mark: those have only --to, if there are any.
  const common = cuts.reduce(
    (set, { type, via, id }, i) => ((type ?? via ?? id) === undefined ? set | (1 << i) : set),
    0,
  );
  const tests = cuts.map(({ type }) => (type === undefined ? () => true : types.test(type)));
  const byType = Uint32Array.from(types.names, (name) =>
    tests.reduce((set, test, i) => (test(name) ? set | (1 << i) : set), 0),
  );
  const hasTypes = cuts.some(({ type }) => type !== undefined);
  const type = hasTypes ? pool.take() : new Uint32Array(0);
  if (hasTypes) index.column('type').load(type);
  const vias = cuts.map(({ via }) => (via === undefined ? undefined : parseVia(via)));
  const isCalled = vias.map((via) => (via === undefined ? () => true : index.names.matcher(via.kind, via.name)));
  const byName = new Int32Array(8 * index.names.texts.size).fill(-1);
  const called = (name: number): number => isCalled.reduce((set, test, i) => (test(name) ? set | (1 << i) : set), 0);
  const nameSet = (name: number): number => {
    if (index.names.held(name) === undefined) return called(name);
    if (byName[name]! < 0) byName[name] = called(name);
    return byName[name]!;
  };
  const byNode = new Map<number, number>();
  nodes.forEach((n, i) => {
    if (n !== undefined) byNode.set(n, (byNode.get(n) ?? 0) | (1 << i));
  });
  const anyNode = nodes.reduce<number>((set, n, i) => (n === undefined ? set | (1 << i) : set), 0);
  const sets = cuts.length === 1 && common === 0 ? [0, 1] : [common];
  const numbers = new Map(sets.map((set, number) => [set, number] as const));
  const mark: Mark = (from, name) => {
    let set = nameSet(name);
    if (set === 0) return 0;
    if (hasTypes) set &= byType[type[from]!]!;
    if (anyNode !== all) set &= anyNode | (byNode.get(from) ?? 0);
    if (set === common || set === 0) return 0;
    let number = numbers.get(set);
    if (number === undefined) {
      number = sets.push(set) - 1;
      numbers.set(set, number);
    }
    return number;
  };
  return {
    mark,
    get marked() {
      return sets.map((set) => cuts.flatMap((_, i) => ((set & (1 << i)) === 0 ? [] : [i])));
    },
    among: holdersOf(
      cuts.map((cut, i) => ({
        node: nodes[i],
        via: vias[i],
        isType: cut.type === undefined ? undefined : (n: number) => (byType[type[n]!]! & (1 << i)) !== 0,
      })),
      index,
    ),
  };
}

/** What holders of one cut's references must be. */
interface Demand {
  readonly node: number | undefined;
  readonly via: Via | undefined;
  readonly isType: ((n: number) => boolean) | undefined;
}

function holdersOf(demands: readonly Demand[], index: Index): Bits | undefined {
  const { nodes } = index.facts;
  const among = new Bits(nodes);
  for (const { node, via, isType } of demands) {
    const called = via === undefined || node !== undefined ? undefined : index.holdersOf(via.name);
    if (node !== undefined) among.add(node);
    else if (called !== undefined && isType === undefined) among.either(called);
    else if (isType !== undefined) {
      for (let n = called?.next(0) ?? 0; n < nodes; n = called?.next(n + 1) ?? n + 1) if (isType(n)) among.add(n);
    } else return undefined;
  }
  return among;
}
