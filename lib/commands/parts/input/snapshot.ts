/** What every command does with its input: opens it, shows how far it is, and says how it ended. */
import type { Frame } from '../../../cli/frame.ts';
import { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import type { Batch } from '../../../stream/batch.ts';
import type { Columns, NodeSource } from '../../../stream/source.ts';

/** How an input ended: with all nodes of its snapshot, as a part of it, or in the middle. */
export type Ending = 'whole' | 'part' | 'cut';

/** An operand, opened: its nodes with progress on the way, and its verdict for the user. */
export interface Snapshot {
  readonly source: NodeSource;
  readonly batches: AsyncIterable<Batch>;
  /** After the last batch: notes and warnings go to the user. */
  settle(): Ending;
}

export function scratchOf(frame: Frame): Scratch {
  return new Scratch(frame.tmp, frame.note);
}

/** Opens the operand, `-` if there is none. */
export async function openOperand(
  operand: string | undefined,
  columns: Columns,
  scratch: Scratch,
  frame: Frame,
): Promise<Snapshot> {
  return asSnapshot(await openShown(operand ?? '-', columns.refs, scratch, frame), columns, frame);
}

export async function asSnapshot(opened: Opened, columns: Columns, frame: Frame): Promise<Snapshot> {
  const { openSource } = await import('../../../formats/open.ts');
  const source = await openSource(opened, columns);
  return {
    source,
    batches: withProgress(source, opened, frame),
    settle() {
      const { cut, notes, part } = source.verdict();
      for (const note of notes) frame.note(note);
      if (cut !== undefined) frame.warn(cut);
      return cut !== undefined ? 'cut' : part ? 'part' : 'whole';
    },
  };
}

/** Opens an operand, showing how far its reading has come. */
export async function openShown(operand: string, wantsRefs: boolean, scratch: Scratch, frame: Frame): Promise<Opened> {
  // The readers are loaded here, so that --help and --version need not wait for them.
  const { openAny } = await import('../../../formats/open.ts');
  return openAny(operand, wantsRefs, scratch, ({ name, position, size }) => frame.progress(position, size, name));
}

/** A stream shows its progress as it is read; a snapshot is read all over, so its nodes tell. */
async function* withProgress(source: NodeSource, opened: Opened, frame: Frame): AsyncGenerator<Batch> {
  const { nodes } = source.start;
  for await (const batch of source.batches) {
    const last = batch.length === 0 ? -1 : batch.n[batch.length - 1]!;
    yield batch;
    if (opened.format === 'v8' && nodes !== undefined && nodes > 0 && last >= 0) {
      const { size } = opened.file.bytes;
      frame.progress(Math.min(size, Math.floor((size * (last + 1)) / nodes)), size, source.name);
    }
  }
}
