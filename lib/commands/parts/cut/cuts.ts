/** Cuts: which references are meant to be gone, as options or lines of a file say it. A few hundred bytes a cut. */
import { text } from '../../../cli/option.ts';
import { InputError, UsageError } from '../../../stream/errors.ts';

/** References for which all that is given is true: their holder's type and id, their name, the type of what they lead to. */
export interface Cut {
  readonly type?: string;
  readonly via?: string;
  readonly to?: string;
  readonly id?: number;
}

export const cutOptions = {
  type: text({
    value: 'NAME',
    help: 'references of objects of this type: a name, or a glob with * and ? (\\* is a star)',
  }),
  via: text({
    value: '[KIND:]NAME',
    help: 'references of this name, as next, or of this kind and name, as internal:table',
  }),
  to: text({ value: 'NAME', help: 'references to objects of this type, likewise' }),
  id: text({ value: 'ID', help: 'references of the object with this id: @35, 35 or an address as 0x7f187d22b880' }),
  cuts: text({
    value: 'FILE',
    help: 'one cut a line, as {"type":"Foo","via":"next"}: each alone, then all; - is standard input',
  }),
};

type Given = { readonly [Name in keyof typeof cutOptions]: string | undefined };

const KEYS = ['type', 'via', 'to', 'id'] as const;
const ID = /^@?(\d+|0x[0-9a-f]+)$/i;

/** The cut of the plain options, or those of the file. */
export async function cutsOf(given: Given, operand: string): Promise<readonly Cut[]> {
  const { cuts: file, ...plain } = given;
  const isPlain = KEYS.some((key) => plain[key] !== undefined);
  if (file === undefined) {
    if (!isPlain)
      throw new UsageError('nothing to cut: give --type, --via, --to or --id, or --cuts with a file of them');
    return [
      cutFrom(
        plain,
        (problem) => new UsageError(problem),
        (key) => `--${key}`,
      ),
    ];
  }
  if (isPlain)
    throw new UsageError('--cuts and the options of one cut do not go together: write that cut into the file');
  if (file === '-' && operand === '-')
    throw new UsageError('--cuts - reads standard input, so the snapshot must be named as a file');
  // Loaded here, so that --help and --version need not wait for it.
  const [{ openRecords }, { lineFault }, { readRecords }] = await Promise.all([
    import('../../../formats/open.ts'),
    import('../../../stream/plain.ts'),
    import('../../../stream/records.ts'),
  ]);
  const cuts: Cut[] = [];
  const { name, reader } = await openRecords(file);
  for await (const { line, fields } of readRecords(name, reader)) {
    const fault = (problem: string): InputError => lineFault(name, line, problem);
    const unknown = Object.keys(fields).find((key) => !(KEYS as readonly string[]).includes(key));
    if (unknown !== undefined)
      throw fault(`has the key ${JSON.stringify(unknown)} (the keys of a cut are ${KEYS.join(', ')})`);
    if (Object.keys(fields).length === 0) throw fault('cuts nothing (a cut looks like {"type":"Foo","via":"next"})');
    cuts.push(cutFrom(fields, fault, (key) => `has a wrong ${key}`));
  }
  if (cuts.length === 0) throw new InputError(`${name}: holds no cut (one a line, as {"type":"Foo","via":"next"})`);
  return cuts;
}

/** `called` begins a complaint about a key. */
function cutFrom(
  fields: Readonly<Record<string, unknown>>,
  fault: (problem: string) => Error,
  called: (key: string) => string,
): Cut {
  const { type, via, to, id } = fields;
  for (const [key, value] of Object.entries({ type, via, to }))
    if (value !== undefined && typeof value !== 'string')
      throw fault(`${called(key)}: ${JSON.stringify(value)} is not a text (write it in quotes)`);
  const number = typeof id === 'string' && ID.test(id) ? Number(id.replace(/^@/, '')) : id;
  if (id !== undefined && (!Number.isSafeInteger(number) || (number as number) < 0))
    throw fault(
      `${called('id')}: ${typeof id === 'string' ? `'${id}'` : JSON.stringify(id)} is not an id (they look like @35, 35 or 0x7f187d22b880)`,
    );
  // All four are what their checks above say.
  return Object.fromEntries(
    Object.entries({ type, via, to, id: number }).filter(([, value]) => value !== undefined),
  ) as Cut;
}
