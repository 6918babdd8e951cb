/**
 * Which of several equally short paths is told. It must not depend on numbers of nodes, nor on the order of references, since both differ from one process to the next: of the
 * references that lead to a node the one whose kind and common name have the least rank; of several such the one whose own path has. Ranks are hashes, below what tells people more:
 * a program's own names come before the runtime's, and those before indexes and keys.
 */
import { REF_KINDS } from '../../stream/batch.ts';
import { ANY, commonName, DIGITS, spellingOf, WORD } from '../store/alike.ts';
import type { NameCodes } from '../store/nameCodes.ts';
import type { Graph } from '../store/read.ts';

/** What comes behind all others: references that do not hold by themselves. */
export const LAST = 0xffffffff;

const ELEMENT = REF_KINDS.indexOf('element');
const HIDDEN = REF_KINDS.indexOf('hidden');
const PROPERTY = REF_KINDS.indexOf('property');
const INTERNAL = REF_KINDS.indexOf('internal');
/** Hash of indexes and keys, and of names that are not in memory. */
const NO_NAME = 1;

const encoder = new TextEncoder();

/** Ranks of references, by the codes of their names. Memory: two numbers for each name of which one is asked for. */
export class RefRanks {
  readonly #names: NameCodes;
  readonly #format: string | undefined;
  /** Hashes of common names by place, 0 where they were not asked for yet: of properties, which may be keys, and of all other references. */
  readonly #properties: Uint32Array;
  readonly #others: Uint32Array;

  /** After all names are known. */
  constructor(names: NameCodes, format: string | undefined) {
    this.#names = names;
    this.#format = format;
    this.#properties = new Uint32Array(names.texts.size);
    this.#others = new Uint32Array(names.texts.size);
  }

  /** Below 2^31: of two references the one with the lower rank is told. */
  of(name: number): number {
    const kind = this.#names.kind(name);
    const place = kind === ELEMENT || kind === HIDDEN ? undefined : this.#names.held(name);
    let hash = NO_NAME;
    if (place !== undefined) {
      const hashes = kind === PROPERTY ? this.#properties : this.#others;
      hash = hashes[place]!;
      if (hash === 0) {
        hash = this.#hash(kind, place, name);
        hashes[place] = hash;
      }
    }
    return refRank(kind, hash);
  }

  #hash(kind: number, place: number, name: number): number {
    const { bytes, offsets } = this.#names.texts;
    // Without its quotes.
    const start = offsets[place]! + 1;
    const end = offsets[place + 1]! - 1;
    const spelling = spellingOf(bytes, start, end);
    if (spelling === DIGITS) return NO_NAME;
    if (spelling === WORD) return Math.max(bytesHash(bytes, start, end), NO_NAME + 1);
    return nameHash(commonName(REF_KINDS[kind]!, this.#names.text(name), false, this.#format));
  }
}

/** Not 0. */
export const nameHash = (common: string): number =>
  common === ANY ? NO_NAME : Math.max(textHash(common), NO_NAME + 1);

/** Of a kind, an index into REF_KINDS, and a hash of a common name. */
export function refRank(kind: number, hash: number): number {
  const group = hash === NO_NAME ? 2 : kind === INTERNAL || kind === HIDDEN ? 1 : 0;
  return (group << 29) | ((hash ^ Math.imul(kind + 1, 0x9e3779b1)) >>> 3);
}

/** Ranks of whole paths, each from that of the path before it. Memory: a byte a node. */
export class PathRanks {
  /** Of each node a hash of its type. */
  readonly #types: Uint8Array;

  constructor({ nodes, types, type }: Graph) {
    const byType = Uint8Array.from({ length: types.size }, (_, code) => textHash(types.text(code)));
    this.#types = new Uint8Array(nodes);
    for (const { first, values } of type.chunks())
      for (let i = 0; i < values.length; i++) this.#types[first + i] = byType[values[i]!]!;
  }

  /**
   * With a step more, a reference to node n: the last step counts most. A step that repeats the one before, as along a chain, adds nothing: what hangs on a chain is told alike
   * however long it is.
   */
  further(before: number, reference: number, n: number): number {
    const step = (reference ^ (reference >>> 15) ^ (this.#types[n]! << 8)) & 0xffff;
    if (before >>> 16 === step) return before;
    return ((step << 16) | (Math.imul(before ^ (before >>> 15), 0x85ebca6b) >>> 16)) >>> 0;
  }
}

/** Of its UTF-8. */
export function textHash(text: string): number {
  const bytes = encoder.encode(text);
  return bytesHash(bytes, 0, bytes.length);
}

/** Source: FNV-1a, mixed once more so that all bits depend on all bytes. */
function bytesHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
