/** Keys of rows as small codes, the same in all snapshots that pass. Memory grows with distinct keys. */
import { type Batch, NODES } from '../stream/batch.ts';
import { Dictionary } from '../stream/dictionary.ts';
import { type GroupKey, keyTexts, RowKey } from './keys.ts';

export class KeyCodes {
  /** The code of each row of the batch that was taken last. */
  readonly rows = new Uint32Array(NODES);
  readonly keys = new Dictionary();
  readonly #by: readonly GroupKey[];
  readonly #key: RowKey;
  /** For keys of the type alone: codes by a dictionary's codes, plus one. */
  #types: Dictionary | undefined;
  #known = new Uint32Array(256);

  constructor(by: readonly GroupKey[]) {
    this.#by = by;
    this.#key = new RowKey(by);
  }

  take(batch: Batch): void {
    if (this.#by.length === 1 && this.#by[0] === 'type') this.#takeTypes(batch);
    else
      for (let row = 0; row < batch.length; row++) {
        this.#key.take(batch, row);
        this.rows[row] = this.keys.code(this.#key.bytes, 0, this.#key.length);
      }
  }

  /** The code of a key that came otherwise. */
  code(key: Uint8Array): number {
    return this.keys.code(key, 0, key.length);
  }

  /** What a code stands for, value by value. */
  texts(code: number): readonly string[] {
    return keyTexts(this.keys.bytes, this.keys.offsets[code]!, this.keys.offsets[code + 1]!);
  }

  #takeTypes({ length, type, types }: Batch): void {
    if (types !== this.#types) {
      this.#types = types;
      this.#known.fill(0);
    }
    if (types.size > this.#known.length) {
      const wider = new Uint32Array(2 * types.size);
      wider.set(this.#known);
      this.#known = wider;
    }
    const { rows } = this;
    const known = this.#known;
    for (let row = 0; row < length; row++) {
      const entry = type[row]!;
      if (known[entry] === 0)
        known[entry] = this.keys.code(types.bytes, types.offsets[entry]!, types.offsets[entry + 1]!) + 1;
      rows[row] = known[entry]! - 1;
    }
  }
}
