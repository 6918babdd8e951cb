/** Says whether two long lists of records are the same: lists come in; throws at the first difference, showing only that. */
import { strictEqual } from 'node:assert/strict';

/** Equal to the last key and its place, told by JSON text: a diff of a hundred thousand records helps nobody. */
export function sameRecords(actual: readonly unknown[], expected: readonly unknown[], what: string): void {
  for (const [i, record] of expected.entries()) {
    const text = JSON.stringify(record);
    const other = JSON.stringify(actual[i]);
    if (text !== other)
      strictEqual(around(other ?? 'nothing', text), around(text, other ?? ''), `${what}: record ${i}`);
  }
  strictEqual(actual.length, expected.length, `${what}: number of records`);
}

/** The part of a long text in which it begins to differ from another. */
function around(text: string, other: string): string {
  const from = [...text].findIndex((unit, i) => unit !== other[i]);
  return from < 150 ? text.slice(0, 400) : `${text.slice(0, 60)} ... ${text.slice(from - 80, from + 300)}`;
}
