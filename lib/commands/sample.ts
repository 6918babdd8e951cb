/** snap-sample: nodes in, some of them at random out. */
import { defineCommand } from '../cli/command.ts';
import type { Frame } from '../cli/frame.ts';
import { count } from '../cli/option.ts';
import type { Scratch, TempFile } from '../disk/scratch.ts';
import { Reservoir, randomFrom } from '../stages/sample.ts';
import type { Batch } from '../stream/batch.ts';
import { NodeEncoder } from '../stream/encode.ts';
import { UsageError } from '../stream/errors.ts';
import { asPart, endLine, type StartMark } from '../stream/marks.ts';
import { ALL_COLUMNS } from '../stream/source.ts';
import { nodeWriter } from './parts/nodes.ts';
import { openOperand, scratchOf } from './parts/snapshot.ts';

const MOST = 1 << 24;
const MOST_SEED = 2 ** 32 - 1;

export const sample = defineCommand({
  name: 'snap-sample',
  summary: 'some of the nodes, at random',
  description: `Shows any few objects out of many: each set of K nodes is equally likely. The nodes come in the order of their snapshot, with their
references. With --seed the same nodes come every time.`,
  operands: {
    names: 'K FILE',
    min: 1,
    max: 2,
    help: 'how many nodes; a snapshot or a node stream, plain or gzip; - or none: standard input',
  },
  options: {
    seed: count({ value: 'NUMBER', help: 'choose by this number, below 2^32: the same again for the same input' }),
  },
  examples: [
    { say: 'any one Map', run: 'snap-filter --type Map app.nodes.gz | snap-sample 1' },
    {
      say: 'a hundred strings, the same again tomorrow',
      run: 'snap-parse app.heapsnapshot | snap-filter --kind string | snap-sample 100 --seed 7 | jq -r .name',
    },
  ],
  reads: 'a V8 heap snapshot or a node stream',
  writes: 'a node stream, marked as a part; a table on a terminal',
  status: { 0: 'done' },
  memory: 'constant, and 32 bytes for each of K; the nodes themselves wait in a temporary file',
  async run(args, frame) {
    const [amount, operand] = args.operands;
    const k = /^\d+$/.test(amount!) ? Number(amount) : Number.NaN;
    if (!(k <= MOST))
      throw new UsageError(`'${amount}' is no number of nodes (a whole number up to ${MOST}, then the file)`);
    if ((args.seed ?? 0) > MOST_SEED) throw new UsageError(`--seed: ${args.seed} is beyond ${MOST_SEED}`);
    const scratch = scratchOf(frame);
    const snapshot = await openOperand(operand, ALL_COLUMNS, scratch, frame);
    const sampler = new Sampler(k, args.seed ?? Math.floor(Math.random() * 2 ** 32), scratch);
    for await (const batch of snapshot.batches) sampler.add(batch);
    const isWhole = snapshot.settle() !== 'cut';
    await print(sampler.stream(asPart(snapshot.source.start), isWhole, scratch), frame, scratch);
    return 0;
  },
});

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
  const { decodeStream } = await import('../stream/decode.ts');
  const source = await decodeStream('the sample', stream.reader(), ALL_COLUMNS);
  const writer = await nodeWriter(frame, scratch);
  writer.start(source.start);
  for await (const batch of source.batches) writer.batch(batch);
  writer.end('part');
}
