/**
 * Along which references types refer to themselves again and again: all nodes in, twice, since the type of a target may come later than the reference;
 * one row for each type and name out. Memory: eight bytes a chosen node, then some forty for each reference of the largest group of
 * (type, name); the references between nodes of one type wait on disk.
 */
import { grownDoubles, grownNumbers } from '../../disk/grow.ts';
import type { Scratch } from '../../disk/scratch.ts';
import type { Batch } from '../../stream/batch.ts';
import { CodeCache } from '../../stream/codes.ts';
import { Dictionary } from '../../stream/dictionary.ts';
import { type Via, ViaMatcher, WEAK } from '../store/via.ts';
import { NotRead, TooMany } from './follow.ts';
import { ChainGroups, type FoundRow, inOrder, totalsFrom } from './groups.ts';
import { NONE, Positions } from './positions.ts';
import { TypeCodes } from './typeCodes.ts';

const UNDECIDED = 2;
const QUOTE = 34;

/** First `add` with all batches, then `follow` with all of them again, then `rows`. */
export class ChainSearch {
  /** Nodes chosen. */
  get nodes(): number {
    return this.#positions.count;
  }

  readonly #most: number;
  readonly #via: ViaMatcher | undefined;
  readonly #types = new TypeCodes();
  readonly #positions = new Positions();
  #type = new Uint32Array(1024);
  /** As whole numbers of four bytes, until one does not fit. */
  #size: Uint32Array | Float64Array = new Uint32Array(1024);
  #isUndecided = false;
  /** Second reading: the chosen node that comes next, and the one whose references go on, or NONE. */
  #next = 0;
  #open = NONE;
  readonly #names = new CodeCache(new Dictionary());
  #quoted = new Uint8Array(64);
  #view: DataView = new DataView(new ArrayBuffer(8));
  readonly #groups: ChainGroups;

  /** At most `most` nodes may be chosen. */
  constructor(via: Via | undefined, most: number, scratch: Scratch) {
    this.#via = via === undefined ? undefined : new ViaMatcher(via);
    this.#most = most;
    this.#groups = new ChainGroups(scratch);
  }

  /** Rows marked 1, and those marked 2 unless `held`, with a later batch, says no. Throws TooMany. */
  add(batch: Batch, rows: Uint8Array, held: boolean | undefined): void {
    if (held !== undefined) this.settle(held);
    for (let row = 0; row < batch.length; row++) {
      if (rows[row] === 0) continue;
      if (this.nodes === this.#most) throw new TooMany();
      if (this.nodes === this.#type.length) this.#grow();
      const size = batch.size[row]!;
      if (size > 0xffffffff && this.#size instanceof Uint32Array) this.#size = Float64Array.from(this.#size);
      this.#type[this.nodes] = this.#types.of(batch, row);
      this.#size[this.nodes] = size;
      this.#positions.add(batch.n[row]!);
      this.#isUndecided = rows[row] === UNDECIDED;
    }
  }

  /** Whether the node that was undecided is chosen. */
  settle(isChosen: boolean): void {
    if (this.#isUndecided && !isChosen) this.#positions.pop();
    this.#isUndecided = false;
  }

  /** The second reading. Throws NotRead. */
  follow(batch: Batch): void {
    if (this.#open !== NONE) this.#look(batch, this.#open, 0, batch.refStart[0]!);
    if (batch.length > 0) this.#open = NONE;
    const positions = this.#positions;
    for (let row = 0; row < batch.length && this.#next < this.nodes; row++) {
      const node = this.#next;
      if (positions.at(node) !== batch.n[row]) continue;
      if (batch.hasRefs[row] === 0)
        throw new NotRead(`node ${batch.n[row]} came without references (was the stream made with --no-refs?)`);
      this.#next++;
      this.#look(batch, node, batch.refStart[row]!, batch.refStart[row + 1]!);
      if (row === batch.length - 1 && batch.more > 0) this.#open = node;
    }
  }

  /** Bytes that names and groups take by now. */
  get memory(): number {
    return this.#names.dictionary.memory + this.#groups.memory;
  }

  /** References that are held at once while groups of chains of `least` nodes are looked for. */
  held(least: number): number {
    return this.#groups.held(least);
  }

  /** Groups with chains of `least` nodes and more, the longest first; ties by type, then by name. */
  rows(least: number): readonly FoundRow[] {
    const rows: FoundRow[] = [];
    for (const { type, name, lengths } of this.#groups.each(least, (node) => this.#size[node]!))
      rows.push({
        type: this.#types.dictionary.text(type),
        via: this.#names.dictionary.text(name),
        ...totalsFrom(lengths, least),
      });
    return inOrder(rows);
  }

  #look(batch: Batch, node: number, from: number, to: number): void {
    const { refKind, refTo } = batch;
    const positions = this.#positions;
    const types = this.#type;
    const type = types[node]!;
    for (let ref = from; ref < to; ref++) {
      if (refKind[ref] === WEAK) continue;
      const target = positions.indexOf(refTo[ref]!);
      if (target === NONE || types[target] !== type) continue;
      if (this.#via !== undefined && !this.#via.matches(batch, ref)) continue;
      this.#groups.add(type, this.#nameOf(batch, ref), node, target);
    }
  }

  /** An index has the code of the same digits in quotes. */
  #nameOf(batch: Batch, ref: number): number {
    const { text } = batch;
    const start = batch.refNameStart[ref]!;
    const end = batch.refNameEnd[ref]!;
    const view = this.#viewOf(text);
    if (text[start] === QUOTE) return this.#names.code(text, view, start, end);
    const quoted = this.#quoted;
    let at = 0;
    quoted[at++] = QUOTE;
    for (let i = start; i < end; i++) quoted[at++] = text[i]!;
    quoted[at++] = QUOTE;
    return this.#names.dictionary.code(quoted, 0, at);
  }

  #viewOf(text: Uint8Array): DataView {
    if (this.#view.buffer !== text.buffer || this.#view.byteOffset !== text.byteOffset)
      this.#view = new DataView(text.buffer, text.byteOffset, text.byteLength);
    return this.#view;
  }

  #grow(): void {
    const length = 2 * this.#type.length;
    this.#type = grownNumbers(this.#type, length);
    this.#size =
      this.#size instanceof Uint32Array ? grownNumbers(this.#size, length) : grownDoubles(this.#size, length);
  }
}
