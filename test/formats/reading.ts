/** Reads snapshots held in memory, as a file and as a pipe: bytes come in, what the source says goes out; temporary files are closed again. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { RandomBytes } from '../../lib/disk/input.ts';
import { Scratch, type TempFile } from '../../lib/disk/scratch.ts';
import { openV8, V8File } from '../../lib/formats/v8/source.ts';
import { spool } from '../../lib/formats/v8/spool.ts';
import { InputError } from '../../lib/stream/errors.ts';
import { ALL_COLUMNS, type Columns } from '../../lib/stream/source.ts';
import { type Collected, collect, inPieces, NODES_ONLY, type Node } from '../stream/collect.ts';
import type { Heap } from '../support/heap.ts';
import { nodeRecords } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';

/** What `snap-group FILE` asks for. */
export const BARE: Columns = { names: false, extras: false, refs: false };

const folder = tempFolder('scratch');

/** A file that is in memory already. */
export function held(bytes: Uint8Array): RandomBytes {
  return {
    name: 'the file',
    size: bytes.length,
    readAt(into, position, length = into.length) {
      const piece = bytes.subarray(position, position + length);
      into.set(piece);
      return piece.length;
    },
  };
}

/** Lends a place for temporary files, and closes those that a fault left open: thousands of faults would use up all there are. */
export async function withScratch<T>(use: (scratch: Scratch) => Promise<T>): Promise<T> {
  const scratch = new Scratch(folder, (note) => ok(false, note));
  const files = new Set<TempFile>();
  const open = scratch.open.bind(scratch);
  scratch.open = () => {
    const file = open();
    const close = file.close.bind(file);
    file.close = () => {
      files.delete(file);
      close();
    };
    files.add(file);
    return file;
  };
  try {
    return await use(scratch);
  } finally {
    for (const file of [...files]) file.close();
  }
}

export function readFile(content: string | Uint8Array, columns: Columns = ALL_COLUMNS): Promise<Collected> {
  return withScratch(async (scratch) =>
    collect(await openV8(new V8File(held(Buffer.from(content)), scratch), columns), columns),
  );
}

/** The same through a spool, which leaves the edges out where nobody wants references. */
export function readPipe(
  content: string | Uint8Array,
  columns: Columns = ALL_COLUMNS,
  size?: () => number,
): Promise<Collected> {
  return withScratch(async (scratch) => {
    const file = await spool('the file', inPieces(content, size), columns.refs, scratch);
    return collect(await openV8(new V8File(file, scratch), columns), columns);
  });
}

/** What must be read of a heap. */
export function nodesOf(heap: Heap): Node[] {
  return nodeRecords(heap).map(({ n, id, kind, type, name = type, size, detached, at, refs = [] }) => {
    const extra = JSON.stringify({
      ...(detached === undefined ? {} : { detached }),
      ...(at === undefined ? {} : { at }),
    });
    return { n, id, kind, type, name, size, extra: extra.slice(1, -1), refs };
  });
}

/** Reads in every way: as a file and as a pipe, with references, without, and nodes alone; all must give these nodes. */
export async function readsAs(
  content: string | Uint8Array,
  expected: readonly Node[],
  size?: () => number,
): Promise<void> {
  const bare = expected.map((node) => ({ ...node, refs: undefined }));
  for (const read of [readFile, readPipe]) {
    deepStrictEqual((await read(content, ALL_COLUMNS, size)).items, expected);
    deepStrictEqual((await read(content, NODES_ONLY, size)).items, bare);
    const { items } = await read(content, BARE, size);
    deepStrictEqual(items.map(codes), expected.map(codes));
  }
}

const codes = (item: string | Node): unknown => {
  ok(typeof item === 'object');
  const { n, id, kind, type, size } = item;
  return { n, id, kind, type, size };
};

/** Reads it if it can be read; a fault must be the user's, with the file's name. Anything else is a bug. */
export async function resultOrFault(reading: Promise<Collected>): Promise<Collected | string> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    ok(error.message.startsWith('the file: '), error.message);
    strictEqual(error.message.split('\n').length, 1);
    return error.message;
  }
}

/** The message with which every way of reading that looks there must refuse it. */
export async function faultOf(content: string | Uint8Array, columns: Columns = ALL_COLUMNS): Promise<string> {
  const fault = await resultOrFault(readFile(content, columns));
  ok(typeof fault === 'string', 'it was read');
  const piped = await resultOrFault(readPipe(content, columns, () => 1000));
  strictEqual(piped, fault, 'a pipe says the same, with places as they were in it');
  return fault;
}
