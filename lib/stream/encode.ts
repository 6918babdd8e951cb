/**
 * Batches in, canonical lines of schema 1 out, in blocks of 60 KiB; one open line is all that is kept between batches.
 *
 * Over 300 lines, because every part of a line is written at one place in one buffer, which its caches and its line breaking share.
 */
import { grown } from '../disk/grow.ts';
import { type Batch, REF_HEADS, SAME_AS_TYPE } from './batch.ts';
import type { Dictionary } from './dictionary.ts';
import { writeDigits } from './digits.ts';
import { endLine, type StartMark } from './marks.ts';

/** The longest line, its newline included. */
export const LONGEST_LINE = 65_536;

/**
 * From here on a block is given away at the end of a line. What a pipe holds at once, nearly: a longer write would wait for its reader, and the two
 * programs would take turns instead of working at the same time.
 */
const BLOCK = 61_440;
/** A first line may grow by `"more":4294967295,` when it is closed, and every line by `]}` and the newline. */
const CLOSING = 40;
/** Bytes of rendered heads that are kept; a type that comes with several kinds is rendered again and again. */
const HEADS = 1 << 22;
/** Bytes of a node's line that are neither text nor references: keys and three numbers. */
const FIXED = 160;

const utf8 = new TextEncoder();

/** The constant parts of a line, in one buffer, so that they are copied in words like everything else. */
const parts: Uint8Array = new Uint8Array(512);
const partView = new DataView(parts.buffer);
let partsEnd = 0;
const part = (text: string): readonly [start: number, end: number] => {
  const start = partsEnd;
  partsEnd += utf8.encodeInto(text, parts.subarray(start)).written;
  return [start, partsEnd];
};
const [N_FROM, N_TO] = part('{"n":');
const [ID_FROM, ID_TO] = part(',"id":');
const [KIND_FROM, KIND_TO] = part(',"kind":');
const [TYPE_FROM, TYPE_TO] = part(',"type":');
const [NAME_FROM, NAME_TO] = part(',"name":');
const [SIZE_FROM, SIZE_TO] = part(',"size":');
const [REFS_FROM, REFS_TO] = part(',"refs":[');
const REF_HEAD_BYTES = Uint8Array.from(REF_HEADS, (head) => head.length);

/** Takes blocks of finished lines; the bytes are its own only until it returns. */
export type Sink = (bytes: Uint8Array, end: number) => void;

/** Takes blocks, and gives them back if they are wanted. */
export interface Aside {
  readonly sink: Sink;
  readonly copyTo: (sink: Sink) => void;
}

/**
 * Writes a node stream: `start`, batches, `end`. Where a line is broken into continuations depends on the node alone,
 * never on batches, so that a stream is the same bytes however it was read.
 */
export class NodeEncoder {
  nodes = 0;
  refs = 0;
  readonly #sink: Sink;
  #out: Uint8Array = new Uint8Array(BLOCK + 3 * LONGEST_LINE);
  #view = new DataView(this.#out.buffer);
  /** Where the next byte goes, where the open line begins, and where its `,"refs"` begins if it is a node's first line, else -1. */
  #at = 0;
  #line = 0;
  #refsKey = -1;
  /** The node whose references are being written, and whether it is wanted. */
  #n = 0;
  #open = false;
  #textView: DataView = new DataView(new ArrayBuffer(8));
  /** `,"kind":"object","type":"Foo"` as last written for each type code of `#types`: for which code of `#kinds` (plus one), and where it stands in `#heads`. */
  #types: Dictionary | undefined;
  #kinds: Dictionary | undefined;
  #headKind = new Uint32Array(0);
  #headStart = new Uint32Array(0);
  #headEnd = new Uint32Array(0);
  #heads: Uint8Array = new Uint8Array(0);
  #headView: DataView = new DataView(new ArrayBuffer(8));
  #headsEnd = 0;

  #given = 0;
  readonly #openAside: (() => Aside) | undefined;
  #aside: (Aside & { readonly nodes: number; readonly refs: number }) | undefined;

  /** `openAside` gives a place for lines of which it is not yet known whether they are wanted. */
  constructor(sink: Sink, openAside?: () => Aside) {
    this.#sink = sink;
    this.#openAside = openAside;
  }

  start(mark: StartMark): void {
    this.record(mark.line);
  }

  /** A line of its own: a mark, or a record of somebody else's. */
  record(line: string): void {
    const bytes = utf8.encode(`${line}\n`);
    this.#room(bytes.length);
    this.#out.set(bytes, this.#at);
    this.#at += bytes.length;
    this.#finishLine();
  }

  /**
   * Writes the rows that `keep` marks with 1, or all; a row's references in later batches follow it. A row marked 2 is written aside until
   * `held`, with a later batch, says whether it is wanted.
   */
  batch(batch: Batch, keep?: Uint8Array, held?: boolean): void {
    this.continue(batch);
    if (held !== undefined) this.#release(held);
    let foreign = 0;
    for (let row = 0; row < batch.length; row++) {
      while (foreign < batch.foreign.length && batch.foreign[foreign]!.row === row)
        this.record(batch.foreign[foreign++]!.line);
      const answer = keep === undefined ? 1 : keep[row];
      if (answer === 2) this.#hold();
      if (answer !== 0) this.row(batch, row);
    }
    while (foreign < batch.foreign.length) this.record(batch.foreign[foreign++]!.line);
  }

  /** The references at the beginning of a batch that belong to the node written last. */
  continue(batch: Batch): void {
    this.#begin(batch);
    if (this.#open) this.#writeRefs(batch, 0, batch.refStart[0]!, batch.length === 0 ? batch.more : 0);
  }

  /** One node. `continue` must have been called with its batch. */
  row(batch: Batch, row: number): void {
    this.#begin(batch);
    this.#writeNode(batch, row);
  }

  /** Bytes written so far. */
  get position(): number {
    return this.#given + this.#at;
  }

  /** Ends the stream with its mark, which says `part` where the start mark could not; `held` is about a row that was marked 2. */
  end(held?: boolean, part = false): void {
    if (held !== undefined) this.#release(held);
    this.record(endLine(this, part));
    this.flush();
  }

  /** Ends a stream whose input was cut off: whole lines, and no mark. */
  finish(held?: boolean): void {
    if (held !== undefined) this.#release(held);
    this.#at = this.#line;
    this.flush();
  }

  flush(): void {
    if (this.#at > 0) (this.#aside === undefined ? this.#sink : this.#aside.sink)(this.#out, this.#at);
    this.#given += this.#at;
    this.#at = 0;
    this.#line = 0;
  }

  /** From here on everything is written aside. */
  #hold(): void {
    this.flush();
    if (this.#openAside === undefined) throw new Error('this encoder cannot hold rows');
    this.#aside = { ...this.#openAside(), nodes: this.nodes, refs: this.refs };
  }

  #release(isWanted: boolean): void {
    if (this.#aside === undefined) return;
    this.flush();
    const { copyTo, nodes, refs } = this.#aside;
    this.#aside = undefined;
    if (isWanted) copyTo(this.#sink);
    else {
      this.nodes = nodes;
      this.refs = refs;
    }
  }

  #begin(batch: Batch): void {
    const { text } = batch;
    if (this.#textView.buffer !== text.buffer || this.#textView.byteOffset !== text.byteOffset) {
      this.#textView = new DataView(text.buffer, text.byteOffset, text.byteLength);
    }
    this.#headsFor(batch);
  }

  #writeNode(batch: Batch, row: number): void {
    const type = batch.type[row]!;
    const kind = batch.kind[row]!;
    const nameStart = batch.nameStart[row]!;
    const nameBytes = nameStart === SAME_AS_TYPE ? 0 : batch.nameEnd[row]! - nameStart;
    const extraStart = batch.extraStart[row]!;
    const extraBytes = batch.extraEnd[row]! - extraStart;
    if (this.#headKind[type] !== kind + 1) this.#makeHead(batch, kind, type);
    const headStart = this.#headStart[type]!;
    const headEnd = this.#headEnd[type]!;
    this.#room(FIXED + nameBytes + extraBytes + headEnd - headStart);
    const out = this.#out;
    const view = this.#view;
    const textView = this.#textView;
    this.nodes++;
    this.#n = batch.n[row]!;
    let at = copy(view, this.#at, partView, N_FROM, N_TO);
    at = writeDigits(out, at, this.#n);
    at = copy(view, at, partView, ID_FROM, ID_TO);
    at = writeDigits(out, at, batch.id[row]!);
    at = copy(view, at, this.#headView, headStart, headEnd);
    if (nameStart !== SAME_AS_TYPE) {
      at = copy(view, at, partView, NAME_FROM, NAME_TO);
      at = copy(view, at, textView, nameStart, nameStart + nameBytes);
    }
    at = copy(view, at, partView, SIZE_FROM, SIZE_TO);
    at = writeDigits(out, at, batch.size[row]!);
    if (extraBytes > 0) {
      out[at++] = 44;
      at = copy(view, at, textView, extraStart, extraStart + extraBytes);
    }
    if (batch.hasRefs[row] === 0) {
      out[at++] = 125;
      out[at++] = 10;
      this.#at = at;
      this.#finishLine();
      return;
    }
    this.#refsKey = at;
    this.#at = copy(view, at, partView, REFS_FROM, REFS_TO);
    this.#open = true;
    this.#writeRefs(batch, batch.refStart[row]!, batch.refStart[row + 1]!, row === batch.length - 1 ? batch.more : 0);
  }

  #headsFor(batch: Batch): void {
    const { kinds, types } = batch;
    if (types === this.#types && kinds === this.#kinds && types.size <= this.#headKind.length && this.#headsEnd < HEADS)
      return;
    this.#types = types;
    this.#kinds = kinds;
    this.#headKind = new Uint32Array(2 * types.size);
    this.#headStart = new Uint32Array(2 * types.size);
    this.#headEnd = new Uint32Array(2 * types.size);
    this.#headsEnd = 0;
  }

  #makeHead(batch: Batch, kind: number, type: number): void {
    const { kinds, types } = batch;
    const pieces = [
      parts.subarray(KIND_FROM, KIND_TO),
      kinds.bytes.subarray(kinds.offsets[kind], kinds.offsets[kind + 1]),
      parts.subarray(TYPE_FROM, TYPE_TO),
      types.bytes.subarray(types.offsets[type], types.offsets[type + 1]),
    ];
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.#headsEnd + bytes + 8 > this.#heads.length) {
      this.#heads = grown(this.#heads, 2 * (this.#headsEnd + bytes + 8));
      this.#headView = new DataView(this.#heads.buffer);
    }
    this.#headKind[type] = kind + 1;
    this.#headStart[type] = this.#headsEnd;
    for (const piece of pieces) {
      this.#heads.set(piece, this.#headsEnd);
      this.#headsEnd += piece.length;
    }
    this.#headEnd[type] = this.#headsEnd;
  }

  /** References [from, to) of a batch for the open node; `more` of them are still to come in later batches. */
  #writeRefs(batch: Batch, from: number, to: number, more: number): void {
    const { refKind, refNameStart, refNameEnd, refTo } = batch;
    const textView = this.#textView;
    let out = this.#out;
    let view = this.#view;
    let at = this.#at;
    let last = this.#line + LONGEST_LINE - CLOSING;
    this.refs += to - from;
    for (let ref = from; ref < to; ref++) {
      const start = refNameStart[ref]! - REF_HEAD_BYTES[refKind[ref]!]!;
      const end = refNameEnd[ref]! + 1;
      if (at + 16 + end - start > last) {
        this.#at = at;
        this.#breakLine(to - ref + more);
        out = this.#out;
        view = this.#view;
        at = this.#at;
        last = this.#line + LONGEST_LINE - CLOSING;
      }
      at = copy(view, at, textView, start, end);
      at = writeDigits(out, at, refTo[ref]!);
      out[at++] = 93;
      out[at++] = 44;
    }
    this.#at = at;
    if (more === 0) this.#closeRefs();
  }

  /** Ends the line in the middle of a node's references, `left` of which go on in the next. */
  #breakLine(left: number): void {
    if (this.#refsKey >= 0) {
      const field = utf8.encode(`,"more":${left}`);
      this.#out.copyWithin(this.#refsKey + field.length, this.#refsKey, this.#at);
      this.#out.set(field, this.#refsKey);
      this.#at += field.length;
    }
    this.#endRefs();
    const head = utf8.encode(`{"n":${this.#n},"refs":[`);
    this.#out.set(head, this.#at);
    this.#at += head.length;
    this.#refsKey = -1;
  }

  #closeRefs(): void {
    this.#endRefs();
    this.#refsKey = -1;
    this.#open = false;
  }

  /** Every reference is written with a comma behind it: the last one's gives way. */
  #endRefs(): void {
    if (this.#out[this.#at - 1] === 44) this.#at--;
    this.#out[this.#at++] = 93;
    this.#out[this.#at++] = 125;
    this.#out[this.#at++] = 10;
    this.#finishLine();
  }

  #finishLine(): void {
    this.#line = this.#at;
    if (this.#at >= BLOCK) this.flush();
  }

  /** Makes room for `bytes` and a whole line of references behind them. */
  #room(bytes: number): void {
    const needed = this.#at + bytes + LONGEST_LINE + 64;
    if (needed <= this.#out.length) return;
    const wider = new Uint8Array(needed * 2);
    wider.set(this.#out.subarray(0, this.#at));
    this.#out = wider;
    this.#view = new DataView(wider.buffer);
  }
}

/**
 * Copies src[start, end) eight bytes a step: it may read seven bytes past `end` and write as many past what it gives back. As doubles, which
 * are moved bit by bit unless they are NaN: no UTF-8 text has the bytes of one (0xff, or 0x7f behind 0xf0 to 0xff, at the end of eight).
 */
function copy(dst: DataView, at: number, src: DataView, start: number, end: number): number {
  const to = at + end - start;
  for (let from = start; at < to; from += 8, at += 8) dst.setFloat64(at, src.getFloat64(from, true), true);
  return to;
}
