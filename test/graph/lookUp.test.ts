/** A column that is looked up: every number is the one that was written, and no more is read of it than pieces that are asked for. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ColumnFile, StoredColumn } from '../../lib/graph/store/columns.ts';
import { LookUp } from '../../lib/graph/store/lookUp.ts';

const PIECE = 2048;

/** A column of numbers that tell their place, and the places in bytes where it was read. */
function column(length: number): { readonly lookUp: LookUp; readonly reads: (readonly [at: number, bytes: number])[] } {
  const bytes = new Uint8Array(Uint32Array.from({ length }, (_, n) => 7 * n + 1).buffer);
  const reads: (readonly [number, number])[] = [];
  const file: ColumnFile = {
    readAt(into, position, count = into.length) {
      const some = bytes.subarray(position, position + count);
      into.set(some);
      reads.push([position, some.length]);
      return some.length;
    },
  };
  return { lookUp: new LookUp(new StoredColumn(undefined, { file, length })), reads };
}

test('a number that is looked up is the one that was written, in whatever order they are asked for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 * PIECE }), fc.array(fc.nat(), { maxLength: 50 }), (length, places) => {
      const { lookUp } = column(length);
      const asked = places.map((place) => place % length);
      deepStrictEqual(
        asked.map((n) => lookUp.at(n)),
        asked.map((n) => 7 * n + 1),
      );
    }),
  );
});

test('a piece is read when the first of its numbers is asked for, and once', () => {
  const { lookUp, reads } = column(10 * PIECE);
  deepStrictEqual(reads, []);
  for (const n of [3 * PIECE, 4 * PIECE - 1, 3 * PIECE + 5, 0, 1, 3 * PIECE]) strictEqual(lookUp.at(n), 7 * n + 1);
  deepStrictEqual(reads, [
    [4 * 3 * PIECE, 4 * PIECE],
    [0, 4 * PIECE],
  ]);
});

test('the last piece is read to the end of the column and no further', () => {
  for (const [length, bytes] of [
    [PIECE + 1, 4],
    [2 * PIECE, 4 * PIECE],
  ] as const) {
    const { lookUp, reads } = column(length);
    strictEqual(lookUp.at(length - 1), 7 * (length - 1) + 1);
    deepStrictEqual(reads, [[4 * PIECE, bytes]]);
  }
});
