/** The name of a reference as it stands in a line, whichever way its batch tells it. For single references: who reads all of them remembers numbers. */
import { type Batch, REF_KINDS } from './batch.ts';
import { writeDigits } from './digits.ts';

const INDEXED = Uint8Array.from(REF_KINDS, (kind) => (kind === 'element' || kind === 'hidden' ? 1 : 0));
const MOST_DIGITS = 16;

/** Whether references of a kind have an index where others have a name. */
export const isIndexed = (kind: number): boolean => INDEXED[kind] === 1;

export class RefToken {
  /** After `find`: a JSON string with its quotes, or digits; until the source or this is asked for another one. */
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  readonly #digits = new Uint8Array(MOST_DIGITS);

  find({ names, refKind, refName, text, refNameStart, refNameEnd }: Batch, ref: number): void {
    if (names === undefined) this.#set(text, refNameStart[ref]!, refNameEnd[ref]!);
    else if (isIndexed(refKind[ref]!)) this.#set(this.#digits, 0, writeDigits(this.#digits, 0, refName[ref]!));
    else {
      names.find(refName[ref]!);
      this.#set(names.bytes, names.start, names.end);
    }
  }

  #set(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}
