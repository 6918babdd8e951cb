/**
 * Along which references types refer to themselves, from rows that have names: a cursor at each reference in, the groups of (type, name) out. Memory: the column of types, which is
 * lent, distinct names, and what groups take.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { token } from '../../stream/json.ts';
import type { Bits } from '../store/bits.ts';
import { CodeMemo } from '../store/codeMemo.ts';
import type { NameCodes } from '../store/nameCodes.ts';
import type { RowCursor } from '../store/rows.ts';
import { ChainGroups } from './groups.ts';

export interface Sought {
  /** By node. */
  readonly type: Uint32Array;
  readonly names: NameCodes;
  /** All if undefined. */
  readonly chosen?: Bits | undefined;
  /** By the code of a name. */
  readonly isMeant?: ((name: number) => boolean) | undefined;
}

export class RowSearch {
  readonly groups: ChainGroups;
  readonly #sought: Sought;
  readonly #texts = new Dictionary();
  readonly #codes = new CodeMemo((name) => this.#find(name));

  constructor(sought: Sought, scratch: Scratch) {
    this.#sought = sought;
    this.groups = new ChainGroups(scratch);
  }

  /** Bytes that names and groups take by now. */
  get memory(): number {
    return this.#texts.memory + this.groups.memory;
  }

  /** A reference of a node that is chosen. */
  look(from: number, cursor: RowCursor): void {
    const { to } = cursor;
    const { type, chosen, isMeant } = this.#sought;
    if (type[to] !== type[from] || cursor.isWeak) return;
    if (chosen !== undefined && !chosen.has(to)) return;
    if (isMeant !== undefined && !isMeant(cursor.name)) return;
    this.groups.add(type[from]!, this.#codes.of(cursor.name), from, to);
  }

  /** What a group's name is. */
  text(name: number): string {
    return this.#texts.text(name);
  }

  #find(name: number): number {
    // An index has the code of the same digits in quotes.
    const bytes = token(this.#sought.names.text(name));
    return this.#texts.code(bytes, 0, bytes.length);
  }
}
