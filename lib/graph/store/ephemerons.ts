/**
 * References of WeakMaps: V8 writes one from the map's table and one from the key for each value, both called
 * `N / part of key (KEY @1) -> value (VALUE @2) pair in WeakMap (table @3)`, where only N differs. Memory grows with the pairs of which only one has come.
 */

/** Source: tryParseWeakMapEdgeName in DevTools. */
const NAME = /^\d+( \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\))$/;

/** Whether a token may be such a name: it begins with a digit and ends with a bracket, as nothing else of the runtime's does. */
export function mayBePair(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start + 1]! - 48;
  return first >= 0 && first <= 9 && bytes[end - 2] === 41;
}

export class Ephemerons {
  /** Pairs seen so far: they are numbered from 0. */
  pairs = 0;
  readonly #single = new Map<string, number>();

  /** The pair and the id of the table, if a reference's name is of that kind. */
  find(name: string): { readonly pair: number; readonly table: number } | undefined {
    const match = NAME.exec(name);
    if (match === null) return undefined;
    const [, shared = '', table] = match;
    let pair = this.#single.get(shared);
    if (pair === undefined) {
      pair = this.pairs++;
      this.#single.set(shared, pair);
    } else this.#single.delete(shared);
    return { pair, table: Number(table) };
  }
}
