/** A list of nodes, records with n and id, in order of position: sixteen bytes a node, and four for each text that says what it is. */
import { grownDoubles } from '../../../disk/grow.ts';
import { openRecords } from '../../../formats/open.ts';
import type { PickList } from '../../../stages/choose.ts';
import { hashOf, SAID, type Said } from '../../../stages/said.ts';
import { InputError } from '../../../stream/errors.ts';
import { type NumberedRecord, readRecords } from '../../../stream/records.ts';

/** The nodes of `--of`, by position. Throws InputError for records without n and id, and for a position with two ids. */
export async function readPickList(operand: string): Promise<PickList> {
  const { name, reader } = await openRecords(operand);
  const texts = { kind: new Texts(), type: new Texts(), name: new Texts() };
  let n = new Float64Array(1024);
  let id = new Float64Array(1024);
  let length = 0;
  for await (const record of readRecords(name, reader)) {
    const { fields } = record;
    // A node stream is such a list too: its marks and continuations are passed over.
    if (fields['snap'] !== undefined || (fields['id'] === undefined && fields['refs'] !== undefined)) continue;
    if (!isNode(fields)) throw noNode(name, record);
    if (length === n.length) {
      n = grownDoubles(n, 2 * length);
      id = grownDoubles(id, 2 * length);
    }
    for (const text of SAID) texts[text].put(length, fields[text]);
    n[length] = fields['n'] as number;
    id[length++] = fields['id'] as number;
  }
  return inOrder(n.subarray(0, length), id.subarray(0, length), texts, name);
}

const isNode = (fields: Readonly<Record<string, unknown>>): boolean =>
  Number.isSafeInteger(fields['n']) && Number.isSafeInteger(fields['id']);

/** Rows about nodes have one within: of a path, of a chain, of a reference. */
function noNode(name: string, { line, fields }: NumberedRecord): InputError {
  const [within] =
    Object.entries(fields).find(([key, value]) => /^\w+$/.test(key) && isRecord(value) && isNode(value)) ?? [];
  const remedy =
    within === undefined ? '' : `, but its ${within} has: jq -c .${within} makes such a list of these rows`;
  return new InputError(`${name}: line ${line} has no n and id${remedy}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Hashes of one text of the listed nodes; costs nothing where no record has it. */
class Texts {
  #hashes: Uint32Array | undefined;

  put(place: number, text: unknown): void {
    if (text === undefined) return;
    if (this.#hashes === undefined || place >= this.#hashes.length) {
      const wider = new Uint32Array(Math.max(1024, 2 * place));
      wider.set(this.#hashes ?? []);
      this.#hashes = wider;
    }
    this.#hashes[place] = hashOf(text);
  }

  /** Those of these places, in this order. */
  at(places: Uint32Array): Uint32Array | undefined {
    return this.#hashes && places.map((place) => this.#hashes![place] ?? 0);
  }
}

function inOrder(
  n: Float64Array,
  id: Float64Array,
  texts: Readonly<Record<keyof Said, Texts>>,
  name: string,
): PickList {
  const order = Uint32Array.from({ length: n.length }, (_, i) => i).sort((a, b) => n[a]! - n[b]! || id[a]! - id[b]!);
  const kept = order.filter((place, i) => i === 0 || n[place] !== n[order[i - 1]!] || id[place] !== id[order[i - 1]!]);
  const list = {
    n: Float64Array.from(kept, (place) => n[place]!),
    id: Float64Array.from(kept, (place) => id[place]!),
    said: { kind: texts.kind.at(kept), type: texts.type.at(kept), name: texts.name.at(kept) },
  };
  list.n.forEach((position, i) => {
    if (i > 0 && position === list.n[i - 1])
      throw new InputError(`${name}: node ${position} is listed with two ids, @${list.id[i - 1]} and @${list.id[i]}`);
  });
  return list;
}
