/**
 * Who has references of a name: for each name that is held in memory (nameCodes.ts) the nodes that have such references, of whatever kind. References in any order of names but in
 * order of nodes in, rows out. Costs some 8 MB while it is made; 1.1 bytes a reference on real heaps.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { ByTarget } from './byTarget.ts';
import type { NameCodes } from './nameCodes.ts';
import { PLAIN, type Rows, RowWriter } from './rows.ts';

export class Holders {
  readonly #names: NameCodes;
  readonly #scratch: Scratch;
  readonly #dealt: ByTarget;

  /** After all names are known. */
  constructor(names: NameCodes, scratch: Scratch) {
    this.#names = names;
    this.#scratch = scratch;
    this.#dealt = new ByTarget(Math.max(1, names.texts.size), scratch);
  }

  add(n: number, name: number): void {
    const place = this.#names.held(name);
    if (place !== undefined) this.#dealt.add(place, n);
  }

  /** A row for each name's place; each node is in it once. */
  rows(cacheBytes: number): Rows {
    const names = this.#dealt.targets;
    const rows = new RowWriter(cacheBytes, this.#scratch, names, { ascending: true });
    let [open, last] = [-1, -1];
    this.#dealt.give('up', (name, holders, from, to) => {
      if (name !== open) last = -1;
      open = name;
      rows.begin(name);
      for (let i = from; i < to; i++) {
        if (holders[i] !== last) rows.add(holders[i]!, PLAIN);
        last = holders[i]!;
      }
    });
    return rows.finish(names);
  }
}
