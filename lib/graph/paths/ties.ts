/**
 * Which of several equally short paths is told. It must not depend on numbers of nodes, nor on the order of references, since both differ from one process to the next: of the
 * references that lead to a node the one whose kind and common name have the least hash; of several such the one whose own path has. Costs a byte a node and a number for each name.
 */
import { REF_KINDS } from '../../stream/batch.ts';
import type { Graph } from '../store/read.ts';
import { commonName } from './alike.ts';

/** What comes after all others: references that hold together with something, or not at all, but were walked first. */
export const LAST = 0xffffffff;

const ELEMENT = REF_KINDS.indexOf('element');
const HIDDEN = REF_KINDS.indexOf('hidden');
const PROPERTY = REF_KINDS.indexOf('property');
/** Of names that no table holds. */
const UNTOLD = 1;

const encoder = new TextEncoder();

export class Ties {
  readonly #graph: Graph;
  readonly #format: string | undefined;
  /** A byte of each node's type. */
  readonly #types: Uint8Array;
  /** Hashes of common names by place, 0 where they were not asked for yet: of properties, which may be keys, and of all other references. */
  readonly #properties: Uint32Array;
  readonly #others: Uint32Array;

  /** A graph whose rows have names. */
  constructor(graph: Graph, format: string | undefined) {
    this.#graph = graph;
    this.#format = format;
    const { types, type } = graph;
    const byType = Uint8Array.from({ length: types.size }, (_, code) => hashOf(encoder.encode(types.text(code))));
    this.#types = new Uint8Array(graph.nodes);
    for (const { first, values } of type.chunks())
      for (let i = 0; i < values.length; i++) this.#types[first + i] = byType[values[i]!]!;
    const names = graph.names!.texts.size;
    this.#properties = new Uint32Array(names);
    this.#others = new Uint32Array(names);
  }

  /** The rank of a reference by the code of its name, below LAST: of two the lower one is told. */
  rank(name: number): number {
    const names = this.#graph.names!;
    const kind = names.kind(name);
    let hash = UNTOLD;
    if (kind !== ELEMENT && kind !== HIDDEN) {
      const place = names.held(name);
      if (place !== undefined) {
        const hashes = kind === PROPERTY ? this.#properties : this.#others;
        hash = hashes[place]!;
        if (hash === 0) {
          hash = this.#hash(kind, name);
          hashes[place] = hash;
        }
      }
    }
    return (hash ^ Math.imul(kind + 1, 0x9e3779b1)) >>> 1;
  }

  /**
   * The rank of node n's path, by that of the path before it and of its reference: the last step counts most. A step that repeats the one before, as along a chain, adds
   * nothing: chains are told alike however long they are.
   */
  path(before: number, reference: number, n: number): number {
    const step = (reference ^ (reference >>> 15) ^ (this.#types[n]! << 8)) & 0xffff;
    if (before >>> 16 === step) return before;
    return ((step << 16) | (Math.imul(before ^ (before >>> 15), 0x85ebca6b) >>> 16)) >>> 0;
  }

  #hash(kind: number, name: number): number {
    const token = this.#graph.names!.token(name);
    const text = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    return hashOf(encoder.encode(commonName(REF_KINDS[kind]!, text, false, this.#format))) || UNTOLD;
  }
}

/** Source: FNV-1a, mixed once more, so that all bits are of all bytes. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
