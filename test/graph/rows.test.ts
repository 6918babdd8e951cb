/** Rows of references, of all forms, against plain lists; and codes of names, with little memory too. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scratch } from '../../lib/disk/scratch.ts';
import { ByTarget } from '../../lib/graph/store/byTarget.ts';
import { NameCodes } from '../../lib/graph/store/nameCodes.ts';
import { compiledPacker } from '../../lib/graph/store/packer/compiled.ts';
import { MET_AGAIN, type Packer } from '../../lib/graph/store/packer/packer.ts';
import { PlainPacker } from '../../lib/graph/store/packer/plain.ts';
import { reversed, rowsOf } from '../../lib/graph/store/reverse.ts';
import { type Rows, RowWriter, WEAK } from '../../lib/graph/store/rows.ts';
import { DealtSources, type Neighbours, Sources } from '../../lib/graph/walk/neighbours.ts';
import { NODES as BATCH_NODES, REFS as BATCH_REFS, Batch, REF_KINDS } from '../../lib/stream/batch.ts';
import { Dictionary } from '../../lib/stream/dictionary.ts';
import { tempFolder } from '../support/temp.ts';

const scratch = new Scratch(tempFolder('spool'), () => {});
const NODES = 5000;

/** Rows of a few nodes, near each other and far. */
const anyRows = fc.array(fc.array(fc.tuple(fc.nat(NODES - 1), fc.nat(2 ** 31 - 1), fc.boolean()), { maxLength: 30 }), {
  minLength: 1,
  maxLength: 60,
});

function written(
  rows: readonly (readonly (readonly [to: number, name: number, isWeak: boolean])[])[],
  named: boolean,
): Rows {
  const writer = new RowWriter(1 << 20, scratch, 16, { named });
  for (const [n, row] of rows.entries()) {
    writer.begin(n);
    for (const [to, name, isWeak] of row) {
      if (isWeak) writer.special(to, WEAK, 0, 0, name);
      else writer.add(to, 0, name);
    }
  }
  return writer.finish(NODES);
}

test('rows with names give every reference with its name, at any place', () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const cursor = written(rows, true).cursor();
      for (const n of [...rows.keys()].reverse()) {
        const row: [number, number, boolean][] = [];
        for (cursor.seek(n); cursor.next(); ) row.push([cursor.to, cursor.name, cursor.isWeak]);
        deepStrictEqual(row, rows[n]);
      }
    }),
    { numRuns: 50 },
  );
});

/** A reference: where to, its class, the code of its name. */
type Ref = readonly [to: number, kind: number, name: number];

const anyShape = fc.array(fc.tuple(fc.nat(2), fc.nat(2 ** 31 - 1)), { minLength: 1, maxLength: 20 });
/** Rows of one of some shapes, of none, or empty: often with the same targets as those before. */
const anyShaped = fc.tuple(
  fc.array(anyShape, { minLength: 1, maxLength: 5 }),
  fc.array(fc.tuple(fc.integer({ min: -2, max: 4 }), fc.boolean(), fc.nat(2 ** 28 - 1)), {
    minLength: 1,
    maxLength: 12,
  }),
);
const EMPTY = -1;
const ODD = -2;

/** What comes as batches: of each node its type, and its references; odd ones are told one by one. */
interface Heap {
  readonly types: readonly number[];
  readonly rows: readonly (readonly Ref[])[];
}

/** Written as a reading does it. Gives how many rows had a shape, too. */
function packed(packer: Packer, { types, rows }: Heap): { readonly rows: Rows; readonly shaped: number } {
  const writer = new RowWriter(1 << 20, scratch, 16, { named: true }, packer);
  const keys = new Map<string, number>();
  const keyOf = ([, kind, name]: Ref): number => {
    const text = `${kind} ${name}`;
    if (!keys.has(text)) keys.set(text, keys.size);
    return keys.get(text)!;
  };
  let shaped = 0;
  for (let first = 0; first < rows.length; ) {
    let count = 0;
    let refs = 0;
    while (first + count < rows.length && count < BATCH_NODES && refs + rows[first + count]!.length <= BATCH_REFS) {
      const row = rows[first + count]!;
      packer.rowType[count] = types[first + count]!;
      packer.rowIsOdd[count] = types[first + count] === ODD ? 1 : 0;
      packer.rowStart[count] = refs;
      packer.refKey.set(row.map(keyOf), refs);
      packer.refTo.set(
        row.map(([to]) => to),
        refs,
      );
      refs += row.length;
      packer.rowStart[++count] = refs;
    }
    for (let at = 0; at < count; ) {
      const stop = writer.pack(first + at, at, count);
      shaped += stop - at;
      at = stop;
      if (at === count) break;
      const row = rows[first + at]!;
      const shape = {
        keys: row.map(keyOf),
        classes: row.map(([, kind]) => kind),
        names: row.map(([, , name]) => name),
        targets: row.map(([to]) => to),
      };
      if (packer.why === MET_AGAIN && writer.addShape(shape)) continue;
      writer.begin(first + at);
      for (const [to, kind, name] of row) writer.add(to, kind as 0 | 1 | 2, name);
      at++;
    }
    first += count;
  }
  return { rows: writer.finish(rows.length), shaped };
}

const bytesOf = (rows: Rows): Buffer => Buffer.concat([...rows.pages.each()].map((page) => Buffer.from(page)));

test('rows of a shape, between others and over many pages, give every reference with its name: in order, at any place, and from any place on; both packers write the same bytes', () => {
  ok(compiledPacker() !== undefined, 'there is WebAssembly here');
  fc.assert(
    fc.property(anyShaped, fc.integer({ min: 1, max: 700 }), ([shapes, pattern], times) => {
      const nodes = pattern.length * times;
      const types = Array.from({ length: nodes }, (_, n) => pattern[n % pattern.length]![0]);
      const expected = types.map((type, n) => {
        const [, isUsual, target] = pattern[n % pattern.length]!;
        const refs = type === EMPTY ? [] : shapes[Math.max(0, type) % shapes.length]!;
        return refs.map(([kind, name], i): Ref => [isUsual ? 1000 * i : (target + n * i) % 2 ** 28, kind, name]);
      });
      const heap = { types, rows: expected };
      const { rows, shaped } = packed(compiledPacker()!, heap);
      const plain = packed(new PlainPacker(), heap);
      strictEqual(shaped, plain.shaped);
      // Each shape once to meet it, but for hashes that are met in between.
      if (!types.includes(ODD)) ok(shaped >= nodes - 20 * shapes.length, `${shaped} of ${nodes}`);
      deepStrictEqual([rows.starts, rows.hubs, rows.shapes], [plain.rows.starts, plain.rows.hubs, plain.rows.shapes]);
      ok(bytesOf(rows).equals(bytesOf(plain.rows)));
      strictEqual(
        rows.refs,
        expected.reduce((refs, row) => refs + row.length, 0),
      );
      const inOrder = expected.map((): Ref[] => []);
      rows.eachOf(undefined, (n, { to, kind, name }) => inOrder[n]!.push([to, kind, name]));
      deepStrictEqual(inOrder, expected);
      const cursor = rows.cursor();
      for (let n = nodes - 1; n >= 0; n -= 1 + (n % 7)) {
        const places: number[] = [];
        const row: Ref[] = [];
        for (cursor.seek(n); cursor.next(); ) {
          row.push([cursor.to, cursor.kind, cursor.name]);
          places.push(cursor.position);
        }
        deepStrictEqual(row, expected[n]);
        for (const [i, place] of places.entries()) {
          cursor.resume(n, place);
          strictEqual(cursor.next() ? cursor.to : undefined, row[i + 1]?.[0]);
          if (i + 1 < row.length) strictEqual(cursor.name, row[i + 1]![2]);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('where there is no more room for shapes, rows go on without', () => {
  for (const packer of [compiledPacker()!, new PlainPacker()]) {
    const types: number[] = [];
    const rows: Ref[][] = [];
    for (let n = 0; n < 40_000; n++) {
      // Each twice in turn, so that each becomes a shape while there is room, which is for fewer.
      types.push(n >> 1);
      rows.push([[2_000_000 + (n % 3), 0, n >> 1]]);
    }
    const { rows: written, shaped } = packed(packer, { types, rows });
    ok(Math.abs(shaped - (1 << 14)) < 10, `${shaped} rows`);
    const read: Ref[][] = [];
    written.eachOf(undefined, (_, { to, kind, name }) => read.push([[to, kind, name]]));
    deepStrictEqual(read, rows);
  }
});

test('to go on in a long row nothing is read of another long one in front of it', () => {
  const packer = new PlainPacker();
  const writer = new RowWriter(1 << 20, scratch, 16, { named: true }, packer);
  ok(writer.addShape({ keys: [0], classes: [0], names: [1], targets: [2] }));
  for (let n = 0; n < 2; n++) {
    writer.begin(n);
    for (let i = 0; i < 400_000; i++) writer.add(i, 0, i);
  }
  const rows = writer.finish(2);
  const cursor = rows.cursor();
  const places: [position: number, next: number][] = [];
  cursor.seek(1);
  for (let i = 0; cursor.next(); i++) if (i % 2000 === 0) places.push([cursor.position, i + 1]);
  strictEqual(places.length, 200);
  const before = rows.pages.taken;
  for (const [position, next] of places) {
    cursor.resume(1, position);
    ok(cursor.next());
    strictEqual(cursor.to, next);
    strictEqual(cursor.name, next);
  }
  // Thirty pages a row do not fit the cache of sixteen.
  ok(rows.pages.taken - before < 100, `${rows.pages.taken - before} pages`);
});

test('rows turned round have for each node who refers to it, ascending, as often as it does', () => {
  fc.assert(
    fc.property(anyRows, fc.boolean(), fc.boolean(), (rows, named, weak) => {
      const expected = Array.from({ length: NODES }, (): number[] => []);
      for (const [n, row] of rows.entries())
        for (const [to, , isWeak] of row) if (weak || !isWeak) expected[to]!.push(n);
      const cursor = reversed(written(rows, named), weak, 1 << 20, scratch).cursor();
      for (let n = 0; n < NODES; n++) {
        const row: number[] = [];
        for (cursor.seek(n); cursor.next(); ) row.push(cursor.to);
        deepStrictEqual(row, expected[n]);
      }
    }),
    { numRuns: 30 },
  );
});

test('who refers to some nodes is the same from what was dealt out, from rows of it, and from rows turned round', () => {
  const asked = fc.array(fc.uniqueArray(fc.nat(NODES - 1), { maxLength: 20 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(anyRows, asked, (rows, questions) => {
      const dealt = new ByTarget(NODES, scratch);
      for (const [n, row] of rows.entries()) for (const [to] of row) dealt.add(to, n);
      let built = 0;
      const lazy = new DealtSources(dealt, () => {
        built++;
        return rowsOf(dealt, NODES, 1 << 20, scratch);
      });
      const whole = new Sources(reversed(written(rows, false), true, 1 << 20, scratch), true);
      // Asked for everything again and again, it turns the rows round.
      const all = Array.from({ length: NODES }, (_, n) => n);
      for (const nodes of [...questions, all, all, ...questions]) {
        const ascending = Uint32Array.from(nodes).sort();
        deepStrictEqual(pairsOf(lazy, ascending), pairsOf(whole, ascending));
      }
      strictEqual(built, dealt.size === 0 ? 0 : 1);
    }),
    { numRuns: 30 },
  );
});

function pairsOf(neighbours: Neighbours, nodes: Uint32Array): number[] {
  const pairs: number[] = [];
  neighbours.each(nodes, (node, neighbour) => pairs.push(node, neighbour));
  return pairs;
}

test('pairs in any order come back by target in the order they were told, all or some, with many for one target', () => {
  const anyPairs = fc.array(fc.tuple(fc.nat(300), fc.oneof(fc.nat(50), fc.nat(2 ** 32 - 1))), { maxLength: 200 });
  fc.assert(
    fc.property(anyPairs, fc.constantFrom(1, 9000), (pairs, times) => {
      const dealt = new ByTarget(301, scratch);
      const expected = new Map<number, number[]>();
      for (const [i, [target, source]] of pairs.entries()) {
        const repeated = new Array<number>(i === 0 ? times : 1).fill(source);
        for (const one of repeated) dealt.add(target, one);
        expected.set(target, [...(expected.get(target) ?? []), ...repeated]);
      }
      const targets = [...expected.keys()].sort((a, b) => a - b);
      for (const only of [targets.filter((_, i) => i % 3 === 0), targets]) {
        const given = new Map<number, number[]>();
        dealt.giveSome(Uint32Array.from(only), (target, sources, from, to) =>
          given.set(target, [...(given.get(target) ?? []), ...sources.subarray(from, to)]),
        );
        deepStrictEqual(
          [...given],
          only.map((target) => [target, expected.get(target)]),
        );
      }
      const down: number[] = [];
      dealt.give('down', (target) => {
        if (down.at(-1) !== target) down.push(target);
      });
      deepStrictEqual(down, targets.reverse());
    }),
    { numRuns: 20 },
  );
});

test('two million references to one node, which come in several pieces, take a byte each, turned round, and one for every row', () => {
  const writer = new RowWriter(16 << 20, scratch, 2_000_001);
  for (let n = 1; n <= 2_000_000; n++) {
    writer.begin(n);
    writer.add(0, 0);
  }
  const back = reversed(writer.finish(2_000_001), false, 16 << 20, scratch);
  let count = 0;
  const cursor = back.cursor();
  for (cursor.seek(0); cursor.next(); ) strictEqual(cursor.to, ++count);
  strictEqual(count, 2_000_000);
  ok(back.pages.bytes < 4_200_000, `${back.pages.bytes} bytes`);
});

/** A batch with one reference for each kind and token. */
function batchOf(refs: readonly (readonly [kind: number, token: string])[]): Batch {
  const batch = new Batch(new Dictionary(), new Dictionary());
  const pieces = refs.map(([kind, token]) => [`["${REF_KINDS[kind]}",`, `${token},`] as const);
  let end = 0;
  for (const [i, [head, name]] of pieces.entries()) {
    end += Buffer.byteLength(head);
    batch.refNameStart[i] = end;
    end += Buffer.byteLength(name);
    batch.refNameEnd[i] = end - 1;
    batch.refKind[i] = refs[i]![0];
  }
  batch.text = Buffer.from(`${pieces.flat().join('')}        `);
  return batch;
}

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('"next"', '"cause"', '""', '"1"'),
  fc.nat(2 ** 30).map(String),
  fc.maxSafeNat().map(String),
  fc.constantFrom('0', '99999999', '100000000'),
  fc.nat(2 ** 27).map((number) => `"${number}"`),
  fc.constantFrom('"0"', '"00"', '"07"', '"9999999"', '"10000000"', '"-1"', '"1.5"'),
);

for (const [limit, where] of [
  [1 << 20, 'memory'],
  [100, 'a temporary file'],
] as const) {
  test(`names have equal codes if they are equal, and come back as they were: in ${where}`, () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(REF_KINDS.length - 1), anyName), { maxLength: 60 }), (refs) => {
        const names = new NameCodes(scratch, limit);
        const batch = batchOf(refs);
        names.begin();
        const codes = refs.map((_, ref) => names.code(batch, ref));
        deepStrictEqual(
          codes.map((code) => [names.kind(code), names.token(code)]),
          refs,
        );
        for (const [i, [kind, token]] of refs.entries())
          for (const [j, [otherKind, other]] of refs.entries())
            strictEqual(names.isSame(codes[i]!, codes[j]!), kind === otherKind && token === other);
        // An index is called by its digits, whether they are a number or a text.
        for (const digits of ['0', '1', '07', '9999999', '10000000']) {
          const isCalled = names.matcher(undefined, digits);
          for (const code of codes) strictEqual(isCalled(code), names.text(code) === digits, names.token(code));
        }
      }),
      { numRuns: 60 },
    );
  });
}

test('more names than fit a block of the temporary file come back', () => {
  const names = new NameCodes(scratch, 100);
  const refs = Array.from({ length: 3000 }, (_, i) => [2, JSON.stringify(`${i} ${'long '.repeat(i % 100)}`)] as const);
  const batch = batchOf(refs);
  names.begin();
  const codes = refs.map((_, ref) => names.code(batch, ref));
  deepStrictEqual(
    codes.map((code) => names.token(code)),
    refs.map(([, token]) => token),
  );
});
