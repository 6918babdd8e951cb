/** What the node stream of a heap must say, worked out the plain way from the format's description: the second opinion on the encoder. */
import type { Heap, HeapNode, HeapRef } from './heap.ts';

const longestText = 1024;
const longestLine = 64 * 1024;

/** A node record as a plain object, its keys in the order of the format; references whole, however many lines carry them. */
export interface NodeRecord {
  readonly n: number;
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  readonly name?: string;
  readonly size: number;
  readonly detached?: boolean;
  readonly at?: string;
  readonly refs?: readonly HeapRef[];
}

/** The records of all nodes, in order. */
export const nodeRecords = (heap: Heap): NodeRecord[] => heap.nodes.map(nodeRecord);

/** One node's record. */
export function nodeRecord(
  { id, kind, name, size, detached, at, refs, extras, type: told }: HeapNode,
  n: number,
): NodeRecord {
  const type = told ?? cut(className(kind, name));
  return {
    n,
    id,
    kind,
    type,
    ...(cut(name) === type ? {} : { name: cut(name) }),
    size,
    ...(detached === 0 ? {} : { detached: detached === 2 }),
    ...(at === undefined ? {} : { at: at.join(':') }),
    ...extras,
    refs: refs.map(([refKind, called, target]) => [refKind, typeof called === 'string' ? cut(called) : called, target]),
  };
}

/** The whole stream as text: start, nodes, end; a node with many references continues on further lines. */
export function streamText(heap: Heap): string {
  const records = nodeRecords(heap);
  const totals = { nodes: records.length, refs: heap.nodes.reduce((sum, { refs }) => sum + refs.length, 0) };
  const extra = heap.extraNativeBytes === undefined ? {} : { extra_native_bytes: heap.extraNativeBytes };
  const lines = [
    JSON.stringify({ snap: 'start', schema: 1, format: 'v8', ...totals, ...extra, ...heap.start }),
    ...records.flatMap(recordLines),
    JSON.stringify({ snap: 'end', ...totals }),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a node stream's lines say, with continuations joined to the node they continue. */
export interface ReadStream {
  readonly marks: readonly Readonly<Record<string, unknown>>[];
  readonly nodes: readonly NodeRecord[];
}

/** Reads a node stream back, line by line, and throws where it breaks the rules that every line keeps. */
export function readStream(text: string): ReadStream {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the stream does not end with a newline');
  const marks: Record<string, unknown>[] = [];
  const nodes: NodeRecord[] = [];
  let missing = 0;
  for (const line of text.split('\n').slice(0, -1)) {
    if (Buffer.byteLength(line) + 1 > longestLine) throw new Error(`a line of ${Buffer.byteLength(line)} bytes`);
    const { more, ...record } = JSON.parse(line) as NodeRecord & { readonly more?: number; readonly snap?: string };
    const last = nodes.at(-1);
    if (record.snap !== undefined) marks.push(record as unknown as Record<string, unknown>);
    else if (missing === 0) nodes.push(record);
    else if (last === undefined || record.n !== last.n || more !== undefined || Object.keys(record).join() !== 'n,refs')
      throw new Error(`no continuation: ${line.slice(0, 80)}`);
    else nodes[nodes.length - 1] = { ...last, refs: [...(last.refs ?? []), ...(record.refs ?? [])] };
    // Only a node's first line says how many references are still to come.
    if (record.snap !== undefined && missing > 0) throw new Error('a mark between continuations');
    if (record.snap === undefined) missing = missing === 0 ? (more ?? 0) : missing - (record.refs ?? []).length;
    if (missing < 0) throw new Error(`more references than "more" says: ${line.slice(0, 80)}`);
  }
  if (missing > 0) throw new Error(`${missing} references never came`);
  return { marks, nodes };
}

/** V8's class of a node, from what the file says of it alone. */
export function className(kind: string, name: string): string {
  switch (kind) {
    case 'hidden':
      return '(system)';
    case 'code':
      return '(compiled code)';
    case 'closure':
      return 'Function';
    case 'regexp':
      return 'RegExp';
    case 'object':
    case 'native':
      return name.replace(/^((?:Detached )?<[^ ]*) [\s\S]*$/, '$1>');
    default:
      return `(${kind})`;
  }
}

/** At most 1,024 UTF-16 units, without the first half of a pair that the cut would tear. */
export function cut(text: string): string {
  if (text.length <= longestText) return text;
  const torn = /[\ud800-\udbff]/.test(text.charAt(longestText - 1)) && /[\udc00-\udfff]/.test(text.charAt(longestText));
  return text.slice(0, torn ? longestText - 1 : longestText);
}

function recordLines(record: NodeRecord): string[] {
  const whole = JSON.stringify(record);
  if (Buffer.byteLength(whole) < longestLine) return [whole];
  const refs = record.refs ?? [];
  const perLine = 500;
  const { refs: _, ...head } = record;
  return Array.from({ length: Math.ceil(refs.length / perLine) }, (_unused, i) => {
    const here = refs.slice(i * perLine, (i + 1) * perLine);
    const first = { ...head, ...(refs.length > perLine ? { more: refs.length - perLine } : {}), refs: here };
    return JSON.stringify(i === 0 ? first : { n: record.n, refs: here });
  });
}
