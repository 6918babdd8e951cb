/** The nodes at the ends of chains as a node stream, each with the length of its chain: one reading, in which they are picked out by position. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Ends } from '../../../graph/chains/chainRows.ts';
import { type Batch, NODES } from '../../../stream/batch.ts';
import { FieldAdder } from '../../../stream/fields.ts';
import { asPart } from '../../../stream/marks.ts';
import type { Ending, Snapshot } from '../input/snapshot.ts';
import { nodeWriter } from '../output/nodes.ts';

const FIELD = 'length';

/** `snapshot` has all columns, of the ends at least; `ending` is how the reading before ended, which said all there is to say of it. */
export async function printEnds(
  ends: Ends,
  ending: Ending,
  snapshot: Snapshot,
  frame: Frame,
  scratch: Scratch,
): Promise<void> {
  const { start } = snapshot.source;
  const writer = await nodeWriter(frame, scratch, FIELD);
  const adder = new FieldAdder(FIELD);
  const rows = new Uint8Array(NODES);
  let next = 0;
  const pick = (batch: Batch): void => {
    adder.begin(batch);
    for (let row = 0; row < batch.length; row++) {
      const isEnd = next < ends.n.length && batch.n[row] === ends.n[next];
      rows[row] = isEnd ? 1 : 0;
      if (isEnd) adder.add(row, ends.length[next++]!);
    }
    adder.finish();
    writer.batch(batch, rows);
  };
  writer.start(asPart(start));
  for await (const batch of snapshot.batches) {
    pick(batch);
    // A stream may hold records of somebody else's behind the last one; a snapshot holds nothing that is wanted.
    if (start.format === 'v8' && next === ends.n.length && batch.more === 0) break;
  }
  writer.end(ending);
}
