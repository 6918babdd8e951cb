/**
 * A V8 snapshot as batches: one pass over the nodes, beside it one over the edges and one over the locations where they are asked for.
 * Holds a batch, three blocks and the string cache, whatever the size of the file.
 *
 * Over 300 lines, because its loops over nodes, names and references fill one text and take most of the time of every command.
 */
import { grown } from '../../disk/grow.ts';
import type { RandomBytes } from '../../disk/input.ts';
import type { Scratch } from '../../disk/scratch.ts';
import { Batch, NODES, REF_HEADS, REF_KINDS, REFS, SAME_AS_TYPE } from '../../stream/batch.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { writeDigits } from '../../stream/digits.ts';
import { token } from '../../stream/json.ts';
import type { Points, Wanted } from '../../stream/points.ts';
import { isIndexed } from '../../stream/refToken.ts';
import { type Columns, RUNTIME_KINDS } from '../../stream/source.ts';
import { NodeBlocks, type Place } from './blocks.ts';
import { TypeTable } from './classes.ts';
import type { Header } from './header.ts';
import type { Layout, Section } from './locate.ts';
import { Locations } from './locations.ts';
import { Numbers } from './numbers.ts';
import { UNKNOWN } from './scanner/scanner.ts';
import { type StringBlocks, StringTable } from './strings.ts';

/** Names in one batch end here, so that its text stays small whatever the names are. */
const TEXT = 1 << 20;
const SLOTS = 1 << 12;
/** Batches are told apart by what is added to an index of the string table, which is smaller. */
const GENERATION = 2 ** 32;
const QUOTE = 34;
const COMMA = 44;
const [DETACHED, ATTACHED, AT] = ['"detached":true', '"detached":false', '"at":"'].map((text) =>
  new TextEncoder().encode(text),
) as [Uint8Array, Uint8Array, Uint8Array];
const LONGEST_TOKEN = 6 * 1024 + 2;

/** Throws UnusualLayout, between batches, where the bytes are not what the known writers write. */
export async function* readBatches(
  located: {
    readonly file: RandomBytes;
    readonly layout: Layout;
    readonly strings: StringBlocks;
    /** Known once all has been read. */
    blocks?: NodeBlocks;
  },
  columns: Columns,
  scratch: Scratch,
): AsyncGenerator<Batch> {
  const { file } = located;
  const { header, sections } = located.layout;
  const strings = new StringTable(file, located.strings);
  const nodes = new Numbers(file, sections.get('nodes')!);
  const edges = columns.refs ? new Numbers(file, sections.get('edges')!) : undefined;
  const reader = new Reader(header, strings, nodes, edges, columns);
  const { only } = columns;
  const blocks = columns.refs ? undefined : located.blocks;
  if (blocks !== undefined && isWanted(only))
    reader.places = { count: Number.POSITIVE_INFINITY, before: blocks.before, wanted: only };
  else if (columns.refs) nodes.starts = { positions: [], numbers: [] };
  const locations = sections.get('locations');
  if (columns.extras === true && locations !== undefined) {
    reader.locations = new Locations(new Numbers(file, locations), header, scratch, columns.only);
  }
  while (reader.fill()) yield reader.batch;
  if (reader.places !== undefined) return;
  reader.finish();
  const { starts } = nodes;
  if (starts !== undefined) located.blocks = new NodeBlocks(starts.positions, starts.numbers, header.nodeFields.length);
}

/** Whether it can be asked for the next one. */
const isWanted = (only: Columns['only']): only is Wanted => only !== undefined && 'next' in only;

/** Which nodes are wanted, and where they stand. */
interface Places {
  /** Nodes that there are, as far as that is known. */
  readonly count: number;
  readonly wanted: Wanted;
  readonly before: (n: number) => Place;
  /** A node's optional fields, where the file does not tell them in order. */
  readonly extras?: ((n: number) => string) | undefined;
}

/** What a file is known to hold. */
export interface KnownFile {
  readonly header: Header;
  readonly nodes: Section;
  readonly edges: Section;
  readonly strings: StringBlocks;
  readonly points: Points;
  readonly wanted: Wanted;
  readonly extras: ((n: number) => string) | undefined;
}

/** Some nodes alone, from where the points say that they are; the same bytes must have been read as a whole without a fault before. */
export async function* readPlaces(file: RandomBytes, known: KnownFile, columns: Columns): AsyncGenerator<Batch> {
  const { points, wanted, extras } = known;
  const strings = new StringTable(file, known.strings);
  const numbers = new Numbers(file, known.nodes);
  const edges = columns.refs ? new Numbers(file, known.edges) : undefined;
  const reader = new Reader(known.header, strings, numbers, edges, { ...columns, only: wanted });
  const before = (n: number): Place => {
    const group = Math.floor(n / points.step);
    return { first: group * points.step, nodeAt: points.nodeAt[group]!, pass: 0, refAt: points.refAt[group]! };
  };
  reader.places = { count: points.nodes, wanted, before, extras };
  while (reader.fill()) yield reader.batch;
}

interface NodeColumns {
  readonly width: number;
  readonly type: number;
  readonly name: number;
  readonly id: number;
  readonly size: number;
  readonly edges: number;
  /** -1 where the file has none. */
  readonly detachedness: number;
}

interface EdgeColumns {
  readonly width: number;
  readonly type: number;
  readonly name: number;
  readonly to: number;
}

/** The state of one pass: fills its batch again and again. */
class Reader {
  readonly batch: Batch;
  readonly edges: Numbers | undefined;
  locations: Locations | undefined;
  places: Places | undefined;
  nodes = 0;
  refs = 0;
  readonly #strings: StringTable;
  readonly #numbers: Numbers;
  readonly #types: TypeTable;
  readonly #node: NodeColumns;
  readonly #edge: EdgeColumns;
  readonly #columns: Columns;
  /** By node type: names are wanted. */
  readonly #named: Uint8Array;
  readonly #refKinds: Uint8Array;
  readonly #nodeTypes: number;
  /**
   * References of nodes that nobody wants: how many are to be passed over, and before which of the batch's own. One entry for each such place:
   * before the first row and behind each.
   */
  #skips = 0;
  readonly #skipAt = new Uint32Array(NODES + 1);
  readonly #skipCount = new Float64Array(NODES + 1);
  /** Where in the file to go before that; 0: on from where one is. */
  readonly #skipFrom = new Float64Array(NODES + 1);
  /** The least wanted node from the present one on, where `places` are given. */
  #nextWanted = -1;
  #place: Place = { first: 0, nodeAt: 0, pass: 0, refAt: 0 };
  /** References of the last node that did not fit its batch, and which node that was. */
  #left = 0;
  #carriedNode = 0;
  #generation = 0;
  /** The largest node that a reference leads to, and where it stands: whether it is there is known at the end. */
  #farthest = -1;
  #farthestRef = 0;
  #farthestPlace = 0;
  #farthestFrom = 0;
  /** References passed over so far. */
  #passed = 0;
  /** Texts of this batch, and which strings stand where in them: as names of nodes, and for each reference kind with its head. */
  #text: Uint8Array = new Uint8Array(1 << 17);
  #textEnd = 0;
  readonly #nameCache = new Cache();
  readonly #refCaches: readonly Cache[] = REF_KINDS.map(() => new Cache());

  constructor(header: Header, strings: StringTable, numbers: Numbers, edges: Numbers | undefined, columns: Columns) {
    this.#columns = columns;
    this.edges = edges;
    this.#named = Uint8Array.from(header.nodeTypes, (kind) =>
      columns.names === true || (columns.names === 'runtime' && RUNTIME_KINDS.has(kind)) ? 1 : 0,
    );
    this.#strings = strings;
    this.#numbers = numbers;
    this.#types = new TypeTable(header.nodeTypes, strings);
    const { nodeFields, edgeFields } = header;
    this.#node = {
      width: nodeFields.length,
      type: nodeFields.indexOf('type'),
      name: nodeFields.indexOf('name'),
      id: nodeFields.indexOf('id'),
      size: nodeFields.indexOf('self_size'),
      edges: nodeFields.indexOf('edge_count'),
      detachedness: nodeFields.indexOf('detachedness'),
    };
    this.#edge = {
      width: edgeFields.length,
      type: edgeFields.indexOf('type'),
      name: edgeFields.indexOf('name_or_index'),
      to: edgeFields.indexOf('to_node'),
    };
    this.#refKinds = Uint8Array.from(header.edgeTypes, refKind);
    this.#nodeTypes = header.nodeTypes.length;
    const kinds = new Dictionary();
    for (const kind of header.nodeTypes) {
      const bytes = token(kind);
      kinds.code(bytes, 0, bytes.length);
    }
    edges?.scanner.layOut({
      ...this.#edge,
      kinds: this.#refKinds,
      nodeWidth: this.#node.width,
      strings: strings.length,
    });
    this.batch = new Batch(kinds, this.#types.types, edges?.scanner);
    if (columns.numbered === true) this.batch.names = strings;
  }

  /** Fills the batch; false when there is nothing more. */
  fill(): boolean {
    const { batch } = this;
    const columns = this.#columns;
    batch.clear();
    this.#types.renew();
    batch.types = this.#types.types;
    if (!columns.names && !columns.extras && !columns.refs && columns.only === undefined) {
      this.#takeBareNodes();
      return batch.length > 0;
    }
    this.#textEnd = 0;
    this.#generation += GENERATION;
    const carried = Math.min(this.#left, REFS);
    this.#left -= carried;
    batch.refStart[0] = carried;
    this.#skips = 0;
    const refs = this.#left === 0 ? this.#takeNodes(columns, carried) : carried;
    if (columns.refs) this.#takeRefs(refs);
    if (batch.length > 0) this.#carriedNode = batch.n[batch.length - 1]!;
    batch.more = this.#left;
    batch.text = this.#text;
    return batch.length > 0 || refs > 0;
  }

  /** What can be judged only at the end. */
  finish(): void {
    const { edges } = this;
    if (this.#numbers.length !== this.#numbers.next)
      throw this.#numbers.endFault('the nodes end in the middle of a record (file cut short?)');
    if (edges === undefined) return;
    if (edges.next < edges.length || edges.fill()) {
      throw edges.fault(
        edges.next,
        `there are more edges than the ${this.nodes.toLocaleString('en-US')} nodes say (${(this.refs + this.#passed).toLocaleString('en-US')})`,
      );
    }
    if (this.#farthest >= this.nodes) {
      const place = this.#farthestPlace * this.#edge.width + this.#edge.to;
      throw edges.faultAtNumber(
        place,
        `an edge of node ${this.#farthestFrom} leads to node ${this.#farthest}, there are ${this.nodes}`,
      );
    }
  }

  /** Nodes alone: the loop of `snap-group FILE`, so it keeps its counters in locals. */
  #takeBareNodes(): void {
    const { batch } = this;
    const numbers = this.#numbers;
    const types = this.#types;
    const { fixed } = types;
    const { values } = numbers;
    const { n, id, size, kind, type } = batch;
    const { width, type: typeAt, name: nameAt, id: idAt, size: sizeAt } = this.#node;
    const nodeTypes = this.#nodeTypes;
    const strings = this.#strings.length;
    const first = this.nodes;
    let row = 0;
    while (row < NODES && this.#has(numbers, width)) {
      const rows = Math.min(NODES, row + Math.floor((numbers.length - numbers.next) / width));
      let at = numbers.next;
      for (; row < rows; row++, at += width) {
        const nodeType = values[at + typeAt]!;
        const name = values[at + nameAt]!;
        if (nodeType >= nodeTypes || name >= strings) throw this.#nodeFault(at, first + row);
        const known = fixed[nodeType]!;
        n[row] = first + row;
        id[row] = values[at + idAt]!;
        size[row] = values[at + sizeAt]!;
        kind[row] = nodeType;
        type[row] = known >= 0 ? known : types.code(nodeType, name);
      }
      numbers.next = at;
    }
    this.nodes = first + row;
    batch.length = row;
  }

  /** Nodes, and how many references each has: as many as the batch has room for. `taken` references are there already; gives how many will be. */
  #takeNodes(columns: Columns, taken: number): number {
    const { batch } = this;
    const numbers = this.#numbers;
    const { values } = numbers;
    const {
      width,
      type: typeAt,
      name: nameAt,
      id: idAt,
      size: sizeAt,
      edges: edgesAt,
      detachedness: detachedAt,
    } = this.#node;
    const { extras, refs: wantsRefs, only } = columns;
    const named = this.#named;
    let row = 0;
    let refs = taken;
    while (row < NODES && refs < REFS && this.#textEnd < TEXT) {
      if (this.places !== undefined && !this.#jump(this.places, refs)) break;
      if (numbers.length - numbers.next < width && !this.#has(numbers, width)) break;
      const at = numbers.next;
      const nodeType = values[at + typeAt]!;
      const name = values[at + nameAt]!;
      if (nodeType >= this.#nodeTypes || name >= this.#strings.length) throw this.#nodeFault(at, this.nodes);
      if (only !== undefined && !only.has(this.nodes)) {
        if (wantsRefs) this.#skip(refs, values[at + edgesAt]!);
        this.nodes++;
        numbers.next = at + width;
        continue;
      }
      const type = this.#types.code(nodeType, name);
      if (named[nodeType] === 1) this.#takeName(row, name, type);
      else batch.nameStart[row] = SAME_AS_TYPE;
      batch.n[row] = this.nodes;
      batch.kind[row] = nodeType;
      batch.type[row] = type;
      batch.id[row] = values[at + idAt]!;
      batch.size[row] = values[at + sizeAt]!;
      if (extras) this.#takeExtras(row, detachedAt < 0 ? 0 : values[at + detachedAt]!);
      if (wantsRefs) {
        const edgeCount = values[at + edgesAt]!;
        const count = Math.min(edgeCount, REFS - refs);
        batch.refStart[row] = refs;
        refs += count;
        batch.refStart[row + 1] = refs;
        this.#left = edgeCount - count;
      }
      batch.hasRefs[row] = wantsRefs ? 1 : 0;
      this.nodes++;
      numbers.next = at + width;
      row++;
    }
    batch.length = row;
    return refs;
  }

  /** `count` more references to pass over before reference `ref` of the batch. */
  #skip(ref: number, count: number): void {
    const last = this.#skips - 1;
    if (last >= 0 && this.#skipAt[last] === ref) this.#skipCount[last]! += count;
    else if (count > 0) {
      this.#skipAt[this.#skips] = ref;
      this.#skipFrom[this.#skips] = 0;
      this.#skipCount[this.#skips++] = count;
    }
  }

  /** Towards the next wanted node: from where one is, or from the last known place before it. False where there is none. */
  #jump({ count, wanted, before }: Places, ref: number): boolean {
    if (this.#nextWanted < this.nodes) {
      this.#nextWanted = wanted.next(this.nodes);
      if (this.#nextWanted < count) this.#place = before(this.#nextWanted);
    }
    if (this.#nextWanted >= count) return false;
    const { first, nodeAt, pass, refAt } = this.#place;
    if (first <= this.nodes) return true;
    this.nodes = first;
    this.#numbers.seek(nodeAt);
    if (pass > 0 && this.#has(this.#numbers, pass)) this.#numbers.next += pass;
    if (this.edges === undefined) return true;
    const last = this.#skips - 1;
    const skip = last >= 0 && this.#skipAt[last] === ref ? last : this.#skips++;
    this.#skipAt[skip] = ref;
    this.#skipFrom[skip] = refAt;
    this.#skipCount[skip] = 0;
    return true;
  }

  /** Whether a whole record is at hand, reading more where it is not. */
  #has(numbers: Numbers, width: number): boolean {
    while (numbers.length - numbers.next < width) if (!numbers.fill()) return false;
    return true;
  }

  #nodeFault(at: number, n: number): Error {
    const { values } = this.#numbers;
    const nodeType = values[at + this.#node.type]!;
    if (nodeType >= this.#nodeTypes) {
      return this.#numbers.fault(
        at + this.#node.type,
        `node ${n} has type ${nodeType}, the header names ${this.#nodeTypes}`,
      );
    }
    return this.#numbers.fault(
      at + this.#node.name,
      `node ${n} is called string ${values[at + this.#node.name]}, there are ${this.#strings.length}`,
    );
  }

  #takeName(row: number, name: number, type: number): void {
    const { batch } = this;
    if (this.#types.isName) {
      batch.nameStart[row] = SAME_AS_TYPE;
      return;
    }
    const slot = slotOf(name);
    const { names, starts, ends } = this.#nameCache;
    if (names[slot] !== this.#generation + name) this.#cache(name, slot, this.#nameCache);
    const start = starts[slot]!;
    const end = ends[slot]!;
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
    const told = this.#columns.extras === true ? this.places?.extras : undefined;
    if (told !== undefined) {
      this.#takeText(told(this.nodes));
      batch.extraEnd[row] = this.#textEnd;
      return;
    }
    if (detachedness !== 0) this.#textEnd = this.#put(detachedness === 2 ? DETACHED : ATTACHED, this.#textEnd);
    if (this.locations?.isAt(this.nodes) === true) {
      if (detachedness !== 0) this.#text[this.#textEnd++] = COMMA;
      this.#textEnd = this.locations.write(this.#text, this.#put(AT, this.#textEnd));
      this.#text[this.#textEnd++] = QUOTE;
    }
    batch.extraEnd[row] = this.#textEnd;
  }

  #takeText(text: string): void {
    if (text === '') return;
    const bytes = new TextEncoder().encode(text);
    while (this.#textEnd + bytes.length + 64 > this.#text.length) this.#text = grown(this.#text, this.#text.length * 2);
    this.#text.set(bytes, this.#textEnd);
    this.#textEnd += bytes.length;
  }

  /** The references of this batch: half of what a snapshot holds passes here. */
  #takeRefs(count: number): void {
    const edges = this.edges!;
    const { width } = this.#edge;
    for (let ref = 0, skip = 0; ref < count || skip < this.#skips; ) {
      for (; skip < this.#skips && this.#skipAt[skip] === ref; skip++) this.#passOver(skip);
      if (ref === count) break;
      if (edges.length - edges.next < width && !this.#has(edges, width)) throw this.#tooFewEdges(ref);
      const there = Math.floor((edges.length - edges.next) / width);
      const end = Math.min(ref + there, skip < this.#skips ? this.#skipAt[skip]! : count);
      ref = this.#takeEdges(edges, ref, end);
    }
    if (this.#farthestRef >= this.refs)
      this.#farthestFrom = this.batch.sourceOf(this.#farthestRef - this.refs) ?? this.#carriedNode;
    this.refs += count;
    if (this.batch.names === undefined) this.#nameRefs(count);
  }

  /** References that stand next to each other in the file, and are at hand. */
  #takeEdges(edges: Numbers, ref: number, end: number): number {
    const { scanner, next } = edges;
    scanner.farthest = this.#farthest;
    const taken = scanner.takeEdges(next, ref, end);
    if (taken < end) throw this.#edgeFault(next + (taken - ref) * this.#edge.width, taken);
    edges.next = next + (end - ref) * this.#edge.width;
    const { farthest } = scanner;
    if (farthest > this.#farthest) {
      this.#farthest = farthest;
      this.#farthestRef = this.refs + scanner.farthestRef;
      this.#farthestPlace = this.#farthestRef + this.#passed;
    }
    return end;
  }

  /** Names of references as texts. */
  #nameRefs(count: number): void {
    const { refKind, refName, refNameStart, refNameEnd } = this.batch;
    const generation = this.#generation;
    for (let ref = 0; ref < count; ref++) {
      const kind = refKind[ref]!;
      const name = refName[ref]!;
      if (isIndexed(kind)) {
        this.#room();
        const start = this.#put(REF_HEADS[kind]!, this.#textEnd);
        const end = writeDigits(this.#text, start, name);
        this.#text[end] = COMMA;
        this.#textEnd = end + 1;
        refNameStart[ref] = start;
        refNameEnd[ref] = end;
      } else {
        const cache = this.#refCaches[kind]!;
        const slot = slotOf(name);
        if (cache.names[slot] !== generation + name) this.#cache(name, slot, cache, REF_HEADS[kind]!);
        refNameStart[ref] = cache.starts[slot]!;
        refNameEnd[ref] = cache.ends[slot]!;
      }
    }
  }

  /** Over references that nobody wants, unjudged. */
  #passOver(skip: number): void {
    const edges = this.edges!;
    const { width } = this.#edge;
    const count = this.#skipCount[skip]!;
    const from = this.#skipFrom[skip]!;
    if (from > 0) edges.seek(from);
    for (let left = count; left > 0; ) {
      const taken = Math.min(left, Math.floor((edges.length - edges.next) / width));
      edges.next += taken * width;
      left -= taken;
      if (left > 0 && !this.#has(edges, width)) throw this.#tooFewEdges(0);
    }
    this.#passed += count;
  }

  #edgeFault(at: number, ref: number): Error {
    const edges = this.edges!;
    const { type, name, to } = this.#edge;
    const of = `an edge of node ${this.batch.sourceOf(ref) ?? this.#carriedNode}`;
    const [edgeType, nameIndex, place] = [type, name, to].map((column) => edges.values[at + column]!) as [
      number,
      number,
      number,
    ];
    if (this.#refKinds[edgeType] === UNKNOWN)
      return edges.fault(at + type, `${of} has a type that this program does not know (is there a newer version?)`);
    if (edgeType >= this.#refKinds.length)
      return edges.fault(at + type, `${of} has type ${edgeType}, the header names ${this.#refKinds.length}`);
    if (place % this.#node.width !== 0 || place / this.#node.width > 0xffffffff) {
      return edges.fault(
        at + to,
        `${of} leads to place ${place}, which is no multiple of ${this.#node.width} or too large`,
      );
    }
    return edges.fault(at + name, `${of} is called string ${nameIndex}, there are ${this.#strings.length}`);
  }

  #tooFewEdges(ref: number): Error {
    return this.edges!.endFault(
      `the edges end early: node ${this.batch.sourceOf(ref) ?? this.#carriedNode} and those behind it have more (file cut short?)`,
    );
  }

  /** Copies a string to this batch's text, behind `head` if it has one, and notes in `cache` where it stands. */
  #cache(name: number, slot: number, cache: Cache, head?: Uint8Array): void {
    this.#strings.find(name);
    const { bytes, start, end } = this.#strings;
    this.#room();
    const text = this.#text;
    let to = head === undefined ? this.#textEnd : this.#put(head, this.#textEnd);
    cache.names[slot] = this.#generation + name;
    cache.starts[slot] = to;
    for (let i = start; i < end; i++) text[to++] = bytes[i]!;
    cache.ends[slot] = to;
    if (head !== undefined) text[to++] = COMMA;
    this.#textEnd = to;
  }

  #put(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < bytes.length; i++) this.#text[at++] = bytes[i]!;
    return at;
  }

  /** Room for one more token or number, and the spare bytes that a batch's text ends with. */
  #room(): void {
    if (this.#textEnd + LONGEST_TOKEN + 64 > this.#text.length) this.#text = grown(this.#text, this.#text.length * 2);
  }
}

/** Where strings of the table stand in a batch's text, by a slot of their index: of two with the same slot the later wins. */
class Cache {
  /** Index and generation in one number, so that a new batch need not forget anything. */
  readonly names: Float64Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;

  constructor() {
    this.names = new Float64Array(SLOTS);
    this.starts = new Uint32Array(SLOTS);
    this.ends = new Uint32Array(SLOTS);
  }
}

function slotOf(name: number): number {
  return Math.imul(name, 0x9e3779b1) >>> 20;
}

/** An edge type that nobody knows is a fault only where an edge is of it. */
function refKind(kind: string): number {
  const code = (REF_KINDS as readonly string[]).indexOf(kind);
  return code < 0 ? UNKNOWN : code;
}
