/**
 * Names for plain objects by their properties, as `{a, b, c}`: a shape that many objects have becomes a name, and each object gets the name that covers most of what it has.
 * Source: inferInterfaceDefinitions and applyInterfaceDefinitions of HeapSnapshot in DevTools. The properties of each object wait in a temporary file, four bytes a
 * property; memory grows with the distinct names of properties, and by 20 bytes for each distinct shape.
 */
import { createHash } from 'node:crypto';
import type { Scratch, TempFile } from '../../disk/scratch.ts';
import { type Batch, REF_KINDS } from '../../stream/batch.ts';
import { CodeCache } from '../../stream/codes.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { StoredColumn } from '../store/columns.ts';

const PROPERTY = REF_KINDS.indexOf('property');
/** DevTools: no property is added to a name that it would make longer than this, but for the first. */
const LONGEST_NAME = 120;
const LEAST_COUNT = 2;
/** DevTools: a shape must be that of one object in so many. */
const LEAST_SHARE = 1000;
/** Shapes whose answers are remembered at once. */
const REMEMBERED = 1 << 22;
/** No interface: the object is an `Object`. */
export const NO_INTERFACE = 0xffffffff;

/** A name that many objects share, and the properties that an object must have for it. */
interface Definition {
  readonly name: string;
  readonly properties: readonly string[];
}

export class Interfaces {
  /** In order of plain objects: the index of the name in `names`, or NO_INTERFACE. After `infer`. */
  readonly chosen: StoredColumn;
  names: readonly string[] = [];
  readonly #names = new Dictionary();
  readonly #cache = new CodeCache(this.#names);
  readonly #texts: string[] = [];
  readonly #file: TempFile;
  /** Objects as they come: how many properties, then their codes, `__proto__` among them. */
  #held = new Uint32Array(1 << 14);
  #used = 0;
  /** Where the open object's number of properties stands. */
  #open = -1;
  #objects = 0;

  constructor(scratch: Scratch) {
    this.#file = scratch.open();
    this.chosen = new StoredColumn(scratch);
  }

  /** A plain object; its references follow. */
  begin(): void {
    this.#objects++;
    if (this.#used > this.#held.length / 2) this.#flush();
    this.#open = this.#used;
    this.#push(0);
  }

  /** References [from, to) of a batch, which are the open object's. */
  take(batch: Batch, view: DataView, from: number, to: number): void {
    const { refKind, refNameStart, refNameEnd } = batch;
    for (let ref = from; ref < to; ref++) {
      if (refKind[ref] !== PROPERTY) continue;
      this.#held[this.#open]!++;
      // A batch's text has spare bytes behind it, and heads before its names, so that the cache can look at four bytes at either end.
      this.#push(this.#cache.code(batch.text, view, refNameStart[ref]!, refNameEnd[ref]!));
    }
  }

  /** Chooses names for all objects. */
  infer(): void {
    this.#flush();
    const definitions = this.#definitions();
    this.names = definitions.map(({ name }) => name);
    const matcher = new Matcher(definitions);
    this.#forEachShape(
      (codes) => matcher.best(codes.map((code) => this.#text(code))),
      (best) => this.chosen.push(best),
    );
    this.#file.close();
  }

  /** The shapes that are frequent enough, most frequent first; of equally frequent ones the one seen first. */
  #definitions(): readonly Definition[] {
    const least = Math.max(LEAST_COUNT, this.#objects / LEAST_SHARE);
    const counts = new Map<number, number>();
    this.#forEachShape(
      (codes) => hashOf(this.#definition(codes)?.name),
      (hash) => counts.set(hash, (counts.get(hash) ?? 0) + 1),
    );
    const frequent = new Set([...counts].filter(([, count]) => count >= least).map(([hash]) => hash));
    counts.clear();
    // Two names may share a hash: now that few are left, they are counted by name.
    const exact = new Map<string, { definition: Definition; count: number }>();
    this.#forEachShape(
      (codes) => {
        const definition = this.#definition(codes);
        if (definition === undefined || !frequent.has(hashOf(definition.name))) return undefined;
        const entry = exact.get(definition.name) ?? { definition, count: 0 };
        exact.set(definition.name, entry);
        return entry;
      },
      (entry) => {
        if (entry !== undefined) entry.count++;
      },
    );
    return [...exact.values()]
      .filter(({ count }) => count >= least)
      .sort((a, b) => b.count - a.count)
      .map(({ definition }) => definition);
  }

  /** The name that an object of this shape proposes; undefined if it has no properties. */
  #definition(codes: readonly number[]): Definition | undefined {
    let name = '{';
    const properties: string[] = [];
    for (const code of codes) {
      const text = this.#text(code);
      if (text === '__proto__') continue;
      const shown = propertyName(text);
      if (name.length > 1 && name.length + shown.length > LONGEST_NAME) break;
      name += name.length === 1 ? shown : `, ${shown}`;
      properties.push(text);
    }
    return properties.length === 0 ? undefined : { name: `${name}}`, properties };
  }

  /** Walks over all objects in order. `ask` is called for a shape that is not remembered, `tell` for every object with its shape's answer. */
  #forEachShape<T>(ask: (codes: readonly number[]) => T, tell: (answer: T) => void): void {
    const shapes = new Dictionary();
    let answers: T[] = [];
    for (const { block, bytes, end } of this.#blocks()) {
      for (let at = 0; at < end; ) {
        const from = at + 1;
        at = from + block[at]!;
        if (shapes.memory > REMEMBERED) {
          shapes.clear();
          answers = [];
        }
        const shape = shapes.code(bytes, 4 * from, 4 * at);
        if (shape === answers.length) answers.push(ask([...block.subarray(from, at)]));
        tell(answers[shape]!);
      }
    }
  }

  /** All objects in order, as they were told: whole ones up to `end`. A block is valid until the next one. */
  *#blocks(): Generator<{ readonly block: Uint32Array; readonly bytes: Uint8Array; readonly end: number }> {
    let block: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 16);
    let held = 0;
    let position = 0;
    for (;;) {
      const bytes = new Uint8Array(block.buffer);
      const read = this.#file.readAt(bytes.subarray(4 * held), position) / 4;
      if (read === 0) return;
      position += 4 * read;
      held += read;
      let end = 0;
      while (end < held && end + block[end]! < held) end += 1 + block[end]!;
      yield { block, bytes, end };
      block.copyWithin(0, end, held);
      held -= end;
      if (held > 0 && block[0]! >= block.length) {
        const wider = new Uint32Array(2 * (block[0]! + 1));
        wider.set(block.subarray(0, held));
        block = wider;
      }
    }
  }

  #text(code: number): string {
    this.#texts[code] ??= this.#names.text(code);
    return this.#texts[code];
  }

  #push(value: number): void {
    if (this.#used === this.#held.length) {
      const wider = new Uint32Array(2 * this.#used);
      wider.set(this.#held);
      this.#held = wider;
    }
    this.#held[this.#used++] = value;
  }

  #flush(): void {
    this.#file.append(new Uint8Array(this.#held.buffer), 4 * this.#used);
    this.#used = 0;
  }
}

/** A number of 48 bits for a name. */
function hashOf(name: string | undefined): number {
  return name === undefined ? -1 : createHash('md5').update(name).digest().readUIntBE(0, 6);
}

/** Source: formatPropertyName in DevTools. */
function propertyName(name: string): string {
  return /[,'"{}]/.test(name) ? JSON.stringify(name) : name;
}

/** A step of a tree of definitions, their properties in order. */
interface Step {
  readonly next: Map<string, Step>;
  /** The definition that ends here. */
  index: number;
  properties: number;
  greatest: string | undefined;
}

/** For the properties of one object the definition that all of its own are among, with most of them; of equally large ones the more frequent. */
class Matcher {
  readonly #root: Step = step();

  constructor(definitions: readonly Definition[]) {
    definitions.forEach(({ properties }, index) => {
      let at = this.#root;
      for (const property of [...properties].sort()) {
        const next = at.next.get(property) ?? step();
        at.next.set(property, next);
        if (at.greatest === undefined || at.greatest < property) at.greatest = property;
        at = next;
      }
      if (at.index < 0) Object.assign(at, { index, properties: properties.length });
    });
  }

  best(names: readonly string[]): number {
    const states = new Set([this.#root]);
    let best: Step | undefined;
    for (const name of [...names].sort()) {
      for (const state of [...states]) {
        if (state.greatest === undefined || name >= state.greatest) states.delete(state);
        const next = state.next.get(name);
        if (next === undefined) continue;
        states.add(next);
        if (next.index >= 0 && isBetter(next, best)) best = next;
      }
    }
    return best?.index ?? NO_INTERFACE;
  }
}

const step = (): Step => ({ next: new Map(), index: -1, properties: 0, greatest: undefined });

const isBetter = (a: Step, b: Step | undefined): boolean =>
  b === undefined || a.properties > b.properties || (a.properties === b.properties && a.index < b.index);
