/** Kinds and common names (alike.ts) of the references on paths, as small codes: a few thousand even of large heaps. Memory: the distinct names. */
import { REF_KINDS } from '../../stream/batch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { token } from '../../stream/json.ts';
import { commonName } from '../store/alike.ts';
import { CodeMemo } from '../store/codeMemo.ts';
import type { NameCodes } from '../store/nameCodes.ts';

/** Distinct names take more memory than they may. */
export class TooManyNames extends Error {}

export interface RefName {
  readonly ref: string;
  readonly via: string;
}

export interface Naming {
  /** Of the snapshot: what is a key depends on it. */
  readonly format: string | undefined;
  /** Names of properties are all one. */
  readonly isFolded: boolean;
  /** Bytes of distinct names. */
  readonly limit: number;
}

export class CommonNames {
  readonly #from: NameCodes;
  readonly #naming: Naming;
  /** A digit for the kind, then the name. */
  readonly #names = new Dictionary();
  readonly #codes = new CodeMemo((name) => this.#find(name));

  constructor(from: NameCodes, naming: Naming) {
    this.#from = from;
    this.#naming = naming;
  }

  /** By the code that rows have. Throws TooManyNames. */
  code(name: number): number {
    return this.#codes.of(name);
  }

  name(code: number): RefName {
    const text = this.#names.text(code);
    return { ref: REF_KINDS[Number(text[0])]!, via: text.slice(1) };
  }

  #find(name: number): number {
    const { format, isFolded, limit } = this.#naming;
    if (this.#names.memory > limit) throw new TooManyNames();
    const kind = this.#from.kind(name);
    const bytes = token(`${kind}${commonName(REF_KINDS[kind]!, this.#from.text(name), isFolded, format)}`);
    return this.#names.code(bytes, 0, bytes.length);
  }
}
