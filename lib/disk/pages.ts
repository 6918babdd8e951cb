/**
 * Bytes that are appended once and then read at any place, through a cache of fixed size. What fits the cache never touches the disk: one code path for
 * both. Costs the cache, and 20 bytes a page of 64 KiB.
 */
import type { Scratch } from './scratch.ts';

export const PAGE = 1 << 16;
/** Whoever begins to read in a page may read so many bytes past its end: they are the next page's first ones. */
const SLACK = 32;
const STRIDE = PAGE + SLACK;
const NOTHING = new Uint8Array(0);
/** Below this the cache would hold nothing long enough. */
const LEAST_PAGES = 16;

export class Pages {
  /** Pages in memory; the others are on disk. */
  readonly #frames: (Uint8Array | undefined)[] = [];
  readonly #scratch: Scratch | undefined;
  #file: Paper | undefined;
  #onDisk = 0;
  readonly #capacity: number;
  /** Pages in memory in no order, the clock's hand among them, and whether each page was asked for since the hand passed. */
  readonly #resident: number[] = [];
  #hand = 0;
  /** Pages taken from memory so far: where it has changed, what `page` gave before may be another page's by now. */
  taken = 0;
  #used = new Uint8Array(64);
  /** The page being written; of a stored file an empty one. */
  #open: Uint8Array = NOTHING;
  /** A frame that was taken from its page. */
  #free: Uint8Array | undefined;

  /** Pages to be written, or those that `stored` has, which was written of `each`. */
  constructor(
    budgetBytes: number,
    scratch: Scratch | undefined,
    stored?: { readonly file: Stored; readonly pages: number },
  ) {
    this.#scratch = scratch;
    this.#capacity = pagesIn(budgetBytes);
    if (stored === undefined) this.#open = this.#add();
    else {
      this.#file = {
        readAt: (into, position) => stored.file.readAt(into, position),
        writeAt: () => {},
        close: () => {},
      };
      this.#frames.length = stored.pages;
      this.#frames.fill(undefined);
      this.#used = new Uint8Array(stored.pages);
    }
  }

  get count(): number {
    return this.#frames.length;
  }

  /** Bytes that all pages take. */
  get bytes(): number {
    return this.#frames.length * STRIDE;
  }

  /** The page to write into: at most PAGE + SLACK bytes, then `turn`. */
  get open(): Uint8Array {
    return this.#open;
  }

  /** The open page is full: it has `end` bytes, of which those past PAGE begin the next one. Gives the next one and where to go on in it. */
  turn(end: number): { readonly page: Uint8Array; readonly at: number } {
    const full = this.#open;
    const carried = end - PAGE;
    if (this.#file !== undefined) this.#write(this.#frames.length - 1, full);
    const next = this.#add();
    next.set(full.subarray(PAGE, end));
    this.#open = next;
    // What is read past a page's end is the next one's beginning, which is not yet known: whoever writes takes care that nothing begins there.
    return { page: next, at: carried };
  }

  /** Nothing more will be written. */
  seal(): void {
    if (this.#file !== undefined && this.#onDisk < this.#frames.length)
      this.#write(this.#frames.length - 1, this.#open);
  }

  /** A page, valid until the next call of anything here. */
  page(index: number): Uint8Array {
    this.#used[index] = 1;
    return this.#frames[index] ?? this.#load(index);
  }

  /** All pages, in order, each valid until the next one. */
  *each(): Generator<Uint8Array> {
    for (let index = 0; index < this.#frames.length; index++) yield this.page(index);
  }

  /** Nothing will be read any more. */
  close(): void {
    this.#frames.length = 0;
    this.#resident.length = 0;
    this.#file?.close();
    this.#file = undefined;
  }

  #add(): Uint8Array {
    const index = this.#frames.length;
    if (this.#resident.length >= this.#capacity) {
      this.#spill();
      this.#evict();
    }
    if (index === this.#used.length) {
      const wider = new Uint8Array(2 * index);
      wider.set(this.#used);
      this.#used = wider;
    }
    // It may have been another page's: what is kept of this one must not depend on how much memory there was.
    this.#free?.fill(0);
    const frame = this.#frame();
    this.#frames.push(frame);
    this.#resident.push(index);
    this.#used[index] = 1;
    return frame;
  }

  /** From the first page that does not fit, all pages go to disk as they are finished; those that are finished already go now. */
  #spill(): void {
    if (this.#file !== undefined) return;
    this.#file = this.#scratch!.open();
    // No page has been evicted before there was a file.
    for (let index = 0; index < this.#frames.length; index++) this.#write(index, this.#frames[index]!);
  }

  #write(index: number, frame: Uint8Array): void {
    if (index === this.#onDisk) this.#onDisk++;
    this.#file!.writeAt(frame, index * STRIDE);
  }

  #evict(): void {
    const resident = this.#resident;
    for (;;) {
      if (this.#hand >= resident.length) this.#hand = 0;
      const index = resident[this.#hand]!;
      if (this.#used[index] === 0) {
        resident[this.#hand] = resident[resident.length - 1]!;
        resident.pop();
        this.#free = this.#frames[index];
        this.#frames[index] = undefined;
        this.taken++;
        return;
      }
      this.#used[index] = 0;
      this.#hand++;
    }
  }

  #frame(): Uint8Array {
    const frame = this.#free ?? new Uint8Array(STRIDE);
    this.#free = undefined;
    return frame;
  }

  #load(index: number): Uint8Array {
    if (this.#resident.length >= this.#capacity) this.#evict();
    const frame = this.#frame();
    this.#file!.readAt(frame, index * STRIDE);
    this.#frames[index] = frame;
    this.#resident.push(index);
    this.#used[index] = 1;
    return frame;
  }
}

/** What pages are read from. */
export interface Stored {
  readAt(into: Uint8Array, position: number): number;
}

interface Paper extends Stored {
  writeAt(bytes: Uint8Array, position: number): void;
  close(): void;
}

const pagesIn = (bytes: number): number => Math.max(LEAST_PAGES, Math.floor(bytes / STRIDE));
