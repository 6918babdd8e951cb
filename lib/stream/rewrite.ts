/** Nodes with other references than they came with, and more fields: one at a time to canonical lines. Holds one batch. */
import { grown } from '../disk/grow.ts';
import { Batch, REF_HEADS, REFS, SAME_AS_TYPE } from './batch.ts';
import type { NodeEncoder } from './encode.ts';
import { rawFields } from './json.ts';

const utf8 = new TextEncoder();
const decoder = new TextDecoder();
/** Bytes of names after which a batch is full. */
const FULL = 1 << 20;

export class NodeRewriter {
  readonly #encoder: NodeEncoder;
  #batch: Batch | undefined;
  #refs = 0;
  #left = 0;
  #end = 0;

  constructor(encoder: NodeEncoder) {
    this.#encoder = encoder;
  }

  /** A node as it came, with `fields` (`"depth":3,"run":7`) in the place of those it had of that name, and so many references to come. */
  node(source: Batch, row: number, fields: string, refs: number): void {
    this.#batch ??= new Batch(source.kinds, source.types);
    const batch = this.#batch;
    batch.clear();
    batch.kinds = source.kinds;
    batch.types = source.types;
    batch.length = 1;
    for (const column of ['n', 'id', 'size', 'kind', 'type'] as const) batch[column][0] = source[column][row]!;
    this.#end = 0;
    const nameStart = source.nameStart[row]!;
    const hasName = nameStart !== SAME_AS_TYPE;
    if (hasName) this.#append(source.text.subarray(nameStart, source.nameEnd[row]));
    batch.nameStart[0] = hasName ? 0 : SAME_AS_TYPE;
    batch.nameEnd[0] = this.#end;
    batch.extraStart[0] = this.#end;
    this.#append(
      utf8.encode(joined(decoder.decode(source.text.subarray(source.extraStart[row], source.extraEnd[row])), fields)),
    );
    batch.extraEnd[0] = this.#end;
    batch.hasRefs[0] = 1;
    this.#refs = 0;
    this.#left = refs;
    if (refs === 0) this.#give();
  }

  /** `token` is the name as it stands in a line. */
  ref(kind: number, token: string, to: number): void {
    const batch = this.#batch!;
    this.#append(REF_HEADS[kind]!);
    batch.refKind[this.#refs] = kind;
    batch.refNameStart[this.#refs] = this.#end;
    this.#append(utf8.encode(`${token},`));
    batch.refNameEnd[this.#refs] = this.#end - 1;
    batch.refTo[this.#refs++] = to;
    this.#left--;
    if (this.#left === 0 || this.#refs === REFS || this.#end > FULL) this.#give();
  }

  #give(): void {
    const batch = this.#batch!;
    batch.refStart[0] = batch.length === 0 ? this.#refs : 0;
    batch.refStart[batch.length] = this.#refs;
    batch.more = this.#left;
    this.#encoder.batch(batch);
    batch.clear();
    this.#refs = 0;
    this.#end = 0;
  }

  #append(bytes: Uint8Array): void {
    const batch = this.#batch!;
    // An encoder reads eight bytes at a time, and may read past the last one.
    if (this.#end + bytes.length + 8 > batch.text.length)
      batch.text = grown(batch.text, 2 * (this.#end + bytes.length) + 4096);
    batch.text.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}

/** Fields of a record, those of the same name replaced. */
function joined(extra: string, fields: string): string {
  if (extra === '') return fields;
  const names = new Set(rawFields(`{${fields}}`).map(([name]) => name));
  const kept = rawFields(`{${extra}}`).filter(([name]) => !names.has(name));
  return [...kept.map(([name, raw]) => `${JSON.stringify(name)}:${raw}`), fields].join(',');
}
