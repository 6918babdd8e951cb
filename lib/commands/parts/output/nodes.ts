/** Nodes on their way out of a command: as a node stream, or as a table or CSV for people. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { type Batch, NODES } from '../../../stream/batch.ts';
import { InputError } from '../../../stream/errors.ts';
import { asPart, type StartMark } from '../../../stream/marks.ts';
import type { Ending, Snapshot } from '../input/snapshot.ts';

/** Rows marked 2 are held until `held`, with a later batch or the end, says whether they are wanted. */
export interface NodeWriter {
  start(mark: StartMark): void;
  batch(batch: Batch, keep?: Uint8Array, held?: boolean): void;
  /** Where the input was cut off no end mark may say that all is well; that it was a part the end mark says if the start mark did not. */
  end(ending: Ending, held?: boolean): void;
}

/** `shown` is a field beside the usual ones that tables and CSV show too. */
export async function nodeWriter(frame: Frame, scratch: Scratch, shown?: string): Promise<NodeWriter> {
  if (frame.format !== 'ndjson') {
    const { NodeTable } = await import('../../../render/nodes.ts');
    return new NodeTable(frame.format, (text) => frame.out.text(text), frame.style, shown);
  }
  const [{ NodeEncoder }, { aside }] = await Promise.all([
    import('../../../stream/encode.ts'),
    import('../../../disk/aside.ts'),
  ]);
  const encoder = new NodeEncoder(
    (bytes, end) => frame.out.write(bytes, 0, end),
    () => aside(scratch),
  );
  let isPart = false;
  return {
    start: (mark) => {
      isPart = mark.part;
      encoder.start(mark);
    },
    batch: (batch, keep, held) => encoder.batch(batch, keep, held),
    end: (ending, held) => {
      if (ending === 'cut') encoder.finish(held);
      else encoder.end(held, ending === 'part' && !isPart);
    },
  };
}

/** Those of a snapshot's nodes that are in a set, in full, of which those of least n where there are more than `top`. */
export async function writeSet(
  snapshot: Snapshot,
  nodes: { has(n: number): boolean },
  top: number,
  ending: Ending,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  const writer = await nodeWriter(frame, scratch);
  const keep = new Uint8Array(NODES);
  let left = top;
  writer.start(asPart(snapshot.source.start));
  await pass(snapshot, writer, (batch) => {
    for (let row = 0; row < batch.length; row++) {
      keep[row] = left > 0 && nodes.has(batch.n[row]!) ? 1 : 0;
      left -= keep[row]!;
    }
    writer.batch(batch, keep);
  });
  writer.end(ending);
}

/** All batches through `each`; where the input turns out to be bad, what was complete before is written before the error goes on. */
export async function pass(snapshot: Snapshot, writer: NodeWriter, each: (batch: Batch) => void): Promise<void> {
  try {
    for await (const batch of snapshot.batches) each(batch);
  } catch (error) {
    if (error instanceof InputError) writer.end('cut');
    throw error;
  }
}
