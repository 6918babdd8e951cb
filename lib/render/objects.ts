/** Objects in full for people: a head line, its text if it has one, and a line for each reference. One record in, its text out. */
import { formatCount } from './counts.ts';
import { csvLine } from './csv.ts';
import { escapeControls } from './escape.ts';
import { formatSize } from './sizes.ts';
import { cutToWidth } from './width.ts';

/** A node's record, or that of one of its references. */
export type ObjectRecord =
  | {
      readonly n: number;
      readonly id: number;
      readonly kind: string;
      readonly type: string;
      readonly name?: string;
      readonly size: number;
      readonly [extra: string]: unknown;
    }
  | { readonly n: number; readonly ref: string; readonly via: string | number; readonly to: TargetRecord };

interface TargetRecord {
  readonly n: number;
  readonly id?: number;
  readonly type?: string;
  readonly name?: string;
}

const OBJECT_KEYS = new Set(['n', 'id', 'kind', 'type', 'name', 'size']);
/** Units of a target's name on one line. */
const SHORT = 60;

export function renderObject(record: ObjectRecord, isFirst: boolean, width: number | undefined): string {
  const lines = 'to' in record ? [refLine(record)] : objectLines(record, isFirst);
  return lines
    .map((line) => `${width === undefined ? escapeControls(line) : cutToWidth(escapeControls(line), width)}\n`)
    .join('');
}

/** `n,ref,via,id,kind,type,name,size`: a node's row has no ref, a reference's row tells its target. */
export const OBJECT_CSV_HEAD = csvLine(['n', 'ref', 'via', 'to', 'id', 'kind', 'type', 'name', 'size']);

export function objectCsv(record: ObjectRecord): string {
  if (!('to' in record))
    return csvLine([
      record.n,
      '',
      '',
      '',
      record.id,
      record.kind,
      record.type,
      record.name ?? record.type,
      record.size,
    ]);
  // `to` of the union's second member: the first has no such key of a known type.
  const { n, ref, via, to } = record as { n: number; ref: string; via: string | number; to: TargetRecord };
  return csvLine([n, ref, via, to.n, to.id, '', to.type, to.name, '']);
}

function objectLines(record: ObjectRecord, isFirst: boolean): string[] {
  const { n, id, kind, type, name, size, ...rest } = record as Extract<ObjectRecord, { size: number }>;
  const head = `@${id} ${type} (${kind}), ${formatSize(size)}, node ${formatCount(n)}`;
  const extras = Object.entries(rest)
    .filter(([key]) => !OBJECT_KEYS.has(key))
    .map(([key, value]) => `  ${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [...(isFirst ? [] : ['']), head, ...(name === undefined ? [] : [`  name: ${quoted(kind, name)}`]), ...extras];
}

function refLine(record: ObjectRecord): string {
  const { ref, via, to } = record as { ref: string; via: string | number; to: TargetRecord };
  const name = typeof via === 'number' ? `[${via}]` : via;
  if (to.id === undefined) return `  ${ref} ${name} -> node ${formatCount(to.n)}, not in this part`;
  const called =
    to.name === to.type || to.name === undefined
      ? ''
      : ` ${quoted(to.type ?? '', to.name.slice(0, SHORT))}${to.name.length > SHORT ? '…' : ''}`;
  return `  ${ref} ${name} -> @${to.id} ${to.type}${called}`;
}

/** Texts of strings stand in quotes, names of other things do not. */
function quoted(kind: string, name: string): string {
  return kind.includes('string') ? JSON.stringify(name) : name;
}
