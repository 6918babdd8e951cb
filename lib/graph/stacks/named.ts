/** References by their names, from rows that have names: a node and a name in, the node it leads to out. Costs the reading of one row. */
import type { NameCodes } from '../store/nameCodes.ts';
import type { RowCursor, Rows } from '../store/rows.ts';

export class NamedRefs {
  readonly #cursor: RowCursor;
  readonly #names: NameCodes;
  readonly #tests = new Map<string, (code: number) => boolean>();

  constructor(rows: Rows, names: NameCodes) {
    this.#cursor = rows.cursor();
    this.#names = names;
  }

  /** Where the node's first reference of this name leads, whatever its kind; undefined where it has none. */
  target(n: number, name: string): number | undefined {
    let isMeant = this.#tests.get(name);
    if (isMeant === undefined) {
      isMeant = this.#names.matcher(undefined, name);
      this.#tests.set(name, isMeant);
    }
    const cursor = this.#cursor;
    cursor.seek(n);
    while (cursor.next()) if (isMeant(cursor.name)) return cursor.to;
    return undefined;
  }

  /** All references of a node, each with its name as it stands in a line. */
  all(n: number): readonly { readonly via: string; readonly to: number }[] {
    const refs: { via: string; to: number }[] = [];
    const cursor = this.#cursor;
    cursor.seek(n);
    while (cursor.next()) refs.push({ via: this.#names.token(cursor.name), to: cursor.to });
    return refs;
  }
}
