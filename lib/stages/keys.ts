/** What nodes are grouped by. A row's key is the tokens of the values asked for, with a separator between; it costs no object. */
import { grown } from '../disk/grow.ts';
import { type Batch, SAME_AS_TYPE } from '../stream/batch.ts';
import { textOf, token } from '../stream/json.ts';
import type { Columns } from '../stream/source.ts';

export const GROUP_KEYS = ['type', 'kind', 'name'] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** Between the tokens of a key: no token holds a control character. */
const SEPARATOR = 0;

/** What must be read of nodes that are to be grouped. */
export const keyColumns = (by: readonly GroupKey[]): Columns => ({
  names: by.includes('name'),
  extras: false,
  refs: false,
});

/** The key of one row at a time: `bytes` up to `length`. */
export class RowKey {
  bytes: Uint8Array = new Uint8Array(1024);
  length = 0;
  readonly #by: readonly GroupKey[];

  constructor(by: readonly GroupKey[]) {
    this.#by = by;
  }

  take(batch: Batch, row: number): void {
    let at = 0;
    for (const key of this.#by) {
      if (at > 0) this.bytes[at++] = SEPARATOR;
      const isCoded = key !== 'name' || batch.nameStart[row] === SAME_AS_TYPE;
      const dictionary = key === 'kind' ? batch.kinds : batch.types;
      const code = (key === 'kind' ? batch.kind : batch.type)[row]!;
      const source = isCoded ? dictionary.bytes : batch.text;
      const start = isCoded ? dictionary.offsets[code]! : batch.nameStart[row]!;
      const end = isCoded ? dictionary.offsets[code + 1]! : batch.nameEnd[row]!;
      // One more byte for the separator behind.
      if (at + end - start + 1 > this.bytes.length) this.bytes = grown(this.bytes, 2 * (at + end - start + 1));
      const to = this.bytes;
      for (let from = start; from < end; from++) to[at++] = source[from]!;
    }
    this.length = at;
  }
}

/** The key that says these values. */
export const keyOf = (texts: readonly string[]): Uint8Array =>
  Buffer.concat(texts.flatMap((text, i) => (i === 0 ? [token(text)] : [Uint8Array.of(SEPARATOR), token(text)])));

/** What a key says, value by value. */
export function keyTexts(bytes: Uint8Array, start: number, end: number): string[] {
  const texts: string[] = [];
  for (let from = start; from <= end; ) {
    const separator = bytes.subarray(from, end).indexOf(SEPARATOR);
    const to = separator < 0 ? end : from + separator;
    texts.push(textOf(bytes, from, to));
    from = to + 1;
  }
  return texts;
}
