/**
 * One reading of a snapshot to what graph questions are asked of: rows of references, types, sizes, and a byte of flags for each node. Costs a byte and an eighth
 * a node, the types' names, and the cache of the rows; types and sizes wait in temporary files.
 *
 * Over 300 lines, because what V8's rules ask of a node and of a reference is told in the one loop that sees both.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { type Batch, NODES, REF_KINDS, SAME_AS_TYPE } from '../../stream/batch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { InputError } from '../../stream/errors.ts';
import { FieldFinder } from '../../stream/fieldFinder.ts';
import { textOf } from '../../stream/json.ts';
import { RefToken } from '../../stream/refToken.ts';
import { Bits } from './bits.ts';
import type { ByTarget } from './byTarget.ts';
import { Sizes, StoredColumn } from './columns.ts';
import { Ephemerons, mayBePair } from './ephemerons.ts';
import { NameCodes } from './nameCodes.ts';
import { compiledPacker } from './packer/compiled.ts';
import { MET_AGAIN, type Packer } from './packer/packer.ts';
import { PlainPacker } from './packer/plain.ts';
import {
  BASE_SHIFT,
  CUT,
  ELEMENT,
  EPHEMERON,
  FROM_TABLE,
  HIDDEN,
  MOST_NODES,
  NO_DISTANCE,
  PLAIN,
  type Rows,
  RowWriter,
  SHORTCUT,
  WEAK,
} from './rows.ts';

/** Flags of a node: V8's kinds that DevTools' rules tell apart, and what the runtime says of its document. */
export const SYNTHETIC = 1;
export const NATIVE = 2;
/** Hidden nodes, arrays and the data of external strings: their size may belong to somebody else. */
export const OWNERLESS = 4;
export const OBJECT = 8;
export const DOCUMENT_TREES = 16;
export const ATTACHED = 32;
export const DETACHED = 64;
/** Set by whoever asks: a node of the page, not of the runtime. */
export const PAGE_OBJECT = 128;

/** Whether a reference is kept: DROP, KEEP, or a number from 1: kept, and to be cut by that set of cuts. */
export const DROP = -1;
export const KEEP = 0;
export type Sieve = (batch: Batch, ref: number, from: number) => number;

export interface ReadOptions {
  /** Keep weak references too. */
  readonly weak: boolean;
  /** Asked about every reference, weak ones included. */
  readonly sieve?: Sieve;
  /** Bytes for the rows until it is known how many nodes there are. */
  readonly rowBytes: number;
  /** Nodes may be missing. */
  readonly isPart: boolean;
  /** Keep the references' names too. */
  readonly names?: boolean;
  /** Gets each reference that is kept, but for the root's weak ones where weak ones are not. */
  readonly dealt?: ByTarget;
}

/** A snapshot as a graph. Node 0 is the root. */
export interface Graph {
  readonly nodes: number;
  /** Why it cannot be whole: a reference leads to a node that did not come. */
  readonly fault: string | undefined;
  readonly rows: Rows;
  readonly flags: Uint8Array;
  readonly types: Dictionary;
  /** Codes of `types`. */
  readonly type: StoredColumn;
  readonly sizes: Sizes;
  /** In a part: the nodes that are there. */
  readonly present: Bits | undefined;
  /** Pairs of references that hold only together. */
  readonly pairs: number;
  /** DevTools' rules are to be kept. */
  readonly isV8: boolean;
  /** Something refers to node 0. */
  readonly refersToRoot: boolean;
  /** What the codes of the rows' names mean, where names were asked for. */
  readonly names: NameCodes | undefined;
  /** The references by target, where that was asked for and there are not more nodes than was said. */
  readonly dealt: ByTarget | undefined;
}

const WEAK_KIND = REF_KINDS.indexOf('weak');
const INTERNAL_KIND = REF_KINDS.indexOf('internal');
const ELEMENT_KIND = REF_KINDS.indexOf('element');
/** Class of a reference by its kind. */
const CLASS_OF = Uint8Array.from(REF_KINDS, (kind) =>
  kind === 'hidden' ? HIDDEN : kind === 'shortcut' ? SHORTCUT : PLAIN,
);

const encoder = new TextEncoder();
const SLOPPY = encoder.encode('"sloppy_function_map"');
const NATIVE_CONTEXT = encoder.encode('"system / NativeContext"');
const MAP_DESCRIPTORS = encoder.encode('"(map descriptors)"');
const EXTERNAL_DATA = encoder.encode('"system / ExternalStringData"');
const DOCUMENTS = encoder.encode('"(Document DOM trees)"');

/** What is special about the references of a node. */
const ORDINARY = 0;
const CONTEXT_ROW = 1;
const DESCRIPTORS_ROW = 2;

/** Reads all batches. Throws InputError where references were not read. */
export async function readGraph(
  source: {
    readonly name: string;
    readonly start: { readonly format: string | undefined; readonly nodes: number | undefined };
  },
  batches: AsyncIterable<Batch>,
  options: ReadOptions,
  scratch: Scratch,
): Promise<Graph> {
  const reader = new GraphReader(
    source.name,
    source.start.format === 'v8',
    source.start.nodes ?? 1024,
    options,
    scratch,
  );
  for await (const batch of batches) reader.add(batch);
  return reader.finish();
}

class GraphReader {
  readonly #name: string;
  readonly #isV8: boolean;
  readonly #options: ReadOptions;
  readonly #rows: RowWriter;
  #flags: Uint8Array;
  readonly #types = new Dictionary();
  readonly #type: StoredColumn;
  readonly #sizes: Sizes;
  readonly #ephemerons = new Ephemerons();
  readonly #present: Bits | undefined;
  readonly #names: NameCodes | undefined;
  readonly #packer: Packer | undefined;
  /** What is special about the references of the batch's nodes, row by row; nothing where the heap is not V8's. */
  readonly #whatRows = new Uint8Array(NODES);
  /** Codes of the batch's types, row by row, as ours. */
  readonly #ours = new Uint32Array(NODES);
  #dealt: ByTarget | undefined;
  #nodes = 0;
  /** Of the node whose references come. */
  #open = 0;
  #openId = 0;
  #openRow = ORDINARY;
  #refersToRoot = false;
  #farthest = -1;
  #farthestFrom = 0;
  /** Our code for each of the batches' types, and what each of their kinds is. */
  #batchTypes: Dictionary | undefined;
  #typeCodes = new Int32Array(0);
  #batchKinds: Dictionary | undefined;
  #kindFlags = new Int16Array(0);
  readonly #token = new RefToken();
  readonly #detached = new FieldFinder('detached');
  /** Numbers of names that were looked at, and those that may be of a pair. */
  readonly #judged = new Bits();
  readonly #pairNames = new Bits();

  constructor(name: string, isV8: boolean, nodes: number, options: ReadOptions, scratch: Scratch) {
    this.#name = name;
    this.#isV8 = isV8;
    this.#options = options;
    const hint = Math.min(nodes, 1 << 24);
    const hasShapes = options.names === true && options.sieve === undefined;
    this.#packer = hasShapes ? (compiledPacker() ?? new PlainPacker()) : undefined;
    this.#rows = new RowWriter(options.rowBytes, scratch, hint, { named: options.names ?? false }, this.#packer);
    this.#names = options.names ? new NameCodes(scratch) : undefined;
    this.#dealt = options.dealt;
    this.#flags = new Uint8Array(hint + 1);
    this.#type = new StoredColumn(scratch);
    this.#sizes = new Sizes(scratch);
    this.#present = options.isPart ? new Bits(nodes) : undefined;
  }

  add(batch: Batch): void {
    const { length, refStart } = batch;
    this.#settleTypes(batch);
    this.#settleKinds(batch);
    this.#names?.begin();
    this.#reach(batch);
    this.#takeNodes(batch);
    if (refStart[0]! > 0) this.#takeRefs(batch, 0, refStart[0]!);
    const packer = this.#packer;
    const packed = packer === undefined ? 0 : this.#load(packer, batch);
    for (let row = 0; row < length; row++) {
      if (row < packed) row = this.#pack(packer!, batch, row, packed);
      // The row behind them was found to have no shape.
      if (row < length) this.#takeRow(batch, row);
    }
  }

  finish(): Graph {
    const fault =
      this.#farthest >= this.#nodes && this.#present === undefined
        ? `a reference of node ${this.#farthestFrom} leads to node ${this.#farthest}, there are ${this.#nodes}`
        : undefined;
    // In a part references may lead past the last node: then that many nodes there are, though not here.
    const nodes = Math.max(this.#nodes, this.#farthest + 1);
    while (this.#type.length < nodes) this.#skipNode();
    return {
      nodes,
      fault,
      rows: this.#rows.finish(nodes),
      flags: this.#flags.subarray(0, nodes),
      types: this.#types,
      type: this.#type,
      sizes: this.#sizes,
      present: this.#present,
      pairs: this.#ephemerons.pairs,
      isV8: this.#isV8,
      refersToRoot: this.#refersToRoot,
      names: this.#names,
      dealt: this.#dealt,
    };
  }

  #skipNode(): void {
    this.#type.push(0xffffffff);
    this.#sizes.push(this.#type.length - 1, 0);
    this.#grow(this.#type.length);
  }

  #grow(nodes: number): void {
    if (nodes <= this.#flags.length) return;
    const wider = new Uint8Array(2 * nodes);
    wider.set(this.#flags);
    this.#flags = wider;
  }

  /** Types, sizes and flags of a batch's nodes: those of a whole batch at once where none is missing. */
  #takeNodes(batch: Batch): void {
    const { length, n, type, size } = batch;
    if (length === 0) return;
    const first = n[0]!;
    const last = n[length - 1]!;
    if (last >= MOST_NODES)
      throw new InputError(`${this.#name}: node ${last}: graph questions can be asked of at most ${MOST_NODES} nodes`);
    this.#grow(last + 1);
    const types = this.#type;
    const sizes = this.#sizes;
    const codes = this.#typeCodes;
    if (last - first === length - 1 && first === types.length) {
      const ours = this.#ours;
      for (let row = 0; row < length; row++) ours[row] = codes[type[row]!]!;
      types.pushAll(ours.subarray(0, length));
      sizes.pushAll(first, size.subarray(0, length));
    } else {
      for (let row = 0; row < length; row++) {
        while (types.length < n[row]!) this.#skipNode();
        types.push(codes[type[row]!]!);
        sizes.push(n[row]!, size[row]!);
      }
    }
    if (this.#present !== undefined) for (let row = 0; row < length; row++) this.#present.add(n[row]!);
    this.#nodes = last + 1;
    if (this.#isV8) this.#flagNodes(batch);
  }

  #flagNodes(batch: Batch): void {
    const { length, n, kind, extraStart, extraEnd } = batch;
    for (let row = 0; row < length; row++) {
      let flags = this.#kindFlags[kind[row]!]!;
      // Kinds of which some nodes are told apart by their name.
      if (flags > 255) {
        if ((flags & NATIVE) !== 0 && isCalled(batch, row, EXTERNAL_DATA)) flags |= OWNERLESS;
        if ((flags & SYNTHETIC) !== 0 && isCalled(batch, row, DOCUMENTS)) flags |= DOCUMENT_TREES;
      }
      if (extraEnd[row]! > extraStart[row]!) {
        const isDetached = this.#detached.flag(batch, row);
        if (isDetached !== undefined) flags |= isDetached ? DETACHED : ATTACHED;
      }
      this.#flags[n[row]!] = flags & 255;
      this.#whatRows[row] = (flags & (ARRAY | HIDDEN_KIND)) === 0 ? ORDINARY : whatRow(batch, row, flags);
    }
  }

  #takeRow(batch: Batch, row: number): void {
    const { id, hasRefs, refStart } = batch;
    const n = batch.n[row]!;
    if (hasRefs[row] === 0)
      throw new InputError(
        `${this.#name}: node ${n} has no references: the question needs them (was the stream made with --no-refs?)`,
      );
    this.#rows.begin(n);
    this.#open = n;
    this.#openId = id[row]!;
    this.#openRow = this.#whatRows[row]!;
    if (refStart[row]! < refStart[row + 1]!) this.#takeRefs(batch, refStart[row]!, refStart[row + 1]!);
  }

  /** Shows a batch to the packer; gives up to which row its rows are whole. */
  #load(packer: Packer, { length, n, type, hasRefs, refStart, refKey, refTo, refs, more, names }: Batch): number {
    // What comes by names as texts has no keys.
    if (names === undefined || length === 0 || n[length - 1]! - n[0]! !== length - 1) return 0;
    packer.rowType.set(type.subarray(0, length));
    packer.rowStart.set(refStart.subarray(0, length + 1));
    packer.refKey.set(refKey.subarray(0, refs));
    packer.refTo.set(refTo.subarray(0, refs));
    const { rowIsOdd } = packer;
    for (let row = 0; row < length; row++) rowIsOdd[row] = this.#whatRows[row]! | (hasRefs[row]! ^ 1);
    if (n[0] === 0) rowIsOdd[0] = 1;
    return more > 0 ? length - 1 : length;
  }

  /** Rows from one on that have a shape, or none and then get one; gives the row at which that ends. */
  #pack(packer: Packer, batch: Batch, from: number, to: number): number {
    const { n, id, refStart, refTo } = batch;
    const dealt = this.#dealt;
    for (let row = from; ; ) {
      const end = this.#rows.pack(n[row]!, row, to);
      if (end > row) {
        this.#open = n[end - 1]!;
        this.#openId = id[end - 1]!;
        this.#openRow = ORDINARY;
      }
      if (dealt !== undefined) {
        for (let ref = refStart[row]!; row < end; row++)
          for (const last = refStart[row + 1]!; ref < last; ref++) dealt.add(refTo[ref]!, n[row]!);
      }
      row = end;
      if (row === to || packer.why !== MET_AGAIN || !this.#enterShape(batch, row)) return row;
    }
  }

  /** Of a row that was met before, unless there is something special in it. */
  #enterShape(batch: Batch, row: number): boolean {
    const from = batch.refStart[row]!;
    const to = batch.refStart[row + 1]!;
    const refs = Array.from({ length: to - from }, (_, i) => from + i);
    const isSpecial = (ref: number): boolean => {
      const kind = batch.refKind[ref]!;
      return kind === WEAK_KIND || (this.#isV8 && kind === INTERNAL_KIND && this.#mayBePair(batch, ref));
    };
    if (refs.some(isSpecial)) return false;
    return this.#rows.addShape({
      keys: batch.refKey.subarray(from, to),
      classes: refs.map((ref) => CLASS_OF[batch.refKind[ref]!]!),
      names: refs.map((ref) => this.#names!.code(batch, ref)),
      targets: batch.refTo.subarray(from, to),
    });
  }

  #takeRefs(batch: Batch, from: number, to: number): void {
    const { refTo, refKind } = batch;
    const { sieve, weak } = this.#options;
    const rows = this.#rows;
    const names = this.#names;
    const dealt = this.#dealt;
    const open = this.#open;
    const isOrdinary = this.#openRow === ORDINARY && open > 0;
    const pairKind = this.#isV8 ? INTERNAL_KIND : -1;
    for (let ref = from; ref < to; ref++) {
      const target = refTo[ref]!;
      const kind = refKind[ref]!;
      if (isOrdinary && kind !== WEAK_KIND && (kind !== pairKind || !this.#mayBePair(batch, ref))) {
        const answer = sieve === undefined ? KEEP : sieve(batch, ref, open);
        if (dealt !== undefined && answer !== DROP) dealt.add(target, open);
        const name = names === undefined ? 0 : names.code(batch, ref);
        if (answer === KEEP) rows.add(target, CLASS_OF[kind] as 0 | 1 | 2, name);
        else if (answer !== DROP) rows.special(target, CUT | (CLASS_OF[kind]! << BASE_SHIFT), 0, answer, name);
      }
      // DevTools looks at all references of the root when it looks for where to begin.
      else if (kind !== WEAK_KIND || weak || this.#open === 0) this.#takeSpecial(batch, ref, target, kind);
    }
  }

  /** How far the references of a batch lead, and whether one leads to the root. */
  #reach(batch: Batch): void {
    const { refTo, refs } = batch;
    let farthest = this.#farthest;
    let place = -1;
    let hasRoot = false;
    for (let ref = 0; ref < refs; ref++) {
      const to = refTo[ref]!;
      if (to > farthest) {
        farthest = to;
        place = ref;
      }
      if (to === 0) hasRoot = true;
    }
    this.#refersToRoot ||= hasRoot;
    if (place < 0) return;
    this.#farthest = farthest;
    this.#farthestFrom = batch.sourceOf(place) ?? this.#open;
    if (farthest >= MOST_NODES)
      throw new InputError(
        `${this.#name}: a reference of node ${this.#farthestFrom} leads to node ${farthest}: graph questions can be asked of at most ${MOST_NODES} nodes`,
      );
    if (this.#dealt !== undefined && farthest >= this.#dealt.targets) {
      this.#dealt.close();
      this.#dealt = undefined;
    }
  }

  #mayBePair(batch: Batch, ref: number): boolean {
    if (batch.names === undefined) return mayBePair(batch.text, batch.refNameStart[ref]!, batch.refNameEnd[ref]!);
    const number = batch.refName[ref]!;
    if (!this.#judged.has(number)) {
      batch.names.find(number);
      if (mayBePair(batch.names.bytes, batch.names.start, batch.names.end)) this.#pairNames.add(number);
      this.#judged.add(number);
    }
    return this.#pairNames.has(number);
  }

  #takeSpecial(batch: Batch, ref: number, target: number, kind: number): void {
    const { sieve } = this.#options;
    const answer = sieve === undefined ? KEEP : sieve(batch, ref, this.#open);
    if (answer === DROP) return;
    if (kind !== WEAK_KIND || this.#options.weak) this.#dealt?.add(target, this.#open);
    let flags = answer > 0 ? CUT : 0;
    let pair = 0;
    if (kind === WEAK_KIND) flags |= WEAK;
    if (this.#isV8 && this.#open === 0 && kind === ELEMENT_KIND) flags |= ELEMENT;
    if (this.#isV8 && kind !== WEAK_KIND) {
      this.#token.find(batch, ref);
      if (this.#openRow !== ORDINARY && isNoDistance(this.#token, this.#openRow)) flags |= NO_DISTANCE;
      if (kind === INTERNAL_KIND && this.#mayBePair(batch, ref)) {
        this.#token.find(batch, ref);
        const found = this.#ephemerons.find(textOf(this.#token.bytes, this.#token.start, this.#token.end));
        if (found !== undefined) {
          pair = found.pair;
          flags |= found.table === this.#openId ? EPHEMERON | FROM_TABLE : EPHEMERON;
        }
      }
    }
    const name = this.#names === undefined ? 0 : this.#names.code(batch, ref);
    // Of hidden and shortcut references with flags the flags are what matters, but for who is a shortcut's source.
    if (flags === 0) this.#rows.add(target, CLASS_OF[kind] as 0 | 1 | 2, name);
    else this.#rows.special(target, flags | (CLASS_OF[kind]! << BASE_SHIFT), pair, answer, name);
  }

  #settleTypes(batch: Batch): void {
    const { types } = batch;
    if (types !== this.#batchTypes) {
      this.#batchTypes = types;
      this.#typeCodes = new Int32Array(Math.max(256, types.size)).fill(-1);
    }
    if (types.size > this.#typeCodes.length) {
      const wider = new Int32Array(2 * types.size).fill(-1);
      wider.set(this.#typeCodes);
      this.#typeCodes = wider;
    }
    for (let code = types.size; code-- > 0 && this.#typeCodes[code]! < 0; )
      this.#typeCodes[code] = this.#types.code(types.bytes, types.offsets[code]!, types.offsets[code + 1]!);
  }

  #settleKinds(batch: Batch): void {
    const { kinds } = batch;
    if (kinds === this.#batchKinds && kinds.size <= this.#kindFlags.length) return;
    this.#batchKinds = kinds;
    this.#kindFlags = Int16Array.from({ length: kinds.size }, (_, code) => kindFlags(kinds.text(code)));
  }
}

/** Above a byte: kinds of which some names mean more. */
const ARRAY = 256;
const HIDDEN_KIND = 512;
const NAMED = 1024;

function kindFlags(kind: string): number {
  switch (kind) {
    case 'hidden':
      return OWNERLESS | HIDDEN_KIND;
    case 'array':
      return OWNERLESS | ARRAY;
    case 'native':
      return NATIVE | NAMED;
    case 'synthetic':
      return SYNTHETIC | NAMED;
    case 'object':
      return OBJECT;
    default:
      return 0;
  }
}

function whatRow(batch: Batch, row: number, flags: number): number {
  if ((flags & ARRAY) !== 0 && isCalled(batch, row, MAP_DESCRIPTORS)) return DESCRIPTORS_ROW;
  if ((flags & HIDDEN_KIND) !== 0 && isCalled(batch, row, NATIVE_CONTEXT)) return CONTEXT_ROW;
  return ORDINARY;
}

function isCalled(batch: Batch, row: number, name: Uint8Array): boolean {
  const start = batch.nameStart[row]!;
  if (start === SAME_AS_TYPE) {
    const { bytes, offsets } = batch.types;
    const type = batch.type[row]!;
    return isText(bytes, offsets[type]!, offsets[type + 1]!, name);
  }
  return isText(batch.text, start, batch.nameEnd[row]!, name);
}

function isText(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

/** The references that DevTools' distances leave out. Source: JSHeapSnapshot.calculateDistances in DevTools. */
function isNoDistance({ bytes, start, end }: RefToken, row: number): boolean {
  if (row === CONTEXT_ROW) return isText(bytes, start, end, SLOPPY);
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  const index = Number.parseInt(text.startsWith('"') ? (JSON.parse(text) as string) : text, 10);
  return !(index < 2 || index % 3 !== 1);
}
