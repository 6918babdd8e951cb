/**
 * Nodes by id: a bitmap of 4,096 neighbouring ids wherever there is one, and for each node, in the order they came, what it is and its size. Snapshots list ids nearly in
 * order, so that what is looked up next lies beside what was looked up last. Costs 10 bytes a node while nodes come, then 14 for a moment, then 10 again, and 1 KiB for each
 * 4,096 ids (or 64 KiB of addresses) of which one occurs: 0.5 bytes a node in V8, 1.5 in Python.
 */
import { grownDoubles, grownNumbers } from '../disk/grow.ts';

const PAGE = 4096;
const WORDS = PAGE / 32;
/** From here on an id is an address, of which nearly all objects begin at every sixteenth. */
const ADDRESS = 2 ** 32;
const UNIT = 16;
const CHUNK_BITS = 16;
const CHUNK = 1 << CHUNK_BITS;
const IN_CHUNK = CHUNK - 1;

/** In place of a code: its node was taken. */
const TAKEN = 0;
/** What a page takes beside its bits and ranks; and how many are enough, so that a place has 32 bits for some time after that is noticed. */
const PER_PAGE = 64;
const MOST_PAGES = 2 ** 20 - 2 ** 17;

/** Instead of a size: no node has this id; a node has it, but is something else. */
export const ABSENT = -1;
export const OTHER = -2;

export class IdPages {
  /** Pages by what their ids have in common, and back. */
  readonly #pages = new Map<number, number>();
  #keys = new Float64Array(64);
  #lastKey = Number.NaN;
  #lastPage = -1;
  /** 128 words a page, and for each word how many bits are set before it. */
  #bits = new Uint32Array(64 * WORDS);
  #ranks: Uint32Array | undefined;
  /** Of all nodes as they came, in chunks: place among the bits, code plus one, size. */
  readonly #places: Uint32Array[] = [];
  readonly #codes: (Uint16Array | Uint32Array)[] = [];
  readonly #sizes: (Uint32Array | Float64Array)[] = [];
  #count = 0;
  /** By rank among the bits: which node it is. */
  #order = new Uint32Array(0);

  /** Bytes that it takes, and will for looking up; infinite where it can take no more. */
  get bytes(): number {
    if (this.#pages.size > MOST_PAGES) return Number.POSITIVE_INFINITY;
    return this.#pages.size * (8 * WORDS + PER_PAGE) + this.#codes.length * CHUNK * 14;
  }

  /** Of several nodes with one id the first counts. */
  put(id: number, code: number, size: number): void {
    const place = this.#place(id, true);
    const bit = 1 << (place & 31);
    if ((this.#bits[place >>> 5]! & bit) !== 0) return;
    this.#bits[place >>> 5]! |= bit;
    const at = this.#count & IN_CHUNK;
    const chunk = this.#count >>> CHUNK_BITS;
    if (at === 0) {
      this.#places.push(new Uint32Array(CHUNK));
      this.#codes.push(new Uint16Array(CHUNK));
      this.#sizes.push(new Uint32Array(CHUNK));
    }
    if (code >= 0xffff && this.#codes[chunk] instanceof Uint16Array)
      this.#codes[chunk] = Uint32Array.from(this.#codes[chunk]);
    if (size > 0xffffffff && this.#sizes[chunk] instanceof Uint32Array)
      this.#sizes[chunk] = Float64Array.from(this.#sizes[chunk]);
    this.#places[chunk]![at] = place;
    this.#codes[chunk]![at] = code + 1;
    this.#sizes[chunk]![at] = size;
    this.#count++;
  }

  /** All have come. */
  seal(): void {
    const ranks = new Uint32Array(this.#pages.size * WORDS);
    for (let word = 0, before = 0; word < ranks.length; word++) {
      ranks[word] = before;
      before += ones(this.#bits[word]!);
    }
    this.#ranks = ranks;
    this.#order = new Uint32Array(this.#count);
    for (let chunk = 0; chunk < this.#places.length; chunk++) {
      const places = this.#places[chunk]!;
      const first = chunk * CHUNK;
      const length = Math.min(CHUNK, this.#count - first);
      for (let at = 0; at < length; at++) this.#order[this.#rank(places[at]!)] = first + at;
      this.#places[chunk] = NOTHING;
    }
  }

  /** The size of the node with this id and code, which is taken away; or ABSENT, or OTHER. Only when sealed. */
  take(id: number, code: number): number {
    const place = this.#place(id, false);
    if (place < 0 || (this.#bits[place >>> 5]! & (1 << (place & 31))) === 0) return ABSENT;
    const node = this.#order[this.#rank(place)]!;
    const codes = this.#codes[node >>> CHUNK_BITS]!;
    const at = node & IN_CHUNK;
    const known = codes[at]!;
    if (known !== code + 1) return known === TAKEN ? ABSENT : OTHER;
    codes[at] = TAKEN;
    return this.#sizes[node >>> CHUNK_BITS]![at]!;
  }

  /** All nodes as they came. Only before it is sealed. */
  each(give: (id: number, code: number, size: number) => void): void {
    for (let node = 0; node < this.#count; node++) {
      const [chunk, at] = [node >>> CHUNK_BITS, node & IN_CHUNK];
      const place = this.#places[chunk]![at]!;
      give(
        idOf(this.#keys[Math.floor(place / PAGE)]!, place % PAGE),
        this.#codes[chunk]![at]! - 1,
        this.#sizes[chunk]![at]!,
      );
    }
  }

  #rank(place: number): number {
    const word = place >>> 5;
    return this.#ranks![word]! + ones(this.#bits[word]! & ((1 << (place & 31)) - 1));
  }

  /** Where the bit of an id is; -1 where it has no page and is to have none. */
  #place(id: number, make: boolean): number {
    let key: number;
    let offset: number;
    if (id < ADDRESS) {
      key = id >>> 12;
      offset = id & (PAGE - 1);
    } else {
      const unit = Math.floor(id / UNIT);
      offset = unit & (PAGE - 1);
      // Above all keys of small ids, as an address is above 2^32.
      key = (unit - offset) / (PAGE / UNIT) + (id % UNIT) + ADDRESS;
    }
    if (key !== this.#lastKey) {
      const page = this.#pages.get(key) ?? (make ? this.#add(key) : -1);
      if (page < 0) return -1;
      this.#lastKey = key;
      this.#lastPage = page;
    }
    return this.#lastPage * PAGE + offset;
  }

  #add(key: number): number {
    const page = this.#pages.size;
    this.#pages.set(key, page);
    if (page === this.#keys.length) {
      this.#keys = grownDoubles(this.#keys, 2 * page);
      this.#bits = grownNumbers(this.#bits, 2 * page * WORDS);
    }
    this.#keys[page] = key;
    return page;
  }
}

const NOTHING = new Uint32Array(0);

function idOf(key: number, offset: number): number {
  if (key < ADDRESS) return key * PAGE + offset;
  const group = key - ADDRESS;
  return Math.floor(group / UNIT) * PAGE * UNIT + offset * UNIT + (group % UNIT);
}

function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
