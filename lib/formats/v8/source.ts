/** A V8 snapshot, from a file or a pipe, as a node source: fast where it is laid out as writers do, by stream-json where not. */
import type { ByteReader, RandomBytes } from '../../disk/input.ts';
import type { Scratch } from '../../disk/scratch.ts';
import type { Batch } from '../../stream/batch.ts';
import { InputError } from '../../stream/errors.ts';
import { type StartMark, startMark } from '../../stream/marks.ts';
import type { Columns, NodeSource, Verdict } from '../../stream/source.ts';
import { type Layout, locate, UnusualLayout } from './locate.ts';
import { normalise } from './normalise.ts';
import { readBatches } from './read.ts';

/** A snapshot that can be read at any place, and what is where in it. */
export interface Located {
  readonly file: RandomBytes;
  readonly layout: Layout;
  /** The file is our own rewriting, its bytes are not the user's. */
  readonly isRewritten: boolean;
}

export async function openV8(file: RandomBytes, columns: Columns, scratch: Scratch): Promise<NodeSource> {
  const located = await locateAny(file, scratch);
  return new V8Source(located, columns, scratch);
}

/** The sections of a snapshot in any layout. */
export async function locateAny(file: RandomBytes, scratch: Scratch): Promise<Located> {
  try {
    return { file, layout: locate(file), isRewritten: false };
  } catch (error) {
    if (!(error instanceof UnusualLayout)) throw error;
    return rewrite(file, scratch);
  }
}

/** The same snapshot as writers lay it out, in a temporary file. */
export async function rewrite(file: RandomBytes, scratch: Scratch): Promise<Located> {
  const rewritten = (await normalise(file.name, inOrder(file), scratch)).as(
    file.name,
    (position) => `byte ${position.toLocaleString('en-US')} of its plain form`,
  );
  try {
    return { file: rewritten, layout: locate(rewritten), isRewritten: true };
  } catch (error) {
    // Everything else has been laid out anew.
    throw error instanceof UnusualLayout
      ? new InputError(`${file.name}: the snapshot's header is longer than 1 MiB`)
      : error;
  }
}

class V8Source implements NodeSource {
  readonly name: string;
  readonly start: StartMark;
  readonly #located: Located;
  readonly #columns: Columns;
  readonly #scratch: Scratch;

  constructor(located: Located, columns: Columns, scratch: Scratch) {
    const { header } = located.layout;
    this.name = located.file.name;
    this.start = startMark({
      format: 'v8',
      nodes: header.nodeCount,
      refs: header.edgeCount,
      extra_native_bytes: header.extraNativeBytes,
    });
    this.#located = located;
    this.#columns = columns;
    this.#scratch = scratch;
  }

  get batches(): AsyncIterable<Batch> {
    return this.#read();
  }

  verdict(): Verdict {
    return { notes: [], part: false };
  }

  async *#read(): AsyncGenerator<Batch> {
    const { file, layout, isRewritten } = this.#located;
    let given = 0;
    try {
      for await (const batch of readBatches(file, layout, this.#columns, this.#scratch)) {
        yield batch;
        given++;
      }
      return;
    } catch (error) {
      if (!(error instanceof UnusualLayout)) throw error;
      if (isRewritten) throw new InputError(`${this.name}: cannot be read as a heap snapshot`);
    }
    // A spelling that no writer uses, in the middle: batches depend on the data alone, so the slow way goes on behind the last one.
    const slow = await rewrite(file, this.#scratch);
    for await (const batch of readBatches(slow.file, slow.layout, this.#columns, this.#scratch))
      if (given-- <= 0) yield batch;
  }
}

function inOrder(file: RandomBytes): ByteReader {
  let position = 0;
  return {
    read(into, from) {
      const read = file.readAt(into.subarray(from), position);
      position += read;
      return read;
    },
  };
}
