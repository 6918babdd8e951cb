/**
 * The edge store: for each node a row of references, written once in order of nodes and read at any place. 2.3 bytes a reference on real V8 heaps and 1 a
 * node, where plain compressed sparse rows take 4 and 4; what does not fit the budget is on disk (pages.ts).
 *
 * A reference is one varint: its class (two bits), and how far away its target is, forward and backward in turn, or a place in the table of hubs. Most far
 * references lead to a few hundred nodes (maps, prototypes): a target that is met often is entered into that table, and from then on takes two bytes. A row
 * ends with a zero byte, which no varint here is. Source: measured on 8.4M nodes of Node 20, 98 MB without hubs, 62 MB with them. Where nodes stand in
 * ascending order, as those that refer to one node do, each is told by its difference from the one before: 51 MB for the same references turned round.
 *
 * Rows that have names begin with the number of their shape (packer/packer.ts), which has them all, or say that each name stands behind its reference.
 *
 * Over 300 lines, because the writer and the cursor are the two sides of one coding, and whoever changes one must see the other.
 */
import { grownNumbers } from '../../disk/grow.ts';
import { PAGE, Pages } from '../../disk/pages.ts';
import type { Scratch } from '../../disk/scratch.ts';
import { InputError } from '../../stream/errors.ts';
import type { Bits } from './bits.ts';
import type { LookUp } from './lookUp.ts';
import {
  LONGEST_SHAPE,
  MOST_SHAPED,
  MOST_SHAPES,
  PAGE_FULL,
  type Packer,
  SLOT_BITS,
  type Tables,
} from './packer/packer.ts';
import { FAR, hubOf, OWN_HUB, PlainTables, putVarint } from './packer/plain.ts';

/** The most nodes a graph can have, so that a varint has at most 32 bits. */
export const MOST_NODES = 2 ** 28;

/** Classes of references, as far as graph questions tell them apart: what holds, what holds but is hidden or a shortcut, and what has `flags`. */
export const PLAIN = 0;
export const HIDDEN = 1;
export const SHORTCUT = 2;
export const SPECIAL = 3;

/** Flags of SPECIAL references; those that are no EPHEMERON and not WEAK hold as PLAIN ones do, except for what the flag says. */
export const WEAK = 1;
/** DevTools' distances skip it. */
export const NO_DISTANCE = 2;
/** Holds only together with its twin; `value` is the pair's number. */
export const EPHEMERON = 4;
/** Of an EPHEMERON: it comes from the WeakMap's table, not from the key. */
export const FROM_TABLE = 8;
/** Is to be cut; `cut` is the number of the set of cuts that it belongs to. */
export const CUT = 16;
/** Two bits: which class it would be without its flags. */
export const BASE_SHIFT = 5;
/** Of the root: it is an element. */
export const ELEMENT = 128;

/** Nodes between two known places. */
const STEP_BITS = 2;
const STEP = 1 << STEP_BITS;
/** Ahead of it no node is near. */
const NOWHERE = -STEP;
/** Bytes of the longest row that has a shape. */
const MOST_BYTES = 5 * (LONGEST_SHAPE + 1);

/** In front of a row with names: each stands behind its reference. A shape's number comes behind it. */
const OWN_NAMES = 0;

const NO_STARTS = new Uint32Array(0);

/** What rows have in common, one shape behind the other: where each begins, and where the last one ends; of each reference the code of its name, and where it leads most often. */
export interface Shapes {
  readonly starts: Uint32Array;
  readonly names: Uint32Array;
  readonly targets: Uint32Array;
}

export const NO_SHAPES: Shapes = { starts: Uint32Array.of(0), names: new Uint32Array(0), targets: new Uint32Array(0) };

/** What rows hold beside targets and classes. */
export interface RowForm {
  /** Each reference has a code of its name. */
  readonly named?: boolean;
  /** The nodes of each row ascend; such a row is read from its beginning, never resumed. */
  readonly ascending?: boolean;
}

/** A batch's row that was met before: of each reference the key, the class and the code of its name, and where it may lead again. */
export interface NewShape {
  readonly keys: ArrayLike<number>;
  readonly classes: ArrayLike<number>;
  readonly names: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

export class RowWriter {
  readonly #pages: Pages;
  readonly #form: RowForm;
  readonly #isNamed: boolean;
  readonly #isAscending: boolean;
  /** What the next target of the open row is told from. */
  #origin = 0;
  readonly #packer: Packer | undefined;
  readonly #tables: Tables;
  readonly #page: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  #base = 0;
  #starts: Uint32Array;
  /** The row that is open, and references so far. */
  #row = -1;
  refs = 0;
  /** Shapes so far, and the names that belong to their keys. */
  #shapes = 0;
  #shapeNames = new Uint32Array(256);
  /** The open row has names, and nothing yet. */
  #isNew = false;

  /** `nodes` is a hint. Rows that `packer` writes have names. */
  constructor(budgetBytes: number, scratch: Scratch, nodes = 1024, form: RowForm = {}, packer?: Packer) {
    this.#form = form;
    this.#isNamed = form.named ?? false;
    this.#isAscending = form.ascending ?? false;
    this.#pages = new Pages(budgetBytes, scratch);
    this.#packer = packer;
    this.#tables = packer ?? new PlainTables();
    this.#page = this.#tables.page;
    this.#view = new DataView(this.#page.buffer, this.#page.byteOffset, this.#page.byteLength);
    this.#starts = new Uint32Array((nodes >>> STEP_BITS) + 2);
  }

  /** Opens the row of node `n`, or goes on with it; rows between the last one and this are empty. */
  begin(n: number): void {
    if (this.#row >= n) return;
    while (this.#row < n) {
      if (this.#row >= 0) this.#end();
      this.#row++;
      if ((this.#row & (STEP - 1)) === 0) this.#noteStart(this.#row, this.#at);
    }
    this.#origin = n;
    this.#isNew = this.#isNamed;
  }

  /** A shape for the row at which the packer has stopped. False where there is no more room. */
  addShape({ keys, classes, names, targets }: NewShape): boolean {
    const packer = this.#packer!;
    const start = packer.starts[this.#shapes]!;
    const end = start + keys.length;
    if (this.#shapes === MOST_SHAPES || end > MOST_SHAPED) return false;
    if (end > this.#shapeNames.length) this.#shapeNames = grownNumbers(this.#shapeNames, 2 * end);
    this.#shapeNames.set(names, start);
    packer.keys.set(keys, start);
    packer.classes.set(classes, start);
    packer.targets.set(targets, start);
    packer.starts[++this.#shapes] = end;
    const { slots } = packer;
    let slot = packer.hash >>> (32 - SLOT_BITS);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = this.#shapes;
    return true;
  }

  /**
   * Rows of the packer's batch from one to `end`, of nodes that follow each other from `first` on and have no row yet. Gives the row at which it stopped, which is open: the
   * packer's `why` says why.
   */
  pack(first: number, from: number, end: number): number {
    const packer = this.#packer!;
    const { rowStart } = packer;
    let row = from;
    while (row < end) {
      const n = first + row - from;
      this.begin(n);
      const stop = packer.pack(row, end, n, this.#at);
      this.#at = packer.at;
      for (let i = 0, node = (n | (STEP - 1)) + 1; i < packer.begunCount; i++, node += STEP)
        this.#noteStart(node, packer.begun[i]!);
      if (stop > row) {
        this.refs += rowStart[stop]! - rowStart[row]!;
        this.#row = first + stop - from - 1;
        this.#origin = this.#row;
        this.#isNew = false;
      }
      row = stop;
      if (packer.why !== PAGE_FULL) break;
      this.#turn();
    }
    return row;
  }

  /** A reference of the open row that has no more to say than its class, and its name where rows have names. */
  add(to: number, kind: typeof PLAIN | typeof HIDDEN | typeof SHORTCUT, name = 0): void {
    if (this.#isNew) this.#head();
    this.#put(to, kind);
    if (this.#isNamed) this.#varint(name + 1);
    if (this.#at >= PAGE) this.#turn();
  }

  special(to: number, flags: number, value = 0, cut = 0, name = 0): void {
    if (this.#isNew) this.#head();
    this.#put(to, SPECIAL);
    this.#varint(flags + 1);
    if ((flags & EPHEMERON) !== 0) this.#varint(value + 1);
    if ((flags & CUT) !== 0) this.#varint(cut + 1);
    if (this.#isNamed) this.#varint(name + 1);
    if (this.#at >= PAGE) this.#turn();
  }

  /** All rows, those up to `nodes` included. */
  finish(nodes: number): Rows {
    this.begin(nodes - 1);
    if (nodes > 0) this.#end();
    this.#append();
    return new Rows({
      nodes,
      refs: this.refs,
      pages: this.#pages,
      starts: this.#starts.subarray(0, (nodes >>> STEP_BITS) + 1),
      hubs: this.#tables.hubs.slice(0, this.#tables.hubCount),
      shapes: this.#told(),
      form: this.#form,
    });
  }

  #told(): Shapes {
    if (this.#packer === undefined) return NO_SHAPES;
    const { starts, targets } = this.#packer;
    const end = starts[this.#shapes]!;
    return {
      starts: starts.slice(0, this.#shapes + 1),
      names: this.#shapeNames.slice(0, end),
      targets: targets.slice(0, end),
    };
  }

  /** What a row of no shape begins with. */
  #head(): void {
    this.#isNew = false;
    this.#varint(OWN_NAMES + 1);
    if (this.#at >= PAGE) this.#turn();
  }

  #put(to: number, kind: number): void {
    const away = to - this.#origin;
    const zigzag = (away << 1) ^ (away >> 31);
    this.refs++;
    const hub = zigzag >= FAR && !this.#isAscending ? hubOf(this.#tables, to) : -1;
    if (this.#isAscending) this.#origin = to;
    this.#at = putVarint(this.#view, this.#at, ((hub >= 0 ? (hub << 3) | 4 : zigzag << 3) | kind) + 1);
  }

  #varint(value: number): void {
    this.#at = putVarint(this.#view, this.#at, value);
  }

  #end(): void {
    this.#page[this.#at++] = 0;
    if (this.#at >= PAGE) this.#turn();
  }

  #turn(): void {
    this.#append();
    this.#page.copyWithin(0, PAGE, this.#at);
    this.#at -= PAGE;
    this.#base += PAGE;
  }

  /** What lay behind its bytes must not depend on anything. */
  #append(): void {
    this.#page.fill(0, this.#at);
    this.#pages.append(this.#page);
  }

  #noteStart(n: number, at: number): void {
    const place = n >>> STEP_BITS;
    if (place === this.#starts.length) this.#starts = grownNumbers(this.#starts, 2 * place);
    const position = this.#base + at;
    if (position > 0xffffffff)
      throw new InputError(`references take more than 4 GiB: there are too many for one graph (${this.refs} and more)`);
    this.#starts[place] = position;
  }
}

/** Of a reference, by whose it is and the code of its name: the set of cuts that it belongs to, 0 for none. */
export type Mark = (from: number, name: number) => number;

/** Of a reference, by the code of its name: whether it is to be passed over. */
export type IsLeftOut = (name: number) => boolean;

/** What rows are made of. */
export interface WrittenRows {
  readonly nodes: number;
  readonly refs: number;
  readonly pages: Pages;
  /** Of rows that were written before they are looked up: who asks for a few rows need not have them all. */
  readonly starts: Uint32Array | LookUp;
  readonly hubs: Uint32Array;
  readonly shapes: Shapes;
  readonly form: RowForm;
}

/** What is done with references while they are read. */
export interface Reading {
  readonly mark?: Mark;
  /** The nodes whose references `mark` is asked about; all if undefined. */
  readonly marking?: Bits | undefined;
  readonly isLeftOut?: IsLeftOut;
}

/** The rows of all nodes. One cursor reads at a time: where another one has moved, the first must `seek` or `resume` before it goes on. */
export class Rows {
  readonly nodes: number;
  readonly refs: number;
  readonly pages: Pages;
  readonly marking: Bits | undefined;
  readonly #written: WrittenRows;
  readonly #reading: Reading;

  constructor(written: WrittenRows, reading: Reading = {}) {
    this.nodes = written.nodes;
    this.refs = written.refs;
    this.pages = written.pages;
    this.marking = reading.marking;
    this.#written = written;
    this.#reading = reading;
  }

  /** Where rows begin: for whoever keeps them. */
  get starts(): Uint32Array {
    const { starts } = this.#written;
    if (!(starts instanceof Uint32Array)) throw new Error('these rows are kept already');
    return starts;
  }

  /** Targets by place: likewise. */
  get hubs(): Uint32Array {
    return this.#written.hubs;
  }

  get shapes(): Shapes {
    return this.#written.shapes;
  }

  /** The same rows with references marked CUT as they are read, of the nodes in `of` or of all. */
  marked(mark: Mark, of?: Bits): Rows {
    return new Rows(this.#written, { ...this.#reading, mark, marking: of });
  }

  /** The same rows, which have names, without some references. */
  without(isLeftOut: IsLeftOut): Rows {
    return new Rows(this.#written, { ...this.#reading, isLeftOut });
  }

  cursor(): RowCursor {
    return new RowCursor(this.#written, this.#reading);
  }

  /** Shows each reference of some nodes, or of all, in order. */
  eachOf(nodes: Bits | undefined, see: (from: number, cursor: RowCursor) => void): void {
    const cursor = this.cursor();
    const next = nodes === undefined ? (n: number) => n : (n: number) => nodes.next(n);
    for (let n = next(0); n < this.nodes; n = next(n + 1)) for (cursor.seek(n); cursor.next(); ) see(n, cursor);
  }

  close(): void {
    this.pages.close();
  }
}

/** A place in the rows. `next` steps to a reference of the row and says what it is in `to`, `kind` and, of special ones, `flags`, `value` and `cut`. */
export class RowCursor {
  to = 0;
  /** PLAIN, HIDDEN, SHORTCUT or SPECIAL. */
  kind = 0;
  flags = 0;
  value = 0;
  cut = 0;
  /** Where rows have names: the code of the reference's. */
  name = 0;
  #origin = 0;
  #bytes: Uint8Array;
  #at = 0;
  #base = -PAGE;
  #taken = -1;
  readonly #pages: Pages;
  readonly #starts: Uint32Array;
  /** Where rows begin, if it is looked up. */
  readonly #lookUp: LookUp | undefined;
  readonly #hubs: Uint32Array;
  readonly #isNamed: boolean;
  readonly #isAscending: boolean;
  readonly #mark: Mark | undefined;
  readonly #marking: Bits | undefined;
  readonly #isLeftOut: IsLeftOut | undefined;
  readonly #shapes: Shapes;
  readonly #shapeNames: Uint32Array;
  readonly #shapeTargets: Uint32Array;
  /** Where the next name stands in the row's shape; -1: behind its reference. */
  #nameAt = -1;
  #isMarking = false;
  #n = 0;
  /** The node whose row begins where it is, after the end of a row. */
  #behind = NOWHERE;

  constructor({ pages, starts, hubs, shapes, form }: WrittenRows, { mark, marking, isLeftOut }: Reading) {
    this.#isLeftOut = isLeftOut;
    this.#mark = mark;
    this.#marking = marking;
    this.#pages = pages;
    this.#starts = starts instanceof Uint32Array ? starts : NO_STARTS;
    this.#lookUp = starts instanceof Uint32Array ? undefined : starts;
    this.#hubs = hubs;
    this.#shapes = shapes;
    this.#shapeNames = shapes.names;
    this.#shapeTargets = shapes.targets;
    this.#isNamed = form.named ?? false;
    this.#isAscending = form.ascending ?? false;
    this.#bytes = new Uint8Array(0);
  }

  /** PLAIN, HIDDEN or SHORTCUT, whatever else it is. */
  get base(): number {
    return this.kind === SPECIAL ? (this.flags >>> BASE_SHIFT) & 3 : this.kind;
  }

  get isWeak(): boolean {
    return this.kind === SPECIAL && (this.flags & WEAK) !== 0;
  }

  /** To the beginning of the row of node n: at once where it is just ahead of one that was read to its end. */
  seek(n: number): void {
    const ahead = n - this.#behind;
    this.#open(n);
    let rows = ahead;
    if (ahead < 0 || ahead >= STEP || this.#taken !== this.#pages.taken) {
      this.#goTo(this.#lookUp === undefined ? this.#starts[n >>> STEP_BITS]! : this.#lookUp.at(n >>> STEP_BITS));
      rows = n & (STEP - 1);
    }
    if (rows > 0) this.#skip(rows);
    if (this.#isNamed) this.#head();
  }

  /** Where it is, to come back to by `resume`. */
  get position(): number {
    return this.#base + this.#at;
  }

  /** Into the row of node n, at a position that was told there. */
  resume(n: number, position: number): void {
    this.#open(n);
    this.#nameAt = -1;
    const start = this.#shapeNames.length === 0 ? -1 : this.#startBefore(position);
    if (start >= 0) {
      this.#goTo(start);
      this.#head();
      while (this.#nameAt >= 0 && this.position < position) this.next();
    }
    this.#goTo(position);
  }

  /** Where the row begins that a position is in; -1 where that is too far away for a row of a shape. No look at the rows before it, which may be long. */
  #startBefore(position: number): number {
    for (let at = position - 1; at >= position - MOST_BYTES; at--) {
      if (at < 0) return 0;
      this.#goTo(at);
      if (this.#bytes[this.#at] === 0) return at + 1;
    }
    return -1;
  }

  /** The next reference of the row; false at its end. */
  next(): boolean {
    for (;;) {
      if (this.#at >= PAGE) this.#goTo(this.#base + this.#at);
      const bytes = this.#bytes;
      let at = this.#at;
      let byte = bytes[at++]!;
      if (byte === 0) {
        this.#at = at;
        this.#behind = this.#n + 1;
        return false;
      }
      let value = byte & 127;
      if (byte > 127) {
        byte = bytes[at++]!;
        value |= (byte & 127) << 7;
        if (byte > 127) {
          byte = bytes[at++]!;
          value |= (byte & 127) << 14;
          if (byte > 127) {
            byte = bytes[at++]!;
            value |= (byte & 127) << 21;
            if (byte > 127) value |= bytes[at++]! << 28;
          }
        }
      }
      value--;
      const place = value >>> 3;
      if ((value & 4) === 0) this.to = this.#origin + ((place >>> 1) ^ -(place & 1));
      else this.to = place === OWN_HUB ? this.#shapeTargets[this.#nameAt]! : this.#hubs[place]!;
      this.kind = value & 3;
      this.#at = at;
      if (this.kind === SPECIAL) this.#special();
      if (this.#isNamed) this.name = this.#nameAt < 0 ? this.#varint() : this.#shapeNames[this.#nameAt++]!;
      if (this.#isAscending) this.#origin = this.to;
      if (this.#isMarking) this.#setMark(this.#mark!(this.#n, this.name));
      if (this.#isLeftOut === undefined || !this.#isLeftOut(this.name)) return true;
    }
  }

  #open(n: number): void {
    this.#n = n;
    this.#behind = NOWHERE;
    this.#origin = n;
    if (this.#mark !== undefined) this.#isMarking = this.#marking?.has(n) ?? true;
  }

  #setMark(cut: number): void {
    if (cut === 0) return;
    if (this.kind !== SPECIAL) {
      this.flags = this.kind << BASE_SHIFT;
      this.value = 0;
      this.kind = SPECIAL;
    }
    this.flags |= CUT;
    this.cut = cut;
  }

  #special(): void {
    this.flags = this.#varint();
    this.value = (this.flags & EPHEMERON) === 0 ? 0 : this.#varint();
    this.cut = (this.flags & CUT) === 0 ? 0 : this.#varint();
  }

  /** What a row with names begins with, unless it is empty. */
  #head(): void {
    if (this.#at >= PAGE || this.#bytes.length === 0) this.#goTo(this.#base + this.#at);
    if (this.#bytes[this.#at] === 0) return;
    const shape = this.#varint();
    this.#nameAt = shape === OWN_NAMES ? -1 : this.#shapes.starts[shape - 1]!;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return (value >>> 0) - 1;
    }
  }

  /** Over rows, at the beginning of one. A function of its own, so that V8 makes `seek` fast as a whole, not its loop alone. */
  #skip(rows: number): void {
    let bytes = this.#bytes;
    let at = this.#at;
    while (rows > 0) {
      if (at >= PAGE) {
        this.#goTo(this.#base + at);
        bytes = this.#bytes;
        at = this.#at;
      }
      if (bytes[at++] === 0) rows--;
    }
    this.#at = at;
  }

  #goTo(position: number): void {
    const base = position - (position & (PAGE - 1));
    if (base !== this.#base || this.#taken !== this.#pages.taken) {
      this.#base = base;
      this.#bytes = this.#pages.page(base / PAGE);
      this.#taken = this.#pages.taken;
    }
    this.#at = position - base;
  }
}
