/**
 * The kind and name of each reference that rows have, in their order: a small code each, in a temporary file, 1.1 bytes a reference on real heaps. So the names of a
 * few references are found without reading the snapshot's references again, which takes longer than all else. Memory: the distinct names, and 8 MB.
 */
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { type Batch, type NameTable, REF_KINDS } from '../../stream/batch.ts';
import { CodeCache } from '../../stream/codes.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { textOf, token } from '../../stream/json.ts';
import { isIndexed } from '../../stream/refToken.ts';

const CHUNK = 1 << 16;
/** Names as they come are forgotten when they take so many bytes. */
const MOST_RAW = 8 << 20;
const KINDS = 8;
/** Places of a batch's text of which the code is remembered: a source that has one name many times in a batch often writes it once. */
const PLACES = 1 << 12;
/** Numbers of names, each with a kind, of which the code is remembered. */
const NUMBER_BITS = 14;
const QUOTE = 34;
const WEAK_KIND = REF_KINDS.indexOf('weak');

/** Distinct names take more memory than they may. */
export class TooManyNames extends Error {}

export interface RefName {
  readonly ref: string;
  readonly via: string;
}

/** Nodes in order from `first` on, whose codes begin at a place of the file. */
export interface Block {
  readonly first: number;
  readonly position: number;
}

export class RefNames {
  /** Nodes come in blocks: codes of those in between need not be read. */
  readonly blocks: Block[] = [];
  readonly #common: (kind: string, name: string) => string;
  readonly #limit: number;
  /** A digit for the kind, then the name. */
  readonly #names = new Dictionary();
  readonly #file: TempFile;
  readonly #chunk = new Uint8Array(CHUNK);
  #at = 0;
  /** Names as they came, and for each of them and each kind the code, or -1. */
  #raw = new CodeCache(new Dictionary());
  #codes = new Int32Array(KINDS << 10).fill(-1);
  readonly #indexCodes: Int32Array;
  readonly #places = new Int32Array(PLACES);
  readonly #placeCodes = new Int32Array(PLACES);
  /** Where names come as numbers. */
  readonly #numbers = new Float64Array(1 << NUMBER_BITS).fill(-1);
  readonly #numberCodes = new Int32Array(1 << NUMBER_BITS);
  #text: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Whose references come. */
  #open = -1;

  /**
   * `common` gives the name to keep for a kind and name; names of digits are all one to it, and it is asked once about each kind of them. `limit` is for the bytes
   * of distinct names.
   */
  constructor(common: (kind: string, name: string) => string, scratch: Scratch, limit = Number.POSITIVE_INFINITY) {
    this.#common = common;
    this.#limit = limit;
    this.#file = scratch.open();
    this.#indexCodes = Int32Array.from(REF_KINDS, (_, kind) => this.#code(kind, '0'));
  }

  /** The references of a batch, those left out that rows without weak references do not have: the root's are kept. Throws TooManyNames. */
  add(batch: Batch): void {
    const { length, refStart, n } = batch;
    if (batch.text !== this.#text) {
      const { buffer, byteOffset, byteLength } = batch.text;
      this.#text = batch.text;
      this.#view = new DataView(buffer, byteOffset, byteLength);
    }
    if (this.#raw.dictionary.memory > MOST_RAW) this.#forget();
    this.#places.fill(-1);
    this.#take(batch, 0, refStart[0]!, this.#open === 0);
    if (length === 0) return;
    this.blocks.push({ first: n[0]!, position: this.#file.length + this.#at });
    this.#take(batch, refStart[0]!, refStart[1]!, n[0] === 0);
    this.#take(batch, refStart[1]!, refStart[length]!, false);
    this.#open = n[length - 1]!;
  }

  /** The code of a name that is told by itself: an index into REF_KINDS, and the name as it stands in a line. */
  codeOf(kind: number, text: string): number {
    const name = text.startsWith('"') ? (JSON.parse(text) as string) : text;
    return /^\d+$/.test(name) ? this.#indexCodes[kind]! : this.#code(kind, name);
  }

  /** The codes in order; nothing may be added any more. */
  codes(): RefCodes {
    this.#flush();
    return new RefCodes(this.#file);
  }

  name(code: number): RefName {
    const text = this.#names.text(code);
    return { ref: REF_KINDS[Number(text[0])]!, via: text.slice(1) };
  }

  #take(batch: Batch, from: number, to: number, keepsWeak: boolean): void {
    const { text, refKind, refNameStart, refNameEnd, names } = batch;
    const chunk = this.#chunk;
    const places = this.#places;
    const placeCodes = this.#placeCodes;
    for (let ref = from; ref < to; ref++) {
      const kind = refKind[ref]!;
      if (kind === WEAK_KIND && !keepsWeak) continue;
      const start = refNameStart[ref]!;
      let code: number;
      if (names !== undefined) code = isIndexed(kind) ? this.#indexCodes[kind]! : this.#numbered(batch, ref, names);
      else if (text[start] !== QUOTE) code = this.#indexCodes[kind]!;
      else {
        const place = (start ^ (start >>> 12)) & (PLACES - 1);
        if (places[place] !== start) {
          places[place] = start;
          placeCodes[place] = this.#codeOf(text, kind, start, refNameEnd[ref]!);
        }
        code = placeCodes[place]!;
      }
      if (this.#at > CHUNK - 5) this.#flush();
      for (; code > 127; code >>>= 7) chunk[this.#at++] = (code & 127) | 128;
      chunk[this.#at++] = code;
    }
  }

  #numbered(batch: Batch, ref: number, names: NameTable): number {
    const number = batch.refName[ref]!;
    const kind = batch.refKind[ref]!;
    const key = number * KINDS + kind;
    const slot = Math.imul(key, 0x9e3779b1) >>> (32 - NUMBER_BITS);
    if (this.#numbers[slot] !== key) {
      names.find(number);
      const { bytes, start, end } = names;
      this.#numberCodes[slot] = isNumber(bytes, start + 1, end - 1)
        ? this.#indexCodes[kind]!
        : this.#code(kind, textOf(bytes, start, end));
      this.#numbers[slot] = key;
    }
    return this.#numberCodes[slot]!;
  }

  #codeOf(text: Uint8Array, kind: number, start: number, end: number): number {
    if (isNumber(text, start + 1, end - 1)) return this.#indexCodes[kind]!;
    const place = this.#raw.code(text, this.#view, start, end) * KINDS + kind;
    if (place >= this.#codes.length) {
      const wider = new Int32Array(2 * Math.max(place, this.#codes.length)).fill(-1);
      wider.set(this.#codes);
      this.#codes = wider;
    }
    let code = this.#codes[place]!;
    if (code < 0) {
      code = this.#code(kind, textOf(text, start, end));
      this.#codes[place] = code;
    }
    return code;
  }

  #code(kind: number, name: string): number {
    if (this.#names.memory > this.#limit) throw new TooManyNames();
    const bytes = token(`${kind}${this.#common(REF_KINDS[kind]!, name)}`);
    return this.#names.code(bytes, 0, bytes.length);
  }

  #forget(): void {
    this.#raw = new CodeCache(new Dictionary());
    this.#codes = new Int32Array(KINDS << 10).fill(-1);
  }

  #flush(): void {
    this.#file.append(this.#chunk, this.#at);
    this.#at = 0;
  }
}

function isNumber(text: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text[i]! < 48 || text[i]! > 57) return false;
  return end > start;
}

/** Codes one after the other, from the place of a block on. */
export class RefCodes {
  readonly #file: TempFile;
  readonly #chunk = new Uint8Array(CHUNK);
  #position = 0;
  #at = 0;
  #end = 0;

  constructor(file: TempFile) {
    this.#file = file;
  }

  seek({ position }: Block): void {
    this.#position = position;
    this.#at = this.#end;
  }

  next(): number {
    let byte = this.#byte();
    let code = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = this.#byte();
      code |= (byte & 127) << shift;
    }
    return code;
  }

  #byte(): number {
    if (this.#at === this.#end) {
      this.#end = this.#file.readAt(this.#chunk, this.#position);
      this.#position += this.#end;
      this.#at = 0;
      if (this.#end === 0) throw new Error('there are fewer names than references');
    }
    return this.#chunk[this.#at++]!;
  }
}
