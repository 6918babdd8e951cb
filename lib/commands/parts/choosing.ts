/** The options that choose nodes, the same in every command, and what they add up to. */
import { type Option, size, text, texts } from '../../cli/option.ts';
import { openRecords } from '../../formats/open.ts';
import type { Choice, PickList } from '../../stages/choose.ts';
import { InputError, UsageError } from '../../stream/errors.ts';
import { readRecords } from '../../stream/records.ts';

export const choosingOptions = {
  type: texts({ value: 'NAME', help: 'nodes of this type: a name, or a glob with * and ? (\\* is a star); any of several' }),
  kind: texts({ value: 'NAME', help: 'nodes of this kind (object, string, closure, ...), likewise' }),
  name: text({ value: 'REGEX', help: 'nodes whose name matches this regular expression' }),
  id: texts({ value: 'ID', help: 'the node with this id: @35, 35 or an address as 0x7f187d22b880; any of several' }),
  node: texts({ value: 'N', help: 'the node at this position; any of several' }),
  of: text({ value: 'FILE', help: 'the nodes of this list: records with n and id, which must both agree; - is standard input' }),
  has: texts({ value: 'NAME', help: 'nodes with a reference of this name; with all of several' }),
  lacks: texts({ value: 'NAME', help: 'nodes without a reference of this name; without any of several' }),
  'min-size': size({ value: 'SIZE', help: 'nodes of at least this size, as 1M' }),
  'max-size': size({ value: 'SIZE', help: 'nodes of at most this size' }),
};

type Chosen = { readonly [Name in keyof typeof choosingOptions]: (typeof choosingOptions)[Name] extends Option<infer T> ? T : never };

/** Whether any of these options was given. */
export function isChoosing(args: Chosen): boolean {
  const { type, kind, name, id, node, of, has, lacks } = args;
  const given = [type, kind, id, node, has, lacks].some((list) => list.length > 0);
  return given || name !== undefined || of !== undefined || args['min-size'] !== undefined || args['max-size'] !== undefined;
}

export async function choiceOf(args: Chosen, operand: string | undefined, not: boolean): Promise<Choice> {
  if (args.of === '-' && (operand === undefined || operand === '-')) {
    throw new UsageError('--of - reads standard input, so the snapshot must be named as a file');
  }
  return {
    types: args.type,
    kinds: args.kind,
    name: args.name === undefined ? undefined : expression(args.name),
    ids: new Set(args.id.map((id) => whole(id, '--id', /^@?(\d+|0x[0-9a-f]+)$/i))),
    nodes: new Set(args.node.map((n) => whole(n, '--node', /^\d+$/))),
    of: args.of === undefined ? undefined : await readPickList(args.of),
    has: args.has,
    lacks: args.lacks,
    minBytes: args['min-size'],
    maxBytes: args['max-size'],
    not,
  };
}

function expression(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    throw new UsageError(`--name: ${(error as SyntaxError).message}`);
  }
}

function whole(text: string, option: string, form: RegExp): number {
  const value = form.test(text) ? Number(text.replace(/^@/, '')) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new UsageError(`${option}: '${text}' is no number of that kind (ids look like @35, 35 or 0x7f187d22b880)`);
  return value;
}

/** Sixteen bytes a node. */
async function readPickList(operand: string): Promise<PickList> {
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
      n = doubled(n);
      id = doubled(id);
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
    if (i > 0 && position === list.n[i - 1]) throw new InputError(`${name}: node ${position} is listed with two ids, @${list.id[i - 1]} and @${list.id[i]}`);
  });
  return list;
}

function doubled(numbers: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(2 * numbers.length);
  wider.set(numbers);
  return wider;
}
