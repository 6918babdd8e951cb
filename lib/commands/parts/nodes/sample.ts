/** How many nodes in; so many of a stream's nodes at random out. Their lines wait in a temporary file, 32 bytes for each in memory. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch, TempFile } from '../../../disk/scratch.ts';
import { Reservoir, randomFrom } from '../../../stages/sample.ts';
import type { Batch } from '../../../stream/batch.ts';
import { NodeEncoder } from '../../../stream/encode.ts';
import { asPart, endLine, type StartMark } from '../../../stream/marks.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { openOperand, scratchOf } from '../input/snapshot.ts';
import { nodeWriter } from '../output/nodes.ts';

/** Writes `k` nodes of the operand, all alike where `seed` is: without it, others every time. */
export async function sampleNodes(
  k: number,
  seed: number | undefined,
  operand: string | undefined,
  frame: Frame,
): Promise<void> {
  const scratch = scratchOf(frame);
  const snapshot = await openOperand(operand, ALL_COLUMNS, scratch, frame);
  const sampler = new Sampler(k, seed ?? Math.floor(Math.random() * 2 ** 32), scratch);
  for await (const batch of snapshot.batches) sampler.add(batch);
  const isWhole = snapshot.settle() !== 'cut';
  await print(sampler.stream(asPart(snapshot.source.start), isWhole, scratch), frame, scratch);
}

/** Lines of the nodes chosen so far, also of those that were driven out again, in a temporary file; where each begins and ends. */
class Sampler {
  readonly #reservoir: Reservoir;
  readonly #file: TempFile;
  readonly #encoder: NodeEncoder;
  readonly #n: number[] = [];
  readonly #refs: number[] = [];
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  readonly #foreign: string[] = [];
  /** The slot whose lines are being written. */
  #open = -1;
  #refsBefore = 0;

  constructor(k: number, seed: number, scratch: Scratch) {
    this.#reservoir = new Reservoir(k, randomFrom(seed));
    this.#file = scratch.open();
    this.#encoder = new NodeEncoder((bytes, end) => this.#file.append(bytes, end));
  }

  add(batch: Batch): void {
    this.#encoder.continue(batch);
    this.#close();
    for (let row = 0; row < batch.length; row++) {
      const slot = this.#reservoir.take();
      if (slot < 0) continue;
      this.#n[slot] = batch.n[row]!;
      this.#start[slot] = this.#encoder.position;
      this.#refsBefore = this.#encoder.refs;
      this.#open = slot;
      this.#encoder.row(batch, row);
      this.#close();
    }
    for (const { line } of batch.foreign) this.#foreign.push(line);
  }

  /** As far as the node has come. */
  #close(): void {
    if (this.#open < 0) return;
    this.#end[this.#open] = this.#encoder.position;
    this.#refs[this.#open] = this.#encoder.refs - this.#refsBefore;
  }

  /** The chosen nodes in the order of their snapshot, as a stream in a file of its own. */
  stream(start: StartMark, isWhole: boolean, scratch: Scratch): TempFile {
    this.#encoder.finish();
    const order = this.#n.map((_, slot) => slot).sort((a, b) => this.#n[a]! - this.#n[b]!);
    const stream = scratch.open();
    for (const line of [start.line, ...this.#foreign]) stream.append(Buffer.from(`${line}\n`));
    for (const slot of order) {
      const end = Math.min(this.#end[slot]!, this.#encoder.position);
      this.#file.copy(this.#start[slot]!, end, (bytes, length) => stream.append(bytes, length));
    }
    const refs = order.reduce((sum, slot) => sum + this.#refs[slot]!, 0);
    if (isWhole) stream.append(Buffer.from(`${endLine({ nodes: order.length, refs })}\n`));
    return stream;
  }
}

async function print(stream: TempFile, frame: Frame, scratch: Scratch): Promise<void> {
  if (frame.format === 'ndjson') {
    stream.copy(0, stream.length, (bytes, end) => frame.out.write(bytes, 0, end));
    return;
  }
  const { decodeStream } = await import('../../../stream/decode.ts');
  const source = await decodeStream('the sample', stream.reader(), ALL_COLUMNS);
  const writer = await nodeWriter(frame, scratch);
  writer.start(source.start);
  for await (const batch of source.batches) writer.batch(batch);
  writer.end('part');
}
