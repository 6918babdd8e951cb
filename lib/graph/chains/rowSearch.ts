/**
 * Along which references types refer to themselves, from rows that have names: a cursor at each reference in, the groups of (type, name) out. Memory: the column of types, which is
 * lent, distinct names, and what groups take.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { token } from '../../stream/json.ts';
import type { Bits } from '../store/bits.ts';
import type { NameCodes } from '../store/nameCodes.ts';
import type { RowCursor } from '../store/rows.ts';
import { ChainGroups } from './groups.ts';

/** Codes of which it is remembered what they are called. */
const CACHE_BITS = 14;
const QUOTE = '"';
const encoder = new TextEncoder();

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
  readonly #codes = new Int32Array(1 << CACHE_BITS).fill(-1);
  readonly #textOf = new Int32Array(1 << CACHE_BITS);

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
    this.groups.add(type[from]!, this.#nameOf(cursor.name), from, to);
  }

  /** What a group's name is. */
  text(name: number): string {
    return this.#texts.text(name);
  }

  #nameOf(code: number): number {
    const slot = Math.imul(code, 0x9e3779b1) >>> (32 - CACHE_BITS);
    if (this.#codes[slot] !== code) {
      const said = this.#sought.names.token(code);
      // An index has the code of the same digits in quotes.
      const bytes = said.startsWith(QUOTE) ? encoder.encode(said) : token(said);
      this.#textOf[slot] = this.#texts.code(bytes, 0, bytes.length);
      this.#codes[slot] = code;
    }
    return this.#textOf[slot]!;
  }
}
