/**
 * One reading of a snapshot to what graph questions are asked of: rows of references, types, sizes, and a byte of flags for each node. Costs a byte and an eighth
 * a node, the types' names, and the cache of the rows; types and sizes wait in temporary files.
 *
 * Over 300 lines, because what V8's rules ask of a node and of a reference is told in the one loop that sees both.
 */
import type { Scratch } from '../../disk/scratch.ts';
import { type Batch, REF_KINDS, SAME_AS_TYPE } from '../../stream/batch.ts';
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

const JUDGED = 1 << 10;

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
  /** Numbers of names of which it is known whether they may be of a pair: of two with the same slot the later one. */
  readonly #judged = new Float64Array(JUDGED).fill(-1);
  readonly #isPair = new Uint8Array(JUDGED);

  constructor(name: string, isV8: boolean, nodes: number, options: ReadOptions, scratch: Scratch) {
    this.#name = name;
    this.#isV8 = isV8;
    this.#options = options;
    const hint = Math.min(nodes, 1 << 24);
    this.#rows = new RowWriter(options.rowBytes, scratch, hint, { named: options.names ?? false });
    this.#names = options.names ? new NameCodes(scratch) : undefined;
    this.#dealt = options.dealt;
    this.#flags = new Uint8Array(hint + 1);
    this.#type = new StoredColumn(scratch);
    this.#sizes = new Sizes(scratch);
    this.#present = options.isPart ? new Bits(nodes) : undefined;
  }

  add(batch: Batch): void {
    const { length, refStart, n } = batch;
    this.#settleTypes(batch);
    this.#settleKinds(batch);
    this.#names?.begin();
    if (refStart[0]! > 0) this.#takeRefs(batch, 0, refStart[0]!);
    for (let row = 0; row < length; row++) {
      if (batch.hasRefs[row] === 0)
        throw new InputError(
          `${this.#name}: node ${n[row]} has no references: the question needs them (was the stream made with --no-refs?)`,
        );
      this.#takeNode(batch, row, n[row]!);
      const from = refStart[row]!;
      const to = refStart[row + 1]!;
      if (from < to) this.#takeRefs(batch, from, to);
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

  #takeNode(batch: Batch, row: number, n: number): void {
    if (n >= MOST_NODES)
      throw new InputError(`${this.#name}: node ${n}: graph questions can be asked of at most ${MOST_NODES} nodes`);
    while (this.#type.length < n) this.#skipNode();
    this.#grow(n + 1);
    this.#type.push(this.#typeCodes[batch.type[row]!]!);
    this.#sizes.push(n, batch.size[row]!);
    this.#present?.add(n);
    this.#rows.begin(n);
    this.#nodes = n + 1;
    this.#open = n;
    this.#openId = batch.id[row]!;
    this.#openRow = ORDINARY;
    if (!this.#isV8) return;
    let flags = this.#kindFlags[batch.kind[row]!]!;
    if (flags > 255) {
      // Kinds of which some nodes are told apart by their name.
      if ((flags & ARRAY) !== 0 && isCalled(batch, row, MAP_DESCRIPTORS)) this.#openRow = DESCRIPTORS_ROW;
      else if ((flags & HIDDEN_KIND) !== 0 && isCalled(batch, row, NATIVE_CONTEXT)) this.#openRow = CONTEXT_ROW;
      if ((flags & NATIVE) !== 0 && isCalled(batch, row, EXTERNAL_DATA)) flags |= OWNERLESS;
      if ((flags & SYNTHETIC) !== 0 && isCalled(batch, row, DOCUMENTS)) flags |= DOCUMENT_TREES;
    }
    if (batch.extraEnd[row]! > batch.extraStart[row]!) {
      const isDetached = this.#detached.flag(batch, row);
      if (isDetached !== undefined) flags |= isDetached ? DETACHED : ATTACHED;
    }
    this.#flags[n] = flags & 255;
  }

  #takeRefs(batch: Batch, from: number, to: number): void {
    const { refTo, refKind } = batch;
    const { sieve, weak } = this.#options;
    const rows = this.#rows;
    const names = this.#names;
    const open = this.#open;
    const isOrdinary = this.#openRow === ORDINARY && open > 0;
    let dealt = this.#dealt;
    const pairKind = this.#isV8 ? INTERNAL_KIND : -1;
    for (let ref = from; ref < to; ref++) {
      const target = refTo[ref]!;
      const kind = refKind[ref]!;
      if (target > this.#farthest) {
        this.#reach(target);
        dealt = this.#dealt;
      } else if (target === 0) this.#refersToRoot = true;
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

  #reach(target: number): void {
    if (target >= MOST_NODES)
      throw new InputError(
        `${this.#name}: a reference of node ${this.#open} leads to node ${target}: graph questions can be asked of at most ${MOST_NODES} nodes`,
      );
    if (this.#dealt !== undefined && target >= this.#dealt.targets) {
      this.#dealt.close();
      this.#dealt = undefined;
    }
    this.#refersToRoot ||= target === 0;
    this.#farthest = target;
    this.#farthestFrom = this.#open;
  }

  #mayBePair(batch: Batch, ref: number): boolean {
    if (batch.names === undefined) return mayBePair(batch.text, batch.refNameStart[ref]!, batch.refNameEnd[ref]!);
    const number = batch.refName[ref]!;
    const slot = number & (JUDGED - 1);
    if (this.#judged[slot] !== number) {
      batch.names.find(number);
      this.#isPair[slot] = mayBePair(batch.names.bytes, batch.names.start, batch.names.end) ? 1 : 0;
      this.#judged[slot] = number;
    }
    return this.#isPair[slot] === 1;
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
