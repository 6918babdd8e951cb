/** Any result to its picture, record by record: the first one tells what it is. Memory is that of the picture. */
import type { Frame } from '../../../cli/frame.ts';
import { openRecords } from '../../../formats/open.ts';
import { formatCount } from '../../../render/counts.ts';
import { kindOf } from '../../../render/draw/kinds.ts';
import type { Collector, Kind, Picture, Wish } from '../../../render/draw/picture.ts';
import { Row } from '../../../render/draw/row.ts';
import { InputError, UsageError } from '../../../stream/errors.ts';
import { readRecords } from '../../../stream/records.ts';

/** Records between two looks at the clock. */
const MANY = 4096;

/** `picture` is undefined where there are no rows. */
export async function readPicture(
  operand: string,
  wish: Wish,
  frame: Frame,
): Promise<{ readonly name: string; readonly picture: Picture | undefined }> {
  const { name, reader, input } = await openRecords(operand);
  await refuseSnapshot(name, reader);
  let collector: Collector | undefined;
  const marks = { start: false, end: false };
  let records = 0;
  for await (const { line, fields } of readRecords(name, reader)) {
    const { snap } = fields;
    if (snap !== undefined) {
      marks.start ||= snap === 'start';
      marks.end ||= snap === 'end';
      continue;
    }
    if (++records % MANY === 0) frame.progress(input.position, input.size, name);
    const row = new Row(name, line, fields);
    collector ??= chosen(row, wish).collect(wish);
    collector.add(row);
  }
  if (marks.start && !marks.end)
    frame.warn(
      `${name}: the stream ends without its end mark after ${formatCount(records)} lines (did its producer die?)`,
    );
  return { name, picture: collector?.finish() };
}

function chosen(first: Row, { as }: Wish): Kind {
  const kind = kindOf(first);
  if (kind === undefined) {
    const keys = Object.keys(first.fields).slice(0, 8).join(', ');
    throw first.fault(`is no result that can be drawn (it has ${keys || 'nothing'})`);
  }
  if (as !== undefined && !kind.pictures.includes(as)) {
    const can = kind.pictures.length === 0 ? 'cannot be drawn' : `can be drawn as ${kind.pictures.join(' or ')}`;
    throw new UsageError(`--as ${as}: ${kind.called} ${can}`);
  }
  return kind;
}

/** A snapshot is one line of many megabytes: it is told by its first bytes. */
async function refuseSnapshot(name: string, reader: Awaited<ReturnType<typeof openRecords>>['reader']): Promise<void> {
  const head = new TextDecoder('latin1').decode(await reader.peek(64, 1 << 16));
  if (/^\s*\{\s*"snapshot"\s*:/.test(head))
    throw new InputError(
      `${name}: is a heap snapshot, not yet an answer: ask something of it first (snap-group, snap-backrefs, snap-retain)`,
    );
}
