/** What a source says, as plain objects and as lines: batches come in, records, bytes and the verdict go out; holds all of it. */
import type { ByteReader } from '../../lib/disk/input.ts';
import { type Batch, REF_HEADS, REF_KINDS, SAME_AS_TYPE } from '../../lib/stream/batch.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { NodeEncoder } from '../../lib/stream/encode.ts';
import { textOf } from '../../lib/stream/json.ts';
import { ALL_COLUMNS, type Columns, type NodeSource, type Verdict } from '../../lib/stream/source.ts';

export const NODES_ONLY: Columns = { names: true, extras: true, refs: false };

export type Ref = readonly [kind: string, name: string | number, to: number];

/** A node with all its references, however many batches and lines carried them. */
export interface Node {
  readonly n: number;
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  /** Also where it is the type; the type where nobody asked for names. */
  readonly name: string;
  readonly size: number;
  /** Optional fields as they stand in a line; empty where nobody asked for them. */
  readonly extra: string;
  /** Undefined where the record had none, and where nobody asked for them. */
  readonly refs: readonly Ref[] | undefined;
}

/** A node, or the line of a record with an unknown `snap`. */
export type Item = Node | string;

export interface Collected {
  readonly startLine: string;
  readonly items: readonly Item[];
  /** All lines as an encoder writes them; only the marks where a column is missing that it needs. */
  readonly text: string;
  readonly verdict: Verdict;
  readonly batches: number;
}

/** Reads a source to its end. */
export async function collect(source: NodeSource, columns: Columns = ALL_COLUMNS): Promise<Collected> {
  const items: (string | (Node & { refs: Ref[] | undefined }))[] = [];
  const blocks: Buffer[] = [];
  const encoder = new NodeEncoder((bytes, end) => blocks.push(Buffer.from(bytes.subarray(0, end))));
  encoder.start(source.start);
  let batches = 0;
  let open: Ref[] | undefined;
  for await (const batch of source.batches) {
    batches++;
    if (columns.names && columns.extras) encoder.batch(batch);
    if (columns.refs) open?.push(...refsOf(batch, 0, batch.refStart[0]!));
    const foreign = [...batch.foreign];
    for (let row = 0; row < batch.length; row++) {
      while (foreign[0]?.row === row) items.push(foreign.shift()!.line);
      const node = nodeOf(batch, row, columns);
      items.push(node);
      open = node.refs;
    }
    items.push(...foreign.map(({ line }) => line));
  }
  encoder.end();
  return {
    startLine: source.start.line,
    items,
    text: Buffer.concat(blocks).toString(),
    verdict: source.verdict(),
    batches,
  };
}

/** Decodes a stream and collects it; bytes come in pieces as `size` says. */
export async function collectStream(
  input: string | Uint8Array,
  columns: Columns = ALL_COLUMNS,
  size?: () => number,
): Promise<Collected> {
  return collect(await decodeStream('the stream', inPieces(input, size), columns), columns);
}

/** Gives bytes in pieces of so many; in pieces as large as is asked for where nothing is said. */
export function inPieces(input: string | Uint8Array, size: () => number = () => Number.POSITIVE_INFINITY): ByteReader {
  const bytes = Buffer.from(input);
  let position = 0;
  return {
    read(into, from) {
      const read = Math.min(size(), into.length - from, bytes.length - position);
      bytes.copy(into, from, position, position + read);
      position += read;
      return read;
    },
  };
}

function nodeOf(batch: Batch, row: number, columns: Columns): Node & { refs: Ref[] | undefined } {
  const type = batch.types.text(batch.type[row]!);
  const start = columns.names ? batch.nameStart[row]! : SAME_AS_TYPE;
  return {
    n: batch.n[row]!,
    id: batch.id[row]!,
    kind: batch.kinds.text(batch.kind[row]!),
    type,
    name: start === SAME_AS_TYPE ? type : textOf(batch.text, start, batch.nameEnd[row]!),
    size: batch.size[row]!,
    extra: columns.extras
      ? Buffer.from(batch.text.subarray(batch.extraStart[row], batch.extraEnd[row])).toString()
      : '',
    refs:
      columns.refs && batch.hasRefs[row] === 1
        ? refsOf(batch, batch.refStart[row]!, batch.refStart[row + 1]!)
        : undefined,
  };
}

function refsOf(batch: Batch, from: number, to: number): Ref[] {
  return Array.from({ length: to - from }, (_, i) => {
    const ref = from + i;
    const start = batch.refNameStart[ref]!;
    const head = REF_HEADS[batch.refKind[ref]!]!;
    const before = batch.text.subarray(start - head.length, start);
    if (Buffer.compare(before, head) !== 0) throw new Error(`in front of a reference stands ${Buffer.from(before)}`);
    const name = JSON.parse(Buffer.from(batch.text.subarray(start, batch.refNameEnd[ref])).toString()) as
      | string
      | number;
    return [REF_KINDS[batch.refKind[ref]!]!, name, batch.refTo[ref]!];
  });
}
