/**
 * The innermost loops of reading a V8 snapshot, in AssemblyScript: digits to doubles with vectors of 16 bytes, and doubles to columns of edges. Compiled to kernel.wasm by `make build`.
 *
 * 2.3 to 2.8 ns a number, where the same in JavaScript (plain.ts) takes 4.2 to 5.9: four numbers are made of their digits at once, and no branch depends on how long they are.
 * Where bytes are in a block's digits: `ends` of numbers are found by comparing 64 bytes at a time, then each number is loaded from its end.
 */

/** Most bytes in a block, most numbers, with what was left over by the block before, and most references: as in scanner.ts and stream/batch.ts. All addresses are constants. */
export const BLOCK: usize = 65536;
export const NUMBERS: usize = BLOCK / 2 + 64;
export const REFS: usize = 16384;
/** For each length up to 8: what keeps that many digits at the end of eight bytes. */
const MASKS: usize = 0;
/** Reference kinds by edge type: 255 is none that is known; a bit says that the name is an index. */
export const KINDS: usize = 256;
const INDEXED: u32 = 128;
export const BYTES: usize = 1024;
const ENDS: usize = BYTES + BLOCK + 256;
/** Bytes whose ends are listed before their numbers are made. */
const STRETCH: usize = 2048;
export const VALUES: usize = ENDS + 4 * STRETCH + 256;
export const REF_KIND: usize = VALUES + 8 * NUMBERS;
export const REF_NAME: usize = REF_KIND + REFS;
export const REF_KEY: usize = REF_NAME + 8 * REFS;
export const REF_TO: usize = REF_KEY + 4 * REFS;
/** Numbers of names that fit a key, behind the kind; and what is no key. As in stream/batch.ts. */
const KEY_BITS: u32 = 28;
const NO_KEY: u32 = 0xffffffff;

const COMMA: u8 = 44;
const NEWLINE: u8 = 10;
const ZERO: u8 = 48;
/** What is left of eight digits' codes is their values. */
const DIGITS: u64 = ((<u64>0x0f0f0f0f) << 32) | 0x0f0f0f0f;
const LARGEST: f64 = 9007199254740991;

for (let length: usize = 1; length <= 8; length++) store<u64>(MASKS + 8 * length, DIGITS << ((<u64>(8 - length)) << 3));

/** Digits and commas, or newline and comma, of the first `to` bytes to values from `at` on. Gives how many there are then, or -1: the bytes are laid out in another way. */
export function scan(to: u32, at: u32): i32 {
  const comma = v128.splat<u8>(COMMA);
  const newline = v128.splat<u8>(NEWLINE);
  const zero = v128.splat<u8>(ZERO);
  const nine = v128.splat<u8>(9);
  const last = BYTES + <usize>to;
  let out = VALUES + ((<usize>at) << 3);
  let start = BYTES;
  // What the last of the 64 bytes before was.
  let afterComma: u64 = 1;
  let afterNewline: u64 = 0;
  let afterLeadingZero: u64 = 0;
  let misfits: u64 = 0;
  for (let from = BYTES; from < last; from += STRETCH) {
    const stop = min(from + STRETCH, last);
    let end = ENDS;
    for (let place = from; place < stop; place += 64) {
      const a = v128.load(place);
      const b = v128.load(place, 16);
      const c = v128.load(place, 32);
      const d = v128.load(place, 48);
      const commas = bits(v128.eq<u8>(a, comma), v128.eq<u8>(b, comma), v128.eq<u8>(c, comma), v128.eq<u8>(d, comma));
      const newlines = bits(
        v128.eq<u8>(a, newline),
        v128.eq<u8>(b, newline),
        v128.eq<u8>(c, newline),
        v128.eq<u8>(d, newline),
      );
      const zeros = bits(v128.eq<u8>(a, zero), v128.eq<u8>(b, zero), v128.eq<u8>(c, zero), v128.eq<u8>(d, zero));
      const digits = bits(
        v128.le<u8>(v128.sub<u8>(a, zero), nine),
        v128.le<u8>(v128.sub<u8>(b, zero), nine),
        v128.le<u8>(v128.sub<u8>(c, zero), nine),
        v128.le<u8>(v128.sub<u8>(d, zero), nine),
      );
      const left = last - place;
      const valid: u64 = left >= 64 ? ~(<u64>0) : ((<u64>1) << (<u64>left)) - 1;
      const behindNewline = (newlines << 1) | afterNewline;
      const behindComma = (commas << 1) | afterComma;
      const leadingZeros = zeros & behindComma;
      const behindLeadingZero = (leadingZeros << 1) | afterLeadingZero;
      misfits |=
        (((commas | newlines | digits) ^ valid) |
          (behindNewline & ~commas) |
          (behindComma & ~digits) |
          (behindLeadingZero & digits)) &
        valid;
      afterNewline = newlines >> 63;
      afterComma = commas >> 63;
      afterLeadingZero = leadingZeros >> 63;
      let ends = ((commas & ~behindNewline) | newlines) & valid;
      const next = end + ((<usize>popcnt(ends)) << 2);
      // Eight at a time, though there may be fewer: what is too much is written over.
      do {
        for (let i = 0; i < 8; i++) {
          store<u32>(end, <u32>place + <u32>ctz(ends));
          ends &= ends - 1;
          end += 4;
        }
      } while (end < next);
      end = next;
    }
    if (misfits !== 0) return -1;
    let listed = ENDS;
    for (; listed + 16 <= end; listed += 16) {
      const end0 = <usize>load<u32>(listed);
      const end1 = <usize>load<u32>(listed, 4);
      const end2 = <usize>load<u32>(listed, 8);
      const end3 = <usize>load<u32>(listed, 12);
      const start1 = behind(end0);
      const start2 = behind(end1);
      const start3 = behind(end2);
      const length0 = end0 - start;
      const length1 = end1 - start1;
      const length2 = end2 - start2;
      const length3 = end3 - start3;
      if (max(max(length0, length1), max(length2, length3)) > 8) {
        store<f64>(out, long(start, end0));
        store<f64>(out, long(start1, end1), 8);
        store<f64>(out, long(start2, end2), 16);
        store<f64>(out, long(start3, end3), 24);
        if (max(max(load<f64>(out), load<f64>(out, 8)), max(load<f64>(out, 16), load<f64>(out, 24))) > LARGEST)
          return -1;
      } else {
        const halves = i16x8.narrow_i32x4_s(fours(end0, length0, end1, length1), fours(end2, length2, end3, length3));
        const whole = i32x4.dot_i16x8_s(halves, i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1));
        v128.store(out, f64x2.convert_low_i32x4_s(whole));
        v128.store(out, f64x2.convert_low_i32x4_s(v128.shuffle<i32>(whole, whole, 2, 3, 2, 3)), 16);
      }
      out += 32;
      start = behind(end3);
    }
    for (; listed < end; listed += 4) {
      const end0 = <usize>load<u32>(listed);
      const value = long(start, end0);
      if (value > LARGEST) return -1;
      store<f64>(out, value);
      out += 8;
      start = behind(end0);
    }
  }
  return <i32>((out - VALUES) >> 3);
}

/** A bit for each of 64 bytes. */
function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  return (
    <u64>i8x16.bitmask(a) |
    ((<u64>i8x16.bitmask(b)) << 16) |
    ((<u64>i8x16.bitmask(c)) << 32) |
    ((<u64>i8x16.bitmask(d)) << 48)
  );
}

/** Where the next number begins: behind a comma, or behind a newline and a comma. */
function behind(end: usize): usize {
  return end + 1 + <usize>(load<u8>(end) === NEWLINE);
}

/** Two numbers of up to eight digits as two times four digits. */
function fours(end0: usize, length0: usize, end1: usize, length1: usize): v128 {
  const text = v128.load64_lane(end1 - 8, v128.load64_zero(end0 - 8), 1);
  const mask = v128.load64_lane(MASKS + (length1 << 3), v128.load64_zero(MASKS + (length0 << 3)), 1);
  // The first digit is in the low byte: 2561 times both is ten times the first and the second, in the high byte.
  const pairs = i16x8.shr_u(i16x8.mul(v128.and(text, mask), i16x8.splat(2561)), 8);
  return i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
}

/** A number of any length; above LARGEST it is not exact. */
function long(start: usize, end: usize): f64 {
  let value: f64 = 0;
  for (let place = start; place < end; place++) value = value * 10 + <f64>(load<u8>(place) - ZERO);
  return value;
}

/** The largest node that edges lead to since it was set to -1, and which of the batch's references that was. */
export let farthest: f64 = -1;
export let farthestRef: i32 = -1;

let width: usize = 0;
let typeAt: usize = 0;
let nameAt: usize = 0;
let toAt: usize = 0;
let nodeWidth: f64 = 0;
let strings: f64 = 0;

/** Columns of an edge's record, numbers in a node's, and strings that there are. */
export function layOut(
  edgeWidth: u32,
  typeColumn: u32,
  nameColumn: u32,
  toColumn: u32,
  widthOfNodes: u32,
  stringCount: f64,
): void {
  width = (<usize>edgeWidth) << 3;
  typeAt = (<usize>typeColumn) << 3;
  nameAt = (<usize>nameColumn) << 3;
  toAt = (<usize>toColumn) << 3;
  nodeWidth = <f64>widthOfNodes;
  strings = stringCount;
}

/** Edges from values[at] on to the references from `ref` to `end` of the batch's columns. Gives the reference at which it stopped: `end`, or one that cannot be. */
export function takeEdges(at: u32, ref: u32, end: u32): u32 {
  // A product and a test are faster than a quotient.
  const perNode = 1 / nodeWidth;
  let value = VALUES + ((<usize>at) << 3);
  for (; ref < end; ref++, value += width) {
    const type = load<f64>(value + typeAt);
    const name = load<f64>(value + nameAt);
    const place = load<f64>(value + toAt);
    const to = <u32>(place * perNode + 0.5);
    if (type > 255 || <f64>to * nodeWidth !== place) return ref;
    const kind = <u32>load<u8>(KINDS + <usize>type);
    if (kind === 255 || (name >= strings && (kind & INDEXED) === 0)) return ref;
    store<u8>(REF_KIND + <usize>ref, kind & 127);
    store<f64>(REF_NAME + ((<usize>ref) << 3), name);
    const key = name < <f64>(1 << KEY_BITS) ? ((kind & 127) << KEY_BITS) | <u32>name : NO_KEY;
    store<u32>(REF_KEY + ((<usize>ref) << 2), key);
    store<u32>(REF_TO + ((<usize>ref) << 2), to);
    if (<f64>to > farthest) {
      farthest = <f64>to;
      farthestRef = ref;
    }
  }
  return ref;
}
