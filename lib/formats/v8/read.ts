/**
 * A V8 snapshot as batches: one pass over the nodes, beside it one over the edges and one over the sorted locations where they are asked for.
 * Holds a batch, three blocks and the string cache, whatever the size of the file.
 */
import type { RandomBytes } from '../../disk/input.ts';
import type { Scratch } from '../../disk/scratch.ts';
import { Batch, NODES, REF_KINDS, REFS, SAME_AS_TYPE } from '../../stream/batch.ts';
import { Dictionary, grown } from '../../stream/dictionary.ts';
import { writeDigits } from '../../stream/digits.ts';
import { InputError } from '../../stream/errors.ts';
import { token } from '../../stream/json.ts';
import type { Columns } from '../../stream/source.ts';
import type { Header } from './header.ts';
import { Locations } from './locations.ts';
import type { Layout } from './locate.ts';
import { Numbers } from './numbers.ts';
import { StringTable } from './strings.ts';
import { TypeTable } from './types.ts';

/** Names in one batch end here, so that its text stays small whatever the names are. */
const TEXT = 1 << 20;
const LONGEST_TOKEN = 6 * 1024 + 2;

/** Throws UnusualLayout, between batches, where the bytes are not what the known writers write. */
export async function* readBatches(
  file: RandomBytes,
  layout: Layout,
  columns: Columns,
  scratch: Scratch,
): AsyncGenerator<Batch> {
  const { header, sections } = layout;
  const strings = new StringTable(file, sections.get('strings')!);
  const nodes = new Numbers(file, sections.get('nodes')!);
  const reader = new Reader(file, header, strings, nodes);
  if (columns.refs) reader.edges = new Numbers(file, sections.get('edges')!);
  const located = sections.get('locations');
  if (columns.extras && located !== undefined) {
    reader.locations = await Locations.sorted(new Numbers(file, located), header, scratch);
  }
  while (reader.fill(columns)) yield reader.batch;
  reader.finish();
}

/** The state of one pass: fills its batch again and again. */
class Reader {
  readonly batch: Batch;
  edges: Numbers | undefined;
  locations: Locations | undefined;
  nodes = 0;
  refs = 0;
  readonly #strings: StringTable;
  readonly #numbers: Numbers;
  readonly #types: TypeTable;
  readonly #nodeColumns: Uint32Array;
  readonly #edgeColumns: Uint32Array;
  readonly #refKinds: Uint8Array;
  readonly #indexed: Uint8Array;
  readonly #nodeTypes: number;
  /** References of the last node that did not fit its batch. */
  #left = 0;
  #lastNode = 0;
  /** The largest node that a reference leads to, and where it stands: whether it is there is known at the end. */
  #farthest = -1;
  #farthestRef = 0;
  #farthestFrom = 0;
  /** Texts of this batch, and which names of the string table it holds already: open to collisions, where the later wins. */
  #text: Uint8Array = new Uint8Array(1 << 17);
  #textEnd = 0;
  readonly #cached = new Float64Array(1 << 13).fill(-1);
  readonly #cachedStart = new Uint32Array(1 << 13);
  readonly #cachedEnd = new Uint32Array(1 << 13);

  constructor(file: { readonly name: string }, header: Header, strings: StringTable, numbers: Numbers) {
    this.#strings = strings;
    this.#numbers = numbers;
    this.#types = new TypeTable(header.nodeTypes, strings);
    const { nodeFields, edgeFields } = header;
    // Fields in an order of our own: type, name, id, self size, edge count, detachedness (the width if there is none), width.
    const width = nodeFields.length;
    const detached = nodeFields.indexOf('detachedness');
    this.#nodeColumns = Uint32Array.of(
      nodeFields.indexOf('type'),
      nodeFields.indexOf('name'),
      nodeFields.indexOf('id'),
      nodeFields.indexOf('self_size'),
      nodeFields.indexOf('edge_count'),
      detached < 0 ? width : detached,
      width,
    );
    this.#edgeColumns = Uint32Array.of(
      edgeFields.indexOf('type'),
      edgeFields.indexOf('name_or_index'),
      edgeFields.indexOf('to_node'),
      edgeFields.length,
    );
    this.#refKinds = Uint8Array.from(header.edgeTypes, (kind) => refKind(file.name, kind));
    this.#indexed = Uint8Array.from(header.edgeTypes, (kind) => (kind === 'element' || kind === 'hidden' ? 1 : 0));
    this.#nodeTypes = header.nodeTypes.length;
    const kinds = new Dictionary();
    for (const kind of header.nodeTypes) {
      const bytes = token(kind);
      kinds.code(bytes, 0, bytes.length);
    }
    this.batch = new Batch(kinds, this.#types.types);
  }

  /** Fills the batch; false when there is nothing more. */
  fill(columns: Columns): boolean {
    const { batch } = this;
    batch.clear();
    this.#types.renew();
    batch.types = this.#types.types;
    this.#textEnd = 0;
    if (columns.names || columns.refs) this.#cached.fill(-1);
    let refs = 0;
    if (this.#left > 0) {
      refs = this.#takeRefs(0, this.#left);
      this.#left -= refs;
      batch.refStart[0] = refs;
    }
    if (this.#left === 0) refs = this.#takeNodes(columns, refs);
    batch.more = this.#left;
    batch.text = this.#text;
    this.refs += refs;
    return batch.length > 0 || refs > 0;
  }

  /** What can be judged only at the end. */
  finish(): void {
    const { edges } = this;
    if (this.#numbers.length !== this.#numbers.next) throw this.#numbers.endFault('the nodes end in the middle of a record (file cut short?)');
    if (edges === undefined) return;
    if (edges.next < edges.length || edges.fill()) {
      throw edges.fault(edges.next, `there are more edges than the ${this.nodes.toLocaleString('en-US')} nodes say (${this.refs.toLocaleString('en-US')})`);
    }
    if (this.#farthest >= this.nodes) {
      const place = this.#farthestRef * this.#edgeColumns[3]! + this.#edgeColumns[2]!;
      throw edges.faultAtNumber(place, `an edge of node ${this.#farthestFrom} leads to node ${this.#farthest}, there are ${this.nodes}`);
    }
  }

  #takeNodes(columns: Columns, refs: number): number {
    const { batch } = this;
    const numbers = this.#numbers;
    const [typeAt, nameAt, idAt, sizeAt, edgesAt, detachedAt, width] = this.#nodeColumns as unknown as [number, number, number, number, number, number, number];
    const { values } = numbers;
    let row = 0;
    while (row < NODES && refs < REFS && this.#textEnd < TEXT) {
      if (numbers.length - numbers.next < width) {
        while (numbers.length - numbers.next < width && numbers.fill());
        if (numbers.length - numbers.next < width) break;
      }
      const at = numbers.next;
      const nodeType = values[at + typeAt]!;
      const name = values[at + nameAt]!;
      const edgeCount = values[at + edgesAt]!;
      if (nodeType >= this.#nodeTypes) throw numbers.fault(at + typeAt, `node ${this.nodes} has type ${nodeType}, the header names ${this.#nodeTypes}`);
      if (name >= this.#strings.length) throw numbers.fault(at + nameAt, `node ${this.nodes} is called string ${name}, there are ${this.#strings.length}`);
      const type = this.#types.code(nodeType, name);
      batch.n[row] = this.nodes;
      batch.kind[row] = nodeType;
      batch.type[row] = type;
      batch.id[row] = values[at + idAt]!;
      batch.size[row] = values[at + sizeAt]!;
      if (columns.names) this.#takeName(row, name, type);
      if (columns.extras) this.#takeExtras(row, detachedAt < width ? values[at + detachedAt]! : 0);
      numbers.next = at + width;
      this.#lastNode = this.nodes++;
      if (columns.refs) {
        batch.hasRefs[row] = 1;
        batch.refStart[row] = refs;
        const taken = this.#takeRefs(refs, edgeCount);
        refs += taken;
        batch.refStart[row + 1] = refs;
        this.#left = edgeCount - taken;
      } else batch.hasRefs[row] = 0;
      row++;
    }
    batch.length = row;
    return refs;
  }

  #takeName(row: number, name: number, type: number): void {
    const { batch } = this;
    const slot = this.#cache(name);
    const start = this.#cachedStart[slot]!;
    const end = this.#cachedEnd[slot]!;
    const { bytes, offsets } = batch.types;
    let at = offsets[type]!;
    let isType = offsets[type + 1]! - at === end - start;
    for (let i = start; isType && i < end; i++, at++) isType = this.#text[i] === bytes[at];
    batch.nameStart[row] = isType ? SAME_AS_TYPE : start;
    batch.nameEnd[row] = end;
  }

  #takeExtras(row: number, detachedness: number): void {
    const { batch } = this;
    this.#room();
    batch.extraStart[row] = this.#textEnd;
    if (detachedness !== 0) this.#write(detachedness === 2 ? '"detached":true' : '"detached":false');
    const at = this.locations?.of(this.nodes);
    if (at !== undefined) this.#write(detachedness === 0 ? `"at":"${at}"` : `,"at":"${at}"`);
    batch.extraEnd[row] = this.#textEnd;
  }

  /** Takes up to `wanted` references of the last node, from column place `to` on; fewer where the batch is full. */
  #takeRefs(to: number, wanted: number): number {
    const { batch } = this;
    const edges = this.edges!;
    const { values } = edges;
    const [typeAt, nameAt, nodeAt, width] = this.#edgeColumns as unknown as [number, number, number, number];
    const nodeWidth = this.#nodeColumns[6]!;
    const end = Math.min(REFS, to + wanted);
    let ref = to;
    for (; ref < end && this.#textEnd < TEXT; ref++) {
      if (edges.length - edges.next < width) {
        while (edges.length - edges.next < width && edges.fill());
        if (edges.length - edges.next < width) throw this.#tooFewEdges(wanted - (ref - to));
      }
      const at = edges.next;
      const edgeType = values[at + typeAt]!;
      const name = values[at + nameAt]!;
      const target = values[at + nodeAt]! / nodeWidth;
      if (edgeType >= this.#refKinds.length) throw edges.fault(at + typeAt, `an edge of node ${this.#lastNode} has type ${edgeType}, the header names ${this.#refKinds.length}`);
      batch.refKind[ref] = this.#refKinds[edgeType]!;
      if (this.#indexed[edgeType] === 1) {
        this.#room();
        batch.refNameStart[ref] = this.#textEnd;
        this.#textEnd = writeDigits(this.#text, this.#textEnd, name);
        batch.refNameEnd[ref] = this.#textEnd;
      } else {
        if (name >= this.#strings.length) throw edges.fault(at + nameAt, `an edge of node ${this.#lastNode} is called string ${name}, there are ${this.#strings.length}`);
        const slot = this.#cache(name);
        batch.refNameStart[ref] = this.#cachedStart[slot]!;
        batch.refNameEnd[ref] = this.#cachedEnd[slot]!;
      }
      batch.refTo[ref] = target;
      if (batch.refTo[ref] !== target) throw edges.fault(at + nodeAt, `an edge of node ${this.#lastNode} leads to place ${values[at + nodeAt]}, which is no multiple of ${nodeWidth}`);
      if (target > this.#farthest) {
        this.#farthest = target;
        this.#farthestRef = this.refs + ref;
        this.#farthestFrom = this.#lastNode;
      }
      edges.next = at + width;
    }
    return ref - to;
  }

  #tooFewEdges(missing: number): Error {
    return this.edges!.endFault(`the edges end early: node ${this.#lastNode} has ${missing.toLocaleString('en-US')} more (file cut short?)`);
  }

  /** The slot that holds a string's place in this batch's text. */
  #cache(name: number): number {
    const slot = Math.imul(name, 0x9e3779b1) >>> 19;
    if (this.#cached[slot] === name) return slot;
    this.#strings.find(name);
    const { bytes, start, end } = this.#strings;
    this.#room();
    const text = this.#text;
    let to = this.#textEnd;
    this.#cached[slot] = name;
    this.#cachedStart[slot] = to;
    for (let i = start; i < end; i++) text[to++] = bytes[i]!;
    this.#cachedEnd[slot] = to;
    this.#textEnd = to;
    return slot;
  }

  #write(text: string): void {
    for (let i = 0; i < text.length; i++) this.#text[this.#textEnd++] = text.charCodeAt(i);
  }

  /** Room for one more token or number, and the spare bytes that a batch's text ends with. */
  #room(): void {
    if (this.#textEnd + LONGEST_TOKEN + 64 > this.#text.length) this.#text = grown(this.#text, this.#text.length * 2);
  }
}

function refKind(file: string, kind: string): number {
  const code = (REF_KINDS as readonly string[]).indexOf(kind);
  if (code < 0) throw new InputError(`${file}: the header names an edge type that is not known: ${JSON.stringify(kind)}`);
  return code;
}

