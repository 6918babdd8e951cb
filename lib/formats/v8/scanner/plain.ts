/** The loops of kernel.as.ts in JavaScript: for where WebAssembly cannot be had, and to hold the other against. Up to twice the time. */
import { KEY_BITS, NO_KEY, REFS } from '../../../stream/batch.ts';
import { isIndexed } from '../../../stream/refToken.ts';
import { BLOCK, type EdgeLayout, type Scanner, UNKNOWN, VALUES } from './scanner.ts';

const COMMA = 44;

export class PlainScanner implements Scanner {
  readonly bytes = Buffer.allocUnsafeSlow(BLOCK + 1);
  readonly values = new Float64Array(VALUES);
  readonly refKind = new Uint8Array(REFS);
  readonly refName = new Float64Array(REFS);
  readonly refKey = new Uint32Array(REFS);
  readonly refTo = new Uint32Array(REFS);
  farthest = -1;
  farthestRef = -1;
  #edges: EdgeLayout | undefined;

  scan(to: number, at: number): number {
    return scan(this.bytes, to, this.values, at);
  }

  layOut(edges: EdgeLayout): void {
    this.#edges = edges;
  }

  takeEdges(at: number, ref: number, end: number): number {
    const { values, refKind, refName, refKey, refTo } = this;
    const { width, type: typeAt, name: nameAt, to: toAt, kinds, nodeWidth, strings } = this.#edges!;
    for (; ref < end; ref++, at += width) {
      const type = values[at + typeAt]!;
      const name = values[at + nameAt]!;
      const place = values[at + toAt]!;
      // A product and a test are faster than a quotient.
      const to = (place * (1 / nodeWidth) + 0.5) >>> 0;
      if (type >= kinds.length || to * nodeWidth !== place) return ref;
      const kind = kinds[type]!;
      if (kind === UNKNOWN || (name >= strings && !isIndexed(kind))) return ref;
      refKind[ref] = kind;
      refName[ref] = name;
      refKey[ref] = name < 2 ** KEY_BITS ? (kind << KEY_BITS) | name : NO_KEY;
      refTo[ref] = to;
      if (to > this.farthest) {
        this.farthest = to;
        this.farthestRef = ref;
      }
    }
    return ref;
  }
}

function scan(bytes: Uint8Array, to: number, values: Float64Array, at: number): number {
  let i = 0;
  while (i < to) {
    let value = bytes[i++]! - 48;
    if (value < 0 || value > 9) return -1;
    const second = i;
    let digit = bytes[i++]! - 48;
    for (; digit >>> 0 <= 9; digit = bytes[i++]! - 48) value = (value * 10 + digit) | 0;
    // Ten digits and more may not fit 32 bits; a leading zero is no JSON.
    if (i - second > 9) {
      value = wide(bytes, second - 1, i - 1);
      if (value < 0) return -1;
    } else if (i - second > 1 && bytes[second - 1] === 48) return -1;
    if (digit === 10 - 48) digit = bytes[i++]! - 48;
    if (digit !== COMMA - 48) return -1;
    values[at++] = value;
  }
  return at;
}

function wide(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === 48) return -1;
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + (bytes[i]! - 48);
  return value <= Number.MAX_SAFE_INTEGER ? value : -1;
}
