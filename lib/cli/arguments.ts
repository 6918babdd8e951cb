/** The words after a program's name to option values and operands, or a UsageError that says which word is wrong. */
import mri from 'mri';
import { UsageError } from '../stream/errors.ts';
import { nearest } from './nearest.ts';
import type { Option, Options, Values } from './option.ts';

export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  readonly operands: readonly string[];
}

/**
 * mri splits options from operands, expands short names, and collects repeats. Left alone it loses `-`, reads `-n5` as two flags and
 * `--no-x` as the opposite of x, takes `--top=` for a flag, swallows the word after a flag, and lets `-5` be no value. So words
 * reach it in the one form that it reads exactly: `--name=VALUE` in one word, with a NUL, which no argument can hold, before all it would interpret.
 */
export function parseArguments<O extends Options>(words: readonly string[], options: O): Parsed<O> {
  const table = new Map(Object.entries(options));
  const shorts = new Map([...table].flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name] as const])));
  const unknown = (option: string): never => {
    throw new UsageError(unknownOption(bare(option), table));
  };
  const parsed = mri<Record<string, string | readonly string[] | undefined>>(exactWords(words, table, shorts), {
    string: [...table.keys()].map(guarded),
    alias: Object.fromEntries([...table].map(([name, { short }]) => [guarded(name), short ?? []])),
    unknown,
  });
  const entries = [...table].map(([name, option]) => [name, readOption(option, `--${name}`, [parsed[guarded(name)] ?? []].flat())] as const);
  // Every name of the table has the value its own option read.
  return { values: Object.fromEntries(entries) as Values<O>, operands: parsed._.map(bare) };
}

const GUARD = '\0';
const bare = (word: string): string => word.replaceAll(GUARD, '');
const guarded = (name: string): string => name.replace(/^no-/, `no${GUARD}-`);

function readOption(option: Option<unknown>, name: string, values: readonly string[]): unknown {
  if (values.length > 1 && !option.repeats) throw new UsageError(`${name} is given ${values.length} times (once is all it takes)`);
  return option.read(values.map(bare), name);
}

/** The same words, each option with its value in one word. */
function exactWords(words: readonly string[], table: ReadonlyMap<string, Option<unknown>>, shorts: ReadonlyMap<string, string>): string[] {
  const exact: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return [...exact, ...words.slice(i)];
    if (word.startsWith('--')) {
      const [, name = '', assigned] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
      const option = table.get(name);
      if (option === undefined || name.startsWith('-')) throw new UsageError(unknownOption(word, table));
      if (option.value === undefined && assigned !== undefined) throw new UsageError(`--${name} takes no value (write --${name} alone)`);
      exact.push(`--${guarded(name)}=${GUARD}${option.value === undefined ? '' : (assigned ?? valueAfter(words, i++, option, `--${name}`, table, shorts))}`);
    } else if (word.startsWith('-') && word !== '-') {
      for (let at = 1; at < word.length; at++) {
        const letter = word.charAt(at);
        const option = table.get(shorts.get(letter) ?? '');
        if (option === undefined) throw new UsageError(unknownOption(word.length > 2 ? word : `-${letter}`, table));
        if (option.value === undefined) {
          exact.push(`-${letter}=${GUARD}`);
          continue;
        }
        const attached = word.slice(at + 1).replace(/^=/, '');
        exact.push(`-${letter}=${GUARD}${at + 1 < word.length ? attached : valueAfter(words, i++, option, `-${letter}`, table, shorts)}`);
        break;
      }
    } else exact.push(word === '-' ? `${GUARD}-` : word);
  }
  return exact;
}

/** The word after an option that needs a value: any word, unless it is itself an option of this command. */
function valueAfter(
  words: readonly string[],
  at: number,
  option: Option<unknown>,
  name: string,
  table: ReadonlyMap<string, Option<unknown>>,
  shorts: ReadonlyMap<string, string>,
): string {
  const next = words[at + 1];
  if (next === undefined) throw new UsageError(`${name} needs a value (${option.value})`);
  const isOption = next === '--' || table.has(/^--([^=]+)/.exec(next)?.[1] ?? '') || (/^-[^-]/.test(next) && shorts.has(next.charAt(1)));
  if (isOption) throw new UsageError(`${name} needs a value (${option.value}), and '${next}' is an option (if it is meant, write ${name}=${next})`);
  return next;
}

function unknownOption(word: string, table: ReadonlyMap<string, Option<unknown>>): string {
  const option = word.replace(/=.*$/s, '');
  const [meant] = nearest(option.replace(/^-+/, ''), table.keys());
  return meant === undefined ? `unknown option '${option}'` : `unknown option '${option}' (did you mean --${meant}?)`;
}
