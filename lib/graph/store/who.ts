/** Who some nodes are: id, kind, type, name and size of those in a set, from one reading of the nodes. Memory grows with the set: for answers, not for heaps. */
import { type Batch, SAME_AS_TYPE } from '../../stream/batch.ts';
import { textOf } from '../../stream/json.ts';
import type { Bits } from './bits.ts';

export interface Who {
  readonly n: number;
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  readonly size: number;
}

/** By position. A node that is not there is not in the map. */
export async function readWho(batches: AsyncIterable<Batch>, wanted: Bits): Promise<ReadonlyMap<number, Who>> {
  const found = new Map<number, Who>();
  for await (const batch of batches) {
    for (let row = 0; row < batch.length; row++) {
      const n = batch.n[row]!;
      if (wanted.has(n)) found.set(n, whoIs(batch, row));
    }
  }
  return found;
}

/** One row of a batch that has names. */
export function whoIs(batch: Batch, row: number): Who {
  const type = batch.types.text(batch.type[row]!);
  const start = batch.nameStart[row]!;
  return {
    n: batch.n[row]!,
    id: batch.id[row]!,
    kind: batch.kinds.text(batch.kind[row]!),
    type,
    name: start === SAME_AS_TYPE ? type : textOf(batch.text, start, batch.nameEnd[row]!),
    size: batch.size[row]!,
  };
}
