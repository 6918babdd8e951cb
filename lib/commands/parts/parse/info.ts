/** What a file says of itself, and where its sections lie: of a V8 file the header and the places of brackets, of a stream its start mark. */
import type { Frame } from '../../../cli/frame.ts';
import type { ByteReader } from '../../../disk/input.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { V8File } from '../../../formats/v8/source.ts';
import { formatCount } from '../../../render/counts.ts';
import { decodeStream } from '../../../stream/decode.ts';
import { openShown } from '../input/snapshot.ts';

/** One record, or a table of two columns. */
export async function printInfo(operand: string, frame: Frame, scratch: Scratch): Promise<void> {
  const opened = await openShown(operand, true, scratch, frame);
  const info = opened.format === 'v8' ? await v8Info(opened.file) : await streamInfo(opened.name, opened.reader);
  const record = {
    file: opened.name,
    ...(opened.input.size === undefined ? {} : { bytes: opened.input.size }),
    ...info,
  };
  if (frame.format === 'ndjson') {
    frame.out.text(`${JSON.stringify(record)}\n`);
    return;
  }
  const number = frame.format === 'csv' ? String : formatCount;
  const rows = Object.entries(record).flatMap(([key, value]) => flat(key, value, number));
  if (frame.format === 'csv') {
    const { csvLine } = await import('../../../render/csv.ts');
    for (const row of [['field', 'value'], ...rows]) frame.out.text(csvLine(row));
  } else {
    const { renderTable } = await import('../../../render/table.ts');
    frame.out.text(renderTable([{ header: 'Field' }, { header: 'Value' }], rows, frame.style));
  }
}

async function v8Info(file: V8File): Promise<Record<string, unknown>> {
  const { layout, isRewritten } = await file.located();
  const { header, sections } = layout;
  return {
    format: 'v8',
    layout: isRewritten ? 'other JSON: read by way of stream-json' : 'as V8 writes it',
    nodes: header.nodeCount,
    refs: header.edgeCount,
    extra_native_bytes: header.extraNativeBytes,
    node_fields: header.nodeFields,
    edge_fields: header.edgeFields,
    location_fields: header.locationFields,
    sections: Object.fromEntries([...sections].map(([name, { start, end }]) => [name, end - start])),
  };
}

async function streamInfo(name: string, reader: ByteReader): Promise<Record<string, unknown>> {
  const { start } = await decodeStream(name, reader, { names: false, extras: false, refs: false });
  const { snap: _snap, ...mark } = JSON.parse(start.line) as Record<string, unknown>;
  return { layout: 'a node stream', ...mark };
}

/** Numbers are written by `number`: for people with commas, for machines plain. */
function flat(key: string, value: unknown, number: (value: number) => string): string[][] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return [[key, value.join(' ')]];
  if (typeof value !== 'object' || value === null)
    return [[key, typeof value === 'number' ? number(value) : String(value)]];
  return Object.entries(value).flatMap(([inner, deep]) => flat(`${key}.${inner}`, deep, number));
}
