/**
 * What nodes are grouped by. A row's key is the tokens of the values asked for, with a separator between; it costs no object but where other programs wrote the fields
 * of a node.
 */
import { grown } from '../disk/grow.ts';
import { type Batch, SAME_AS_TYPE } from '../stream/batch.ts';
import type { Dictionary } from '../stream/dictionary.ts';
import { FieldFinder } from '../stream/fieldFinder.ts';
import { textOf, token } from '../stream/json.ts';
import type { Columns } from '../stream/source.ts';

/** What a node says by itself. */
export const GROUP_KEYS = ['type', 'kind', 'name', 'owner'] as const;
/** With `place`: of V8 the snapshot has to say which files its scripts are. */
export const PLACE_KEYS = [...GROUP_KEYS, 'place'] as const;
export type GroupKey = (typeof PLACE_KEYS)[number];

/** Between the tokens of a key: no token holds a control character. */
const SEPARATOR = 0;

const NO_PLACE = token('(no place)');
const OF = new TextEncoder().encode(' of ');
/** Python's objects that are some other object's attributes, and what one is called that is nobody's. */
const DICT = 'dict';
const UNOWNED = token('dict (no owner)');
/** Python's objects that stand for a line of code: they are called by it. */
const PLACED: ReadonlySet<string> = new Set(['traceback', 'frame', 'code', 'function']);

/** What must be read of nodes that are to be grouped. */
export const keyColumns = (by: readonly GroupKey[]): Columns => ({
  names: by.includes('name') || by.includes('place'),
  extras: by.includes('owner') || by.includes('place'),
  refs: false,
});

/** The key of one row at a time: `bytes` up to `length`. */
export class RowKey {
  bytes: Uint8Array = new Uint8Array(1024);
  length = 0;
  readonly #by: readonly GroupKey[];
  readonly #position = new FieldFinder('at');
  readonly #owner = new FieldFinder('owner');
  /** For types by code: 1 where it is called by its place, 2 where it is a dict. */
  #types: Dictionary | undefined;
  #marks: Uint8Array = new Uint8Array(0);
  #marked = 0;

  constructor(by: readonly GroupKey[]) {
    this.#by = by;
  }

  take(batch: Batch, row: number): void {
    this.length = 0;
    for (const key of this.#by) {
      if (this.length > 0) {
        this.#room(1);
        this.bytes[this.length++] = SEPARATOR;
      }
      switch (key) {
        case 'type':
          this.#coded(batch.types, batch.type[row]!);
          break;
        case 'kind':
          this.#coded(batch.kinds, batch.kind[row]!);
          break;
        case 'name':
          this.#name(batch, row);
          break;
        case 'place':
          this.#place(batch, row);
          break;
        case 'owner':
          this.#owned(batch, row);
          break;
        default:
          throw new Error(`no such key: ${key satisfies never}`);
      }
    }
  }

  #coded({ bytes, offsets }: Dictionary, code: number): void {
    this.#copy(bytes, offsets[code]!, offsets[code + 1]!);
  }

  #name(batch: Batch, row: number): void {
    const start = batch.nameStart[row]!;
    if (start === SAME_AS_TYPE) this.#coded(batch.types, batch.type[row]!);
    else this.#copy(batch.text, start, batch.nameEnd[row]!);
  }

  /** A position in the source that the runtime told, or a line that the object is called by. */
  #place(batch: Batch, row: number): void {
    if (this.#position.find(batch, row)) this.#copy(this.#position.bytes, this.#position.start, this.#position.end);
    else if (this.#markOf(batch, row) === 1 && batch.nameStart[row] !== SAME_AS_TYPE) this.#name(batch, row);
    else this.#copy(NO_PLACE, 0, NO_PLACE.length);
  }

  /** `dict of Foo`; what has no owner is called by its type. */
  #owned(batch: Batch, row: number): void {
    const { types, type } = batch;
    if (this.#owner.find(batch, row)) {
      // The two texts make one token: the quotes between them go.
      this.#copy(types.bytes, types.offsets[type[row]!]!, types.offsets[type[row]! + 1]! - 1);
      this.#copy(OF, 0, OF.length);
      this.#copy(this.#owner.bytes, this.#owner.start + 1, this.#owner.end);
    } else if (this.#markOf(batch, row) === 2) this.#copy(UNOWNED, 0, UNOWNED.length);
    else this.#coded(types, type[row]!);
  }

  #markOf({ types, type }: Batch, row: number): number {
    if (this.#types !== types) {
      this.#types = types;
      this.#marked = 0;
    }
    if (this.#marks.length < types.size) {
      const wider = new Uint8Array(2 * types.size);
      wider.set(this.#marks);
      this.#marks = wider;
    }
    for (; this.#marked < types.size; this.#marked++) {
      const name = types.text(this.#marked);
      this.#marks[this.#marked] = PLACED.has(name) ? 1 : name === DICT ? 2 : 0;
    }
    return this.#marks[type[row]!]!;
  }

  #copy(source: Uint8Array, start: number, end: number): void {
    this.#room(end - start);
    const to = this.bytes;
    let at = this.length;
    for (let from = start; from < end; from++) to[at++] = source[from]!;
    this.length = at;
  }

  #room(length: number): void {
    if (this.length + length > this.bytes.length) this.bytes = grown(this.bytes, 2 * (this.length + length));
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
