/**
 * Every kind of path in a heap, kept in its index as lines (pathLineWriter.ts): picked by the type of the nodes, and told as plain lines again. Costs five words a kind, and
 * what is told.
 */
import { LEAD_BITS, LEADS, PATH_LINES, PATH_PIECES, PATH_ROWS, PATH_UNREACHED, PATH_WORDS } from './contents.ts';
import type { Folder } from './folder.ts';

/** What was picked: lines in their order, and what they add up to. */
export interface PickedLines {
  /** Place among all lines. */
  readonly lines: Uint32Array;
  readonly count: number;
  readonly bytes: number;
  /** Chosen nodes that have no path. */
  readonly unreached: number;
}

/** Bytes of lines that are read at once at most, and where one does not follow the one before. */
const WINDOW = 1 << 18;
const FEW = 1 << 12;
/** From here on what is unfolded is given away. */
const OUT = 1 << 16;

export class PathLines {
  readonly #rows: Uint32Array;
  readonly #folder: Folder;

  private constructor(folder: Folder) {
    this.#folder = folder;
    this.#rows = folder.numbers(PATH_ROWS);
  }

  /** Undefined where a heap has too many kinds of paths to keep them. */
  static of(folder: Folder): PathLines | undefined {
    return folder.size(PATH_ROWS) === 0 ? undefined : new PathLines(folder);
  }

  /** The lines of some types: 1 for the code of each. */
  pick(isType: Uint8Array): PickedLines {
    const rows = this.#rows;
    const lines = new Uint32Array(rows.length / PATH_WORDS);
    let picked = 0;
    let [count, bytes] = [0, 0];
    for (let line = 0, at = 0; at < rows.length; line++, at += PATH_WORDS) {
      if (isType[rows[at]! >>> 1] !== 1) continue;
      lines[picked++] = line;
      count += rows[at + 1]!;
      bytes += rows[at + 2]! + rows[at + 3]! * 2 ** 32;
    }
    const unreached = this.#folder.numbers(PATH_UNREACHED).reduce((sum, nodes, type) => sum + isType[type]! * nodes, 0);
    return { lines: lines.subarray(0, picked), count, bytes, unreached };
  }

  /** Whether a line's names depend on what was chosen. */
  isOfAll(line: number): boolean {
    return (this.#rows[line * PATH_WORDS]! & 1) === 1;
  }

  /** Gives the text of some lines, ascending, in blocks that end anywhere; with `isSingle` each line is one. */
  write(lines: Uint32Array, give: (bytes: Buffer, end: number) => void, isSingle = false): void {
    const unfolding = new Unfolding(this.#folder, give, isSingle);
    const part = this.#folder.part(PATH_LINES);
    const rows = this.#rows;
    let window = new Uint8Array(WINDOW);
    let [base, held, most] = [0, 0, FEW];
    let line = 0;
    let position = 0;
    for (const wanted of lines) {
      for (; line < wanted; line++) position += rows[line * PATH_WORDS + 4]!;
      const length = rows[line * PATH_WORDS + 4]!;
      if (position + length > base + held) {
        most = position <= base + held + FEW ? Math.min(2 * most, WINDOW) : FEW;
        if (length > window.length) window = new Uint8Array(2 * length);
        base = position;
        held = part.readAt(window, base, Math.max(length, most));
      }
      unfolding.add(window, position - base, position - base + length);
    }
    unfolding.give();
  }
}

/** Lines with numbers of pieces to plain ones: the loop that a full answer spends its time in, so it copies eight bytes at a time, as the encoder of streams does. */
class Unfolding {
  readonly #give: (bytes: Buffer, end: number) => void;
  readonly #isSingle: boolean;
  readonly #pieces: DataView;
  readonly #offsets: Uint32Array;
  #out = Buffer.allocUnsafeSlow(2 * OUT);
  #view = new DataView(this.#out.buffer);
  #at = 0;

  constructor(folder: Folder, give: (bytes: Buffer, end: number) => void, isSingle: boolean) {
    this.#give = give;
    this.#isSingle = isSingle;
    // Whoever copies a piece reads up to eight bytes past it.
    this.#pieces = new DataView(folder.bytes(`${PATH_PIECES}.text`, 8).buffer);
    this.#offsets = folder.numbers(`${PATH_PIECES}.offsets`);
  }

  /** A line. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const pieces = this.#pieces;
    const offsets = this.#offsets;
    if (this.#at + to - from > this.#out.length) this.#makeRoom(to - from);
    let at = this.#at;
    let out = this.#out;
    let view = this.#view;
    for (let i = from; i < to; ) {
      const byte = bytes[i++]!;
      if (byte >= LEADS) {
        out[at++] = byte;
        continue;
      }
      let next = bytes[i++]!;
      let code = byte | ((next & 127) << LEAD_BITS);
      for (let shift = LEAD_BITS + 7; next > 127; shift += 7) {
        next = bytes[i++]!;
        code |= (next & 127) << shift;
      }
      let piece = offsets[code]!;
      const length = offsets[code + 1]! - piece;
      // Room for what is behind it in the line, too: of that only pieces are asked for.
      if (at + length + to - i + 8 > out.length) {
        this.#at = at;
        this.#makeRoom(length + to - i + 8);
        at = this.#at;
        out = this.#out;
        view = this.#view;
      }
      const end = at + length;
      for (; at < end; at += 8, piece += 8) view.setFloat64(at, pieces.getFloat64(piece, true), true);
      at = end;
    }
    this.#at = at;
    if (this.#isSingle || at >= OUT) this.give();
  }

  /** What has not been given yet. */
  give(): void {
    if (this.#at > 0) this.#give(this.#out, this.#at);
    this.#at = 0;
  }

  #makeRoom(bytes: number): void {
    if (!this.#isSingle) this.give();
    if (this.#at + bytes <= this.#out.length) return;
    const wider = Buffer.allocUnsafeSlow(2 * (this.#at + bytes));
    wider.set(this.#out.subarray(0, this.#at));
    this.#out = wider;
    this.#view = new DataView(wider.buffer);
  }
}
