/**
 * Who some nodes are, on disk: a record of 36 bytes for each in order, and the names beside. Written in one go as nodes come, then read in order
 * for all, or anywhere for a few. Memory: 128 KiB while it is written, 4 MiB of pages while it is read.
 */
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { type Batch, SAME_AS_TYPE } from '../../stream/batch.ts';
import { textOf } from '../../stream/json.ts';
import { type Members, type NodeName, ranksOf } from './members.ts';
import { TypeCodes } from './typeCodes.ts';

/** n (4 bytes), type code (4), id (8), size (8), where the name begins (8) and its bytes (4, 0 where it is the type). */
const RECORD = 36;
const BUFFER = 1800 * RECORD;
/** Names of at most 6 KiB each. */
const NAMES = 1 << 16;
/** A page holds whole records. */
const PAGE = 450 * RECORD;
const PAGES = 256;

export class Identities implements Members {
  readonly #types = new TypeCodes();
  count = 0;
  readonly #hasNames: boolean;
  readonly #records: TempFile;
  readonly #names: TempFile;
  readonly #buffer = new Uint8Array(BUFFER);
  readonly #view = new DataView(this.#buffer.buffer);
  #used = 0;
  #text = new Uint8Array(NAMES);
  #textUsed = 0;
  readonly #pages: ({ readonly number: number; readonly view: DataView } | undefined)[] = new Array(PAGES).fill(
    undefined,
  );

  /** Without names, because nobody reads them, everything is called as its type. */
  constructor(scratch: Scratch, hasNames: boolean) {
    this.#hasNames = hasNames;
    this.#records = scratch.open();
    this.#names = scratch.open();
  }

  add(batch: Batch, row: number): void {
    // The last record stays in the buffer, so that it can be taken back.
    if (this.#used === BUFFER) this.#flush();
    const view = this.#view;
    const at = this.#used;
    const start = batch.nameStart[row]!;
    const length = !this.#hasNames || start === SAME_AS_TYPE ? 0 : batch.nameEnd[row]! - start;
    view.setUint32(at, batch.n[row]!, true);
    view.setUint32(at + 4, this.#types.of(batch, row), true);
    view.setFloat64(at + 8, batch.id[row]!, true);
    view.setFloat64(at + 16, batch.size[row]!, true);
    view.setFloat64(at + 24, this.#names.length + this.#textUsed, true);
    view.setUint32(at + 32, length, true);
    if (length > 0) this.#addName(batch.text, start, length);
    this.#used += RECORD;
    this.count++;
  }

  /** Takes the last node back. */
  pop(): void {
    this.#used -= RECORD;
    this.count--;
  }

  ranks(): Uint32Array {
    return ranksOf(this.#types.dictionary);
  }

  /** Calls `each` with the code of the type and the size of every node, in order. */
  forEach(each: (index: number, type: number, size: number) => void): void {
    this.#flush();
    const block = new Uint8Array(BUFFER);
    const view = new DataView(block.buffer);
    for (let index = 0, position = 0; index < this.count; position += BUFFER) {
      const end = this.#records.readAt(block, position);
      for (let at = 0; at < end; at += RECORD)
        each(index++, view.getUint32(at + 4, true), view.getFloat64(at + 16, true));
    }
  }

  at(index: number): NodeName {
    const { view, at } = this.#place(index);
    const type = this.#types.dictionary.text(view.getUint32(at + 4, true));
    const length = view.getUint32(at + 32, true);
    const id = view.getFloat64(at + 8, true);
    return { n: view.getUint32(at, true), id, type, name: length === 0 ? type : this.#name(view, at, length) };
  }

  n(index: number): number {
    const { view, at } = this.#place(index);
    return view.getUint32(at, true);
  }

  size(index: number): number {
    const { view, at } = this.#place(index);
    return view.getFloat64(at + 16, true);
  }

  #addName(text: Uint8Array, start: number, length: number): void {
    if (this.#textUsed + length > this.#text.length) {
      this.#names.append(this.#text, this.#textUsed);
      this.#textUsed = 0;
      if (length > this.#text.length) this.#text = new Uint8Array(2 * length);
    }
    this.#text.set(text.subarray(start, start + length), this.#textUsed);
    this.#textUsed += length;
  }

  #name(view: DataView, at: number, length: number): string {
    const bytes = new Uint8Array(length);
    this.#names.readAt(bytes, view.getFloat64(at + 24, true), length);
    return textOf(bytes, 0, length);
  }

  #place(index: number): { readonly view: DataView; readonly at: number } {
    this.#flush();
    const position = index * RECORD;
    const number = Math.floor(position / PAGE);
    let page = this.#pages[number % PAGES];
    if (page?.number !== number) {
      const view = page?.view ?? new DataView(new ArrayBuffer(PAGE));
      this.#records.readAt(new Uint8Array(view.buffer), number * PAGE);
      page = { number, view };
      this.#pages[number % PAGES] = page;
    }
    return { view: page.view, at: position - number * PAGE };
  }

  #flush(): void {
    if (this.#used > 0) this.#records.append(this.#buffer, this.#used);
    if (this.#textUsed > 0) this.#names.append(this.#text, this.#textUsed);
    this.#used = 0;
    this.#textUsed = 0;
  }
}
