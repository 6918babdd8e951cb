/** Which chosen nodes the graph around them begins with, on random graphs against the definition, and on the shapes that it is for. */
import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { Bits } from '../../lib/graph/store/bits.ts';
import { StoredColumn } from '../../lib/graph/store/columns.ts';
import { LookUp } from '../../lib/graph/store/lookUp.ts';
import { Pool } from '../../lib/graph/store/pool.ts';
import { PLAIN, RowWriter, WEAK } from '../../lib/graph/store/rows.ts';
import { type StartOptions, startsOf } from '../../lib/graph/walk/starts.ts';
import { tempFolder } from '../support/temp.ts';

interface Ref {
  readonly from: number;
  readonly to: number;
  readonly isWeak?: boolean;
}

interface Asked {
  readonly types: readonly number[];
  readonly refs: readonly Ref[];
  readonly chosen: readonly number[];
  readonly excluded?: readonly number[];
}

type How = Pick<StartOptions, 'backward' | 'most'> & { readonly weak?: boolean };

function setOf(nodes: readonly number[]): Bits {
  const set = new Bits();
  for (const n of nodes) set.add(n);
  return set;
}

const scratch = new Scratch(tempFolder('starts'), () => {});

function starts({ types, refs, chosen, excluded = [] }: Asked, { weak = false, ...how }: How): readonly number[] {
  const writer = new RowWriter(1 << 20, scratch);
  for (const { from, to, isWeak } of [...refs].sort((a, b) => a.from - b.from)) {
    writer.begin(from);
    if (isWeak === true) writer.special(to, WEAK);
    else writer.add(to, PLAIN);
  }
  const options = { ...how, weak, count: chosen.length, excluded: setOf(excluded) };
  const rows = writer.finish(types.length);
  const type = new StoredColumn(scratch);
  type.append(Uint32Array.from(types));
  return startsOf(setOf(chosen), rows, new LookUp(type), new Pool(types.length), options);
}

/** The same from the definition. */
function plainStarts({ types, refs, chosen, excluded = [] }: Asked, { backward, most, weak = false }: How): number[] {
  if (2 * chosen.length <= most) return [...chosen];
  const room = Math.max(1, Math.floor(most / 4));
  const alike = refs.filter(
    ({ from, to, isWeak }) =>
      from !== to &&
      types[from] === types[to] &&
      chosen.includes(from) &&
      chosen.includes(to) &&
      !excluded.includes(from) &&
      (weak || isWeak !== true),
  );
  const heads = chosen.filter((n) => !alike.some(({ from, to }) => (backward ? from : to) === n)).slice(0, room);
  const group = (n: number): number[] => {
    const all = new Set([n]);
    for (let before = 0; before < all.size; ) {
      before = all.size;
      for (const { from, to } of alike) if (all.has(from) || all.has(to)) all.add(from).add(to);
    }
    return [...all];
  };
  const headless = chosen.filter((n) => group(n).every((other) => other >= n && !heads.includes(other)));
  return [...heads, ...headless.slice(0, room - heads.length)].sort((a, b) => a - b);
}

test('a beginning is what no other chosen one of its type leads to, and one of those that lead to each other', () => {
  const asked = fc.integer({ min: 1, max: 20 }).chain((nodes) =>
    fc.record({
      types: fc.array(fc.nat(1), { minLength: nodes, maxLength: nodes }),
      refs: fc.array(fc.record({ from: fc.nat(nodes - 1), to: fc.nat(nodes - 1), isWeak: fc.boolean() }), {
        maxLength: 2 * nodes,
      }),
      chosen: fc.subarray(
        Array.from({ length: nodes }, (_, n) => n),
        { minLength: 1 },
      ),
      excludedType: fc.nat(3),
    }),
  );
  const how = fc.record({ backward: fc.boolean(), most: fc.integer({ min: 1, max: 40 }), weak: fc.boolean() });
  fc.assert(
    fc.property(asked, how, ({ excludedType, ...rest }, how) => {
      const excluded = rest.types.flatMap((type, n) => (type === excludedType ? [n] : []));
      deepStrictEqual(starts({ ...rest, excluded }, how), plainStarts({ ...rest, excluded }, how));
    }),
    { numRuns: 500 },
  );
});

const links = (order: readonly number[]): Ref[] => order.slice(1).map((to, i) => ({ from: order[i]!, to }));

test('of a chain the end alone that the others are met from, in whatever order its nodes stand, and of a ring or a list both ways the first', () => {
  const size = 101;
  const order = Array.from({ length: size }, (_, i) => (i * 37) % size);
  const all = { types: order.map(() => 0), chosen: [...order].sort((a, b) => a - b) };
  const chain = { ...all, refs: links(order) };
  deepStrictEqual(starts(chain, { backward: false, most: 100 }), [order[0]]);
  deepStrictEqual(starts(chain, { backward: true, most: 100 }), [order.at(-1)]);
  const ring = { ...all, refs: links([...order, order[0]!]) };
  const list = { ...all, refs: [...links(order), ...links([...order].reverse())] };
  for (const backward of [false, true])
    for (const shape of [ring, list]) deepStrictEqual(starts(shape, { backward, most: 100 }), [0]);
});
