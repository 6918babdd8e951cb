/** The kinds of options a command can have: what people may type after each, and the value the command gets. */
import { parseCount } from '../render/counts.ts';
import { parseSize } from '../render/sizes.ts';
import { UsageError } from '../stream/errors.ts';

/** One option. Its name is its key in the command's table, and written nowhere else. */
export interface Option<T> {
  readonly help: string;
  /** One letter, for `-n`. */
  readonly short?: string;
  /** What stands for the value in help, as COUNT; FILE and DIR are completed as such. A flag has none. */
  readonly value?: string;
  /** All values there are, where they can be named. */
  readonly choices?: readonly string[];
  /** May be given more than once. */
  readonly repeats: boolean;
  /** The command answers without reading any input. */
  readonly alone: boolean;
  /** The values as typed, in order, to what the command gets. `name` is for messages, as `--top`. */
  read(values: readonly string[], name: string): T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** What a command gets for its table of options. */
export type Values<O extends Options> = { readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never };

interface Described {
  readonly value: string;
  readonly help: string;
  readonly short?: string;
}

/** On or off. `alone`: it needs no input, as `--version`. */
export const flag = (
  help: string,
  { short, alone = false }: { short?: string; alone?: boolean } = {},
): Option<boolean> => ({
  help,
  ...(short === undefined ? {} : { short }),
  repeats: true,
  alone,
  read: (values) => values.length > 0,
});

/** Any text. */
export const text = (described: Described): Option<string | undefined> => single(described, (value) => value);

/** Any text, any number of times. */
export const texts = (described: Described): Option<readonly string[]> => ({
  ...described,
  repeats: true,
  alone: false,
  read: (values) => values,
});

/** A whole number from 0. */
export const count = (described: Described): Option<number | undefined> =>
  single(described, (value, name) => parseCount(value) ?? wrong(name, value, 'a count', 'a whole number from 0'));

/** Bytes, plain or in units of 1,024. */
export const size = (described: Described): Option<number | undefined> =>
  single(described, (value, name) => parseSize(value) ?? wrong(name, value, 'a size', '65536, 64K, 1.5M, 2GiB'));

/** One of some words. `alone`: with it the command needs no input. */
export const choice = <const Word extends string>(
  choices: readonly Word[],
  described: Described & { alone?: boolean },
): Option<Word | undefined> => ({
  ...single(
    described,
    (value, name) => choices.find((known) => known === value) ?? wrong(name, value, 'known', choices.join(', ')),
  ),
  alone: described.alone ?? false,
  choices,
});

/** Words with commas between them; given twice, the lists are joined. `choices`: the only words there are. */
export const list = <const Word extends string = string>(
  described: Described & { choices?: readonly Word[] },
): Option<readonly Word[] | undefined> => ({
  ...described,
  repeats: true,
  alone: false,
  read: (values, name) =>
    values.length === 0 ? undefined : values.flatMap((value) => value.split(',')).map(word(name, described.choices)),
});

const word =
  <Word extends string>(name: string, choices: readonly Word[] | undefined) =>
  (item: string): Word => {
    if (item === '') throw new UsageError(`${name}: an empty word (write words with single commas between them)`);
    // Without choices Word is string: the default of `list`.
    if (!choices) return item as Word;
    return choices.find((known) => known === item) ?? wrong(name, item, 'known', choices.join(', '));
  };

const single = <T>(described: Described, parse: (value: string, name: string) => T): Option<T | undefined> => ({
  ...described,
  repeats: false,
  alone: false,
  read: ([value], name) => (value === undefined ? undefined : parse(value, name)),
});

function wrong(name: string, value: string, expected: string, remedy: string): never {
  throw new UsageError(`${name}: '${value}' is not ${expected} (${remedy})`);
}
