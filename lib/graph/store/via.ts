/** References by their name, and by their kind where one is asked for: a batch's reference in, yes or no out. Elements are called by their digits. */
import { type Batch, REF_KINDS } from '../../stream/batch.ts';
import { isToken, token } from '../../stream/json.ts';

export const WEAK = REF_KINDS.indexOf('weak');
const ANY = -1;

/** A reference's name, and the code of its kind (an index into REF_KINDS) where only one is meant. */
export interface Via {
  readonly kind: number | undefined;
  readonly name: string;
}

export class ViaMatcher {
  readonly #kind: number;
  readonly #name: Uint8Array;

  constructor({ kind, name }: Via) {
    this.#kind = kind ?? ANY;
    this.#name = token(name);
  }

  /** Whether the reference is of that name, whatever its kind. */
  isNamed(batch: Batch, ref: number): boolean {
    return isToken(batch.text, batch.refNameStart[ref]!, batch.refNameEnd[ref]!, this.#name);
  }

  /** Whether it is meant, weak or not. */
  isMeant(batch: Batch, ref: number): boolean {
    return (this.#kind === ANY || batch.refKind[ref] === this.#kind) && this.isNamed(batch, ref);
  }

  /** Whether it is meant, and holds. */
  matches(batch: Batch, ref: number): boolean {
    return batch.refKind[ref] !== WEAK && this.isMeant(batch, ref);
  }
}
