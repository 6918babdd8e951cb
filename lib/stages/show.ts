/**
 * Chosen nodes in full: each node, then its references with who they lead to. Two passes over the nodes, because a reference may lead
 * anywhere: the first takes the chosen nodes' references, the second says who their targets are. What waits in between is sorted on disk.
 */
import type { Scratch } from '../disk/scratch.ts';
import { Sorter } from '../disk/sort.ts';
import { type Batch, REF_KINDS } from '../stream/batch.ts';
import { nameOf } from './choose.ts';

const BUDGET = 16 << 20;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Where a reference leads; without id where the node is not in the stream. */
export interface Target {
  readonly n: number;
  readonly id?: number;
  readonly type?: string;
  readonly name?: string;
}

/** Lines of NDJSON in the order they are shown: a node without its references, then one record for each. */
export class Show {
  /** References by target: target (4 bytes), order (8), source (4), kind (1), name. */
  readonly #questions: Sorter;
  /** Finished lines by order (8 bytes). */
  readonly #lines: Sorter;
  #order = 0;
  #source = 0;
  #isOpen = false;
  /** First and last order of nodes that turned out not to be wanted. */
  readonly #dropped: { readonly from: number; to: number }[] = [];
  #undecided: number | undefined;
  nodes = 0;
  /** Nodes whose references did not come. */
  bare = 0;
  /** References that lead out of the stream. */
  outside = 0;

  constructor(scratch: Scratch) {
    this.#questions = new Sorter(byTarget, BUDGET, scratch);
    this.#lines = new Sorter(byOrder, BUDGET, scratch);
  }

  /** First pass: rows marked 1, and those marked 2 as long as `held`, with a later batch, does not say no. At most `top` nodes. */
  take(batch: Batch, rows: Uint8Array, held: boolean | undefined, top: number): void {
    if (this.#isOpen) this.#askFor(batch, 0, batch.refStart[0]!);
    if (held !== undefined) this.settle(held);
    if (batch.length > 0) this.#isOpen = false;
    for (let row = 0; row < batch.length; row++) {
      if (rows[row] === 0 || this.nodes >= top) continue;
      if (rows[row] === 2) this.#undecided = this.#order;
      this.#source = batch.n[row]!;
      this.#add(this.#order++, nodeLine(batch, row));
      this.nodes++;
      if (batch.hasRefs[row] === 0) this.bare++;
      this.#askFor(batch, batch.refStart[row]!, batch.refStart[row + 1]!);
      this.#isOpen = row === batch.length - 1 && batch.more > 0;
    }
  }

  /** Whether the node that was undecided is wanted. */
  settle(isWanted: boolean): void {
    if (this.#undecided !== undefined && !isWanted) {
      this.#dropped.push({ from: this.#undecided, to: this.#order });
      this.nodes--;
    }
    this.#undecided = undefined;
  }

  /** Second pass, over all nodes in order, then the lines. */
  async *answer(batches: AsyncIterable<Batch>): AsyncGenerator<string> {
    const questions = this.#questions.sorted();
    let next = questions.next();
    for await (const batch of batches) {
      for (let row = 0; row < batch.length && next.done !== true; row++) {
        const n = batch.n[row]!;
        while (next.done !== true) {
          const { view, bytes, start, end } = next.value;
          const target = view.getUint32(start, true);
          if (target > n) break;
          const isHere = target === n;
          if (!isHere) this.outside++;
          this.#answer(view, bytes, start, end, isHere ? whoIs(batch, row) : { n: target });
          next = questions.next();
        }
      }
    }
    for (; next.done !== true; next = questions.next()) {
      const { view, bytes, start, end } = next.value;
      this.outside++;
      this.#answer(view, bytes, start, end, { n: view.getUint32(start, true) });
    }
    for (const { view, bytes, start, end } of this.#lines.sorted()) {
      const order = view.getFloat64(start, true);
      if (!this.#dropped.some(({ from, to }) => order >= from && order < to))
        yield text.decode(bytes.subarray(start + 8, end));
    }
  }

  #askFor(batch: Batch, from: number, to: number): void {
    for (let ref = from; ref < to; ref++) {
      const start = batch.refNameStart[ref]!;
      const end = batch.refNameEnd[ref]!;
      this.#questions.add(17 + end - start, (view, bytes, at) => {
        view.setUint32(at, batch.refTo[ref]!, true);
        view.setFloat64(at + 4, this.#order++, true);
        view.setUint32(at + 12, this.#source, true);
        view.setUint8(at + 16, batch.refKind[ref]!);
        bytes.set(batch.text.subarray(start, end), at + 17);
      });
    }
  }

  #answer(view: DataView, bytes: Uint8Array, start: number, end: number, to: Target): void {
    const via = text.decode(bytes.subarray(start + 17, end));
    const kind = REF_KINDS[view.getUint8(start + 16)];
    const line = `{"n":${view.getUint32(start + 12, true)},"ref":"${kind}","via":${via},"to":${JSON.stringify(to)}}`;
    this.#add(view.getFloat64(start + 4, true), line);
  }

  #add(order: number, line: string): void {
    const bytes = utf8.encode(line);
    this.#lines.add(8 + bytes.length, (view, into, at) => {
      view.setFloat64(at, order, true);
      into.set(bytes, at + 8);
    });
  }
}

function whoIs(batch: Batch, row: number): Target {
  return { n: batch.n[row]!, id: batch.id[row]!, type: batch.types.text(batch.type[row]!), name: nameOf(batch, row) };
}

/** The node's record as it stands in a stream, without its references. */
function nodeLine(batch: Batch, row: number): string {
  const kind = JSON.stringify(batch.kinds.text(batch.kind[row]!));
  const type = batch.types.text(batch.type[row]!);
  const name = nameOf(batch, row);
  const extra = text.decode(batch.text.subarray(batch.extraStart[row], batch.extraEnd[row]));
  const head = `{"n":${batch.n[row]},"id":${batch.id[row]},"kind":${kind},"type":${JSON.stringify(type)}`;
  return `${head}${name === type ? '' : `,"name":${JSON.stringify(name)}`},"size":${batch.size[row]}${extra === '' ? '' : `,${extra}`}}`;
}

const byOrder = (a: DataView, aStart: number, _aEnd: number, b: DataView, bStart: number): number =>
  a.getFloat64(aStart, true) - b.getFloat64(bStart, true);

const byTarget = (a: DataView, aStart: number, _aEnd: number, b: DataView, bStart: number): number =>
  a.getUint32(aStart, true) - b.getUint32(bStart, true) ||
  a.getFloat64(aStart + 4, true) - b.getFloat64(bStart + 4, true);
