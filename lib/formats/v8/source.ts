/** A V8 snapshot, from a file or a pipe, as a node source: fast where it is laid out as writers do, by stream-json where not. */
import type { ByteReader, RandomBytes } from '../../disk/input.ts';
import type { Scratch } from '../../disk/scratch.ts';
import type { Batch } from '../../stream/batch.ts';
import { InputError } from '../../stream/errors.ts';
import { type StartMark, startMark } from '../../stream/marks.ts';
import type { Columns, NodeSource, Verdict } from '../../stream/source.ts';
import type { NodeBlocks } from './blocks.ts';
import type { Header } from './header.ts';
import { type Layout, locate, UnusualLayout } from './locate.ts';
import { readBatches } from './read.ts';
import { findStrings, type StringBlocks } from './strings.ts';

/** A snapshot that can be read at any place, and what is where in it. */
export class Located {
  readonly file: RandomBytes;
  readonly layout: Layout;
  /** The file is our own rewriting, its bytes are not the user's. */
  readonly isRewritten: boolean;
  /** Where its nodes stand, once it has been read with its references. */
  blocks?: NodeBlocks;
  #strings: StringBlocks | undefined;

  constructor(file: RandomBytes, isRewritten: boolean, crosses = true) {
    this.file = file;
    this.layout = locate(file, crosses);
    this.isRewritten = isRewritten;
  }

  /** Where its strings stand: found in one pass, once. */
  get strings(): StringBlocks {
    this.#strings ??= findStrings(this.file, this.layout.sections.get('strings')!);
    return this.#strings;
  }
}

/** A V8 file that may be read several times: where its sections are, and its rewriting if it needs one, are found once. */
export class V8File {
  readonly bytes: RandomBytes;
  readonly scratch: Scratch;
  #located: Promise<Located> | undefined;
  #uncrossed: Promise<Located> | undefined;
  #rewritten: Promise<Located> | undefined;

  constructor(bytes: RandomBytes, scratch: Scratch) {
    this.bytes = bytes;
    this.scratch = scratch;
  }

  /** The sections of a snapshot in any layout. Whoever reads nodes and edges to their end need not have them crossed before. */
  located(readsEdges = false): Promise<Located> {
    if (this.#located === undefined && readsEdges) {
      this.#uncrossed ??= this.#locate(false);
      return this.#uncrossed;
    }
    this.#located ??= this.#locate(true);
    return this.#located;
  }

  /** A reading went well to its end, edges and all: then these are its sections. */
  settle(located: Located): void {
    this.#located ??= Promise.resolve(located);
  }

  /** The next way to read a snapshot where it turned out in the middle that this one does not fit; undefined behind the last. */
  async after({ isRewritten, layout }: Located): Promise<Located | undefined> {
    if (isRewritten) return undefined;
    return layout.isCrossed ? this.rewritten() : this.located();
  }

  /** The same snapshot as writers lay it out, in a temporary file. */
  rewritten(): Promise<Located> {
    this.#rewritten ??= rewrite(this.bytes, this.scratch);
    return this.#rewritten;
  }

  async #locate(crosses: boolean): Promise<Located> {
    try {
      return new Located(this.bytes, false, crosses);
    } catch (error) {
      if (!(error instanceof UnusualLayout)) throw error;
      return this.rewritten();
    }
  }
}

export async function openV8(file: V8File, columns: Columns): Promise<NodeSource> {
  return new V8Source(file, await file.located(columns.refs), columns);
}

export function startOf(header: Header): StartMark {
  return startMark({
    format: 'v8',
    nodes: header.nodeCount,
    refs: header.edgeCount,
    extra_native_bytes: header.extraNativeBytes,
  });
}

async function rewrite(file: RandomBytes, scratch: Scratch): Promise<Located> {
  const { normalise } = await import('./normalise.ts');
  const rewritten = (await normalise(file.name, inOrder(file), scratch)).as(
    file.name,
    (position) => `byte ${position.toLocaleString('en-US')} of its plain form`,
  );
  try {
    return new Located(rewritten, true);
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
  readonly #file: V8File;
  readonly #located: Located;
  readonly #columns: Columns;

  constructor(v8: V8File, located: Located, columns: Columns) {
    this.name = located.file.name;
    this.start = startOf(located.layout.header);
    this.#file = v8;
    this.#located = located;
    this.#columns = columns;
  }

  get batches(): AsyncIterable<Batch> {
    return this.#read();
  }

  verdict(): Verdict {
    return { notes: [], part: false };
  }

  /** Batches depend on the data alone: where a way of reading does not fit in the middle, the next one goes on behind the last batch. */
  async *#read(): AsyncGenerator<Batch> {
    let given = 0;
    for (let way: Located | undefined = this.#located; way !== undefined; way = await this.#file.after(way)) {
      let read = 0;
      try {
        for await (const batch of readBatches(way, this.#columns, this.#file.scratch)) {
          if (read++ < given) continue;
          yield batch;
          given++;
        }
        if (this.#columns.refs) this.#file.settle(way);
        return;
      } catch (error) {
        if (!(error instanceof UnusualLayout)) throw error;
      }
    }
    throw new InputError(`${this.name}: cannot be read as a heap snapshot`);
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
