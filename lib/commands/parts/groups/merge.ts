/** Earlier results of snap-group: rows with count and bytes; what else they hold is their key. */
import type { ByteReader } from '../../../disk/input.ts';
import { openRecords } from '../../../formats/open.ts';
import type { Groups } from '../../../stages/group.ts';
import { keyOf } from '../../../stages/keys.ts';
import { lineFault } from '../../../stream/plain.ts';
import { readRecords } from '../../../stream/records.ts';

export interface GroupRecord {
  /** What it is grouped by, and the values of these keys. */
  readonly keys: readonly string[];
  readonly texts: readonly string[];
  readonly count: number;
  readonly bytes: number;
}

/** Adds the rows of all operands to `groups`, by the keys asked for or by all they have; gives the names of the keys. */
export async function mergeRows(
  operands: readonly string[],
  by: readonly string[] | undefined,
  groups: Groups,
): Promise<readonly string[]> {
  let keys: readonly string[] | undefined;
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    const { name, reader } = await openRecords(operand);
    for await (const row of readGroups(name, reader, by, keys, '--merge reads')) {
      groups.addRow(keyOf(row.texts), row.count, row.bytes);
      keys ??= row.keys;
    }
  }
  return keys ?? by ?? ['type'];
}

/**
 * Rows by the keys `by`, or by all they have: the same in all rows, and those that `known` rows before had. `reads` begins the sentence for who gives something else. Throws
 * InputError.
 */
export async function* readGroups(
  name: string,
  reader: ByteReader,
  by: readonly string[] | undefined,
  known: readonly string[] | undefined,
  reads: string,
): AsyncGenerator<GroupRecord> {
  let keys = by ?? known;
  for await (const { line, fields } of readRecords(name, reader)) {
    const { count, bytes, ...rest } = fields;
    if (!isAmount(count) || !isAmount(bytes)) {
      throw lineFault(name, line, `has no count and bytes, whole numbers from 0: ${reads} results of snap-group`);
    }
    keys ??= Object.keys(rest);
    const texts = keys.map((key) => rest[key]);
    const isAlike = by !== undefined || Object.keys(rest).length === keys.length;
    if (keys.length === 0 || !isAlike || !texts.every((text) => typeof text === 'string')) {
      throw lineFault(
        name,
        line,
        `is not grouped by ${keys.join(',') || 'anything'}: ${reads} results of snap-group with the same keys`,
      );
    }
    yield { keys, texts, count, bytes };
  }
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
