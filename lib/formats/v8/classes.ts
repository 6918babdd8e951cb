/** What people group V8's nodes by: DevTools' class names as far as one node tells them (no inferred interfaces, no neighbours). */
import { Dictionary } from '../../stream/dictionary.ts';
import { token } from '../../stream/json.ts';
import type { StringTable } from './strings.ts';

/** From this many types on a new dictionary is begun with the next batch. */
const MANY = 1 << 16;

/**
 * Codes for pairs of node type and name. Source: HeapSnapshot.calculateObjectNames in DevTools: hidden is `(system)`, code
 * `(compiled code)`, closures and regexps `Function` and `RegExp`; objects and natives are called by their name, elements without
 * their attributes (`<div id=x>` is `<div>`); all else by the node type in parentheses.
 */
export class TypeTable {
  types = new Dictionary();
  readonly #strings: StringTable;
  /** By node type: the code where it is the same for all names, else -1. */
  readonly fixed: Int32Array;
  readonly #fixedNames: readonly (string | undefined)[];
  /** Whether the last code asked for is of a type that is the node's own name. */
  isName = false;
  /** Open addressing, two numbers a slot: a name's index in the string table plus one, and its code times two, plus one where the type is the whole name. */
  #table = new Int32Array(2048);
  #entries = 0;

  constructor(nodeTypes: readonly string[], strings: StringTable) {
    this.#strings = strings;
    this.#fixedNames = nodeTypes.map(fixedType);
    this.fixed = new Int32Array(nodeTypes.length);
    this.#begin();
  }

  /** Between batches: a fresh dictionary where the old one has grown large. */
  renew(): void {
    if (this.types.size < MANY) return;
    this.types = new Dictionary();
    this.#begin();
  }

  /** The code of a node's type. Throws RangeError if its name is beyond the string table. */
  code(nodeType: number, name: number): number {
    const fixed = this.fixed[nodeType]!;
    if (fixed >= 0) {
      this.isName = false;
      return fixed;
    }
    const table = this.#table;
    const mask = table.length - 2;
    for (let slot = hashOf(name) & mask; ; slot = (slot + 2) & mask) {
      const key = table[slot]!;
      if (key === name + 1) {
        const code = table[slot + 1]!;
        this.isName = (code & 1) === 1;
        return code >> 1;
      }
      if (key === 0) return this.#enter(slot, name);
    }
  }

  #begin(): void {
    this.#table.fill(0);
    this.#entries = 0;
    this.#fixedNames.forEach((name, nodeType) => {
      const bytes = name === undefined ? undefined : token(name);
      this.fixed[nodeType] = bytes === undefined ? -1 : this.types.code(bytes, 0, bytes.length);
    });
  }

  #enter(slot: number, name: number): number {
    this.#strings.find(name);
    const { bytes, start, end } = this.#strings;
    const short = withoutAttributes(bytes, start, end);
    const code = short === undefined ? this.types.code(bytes, start, end) : this.types.code(short, 0, short.length);
    this.#table[slot] = name + 1;
    this.isName = short === undefined;
    this.#table[slot + 1] = code * 2 + (short === undefined ? 1 : 0);
    if (++this.#entries * 4 > this.#table.length) this.#rehash();
    return code;
  }

  #rehash(): void {
    const old = this.#table;
    const table = new Int32Array(old.length * 2);
    const mask = table.length - 2;
    for (let from = 0; from < old.length; from += 2) {
      const key = old[from]!;
      if (key === 0) continue;
      let slot = hashOf(key - 1) & mask;
      while (table[slot] !== 0) slot = (slot + 2) & mask;
      table[slot] = key;
      table[slot + 1] = old[from + 1]!;
    }
    this.#table = table;
  }
}

function hashOf(name: number): number {
  return Math.imul(name, 0x9e3779b1) >>> 8;
}

function fixedType(nodeType: string): string | undefined {
  switch (nodeType) {
    case 'object':
    case 'native':
      return undefined;
    case 'hidden':
      return '(system)';
    case 'code':
      return '(compiled code)';
    case 'closure':
      return 'Function';
    case 'regexp':
      return 'RegExp';
    default:
      return `(${nodeType})`;
  }
}

const ELEMENT = new TextEncoder().encode('"<');
const DETACHED_ELEMENT = new TextEncoder().encode('"Detached <');

/** `"<div id=x>"` to `"<div>"`; undefined where nothing is to be taken away. */
function withoutAttributes(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const prefix = startsWith(bytes, start, ELEMENT)
    ? ELEMENT
    : startsWith(bytes, start, DETACHED_ELEMENT)
      ? DETACHED_ELEMENT
      : undefined;
  if (prefix === undefined) return undefined;
  const space = bytes.subarray(start, end).indexOf(32, prefix.length);
  if (space < 0) return undefined;
  const short = bytes.slice(start, start + space + 2);
  short[space] = 62;
  short[space + 1] = 34;
  return short;
}

function startsWith(bytes: Uint8Array, start: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}
