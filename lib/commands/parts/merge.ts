/** Earlier results of snap-group, added up: rows with count and bytes; what else they hold is their key. */

import type { ByteReader } from '../../disk/input.ts';
import { openRecords } from '../../formats/open.ts';
import type { Groups } from '../../stages/group.ts';
import { keyOf } from '../../stages/keys.ts';
import { lineFault } from '../../stream/plain.ts';
import { readRecords } from '../../stream/records.ts';

/** Adds the rows of all operands to `groups`, by the keys asked for or by all they have; gives the names of the keys. */
export async function mergeRows(
  operands: readonly string[],
  by: readonly string[] | undefined,
  groups: Groups,
): Promise<readonly string[]> {
  let keys: readonly string[] | undefined;
  for (const operand of operands.length === 0 ? ['-'] : operands)
    keys = await addRows(await openRecords(operand), by, keys, groups);
  return keys ?? by ?? ['type'];
}

/** The rows of one result: by the keys asked for, else by all they have, which must be `known` where some are. Undefined where nothing was asked and there are no rows. */
export async function addRows(
  { name, reader }: { readonly name: string; readonly reader: ByteReader },
  by: readonly string[] | undefined,
  known: readonly string[] | undefined,
  groups: Groups,
): Promise<readonly string[] | undefined> {
  let keys = by ?? known;
  for await (const { line, fields } of readRecords(name, reader)) {
    const { count, bytes, ...rest } = fields;
    if (!isAmount(count) || !isAmount(bytes))
      throw lineFault(name, line, 'has no count and bytes, whole numbers from 0, as results of snap-group have');
    keys ??= Object.keys(rest);
    const texts = keys.map((key) => rest[key]);
    const isAlike = by !== undefined || Object.keys(rest).length === keys.length;
    if (keys.length === 0 || !isAlike || !texts.every((text) => typeof text === 'string')) {
      throw lineFault(
        name,
        line,
        `is not grouped by ${keys.join(',') || 'anything'}: it takes results of snap-group with the same keys`,
      );
    }
    groups.addRow(keyOf(texts), count, bytes);
  }
  return keys;
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
