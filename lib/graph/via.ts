/** References by their name, and by their kind where one is asked for: a batch's reference in, yes or no out. Weak ones never match. */
import { type Batch, REF_KINDS, type RefKind } from '../stream/batch.ts';
import { isToken, token } from '../stream/json.ts';

export const WEAK = REF_KINDS.indexOf('weak');

/** `--via`: any kind where none is said. */
export interface Via {
  readonly kind: RefKind | undefined;
  readonly name: string;
}

export class ViaMatcher {
  readonly #kind: number;
  readonly #name: Uint8Array;

  constructor({ kind, name }: Via) {
    this.#kind = kind === undefined ? -1 : REF_KINDS.indexOf(kind);
    this.#name = token(name);
  }

  /** Whether the reference is of that name, weak or not. */
  isNamed(batch: Batch, ref: number): boolean {
    return isToken(batch.text, batch.refNameStart[ref]!, batch.refNameEnd[ref]!, this.#name);
  }

  matches(batch: Batch, ref: number): boolean {
    const kind = batch.refKind[ref]!;
    return kind !== WEAK && (this.#kind < 0 || kind === this.#kind) && this.isNamed(batch, ref);
  }
}
