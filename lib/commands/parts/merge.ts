/** Earlier results of snap-group, added up: rows with count and bytes; what else they hold is their key. */

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
  let keys = by;
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    const { name, reader } = await openRecords(operand);
    for await (const { line, fields } of readRecords(name, reader)) {
      const { count, bytes, ...rest } = fields;
      if (!isAmount(count) || !isAmount(bytes)) {
        throw lineFault(
          name,
          line,
          'has no count and bytes, whole numbers from 0: --merge reads results of snap-group',
        );
      }
      keys ??= Object.keys(rest);
      const texts = keys.map((key) => rest[key]);
      const isAlike = by !== undefined || Object.keys(rest).length === keys.length;
      if (keys.length === 0 || !isAlike || !texts.every((text) => typeof text === 'string')) {
        throw lineFault(
          name,
          line,
          `is not grouped by ${keys.join(',') || 'anything'}: --merge reads results of snap-group with the same keys`,
        );
      }
      groups.addRow(keyOf(texts), count, bytes);
    }
  }
  return keys ?? ['type'];
}

function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
