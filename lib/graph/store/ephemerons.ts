/**
 * References of WeakMaps: V8 writes one from the map's table and one from the key for each value, both called
 * `N / part of key (KEY @1) -> value (VALUE @2) pair in WeakMap (table @3)`, where only N differs. Memory grows with the pairs of which only one has come.
 */

/** Source: tryParseWeakMapEdgeName in DevTools. */
const NAME = /^\d+( \/ part of key \(.*? @\d+\) -> value \(.*? @\d+\) pair in WeakMap \(table @(\d+)\))$/;

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
