/** Batches in, canonical lines of schema 1 out, in blocks of 64 KiB; one open line is all that is kept between batches. */
import { type Batch, REF_KINDS, SAME_AS_TYPE } from './batch.ts';
import { writeDigits } from './digits.ts';
import { endLine, type StartMark } from './marks.ts';

/** The longest line, its newline included. */
export const LONGEST_LINE = 65_536;

const BLOCK = 65_536;
/** A first line may grow by `"more":4294967295,` when it is closed, and every line by `]}` and the newline. */
const CLOSING = 40;
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
const REF_FROM = new Uint32Array(REF_KINDS.length);
const REF_TO = new Uint32Array(REF_KINDS.length);
REF_KINDS.forEach((kind, code) => {
  const [start, end] = part(`,["${kind}",`);
  REF_FROM[code] = start;
  REF_TO[code] = end;
});

/** Takes blocks of finished lines; the bytes are its own only until it returns. */
export type Sink = (bytes: Uint8Array, end: number) => void;

/**
 * Writes a node stream: `start`, batches, `end`. Where a line is broken into continuations depends on the node alone,
 * never on batches, so that a stream is the same bytes however it was read.
 */
export class NodeEncoder {
  nodes = 0;
  refs = 0;
  readonly #sink: Sink;
  #out: Uint8Array = new Uint8Array(3 * BLOCK);
  #view = new DataView(this.#out.buffer);
  /** Where the next byte goes, where the open line begins, and where its `,"refs"` begins if it is a node's first line, else -1. */
  #at = 0;
  #line = 0;
  #refsKey = -1;
  /** The node whose references are being written, and whether it is wanted. */
  #n = 0;
  #open = false;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  start(mark: StartMark): void {
    this.record(mark.line);
  }

  end(): void {
    this.record(endLine(this));
    this.flush();
  }

  /** A line of its own: a mark, or a record of somebody else's. */
  record(line: string): void {
    const bytes = utf8.encode(`${line}\n`);
    this.#room(bytes.length);
    this.#out.set(bytes, this.#at);
    this.#at += bytes.length;
    this.#finishLine();
  }

  /** Writes the rows that `keep` marks with 1, or all. A row's references in later batches follow it. */
  batch(batch: Batch, keep?: Uint8Array): void {
    if (this.#open) this.#writeRefs(batch, 0, batch.refStart[0]!, batch.length === 0 ? batch.more : 0);
    let foreign = 0;
    for (let row = 0; row < batch.length; row++) {
      while (foreign < batch.foreign.length && batch.foreign[foreign]!.row === row) this.record(batch.foreign[foreign++]!.line);
      if (keep === undefined || keep[row] === 1) this.#writeNode(batch, row);
    }
    while (foreign < batch.foreign.length) this.record(batch.foreign[foreign++]!.line);
  }

  flush(): void {
    if (this.#at > 0) this.#sink(this.#out, this.#at);
    this.#at = 0;
    this.#line = 0;
  }

  #writeNode(batch: Batch, row: number): void {
    const type = batch.type[row]!;
    const kind = batch.kind[row]!;
    const { kinds, types } = batch;
    const nameStart = batch.nameStart[row]!;
    const nameBytes = nameStart === SAME_AS_TYPE ? 0 : batch.nameEnd[row]! - nameStart;
    const extraStart = batch.extraStart[row]!;
    const extraBytes = batch.extraEnd[row]! - extraStart;
    const typeStart = types.offsets[type]!;
    const typeEnd = types.offsets[type + 1]!;
    this.#room(FIXED + nameBytes + extraBytes + typeEnd - typeStart + kinds.offsets[kind + 1]! - kinds.offsets[kind]!);
    const out = this.#out;
    const view = this.#view;
    this.nodes++;
    this.#n = batch.n[row]!;
    let at = copy(view, this.#at, partView, N_FROM, N_TO);
    at = writeDigits(out, at, this.#n);
    at = copy(view, at, partView, ID_FROM, ID_TO);
    at = writeDigits(out, at, batch.id[row]!);
    at = copy(view, at, partView, KIND_FROM, KIND_TO);
    at = copyLong(out, at, kinds.bytes, kinds.offsets[kind]!, kinds.offsets[kind + 1]!);
    at = copy(view, at, partView, TYPE_FROM, TYPE_TO);
    at = copyLong(out, at, types.bytes, typeStart, typeEnd);
    if (nameStart !== SAME_AS_TYPE) {
      at = copy(view, at, partView, NAME_FROM, NAME_TO);
      at = copyLong(out, at, batch.text, nameStart, nameStart + nameBytes);
    }
    at = copy(view, at, partView, SIZE_FROM, SIZE_TO);
    at = writeDigits(out, at, batch.size[row]!);
    if (extraBytes > 0) {
      out[at++] = 44;
      at = copyLong(out, at, batch.text, extraStart, extraStart + extraBytes);
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

  /** References [from, to) of a batch for the open node; `more` of them are still to come in later batches. */
  #writeRefs(batch: Batch, from: number, to: number, more: number): void {
    const { text, refKind, refNameStart, refNameEnd, refTo } = batch;
    const textView = new DataView(text.buffer, text.byteOffset, text.byteLength);
    let out = this.#out;
    let view = this.#view;
    let at = this.#at;
    let last = this.#line + LONGEST_LINE - CLOSING;
    this.refs += to - from;
    for (let ref = from; ref < to; ref++) {
      const kind = refKind[ref]!;
      const nameStart = refNameStart[ref]!;
      const nameEnd = refNameEnd[ref]!;
      if (at + 32 + nameEnd - nameStart > last) {
        this.#at = at;
        this.#breakLine(to - ref + more);
        out = this.#out;
        view = this.#view;
        at = this.#at;
        last = this.#line + LONGEST_LINE - CLOSING;
      }
      // Behind `"refs":[` the reference's own comma is left out.
      const comma = out[at - 1] === 91 ? 1 : 0;
      at = copy(view, at, partView, REF_FROM[kind]! + comma, REF_TO[kind]!);
      at = copy(view, at, textView, nameStart, nameEnd);
      out[at++] = 44;
      at = writeDigits(out, at, refTo[ref]!);
      out[at++] = 93;
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

  #endRefs(): void {
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

/** Copies src[start, end) in words of four bytes: it may read three bytes past `end` and write as many past what it gives back. */
function copy(dst: DataView, at: number, src: DataView, start: number, end: number): number {
  const to = at + end - start;
  for (let from = start; at < to; from += 4, at += 4) dst.setUint32(at, src.getUint32(from, true), true);
  return to;
}

function copyLong(dst: Uint8Array, at: number, src: Uint8Array, start: number, end: number): number {
  if (end - start > 48) dst.set(src.subarray(start, end), at);
  else for (let i = start, to = at; i < end; i++, to++) dst[to] = src[i]!;
  return at + end - start;
}
