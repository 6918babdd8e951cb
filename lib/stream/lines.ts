/** Where lines of a node stream stand in its file, from one pass over it; and some of its nodes, decoded from there. Memory: a block. */
import { grownDoubles } from '../disk/grow.ts';
import type { ByteReader, RandomBytes } from '../disk/input.ts';
import { Batch } from './batch.ts';
import { CanonicalScanner } from './canonical.ts';
import { decodeStream } from './decode.ts';
import { Dictionary } from './dictionary.ts';
import { LONGEST_LINE } from './encode.ts';
import { UNMARKED } from './marks.ts';
import { type Points, STEP, type Wanted } from './points.ts';
import type { Columns, NodeSource } from './source.ts';
import { StreamState } from './state.ts';

const BLOCK = 1 << 18;
/** The first piece behind a jump; each further one is twice as long, up to the longest line. */
const FEW = 1 << 12;
const NEWLINE = 10;
/** From this many entries on a new dictionary is begun. */
const MANY = 1 << 16;
const NODE = Buffer.from('{"n":');
const MARK = Buffer.from('{"snap":"');

/** Undefined where a line does not begin as writers begin it, with its mark or its n: the rest of it may be in any form. */
export function findLines(file: RandomBytes): Points | undefined {
  const scanner = new CanonicalScanner({ names: false, extras: false, refs: false });
  const state = new StreamState();
  const batch = new Batch(new Dictionary(), new Dictionary());
  const bytes = Buffer.allocUnsafeSlow(BLOCK + 16);
  batch.text = bytes;
  const places = new NodePlaces();
  for (let base = 0; ; ) {
    let held = file.readAt(bytes, base, BLOCK);
    if (held === 0) break;
    // The last line may have no newline.
    if (base + held === file.size && bytes[held - 1] !== NEWLINE) bytes[held++] = NEWLINE;
    const end = bytes.lastIndexOf(NEWLINE, held - 1) + 1;
    if (end === 0) return undefined;
    for (let from = 0; from < end; ) {
      batch.clear();
      if (batch.types.size > MANY) batch.types = new Dictionary();
      if (batch.kinds.size > MANY) batch.kinds = new Dictionary();
      const stop = scanner.scan(bytes, from, end, batch, state);
      for (let row = 0; row < batch.length; row++) {
        // No line holds a newline, and extra fields stand somewhere inside.
        if (places.isNew(batch.n[row]!))
          places.add(batch.n[row]!, base + bytes.lastIndexOf(NEWLINE, batch.extraStart[row]!) + 1);
      }
      from = scanner.at;
      if (stop !== 'odd') continue;
      const next = bytes.indexOf(NEWLINE, from) + 1;
      if (!isAt(bytes, from, MARK)) {
        if (!isAt(bytes, from, NODE) || !takeOdd(bytes.toString('utf8', from, next), state)) return undefined;
        if (places.isNew(state.lastN)) places.add(state.lastN, base + from);
      }
      from = next;
    }
    base += end;
  }
  return { step: STEP, nodes: state.lastN + 1, nodeAt: places.all(), refAt: new Float64Array(0) };
}

/** A node, or more of its references, that the scanner leaves to others; false where its n is not what it begins with, or is out of order. */
function takeOdd(line: string, state: StreamState): boolean {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return false;
  }
  const { n, id, more } = record;
  if (typeof n !== 'number' || !line.startsWith(`{"n":${n}`)) return false;
  if (id === undefined) return n === state.lastN;
  if (n <= state.lastN) return false;
  state.node(n, typeof more === 'number' ? more : 0, 0);
  return true;
}

const isAt = (bytes: Buffer, at: number, text: Buffer): boolean =>
  bytes.compare(text, 0, text.length, at, at + text.length) === 0;

/** Where the first node of each group begins, from nodes in order. */
class NodePlaces {
  #at = new Float64Array(1024);
  #groups = 0;

  isNew(n: number): boolean {
    return Math.floor(n / STEP) >= this.#groups;
  }

  /** Groups before it that have no nodes get the same place. */
  add(n: number, position: number): void {
    const group = Math.floor(n / STEP);
    if (group >= this.#at.length) this.#at = grownDoubles(this.#at, Math.max(2 * this.#at.length, group + 1));
    this.#at.fill(position, this.#groups, group + 1);
    this.#groups = group + 1;
  }

  all(): Float64Array {
    return this.#at.slice(0, this.#groups);
  }
}

/** Wanted nodes with what `columns` says, from the file that the points were found in. */
export async function linesAt(
  file: RandomBytes,
  points: Points,
  columns: Columns,
  wanted: Wanted,
): Promise<NodeSource> {
  const decoder = await decodeStream(file.name, new Picker(file, points, wanted), columns);
  // What is missing was not wanted.
  const verdict = (): { notes: readonly string[]; part: boolean } => ({ notes: [], part: false });
  return { name: decoder.name, start: decoder.start, batches: decoder.batches, verdict };
}

/** The start mark and the lines of wanted nodes, as if there were no others. */
class Picker implements ByteReader {
  readonly #file: RandomBytes;
  readonly #points: Points;
  readonly #wanted: Wanted;
  readonly #bytes = Buffer.allocUnsafeSlow(LONGEST_LINE);
  #base = 0;
  #held = 0;
  #most = FEW;
  /** Where the next line begins, or goes on if it is being taken. */
  #position = 0;
  #isTaking = false;
  #mark: Uint8Array;

  constructor(file: RandomBytes, points: Points, wanted: Wanted) {
    this.#file = file;
    this.#points = points;
    this.#wanted = wanted;
    this.#mark = this.#startLine();
    this.#jump(0);
  }

  /** As many lines as there is room for, so that they make one batch. */
  read(into: Uint8Array, from: number): number {
    let at = from;
    if (this.#mark.length > 0) {
      const taken = this.#mark.subarray(0, into.length - at);
      into.set(taken, at);
      this.#mark = this.#mark.subarray(taken.length);
      at += taken.length;
    }
    while (at < into.length && (this.#isTaking || this.#findLine())) at += this.#take(into, at);
    return at - from;
  }

  #startLine(): Uint8Array {
    const start = this.#hold(0, LONGEST_LINE);
    const line = this.#bytes.subarray(start, this.#lineEnd(start));
    return Buffer.from(line.indexOf(MARK) === 0 ? line : `${UNMARKED.line}\n`);
  }

  /** Goes to the next line that is wanted; false where there is none. */
  #findLine(): boolean {
    while (this.#position < this.#file.size) {
      const n = this.#nodeHere();
      if (n >= 0 && this.#wanted.has(n)) {
        this.#isTaking = true;
        return true;
      }
      this.#passLine();
      if (n >= 0) this.#jump(n + 1);
    }
    return false;
  }

  /** Towards the first wanted node from n on; to the end of the file where there is none. */
  #jump(n: number): void {
    const { nodes, step, nodeAt } = this.#points;
    const next = this.#wanted.next(n);
    const position = next < nodes ? nodeAt[Math.floor(next / step)]! : this.#file.size;
    if (position > this.#position) this.#position = position;
  }

  /** Whose line stands here; -1 for a mark. */
  #nodeHere(): number {
    let at = this.#hold(this.#position, 32);
    const bytes = this.#bytes;
    if (!isAt(bytes, at, NODE)) return -1;
    at += NODE.length;
    let n = 0;
    for (; bytes[at]! >= 48 && bytes[at]! <= 57; at++) n = 10 * n + bytes[at]! - 48;
    return n;
  }

  #take(into: Uint8Array, at: number): number {
    const start = this.#hold(this.#position, 1);
    const end = Math.min(this.#lineEnd(start), start + into.length - at);
    into.set(this.#bytes.subarray(start, end), at);
    this.#position += end - start;
    this.#isTaking = end > start && this.#bytes[end - 1] !== NEWLINE;
    return end - start;
  }

  #passLine(): void {
    for (;;) {
      const start = this.#hold(this.#position, 1);
      const end = this.#lineEnd(start);
      this.#position += end - start;
      if (end === start || this.#bytes[end - 1] === NEWLINE) return;
    }
  }

  /** Where the line ends in the window, or what there is of it. */
  #lineEnd(from: number): number {
    const newline = this.#bytes.indexOf(NEWLINE, from);
    return newline < 0 || newline >= this.#held ? this.#held : newline + 1;
  }

  /** Makes `length` bytes from a place on stand in the window, or all there are; gives their place in it. */
  #hold(position: number, length: number): number {
    const at = position - this.#base;
    if (at >= 0 && at + length <= this.#held) return at;
    const follows = at >= 0 && at <= this.#held;
    this.#most = follows ? Math.min(2 * this.#most, LONGEST_LINE) : FEW;
    this.#base = position;
    this.#held = this.#file.readAt(this.#bytes, position, Math.max(length, this.#most));
    return 0;
  }
}
