/** The options that choose nodes, the same in every command, and what they add up to. */
import { type Option, size, text, texts } from '../../../cli/option.ts';
import type { Choice } from '../../../stages/choose.ts';
import { NoReferences, OtherSnapshot } from '../../../stages/refusals.ts';
import { InputError, UsageError } from '../../../stream/errors.ts';

export const choosingOptions = {
  type: texts({
    value: 'NAME',
    help: 'nodes of this type: a name, or a glob with * and ? (\\* is a star); any of several',
  }),
  kind: texts({ value: 'NAME', help: 'nodes of this kind (object, string, closure, ...), likewise' }),
  name: text({ value: 'REGEX', help: 'nodes whose name matches this regular expression' }),
  id: texts({ value: 'ID', help: 'the node with this id: @35, 35 or an address as 0x7f187d22b880; any of several' }),
  node: texts({ value: 'N', help: 'the node at this position; any of several' }),
  of: text({
    value: 'FILE',
    help: 'the nodes of this list: records with n and id, which must both agree; - is standard input',
  }),
  has: texts({ value: 'NAME', help: 'nodes with a reference of this name; with all of several' }),
  lacks: texts({ value: 'NAME', help: 'nodes without a reference of this name; without any of several' }),
  'min-size': size({ value: 'SIZE', help: 'nodes of at least this size, as 1M' }),
  'max-size': size({ value: 'SIZE', help: 'nodes of at most this size' }),
};

/** What a command gets for these options. */
export type Chosen = {
  readonly [Name in keyof typeof choosingOptions]: (typeof choosingOptions)[Name] extends Option<infer T> ? T : never;
};

/** Whether any of these options was given. */
export function isChoosing(args: Chosen): boolean {
  const { type, kind, name, id, node, of, has, lacks } = args;
  const given = [type, kind, id, node, has, lacks].some((list) => list.length > 0);
  return (
    given || name !== undefined || of !== undefined || args['min-size'] !== undefined || args['max-size'] !== undefined
  );
}

export async function choiceOf(args: Chosen, operand: string | undefined, not: boolean): Promise<Choice> {
  if (args.of === '-' && (operand === undefined || operand === '-')) {
    throw new UsageError('--of - reads standard input, so the snapshot must be named as a file');
  }
  return {
    types: args.type,
    kinds: args.kind,
    name: args.name === undefined ? undefined : expression(args.name),
    ids: new Set(args.id.map((id) => parseId(id, '--id'))),
    nodes: new Set(args.node.map((n) => whole(n, '--node', /^\d+$/, 'a position (a whole number from 0)'))),
    of: args.of === undefined ? undefined : await (await import('./pickList.ts')).readPickList(args.of),
    has: args.has,
    lacks: args.lacks,
    minBytes: args['min-size'],
    maxBytes: args['max-size'],
    not,
  };
}

/** An id as people write it. Throws UsageError. */
export const parseId = (id: string, option: string): number =>
  whole(id, option, /^@?(\d+|0x[0-9a-f]+)$/i, 'an id (they look like @35, 35 or 0x7f187d22b880)');

/** What the list of `--of` is called in messages. */
const listName = (of: string | undefined): string => (of === '-' ? 'standard input' : (of ?? ''));

/** What a chooser throws, as the user is told it: `of` is the list's name, `name` the input's. */
export function choosingFault(error: unknown, of: string | undefined, name: string): unknown {
  if (error instanceof OtherSnapshot)
    return new InputError(`${listName(of)}: is of another snapshot: ${error.message}`);
  return error instanceof NoReferences ? new InputError(`${name}: ${error.message}`) : error;
}

/** The list of `--of` has nodes that never came. */
export const foreignList = (missing: number, of: string | undefined, name: string): InputError =>
  new InputError(`${listName(of)}: lists ${missing} nodes that ${name} does not have: is it of another snapshot?`);

function expression(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    throw new UsageError(`--name: ${(error as SyntaxError).message}`);
  }
}

function whole(text: string, option: string, form: RegExp, wanted: string): number {
  const value = form.test(text) ? Number(text.replace(/^@/, '')) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new UsageError(`${option}: '${text}' is not ${wanted}`);
  return value;
}
