/**
 * DevTools' classes: what each node is called in its Summary, and which nodes share a row there. Fed with the batches of the same reading as the graph; memory grows
 * with the distinct classes, and what each node needs waits in temporary files.
 *
 * Source: calculateObjectNames and classKeyInternal of HeapSnapshot in DevTools. A class is a type; for plain objects an interface (interfaces.ts); with `Detached ` in front
 * for what has been cut off. Objects with a location are told apart by it.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { type Batch, SAME_AS_TYPE } from '../../stream/batch.ts';
import { CodeCache } from '../../stream/codes.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { FieldFinder } from '../../stream/fieldFinder.ts';
import { StoredColumn, together } from '../store/columns.ts';
import { DETACHED, type Graph, NATIVE, OBJECT } from '../store/read.ts';
import { Interfaces, NO_INTERFACE } from './interfaces.ts';

const PLAIN_OBJECT = '"Object"';
/** A place of the source that is none. */
const NOWHERE = 0;
/** What `Detached` begins with. */
const DETACHED_LETTER = 68;

export class Classes {
  /** Names of classes by their code: two codes may share a name, if their objects were made at different places. */
  readonly names: string[] = [];
  readonly #interfaces: Interfaces;
  readonly #places = new Dictionary();
  readonly #placeCache = new CodeCache(this.#places);
  readonly #place: StoredColumn;
  /** Of the batches' dictionaries: the code of plain objects' type and of the kind of objects. */
  #types: Dictionary | undefined;
  #typesSeen = 0;
  #plainType = -1;
  #kinds: Dictionary | undefined;
  #kindsSeen = 0;
  #objectKind = -1;
  #nativeKind = -1;
  readonly #at = new FieldFinder('at');
  #view: DataView = new DataView(new ArrayBuffer(0));
  #isOpen = false;

  constructor(scratch: Scratch) {
    this.#interfaces = new Interfaces(scratch);
    this.#place = new StoredColumn(scratch);
    const nowhere = new TextEncoder().encode('""');
    this.#places.code(nowhere, 0, nowhere.length);
  }

  add(batch: Batch): void {
    const { text, refStart } = batch;
    if (this.#view.buffer !== text.buffer || this.#view.byteOffset !== text.byteOffset)
      this.#view = new DataView(text.buffer, text.byteOffset, text.byteLength);
    this.#settle(batch);
    if (this.#isOpen) this.#interfaces.take(batch, this.#view, 0, refStart[0]!);
    for (let row = 0; row < batch.length; row++) {
      const isObject = batch.kind[row] === this.#objectKind;
      this.#isOpen = isObject && batch.type[row] === this.#plainType;
      this.#place.push(isObject ? this.#placeOf(batch, row) : this.#longNameOf(batch, row));
      if (!this.#isOpen) continue;
      this.#interfaces.begin();
      this.#interfaces.take(batch, this.#view, refStart[row]!, refStart[row + 1]!);
    }
  }

  /** The class of every node in order, as codes of `names`. Flags say what is detached. */
  *inOrder({ flags, types, type }: Graph): Generator<{ readonly first: number; readonly codes: Uint32Array }> {
    this.#interfaces.infer();
    const plain = findCode(types, PLAIN_OBJECT);
    const chosen = this.#interfaces.chosen.values();
    const codes = new Uint32Array(1 << 16);
    // Types, their detached forms and interfaces in one numbering.
    const { size } = types;
    const coding = new Coding(this.names, 2 * size + this.#interfaces.names.length, (name, place) => {
      if (name < size) return types.text(name);
      if (name >= 2 * size) return this.#interfaces.names[name - 2 * size]!;
      return `Detached ${place === NOWHERE ? types.text(name - size) : this.#places.text(place)}`;
    });
    for (const { first, chunks } of together([type, this.#place])) {
      const [typeChunk, placeChunk] = chunks as [Uint32Array, Uint32Array];
      for (let i = 0; i < typeChunk.length; i++) {
        const flag = flags[first + i]!;
        let name = typeChunk[i]!;
        if (name === plain && (flag & OBJECT) !== 0) {
          const index = chosen.next().value!;
          if (index !== NO_INTERFACE) name = 2 * size + index;
          codes[i] = coding.code(name, placeChunk[i]!);
        } else if ((flag & NATIVE) === 0) codes[i] = coding.code(name, placeChunk[i]!);
        else if ((flag & DETACHED) === 0) codes[i] = coding.code(name, NOWHERE);
        else codes[i] = coding.code(size + name, placeChunk[i]!);
      }
      yield { first, codes: codes.subarray(0, typeChunk.length) };
    }
  }

  #settle(batch: Batch): void {
    if (this.#types !== batch.types) {
      this.#types = batch.types;
      this.#typesSeen = 0;
      this.#plainType = -1;
    }
    for (; this.#plainType < 0 && this.#typesSeen < batch.types.size; this.#typesSeen++)
      if (batch.types.text(this.#typesSeen) === 'Object') this.#plainType = this.#typesSeen;
    if (this.#kinds !== batch.kinds || batch.kinds.size > this.#kindsSeen) {
      this.#kinds = batch.kinds;
      this.#kindsSeen = batch.kinds.size;
      this.#objectKind = findCode(batch.kinds, '"object"');
      this.#nativeKind = findCode(batch.kinds, '"native"');
    }
  }

  /**
   * The whole name of an element that is called `Detached <p id=x>` by the runtime itself, instead of a place: if it is found detached it is called so once more, and
   * attributes are taken away only behind the first such word.
   */
  #longNameOf(batch: Batch, row: number): number {
    if (batch.kind[row] !== this.#nativeKind) return NOWHERE;
    const start = batch.nameStart[row]!;
    if (start === SAME_AS_TYPE || batch.text[start + 1] !== DETACHED_LETTER) return NOWHERE;
    return this.#placeCache.code(batch.text, this.#view, start, batch.nameEnd[row]!);
  }

  #placeOf(batch: Batch, row: number): number {
    const at = this.#at;
    if (!at.find(batch, row)) return NOWHERE;
    if (at.bytes === batch.text) return this.#placeCache.code(at.bytes, this.#view, at.start, at.end);
    // Of a line that somebody made.
    return this.#places.code(at.bytes, at.start, at.end);
  }
}

function findCode(dictionary: Dictionary, token: string): number {
  for (let code = 0; code < dictionary.size; code++) if (JSON.stringify(dictionary.text(code)) === token) return code;
  return -1;
}

/** Numbers classes in order of first sight: by name, and by place where they have one. */
class Coding {
  readonly #names: string[];
  readonly #text: (name: number, place: number) => string;
  /** Most nodes have no place: their codes are looked up in an array. */
  readonly #nowhere: Int32Array;
  readonly #codes = new Map<number, number>();
  readonly #byText = new Map<string, number>();

  /** Of so many names; `text` says what is called so. */
  constructor(names: string[], count: number, text: (name: number, place: number) => string) {
    this.#names = names;
    this.#text = text;
    this.#nowhere = new Int32Array(count).fill(-1);
  }

  code(name: number, place: number): number {
    const known = place === NOWHERE ? this.#nowhere[name]! : this.#codes.get(name * 2 ** 26 + place);
    return known === undefined || known < 0 ? this.#enter(name, place) : known;
  }

  #enter(name: number, place: number): number {
    const text = this.#text(name, place);
    if (place !== NOWHERE) {
      const code = this.#names.push(text) - 1;
      this.#codes.set(name * 2 ** 26 + place, code);
      return code;
    }
    const code = this.#byText.get(text) ?? this.#names.push(text) - 1;
    this.#byText.set(text, code);
    this.#nowhere[name] = code;
    return code;
  }
}
