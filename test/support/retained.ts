/** What snap-retain says of a snapshot, beside what DevTools' engine says: rows of both come in; throws at the first that differs. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { sameRecords } from './compare.ts';
import type { EngineNumbers, SummaryRow } from './devtools.ts';
import { cut, type NodeRecord } from './nodeStream.ts';
import { type RunOptions, run } from './run.ts';

/** A line of `snap-retain --all`. */
export interface RetainedNode {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly shallow: number;
  readonly retained: number;
  readonly distance: number;
  readonly dominator: number;
}

/** A line of `snap-retain --by class`. */
export interface RetainedClass {
  readonly class: string;
  readonly count: number;
  readonly shallow: number;
  readonly retained: number;
  readonly distance: number;
}

/** Runs snap-retain, which has to end well and without a word, and reads its lines. */
export async function retain<T>(args: readonly string[], options: RunOptions = {}): Promise<T[]> {
  const { stdout, stderr, status } = await run('snap-retain', args, options);
  strictEqual(stderr, '');
  strictEqual(status, 0);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

/** Every node's line, from the stream's record of it and the engine's numbers. */
export const expectedNodes = (records: readonly NodeRecord[], engine: EngineNumbers): RetainedNode[] =>
  records.map(({ n, id, type, name = type }) => ({
    n,
    id,
    type,
    name,
    shallow: at(engine.shallow, n),
    retained: at(engine.retained, n),
    distance: at(engine.distance, n),
    dominator: at(engine.dominator, n),
  }));

/** Lines of classes against the Summary's: as many of each as there are, in an order that puts the largest first. */
export function sameClasses(actual: readonly RetainedClass[], summary: readonly SummaryRow[], what: string): void {
  const expected = summary.map(({ class: name, count, self, maxRet, distance }) => ({
    class: cut(name),
    count,
    shallow: self,
    retained: maxRet,
    distance,
  }));
  sameRecords(inOneOrder(actual), inOneOrder(expected), what);
  const sizes = actual.map(({ retained }) => retained);
  deepStrictEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
    `${what}: the largest first`,
  );
}

/** By all that they say: rows of one class with different source positions differ in nothing else. */
const inOneOrder = (rows: readonly RetainedClass[]): RetainedClass[] =>
  rows
    .map((row) => [JSON.stringify(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);

function at(column: { readonly [n: number]: number; readonly length: number }, n: number): number {
  const value = column[n];
  if (value === undefined) throw new Error(`node ${n} of ${column.length}`);
  return value;
}
