/** Some thousand nodes as columns: what travels between the stages of one process. About 700 KB, filled again and again. */
import type { Dictionary } from './dictionary.ts';

/** Reference kinds of schema 1; a batch's `refKind` is an index into this. */
export const REF_KINDS = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'] as const;

/** What stands in front of a reference's name, for each kind: `["property",`. */
export const REF_HEADS: readonly Uint8Array[] = REF_KINDS.map((kind) => new TextEncoder().encode(`["${kind}",`));

/** In `nameStart`: the node has no name of its own, its name is its type. */
export const SAME_AS_TYPE = 0xffffffff;

/** Most nodes and references in one batch; a longer list of references goes on in the next batch. */
export const NODES = 4096;
export const REFS = 16384;

/** In `refKey`: what is no key. Below it a key is the kind, and the number in so many bits. */
export const NO_KEY = 0xffffffff;
export const KEY_BITS = 28;

/** Strings by number: `find` sets `bytes`, `start` and `end` to the token of one; they hold until the next call. */
export interface NameTable {
  find(number: number): void;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Columns of a batch's references that are numbers, REFS long. */
export type RefColumns = Pick<Batch, 'refKind' | 'refName' | 'refKey' | 'refTo'>;

/**
 * A batch belongs to its source, which fills it again when the next one is asked for: keep nothing of it over an `await`.
 *
 * Texts are JSON tokens (strings with their quotes, or digits), byte ranges of `text`, in canonical form: what JSON.stringify writes.
 * Row i has the references from refStart[i] to refStart[i + 1]. References before refStart[0] belong to the last node of the batch before,
 * and `more` counts those of this batch's last node that are still to come.
 */
export class Batch {
  length = 0;
  readonly n = new Uint32Array(NODES);
  readonly id = new Float64Array(NODES);
  readonly size = new Float64Array(NODES);
  /** Codes of `kinds` and of `types`. A source may begin a new dictionary with any batch, so that none grows without end. */
  readonly kind = new Uint32Array(NODES);
  readonly type = new Uint32Array(NODES);
  kinds: Dictionary;
  types: Dictionary;

  /** Holds all texts of this batch, with eight spare bytes behind them. */
  text: Uint8Array = new Uint8Array(0);
  readonly nameStart = new Uint32Array(NODES);
  readonly nameEnd = new Uint32Array(NODES);
  /** Optional and unknown fields as they stand between size and refs: `"detached":true,"at":"1:2:3"`; often empty. */
  readonly extraStart = new Uint32Array(NODES);
  readonly extraEnd = new Uint32Array(NODES);

  /** 1 where the node's references are known, though there may be none; 0 where the record had no `refs`. */
  readonly hasRefs = new Uint8Array(NODES);
  readonly refStart = new Uint32Array(NODES + 1);
  /**
   * A reference's name stands in `text` as it stands in a line, its kind in front of it and a comma behind: `["property","next",`.
   * So an encoder copies both in one go.
   */
  readonly refKind: Uint8Array;
  readonly refNameStart = new Uint32Array(REFS);
  readonly refNameEnd = new Uint32Array(REFS);
  readonly refTo: Uint32Array;
  /** Where names of references come as numbers: what the numbers in `refName` mean, and no name stands in `text`. Elements and hidden references have their index there. */
  names: NameTable | undefined;
  readonly refName: Float64Array;
  /** Likewise: kind and number in one, by which references are alike or not; NO_KEY where the number is too large for that. */
  readonly refKey: Uint32Array;
  more = 0;

  /** Records with an unknown `snap`, each with the row it stands before: every stage passes them on. */
  foreign: { readonly row: number; readonly line: string }[] = [];

  /** Columns of references may be the source's own, where something else fills them. */
  constructor(kinds: Dictionary, types: Dictionary, columns?: RefColumns) {
    this.kinds = kinds;
    this.types = types;
    this.refKind = columns?.refKind ?? new Uint8Array(REFS);
    this.refName = columns?.refName ?? new Float64Array(REFS);
    this.refKey = columns?.refKey ?? new Uint32Array(REFS);
    this.refTo = columns?.refTo ?? new Uint32Array(REFS);
  }

  get refs(): number {
    return this.refStart[this.length]!;
  }

  /** The node that a reference belongs to; undefined where that is the last node of the batch before. For faults: it looks through the rows. */
  sourceOf(ref: number): number | undefined {
    let row = -1;
    while (row + 1 < this.length && this.refStart[row + 1]! <= ref) row++;
    return row < 0 ? undefined : this.n[row]!;
  }

  clear(): void {
    this.length = 0;
    this.refStart[0] = 0;
    this.more = 0;
    if (this.foreign.length > 0) this.foreign = [];
  }
}
