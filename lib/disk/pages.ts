/**
 * Bytes that are appended once and then read at any place, through a cache of fixed size. What fits the cache never touches the disk: one code path for
 * both. Costs the cache, and 20 bytes a page of 64 KiB.
 */
import type { Scratch } from './scratch.ts';

export const PAGE = 1 << 16;
/** Whoever begins to read in a page may read so many bytes past its end: they are the next page's first ones, as far as they were known when it was appended. */
const SLACK = 32;
const STRIDE = PAGE + SLACK;
/** Below this the cache would hold nothing long enough. */
const LEAST_PAGES = 16;

export class Pages {
  /** Pages in memory; the others are on disk. */
  readonly #frames: (Uint8Array | undefined)[] = [];
  readonly #scratch: Scratch | undefined;
  #file: Paper | undefined;
  readonly #capacity: number;
  /** Pages in memory in no order, the clock's hand among them, and whether each page was asked for since the hand passed. */
  readonly #resident: number[] = [];
  #hand = 0;
  /** Pages taken from memory so far: where it has changed, what `page` gave before may be another page's by now. */
  taken = 0;
  #used = new Uint8Array(64);
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
    if (stored !== undefined) {
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

  /** One page more: the first PAGE bytes and what lies behind them. */
  append(bytes: Uint8Array): void {
    const frame = this.#add();
    frame.set(bytes.subarray(0, STRIDE));
    if (this.#file !== undefined) this.#file.writeAt(frame, (this.#frames.length - 1) * STRIDE);
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
    for (const [index, frame] of this.#frames.entries()) this.#file.writeAt(frame!, index * STRIDE);
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
    // All of it is written to at once.
    const frame = this.#free ?? Buffer.allocUnsafeSlow(STRIDE);
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
