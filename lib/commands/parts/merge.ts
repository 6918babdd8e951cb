/** Earlier results of snap-group, added up: rows with count and bytes; what else they hold is their key. */

import { openRecords } from '../../formats/open.ts';
import type { Groups } from '../../stages/group.ts';
import { InputError } from '../../stream/errors.ts';
import { token } from '../../stream/json.ts';
import { readRecords } from '../../stream/records.ts';

const SEPARATOR = Uint8Array.of(0);

/** Adds the rows of all operands to `groups`; gives the names of their keys. */
export async function mergeRows(operands: readonly string[], groups: Groups): Promise<readonly string[]> {
  let keys: readonly string[] | undefined;
  for (const operand of operands.length === 0 ? ['-'] : operands) {
    const { name, reader } = await openRecords(operand);
    for await (const { line, fields } of readRecords(name, reader)) {
      const { count, bytes, ...rest } = fields;
      if (typeof count !== 'number' || typeof bytes !== 'number') {
        throw new InputError(`${name}: line ${line} has no count and bytes: --merge reads results of snap-group`);
      }
      keys ??= Object.keys(rest);
      const texts = keys.map((key) => rest[key]);
      if (!texts.every((text) => typeof text === 'string') || Object.keys(rest).length !== keys.length) {
        throw new InputError(`${name}: line ${line} is not grouped by ${keys.join(',')} as the rows before it`);
      }
      groups.addRow(
        Buffer.concat(texts.flatMap((text, i) => (i === 0 ? [token(text)] : [SEPARATOR, token(text)]))),
        count,
        bytes,
      );
    }
  }
  return keys ?? ['type'];
}
