/** Codes of types that hold for a whole snapshot, though batches may change their dictionary: the bytes of each distinct type, once. */
import type { Batch } from '../../stream/batch.ts';
import { Dictionary } from '../../stream/dictionary.ts';

export class TypeCodes {
  readonly dictionary = new Dictionary();
  #source: Dictionary | undefined;
  /** By code of `#source`. */
  #known = new Int32Array(0);

  /** The code of a row's type. */
  of(batch: Batch, row: number): number {
    if (batch.types !== this.#source || batch.types.size > this.#known.length) this.#begin(batch.types);
    const local = batch.type[row]!;
    const known = this.#known[local]!;
    return known >= 0 ? known : this.#enter(batch.types, local);
  }

  #begin(source: Dictionary): void {
    const known = new Int32Array(2 * source.size).fill(-1);
    if (source === this.#source) known.set(this.#known);
    this.#source = source;
    this.#known = known;
  }

  #enter(source: Dictionary, local: number): number {
    const code = this.dictionary.code(source.bytes, source.offsets[local]!, source.offsets[local + 1]!);
    this.#known[local] = code;
    return code;
  }
}
