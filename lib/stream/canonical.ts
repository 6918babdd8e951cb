/**
 * Canonical lines straight from bytes into columns: texts stay where they are, nothing is allocated. 5 to 8 million nodes a second where a
 * line read with JSON.parse costs 1.2 µs. Every line that is not canonical to the byte is left to plain.ts, which knows all of JSON.
 *
 * Over 300 lines, because one place in the bytes is moved through all parts of a line.
 */
import { type Batch, NODES, REF_KINDS, REFS, SAME_AS_TYPE } from './batch.ts';
import { CodeCache } from './codes.ts';
import { Dictionary } from './dictionary.ts';
import { LONGEST_LINE } from './encode.ts';
import { expect, Literal } from './literal.ts';
import type { Columns } from './source.ts';
import type { StreamState } from './state.ts';

/** More references than any line of 64 KiB can hold: the shortest is `["weak",0,0],`. */
export const LINE_REFS = Math.ceil(LONGEST_LINE / 13);

const QUOTE = 34;
const COMMA = 44;
const CLOSE = 93;
const BACKSLASH = 92;
const CLOSE_BRACE = 125;
const NEWLINE = 10;

const N = new Literal('{"n":');
const ID = new Literal(',"id":');
const KIND = new Literal(',"kind":"');
const TYPE = new Literal(',"type":"');
const NAME = new Literal(',"name":"');
const SIZE = new Literal(',"size":');
const MORE = new Literal(',"more":');
const REFS_KEY = new Literal(',"refs":[');
const HEADS = REF_KINDS.map((kind) => new Literal(`["${kind}",`));
/** Reference kinds by their first letter: the code, and the bytes that must follow. */
const KIND_OF = new Int8Array(128).fill(-1);
REF_KINDS.forEach((kind, code) => {
  KIND_OF[kind.charCodeAt(0)] = code;
});
/** Keys that have their place and are no extra fields. */
export const KNOWN = new Set(['n', 'id', 'kind', 'type', 'name', 'size', 'more', 'refs', 'snap']);

const STARTS_KNOWN = new Uint8Array(256);
for (const key of KNOWN) STARTS_KNOWN[key.charCodeAt(0)] = 1;
const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((word) => new TextEncoder().encode(word)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Why a scan ended: no more bytes, no more room in the batch, or a line for the plain path. */
export type Stop = 'end' | 'full' | 'odd';

export class CanonicalScanner {
  /** Where the last scan stopped: the beginning of a line, or the end. */
  at = 0;
  readonly #columns: Columns;
  #value = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #kinds = new CodeCache(new Dictionary());
  #types = new CodeCache(new Dictionary());

  constructor(columns: Columns) {
    this.#columns = columns;
  }

  /** Lines of bytes[from, end), which ends with a newline, as further rows of `batch`, whose `text` must be `bytes`. */
  scan(bytes: Buffer, from: number, end: number, batch: Batch, state: StreamState): Stop {
    this.at = from;
    if (this.#view.buffer !== bytes.buffer || this.#view.byteOffset !== bytes.byteOffset) {
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const { kinds, types } = batch;
    if (this.#kinds.dictionary !== kinds) this.#kinds = new CodeCache(kinds);
    if (this.#types.dictionary !== types) this.#types = new CodeCache(types);
    while (this.at < end) {
      if (batch.length === NODES || batch.refs > REFS - LINE_REFS) return 'full';
      const next = this.#line(bytes, this.at, end, batch, state);
      if (next < 0 || next - this.at > LONGEST_LINE) return 'odd';
      state.line++;
      this.at = next;
    }
    return 'end';
  }

  /** One line; the place behind it, or -1 where it is not canonical: then nothing has changed. */
  #line(bytes: Buffer, from: number, end: number, batch: Batch, state: StreamState): number {
    const view = this.#view;
    let at = this.#number(bytes, expect(view, from, N));
    if (at < 0) return -1;
    const n = this.#value;
    if (bytes[at + 2] === 114) return this.#continuation(bytes, at, end, n, batch, state);
    // A line out of order, or a new node where references are due, is for the plain path to refuse.
    if (n <= state.lastN || state.left > 0 || state.ended || n > 0xffffffff) return -1;
    at = this.#number(bytes, expect(view, at, ID));
    if (at < 0) return -1;
    const id = this.#value;
    const kindStart = expect(view, at, KIND) - 1;
    const kindEnd = kindStart < 0 ? -1 : endOfString(bytes, kindStart);
    if (kindEnd < 0) return -1;
    const typeStart = expect(view, kindEnd, TYPE) - 1;
    const typeEnd = typeStart < 0 ? -1 : endOfString(bytes, typeStart);
    if (typeEnd < 0) return -1;
    at = typeEnd;
    let nameStart = SAME_AS_TYPE;
    if (bytes[at + 2] === 110) {
      nameStart = expect(view, at, NAME) - 1;
      at = nameStart < 0 ? -1 : endOfString(bytes, nameStart);
      if (at < 0) return -1;
    }
    const nameEnd = at;
    if (nameEnd - nameStart === typeEnd - typeStart && isSame(bytes, nameStart, typeStart, typeEnd))
      nameStart = SAME_AS_TYPE;
    at = this.#number(bytes, expect(view, at, SIZE));
    if (at < 0) return -1;
    const size = this.#value;
    const extraStart = at;
    let more = 0;
    while (bytes[at] === COMMA && expect(view, at, REFS_KEY) < 0) {
      const wasMore = expect(view, at, MORE);
      if (wasMore >= 0) {
        const behind = this.#number(bytes, wasMore);
        if (behind < 0 || expect(view, behind, REFS_KEY) < 0) return -1;
        more = this.#value;
        break;
      }
      at = endOfExtra(bytes, at);
      if (at < 0) return -1;
    }
    const extraEnd = at;
    if (more > 0) at = this.#number(bytes, at + MORE.length);
    let refs = batch.refs;
    let hasRefs = 0;
    if (bytes[at] === CLOSE_BRACE) {
      if (bytes[at + 1] !== NEWLINE) return -1;
      at += 2;
    } else {
      hasRefs = 1;
      at = expect(view, at, REFS_KEY);
      if (at < 0) return -1;
      at = this.#columns.refs ? this.#refs(bytes, at, batch, refs) : skipRefs(bytes, at, end);
      if (at < 0) return -1;
      refs = this.#columns.refs ? this.#value : refs;
    }
    const row = batch.length++;
    batch.n[row] = n;
    batch.id[row] = id;
    batch.size[row] = size;
    batch.kind[row] = this.#kinds.code(bytes, view, kindStart, kindEnd);
    batch.type[row] = this.#types.code(bytes, view, typeStart, typeEnd);
    batch.nameStart[row] = nameStart;
    batch.nameEnd[row] = nameEnd;
    batch.extraStart[row] = extraEnd > extraStart ? extraStart + 1 : extraStart;
    batch.extraEnd[row] = extraEnd;
    batch.hasRefs[row] = hasRefs;
    batch.refStart[row + 1] = refs;
    state.node(n, more, this.#columns.refs ? refs - batch.refStart[row]! : 0);
    return at;
  }

  #continuation(bytes: Buffer, from: number, end: number, n: number, batch: Batch, state: StreamState): number {
    const view = this.#view;
    if (!state.mayContinue(n, this.#columns.refs)) return -1;
    let at = expect(view, from, REFS_KEY);
    if (at < 0) return -1;
    if (!this.#columns.refs) {
      at = skipRefs(bytes, at, end);
      if (at >= 0) state.continuedUncounted();
      return at;
    }
    const before = batch.refs;
    at = this.#refs(bytes, at, batch, before);
    if (at < 0 || this.#value - before > state.left) return -1;
    batch.refStart[batch.length] = this.#value;
    state.continued(this.#value - before);
    return at;
  }

  /** References up to the end of the line into columns from `ref` on; leaves in `#value` where the columns end. */
  #refs(bytes: Uint8Array, from: number, batch: Batch, ref: number): number {
    const view = this.#view;
    const { refKind, refNameStart, refNameEnd, refTo } = batch;
    let at = from;
    while (bytes[at] !== CLOSE) {
      if (ref === REFS) return -1;
      const kind = KIND_OF[bytes[at + 2]! & 127]!;
      if (kind < 0) return -1;
      at = expect(view, at, HEADS[kind]!);
      if (at < 0) return -1;
      refKind[ref] = kind;
      refNameStart[ref] = at;
      at = bytes[at] === QUOTE ? endOfString(bytes, at) : this.#number(bytes, at);
      if (at < 0 || bytes[at] !== COMMA) return -1;
      refNameEnd[ref] = at++;
      // The target is a number like any other, but this is the hottest place there is.
      let value = bytes[at]! - 48;
      if (value < 0 || value > 9) return -1;
      const second = ++at;
      for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) value = value * 10 + digit;
      if ((at > second && bytes[second - 1] === 48) || value > 0xffffffff || bytes[at] !== CLOSE) return -1;
      refTo[ref++] = value;
      at++;
      if (bytes[at] === COMMA) {
        at++;
        if (bytes[at] === CLOSE) return -1;
      } else if (bytes[at] !== CLOSE) return -1;
    }
    if (bytes[at + 1] !== CLOSE_BRACE || bytes[at + 2] !== NEWLINE) return -1;
    this.#value = ref;
    return at + 3;
  }

  /** A whole number without leading zero below 10^15, to `#value`; the place behind it or -1. */
  #number(bytes: Uint8Array, from: number): number {
    if (from < 0) return -1;
    let value = bytes[from]! - 48;
    if (value < 0 || value > 9) return -1;
    let at = from + 1;
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) value = value * 10 + digit;
    if (at - from > 15 || (at - from > 1 && bytes[from] === 48)) return -1;
    this.#value = value;
    return at;
  }
}

function isSame(bytes: Uint8Array, start: number, other: number, otherEnd: number): boolean {
  for (let i = start, j = other; j < otherEnd; i++, j++) if (bytes[i] !== bytes[j]) return false;
  return true;
}

/** The place behind the closing quote of a canonical string, or -1. The quote that opens it stands at `at`. */
function endOfString(bytes: Uint8Array, at: number): number {
  for (let i = at + 1; ; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) {
      const length = escapeLength(bytes, i);
      if (length === 0) return -1;
      i += length - 1;
    } else if (!(byte >= 32)) return -1;
  }
}

/** The length of an escape that JSON.stringify writes, or 0. */
function escapeLength(bytes: Uint8Array, at: number): number {
  switch (bytes[at + 1]) {
    case 34:
    case 92:
    case 98:
    case 102:
    case 110:
    case 114:
    case 116:
      return 2;
    case 117:
      return isCanonicalUnit(bytes, at) ? 6 : 0;
    default:
      return 0;
  }
}

/** Control characters that have no letter of their own, and lone surrogates, in lower case. */
function isCanonicalUnit(bytes: Uint8Array, at: number): boolean {
  const hex = String.fromCharCode(bytes[at + 2]!, bytes[at + 3]!, bytes[at + 4]!, bytes[at + 5]!);
  if (/^00[01][0-9a-f]$/.test(hex)) return !/^000[89acd]$/.test(hex);
  if (/^d[c-f][0-9a-f]{2}$/.test(hex)) return !isSurrogate(bytes, at - 6, /^d[89ab]/);
  return /^d[89ab][0-9a-f]{2}$/.test(hex) && !isSurrogate(bytes, at + 6, /^d[c-f]/i);
}

function isSurrogate(bytes: Uint8Array, at: number, half: RegExp): boolean {
  return (
    bytes[at] === BACKSLASH && bytes[at + 1] === 117 && half.test(String.fromCharCode(bytes[at + 2]!, bytes[at + 3]!))
  );
}

/** Over one extra field `,"key":value`, where the key is plain and the value a whole number, a word or a string without escapes; else -1. */
function endOfExtra(bytes: Uint8Array, comma: number): number {
  if (bytes[comma + 1] !== QUOTE) return -1;
  const key = comma + 2;
  let at = key;
  while (isWordByte(bytes[at]!)) at++;
  if (bytes[at] !== QUOTE || bytes[at + 1] !== 58 || at - comma > 64) return -1;
  if (STARTS_KNOWN[bytes[key]!] === 1 && KNOWN.has(String.fromCharCode(...bytes.subarray(key, at)))) return -1;
  at += 2;
  const start = at;
  if (bytes[at] === QUOTE) {
    for (at++; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH || !(bytes[at]! >= 32)) return -1;
    return at + 1;
  }
  while (isWordByte(bytes[at]!)) at++;
  const first = bytes[start]! - 48;
  if (first >= 0 && first <= 9) {
    for (let i = start; i < at; i++) if (bytes[i]! > 57) return -1;
    return at - start > 16 || (first === 0 && at - start > 1) ? -1 : at;
  }
  return isWord(bytes, start, at, TRUE) || isWord(bytes, start, at, FALSE) || isWord(bytes, start, at, NULL) ? at : -1;
}

function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

function isWordByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte === 95;
}

/** From inside `"refs":[` to the next line, unread; -1 where the line does not end as one with references does. */
function skipRefs(bytes: Buffer, from: number, end: number): number {
  const newline = bytes.indexOf(NEWLINE, from);
  if (newline < 0 || newline >= end || bytes[newline - 1] !== CLOSE_BRACE || bytes[newline - 2] !== CLOSE) return -1;
  const before = bytes[newline - 3];
  if (before !== CLOSE && before !== 91) return -1;
  return newline + 1;
}
