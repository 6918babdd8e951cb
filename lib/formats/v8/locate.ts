/**
 * Finds the sections of a V8 snapshot: its header parsed, and the byte range of every other section. The number arrays, nine tenths
 * of a file, are crossed by memchr at several GB/s, or not at all where they will be read anyway (fromEnd.ts); nothing is kept.
 *
 * Knows the layout that writers use (snapshot first, strings last, plain keys). Other legal JSON is `UnusualLayout`: see normalise.ts.
 */
import type { RandomBytes } from '../../disk/input.ts';
import { InputError } from '../../stream/errors.ts';
import { byteFault } from './faults.ts';
import { type Ends, endsOf } from './fromEnd.ts';
import { type Header, parseHeader } from './header.ts';

/** Legal JSON perhaps, but not as the known writers lay it out: for the slow path. */
export class UnusualLayout extends Error {}

/** Bytes [start, end) between a section's brackets. The end of the strings is known only to who reads them: here it is the file's. */
export interface Section {
  readonly start: number;
  readonly end: number;
}

export interface Layout {
  readonly header: Header;
  /** Every section was crossed to its end; if not, others may stand between the nodes or the edges and their end. */
  readonly isCrossed: boolean;
  readonly sections: ReadonlyMap<string, Section>;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 91;
const CLOSE = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const KEY = /^[A-Za-z_]{1,64}$/;
const WINDOW = 1 << 18;
/** The longest header accepted: a real one has 2 KB. */
const LONGEST_HEADER = 1 << 20;
/** Arrays of numbers only: their end is the next bracket. */
const FLAT = new Set(['nodes', 'edges', 'locations', 'samples']);

/** Nodes and edges are crossed, unless somebody will read them to their end. */
export function locate(file: RandomBytes, crosses: boolean): Layout {
  const layout = sectionsOf(file, crosses);
  const misses = !layout.isCrossed && layout.header.locationFields.length > 0 && !layout.sections.has('locations');
  return misses ? sectionsOf(file, true) : layout;
}

function sectionsOf(file: RandomBytes, crosses: boolean): Layout {
  const walk = new Walk(file);
  walk.expect(OPEN_BRACE);
  if (walk.key() !== 'snapshot') throw new UnusualLayout();
  const start = walk.position;
  walk.skipValue('snapshot');
  if (walk.position - start > LONGEST_HEADER) throw new UnusualLayout();
  const text = Buffer.alloc(walk.position - start);
  file.readAt(text, start);
  const header = parseHeader(file.name, text.toString());
  const sections = new Map<string, Section>([['snapshot', { start, end: walk.position }]]);
  let ends: Ends | undefined;
  while (walk.isNext(44)) {
    const key = walk.key();
    if (sections.has(key)) throw new UnusualLayout();
    const from = walk.position;
    if (key === 'strings') {
      walk.expect(OPEN);
      sections.set(key, { start: walk.position, end: file.size });
      break;
    }
    if (key === 'nodes' && !crosses) ends = endsOf(file, from + 1, header.nodeFields.length, header.edgeFields.length);
    if (ends !== undefined && (key === 'nodes' || key === 'edges')) walk.position = ends[key] + 1;
    else if (FLAT.has(key)) walk.skipFlat(key);
    else walk.skipValue(key);
    sections.set(key, { start: from + 1, end: walk.position - 1 });
  }
  for (const needed of ['nodes', 'edges', 'strings']) if (!sections.has(needed)) throw new UnusualLayout();
  return { header, sections, isCrossed: ends === undefined };
}

/** A place in the file, moved over JSON tokens. */
class Walk {
  readonly #file: RandomBytes;
  readonly #window = Buffer.allocUnsafeSlow(WINDOW);
  #base = 0;
  #length = 0;
  position = 0;

  constructor(file: RandomBytes) {
    this.#file = file;
  }

  /** The byte at `position`, or -1 at the end. */
  #byte(): number {
    const at = this.position - this.#base;
    if (at >= 0 && at < this.#length) return this.#window[at]!;
    this.#base = this.position;
    this.#length = this.#file.readAt(this.#window, this.position);
    return this.#length === 0 ? -1 : this.#window[0]!;
  }

  #skipSpace(): void {
    for (let byte = this.#byte(); byte === 32 || byte === 10 || byte === 13 || byte === 9; byte = this.#byte())
      this.position++;
  }

  isNext(wanted: number): boolean {
    this.#skipSpace();
    const byte = this.#byte();
    if (byte === wanted) this.position++;
    else if (byte < 0) this.#cut('the snapshot');
    else if (byte !== CLOSE_BRACE) throw new UnusualLayout();
    return byte === wanted;
  }

  expect(wanted: number): void {
    this.#skipSpace();
    if (this.#byte() !== wanted) {
      if (this.#byte() < 0) this.#cut('the snapshot');
      throw new UnusualLayout();
    }
    this.position++;
  }

  /** A plain key and its colon; the value begins at `position`. */
  key(): string {
    this.expect(QUOTE);
    let key = '';
    for (let byte = this.#byte(); byte !== QUOTE; byte = this.#byte()) {
      if (byte < 0) this.#cut('the snapshot');
      key += String.fromCharCode(byte);
      if (byte === BACKSLASH || key.length > 64) throw new UnusualLayout();
      this.position++;
    }
    this.position++;
    if (!KEY.test(key)) throw new UnusualLayout();
    this.expect(58);
    this.#skipSpace();
    return key;
  }

  /** Over an array of numbers. */
  skipFlat(key: string): void {
    this.expect(OPEN);
    const window = this.#window;
    for (;;) {
      if (this.#byte() < 0) this.#cut(`the ${key}`);
      const found = window.indexOf(CLOSE, this.position - this.#base);
      if (found >= 0 && found < this.#length) {
        this.position = this.#base + found + 1;
        return;
      }
      this.position = this.#base + this.#length;
    }
  }

  /** Over any array or object. */
  skipValue(key: string): void {
    let depth = 0;
    let inString = false;
    for (; ; this.position++) {
      const byte = this.#byte();
      if (byte < 0) this.#cut(`the section ${key}`);
      if (inString) {
        if (byte === BACKSLASH) this.position++;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) depth++;
      else if (byte === CLOSE || byte === CLOSE_BRACE) depth--;
      if (depth === 0) break;
    }
    this.position++;
  }

  #cut(what: string): never {
    if (this.#file.size === 0) throw new InputError(`${this.#file.name}: is empty, not a heap snapshot`);
    throw byteFault(this.#file, this.#file.size, `the file ends in the middle of ${what} (file cut short?)`);
  }
}
