/** Any operand to a node source: what it is, its first bytes tell, never its name. */
import { type ByteReader, type Input, openInput, type RandomBytes } from '../disk/input.ts';
import { Peeked } from '../disk/peek.ts';
import type { Scratch } from '../disk/scratch.ts';
import { InputError } from '../stream/errors.ts';
import type { Columns, NodeSource } from '../stream/source.ts';
import type { V8File } from './v8/source.ts';

const FEW = 64;
const MANY = 1 << 16;

/** What an operand holds: a node stream to be read once, or a V8 snapshot that can be read at any place. Other records are taken for a stream, which `isGroups` may be rows of count and bytes. */
export type Opened = {
  readonly name: string;
  readonly input: Input;
  /** The input where its bytes are the snapshot's and can be read at any place: it is no pipe and not zipped. */
  readonly plain: RandomBytes | undefined;
} & (
  | { readonly format: 'stream'; readonly reader: ByteReader; readonly isGroups: boolean }
  | { readonly format: 'v8'; readonly file: V8File }
);

/** Opens a file or `-` and tells what it is. Throws InputError. A V8 snapshot from a pipe is spooled, without its edges where nobody wants them. */
export async function openAny(
  operand: string,
  wantsRefs: boolean,
  scratch: Scratch,
  onRead?: (input: Input) => void,
): Promise<Opened> {
  const { input, reader, isZipped } = await openPlain(operand);
  if (onRead !== undefined) input.onRead = () => onRead(input);
  const { name } = input;
  const plain = !isZipped && input.isFile() ? input : undefined;
  const opened = { name, input, plain };
  const what = await detect(name, reader);
  if (what !== 'v8') return { ...opened, format: 'stream', reader, isGroups: what === 'groups' };
  const { V8File } = await import('./v8/source.ts');
  if (plain !== undefined) return { ...opened, format: 'v8', file: new V8File(plain, scratch) };
  const { spool } = await import('./v8/spool.ts');
  return { ...opened, format: 'v8', file: new V8File(await spool(name, reader, wantsRefs, scratch), scratch) };
}

/** Begins to read what was opened. A stream can be read once, a snapshot as often as one likes. */
export async function openSource(opened: Opened, columns: Columns): Promise<NodeSource> {
  if (opened.format === 'stream') {
    const { decodeStream } = await import('../stream/decode.ts');
    return decodeStream(opened.name, opened.reader, columns);
  }
  const { openV8 } = await import('./v8/source.ts');
  return openV8(opened.file, columns);
}

async function detect(name: string, reader: Peeked): Promise<'stream' | 'groups' | 'v8'> {
  const head = text(await reader.peek(FEW, MANY));
  if (/^\s*\{\s*"(snap|n)"\s*:/.test(head)) return 'stream';
  if (/^\s*\{\s*"snapshot"\s*:/.test(head)) return 'v8';
  if (head.trim() === '') throw new InputError(`${name}: is empty, not a heap snapshot`);
  if (/^\s*\{\s*"head"\s*:/.test(head))
    throw new InputError(`${name}: is a sampling heap profile, which has no objects: take a heap snapshot instead`);
  if (head.startsWith('\xef\xbb\xbf'))
    throw new InputError(
      `${name}: begins with a byte order mark, which JSON must not have: take away its first three bytes (tail -c +4)`,
    );
  if (!/^\s*(\{|$)/.test(head))
    throw new InputError(
      `${name}: is neither a heap snapshot nor a node stream (it begins with ${JSON.stringify(head.slice(0, 8))})`,
    );
  return recordsOf(text(await reader.peek(MANY, MANY)));
}

/** The first line alone is a JSON object: then these are records, of whatever kind. */
function recordsOf(head: string): 'stream' | 'groups' | 'v8' {
  const line = head.trimStart().split('\n', 1)[0]!;
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null) return 'v8';
    if ('snap' in record || 'n' in record) return 'stream';
    if ('count' in record && 'bytes' in record) return 'groups';
    // Both kinds may have nodes: a snapshot its section, a start mark their number.
    return 'nodes' in record ? 'v8' : 'stream';
  } catch {
    return 'v8';
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

/** A file of results, plain or gzip, or `-`. */
export async function openRecords(
  operand: string,
): Promise<{ readonly name: string; readonly reader: Peeked; readonly input: Input }> {
  const { input, reader } = await openPlain(operand);
  return { name: input.name, reader, input };
}

async function openPlain(
  operand: string,
): Promise<{ readonly input: Input; readonly reader: Peeked; readonly isZipped: boolean }> {
  const input = openInput(operand);
  const reader = new Peeked(input);
  const magic = await reader.peek(2, FEW);
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return { input, reader, isZipped: false };
  const { gunzip } = await import('../disk/gunzip.ts');
  return { input, reader: new Peeked(gunzip(input.name, reader)), isZipped: true };
}
