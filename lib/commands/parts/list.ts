/** A list of nodes, records with n and id, in order of position: sixteen bytes a node. */
import { grownDoubles } from '../../disk/grow.ts';
import { openRecords } from '../../formats/open.ts';
import type { PickList } from '../../stages/choose.ts';
import { InputError } from '../../stream/errors.ts';
import { readRecords } from '../../stream/records.ts';

/** The nodes of `--of`, by position. Throws InputError for records without n and id, and for a position with two ids. */
export async function readPickList(operand: string): Promise<PickList> {
  const { name, reader } = await openRecords(operand);
  let n = new Float64Array(1024);
  let id = new Float64Array(1024);
  let length = 0;
  for await (const { line, fields } of readRecords(name, reader)) {
    // A node stream is such a list too: its marks and continuations are passed over.
    if (fields['snap'] !== undefined || (fields['id'] === undefined && fields['refs'] !== undefined)) continue;
    if (!Number.isSafeInteger(fields['n']) || !Number.isSafeInteger(fields['id'])) {
      throw new InputError(`${name}: line ${line} has no n and id`);
    }
    if (length === n.length) {
      n = grownDoubles(n, 2 * length);
      id = grownDoubles(id, 2 * length);
    }
    n[length] = fields['n'] as number;
    id[length++] = fields['id'] as number;
  }
  return inOrder(n.subarray(0, length), id.subarray(0, length), name);
}

function inOrder(n: Float64Array, id: Float64Array, name: string): PickList {
  const order = Uint32Array.from({ length: n.length }, (_, i) => i).sort((a, b) => n[a]! - n[b]! || id[a]! - id[b]!);
  const kept = order.filter((place, i) => i === 0 || n[place] !== n[order[i - 1]!] || id[place] !== id[order[i - 1]!]);
  const list = { n: Float64Array.from(kept, (place) => n[place]!), id: Float64Array.from(kept, (place) => id[place]!) };
  list.n.forEach((position, i) => {
    if (i > 0 && position === list.n[i - 1])
      throw new InputError(`${name}: node ${position} is listed with two ids, @${list.id[i - 1]} and @${list.id[i]}`);
  });
  return list;
}
