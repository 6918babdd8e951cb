/** The words after a program's name to option values and operands, or a UsageError that says which word is wrong. */
import mri from 'mri/lib/index.mjs';
import { UsageError } from '../stream/errors.ts';
import { nearest } from './nearest.ts';
import type { Option, Options, Values } from './option.ts';

export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  readonly operands: readonly string[];
}

/**
 * mri splits options from operands and collects repeats. Left alone it loses `-`, reads `-n5` as two flags and `--no-x` as the opposite
 * of x, takes `--top=` for a flag, swallows the word after a flag, lets `-5` be no value, and forgets `--top 5` where `-n 6` follows.
 * So words reach it in the one form that it reads exactly: `--name=VALUE`, with a NUL, which no argument can hold, before all it would interpret.
 */
export function parseArguments<O extends Options>(words: readonly string[], options: O): Parsed<O> {
  const known = knownOptions(options);
  const parsed = mri<Record<string, string | readonly string[] | undefined>>(exactWords(words, known), {
    string: [...known.byName.keys()].map(guarded),
  });
  const values = [...known.byName].map(
    ([name, option]) => [name, readOption(option, name, [parsed[guarded(name)] ?? []].flat())] as const,
  );
  // Every name of the table has the value that its own option read.
  return { values: Object.fromEntries(values) as Values<O>, operands: parsed._.map(bare) };
}

const GUARD = '\0';
const bare = (word: string): string => word.replaceAll(GUARD, '');
const guarded = (name: string): string => name.replace(/^no-/, `no${GUARD}-`);

interface Known {
  readonly byName: ReadonlyMap<string, Option<unknown>>;
  /** Letters to names. */
  readonly letters: ReadonlyMap<string, string>;
}

const knownOptions = (options: Options): Known => ({
  byName: new Map(Object.entries(options)),
  letters: new Map(
    Object.entries(options).flatMap(([name, { short }]) => (short === undefined ? [] : [[short, name] as const])),
  ),
});

function readOption(option: Option<unknown>, name: string, values: readonly string[]): unknown {
  if (values.length > 1 && !option.repeats) {
    throw new UsageError(`--${name} is given ${values.length} times (once is all it takes)`);
  }
  return option.read(values.map(bare), `--${name}`);
}

/** The same words, each option with its value in one word; `-qn5` is two options. */
function exactWords(words: readonly string[], known: Known): string[] {
  const exact: string[] = [];
  const rest = words[Symbol.iterator]();
  for (const word of rest) {
    if (word === '--') return [...exact, word, ...rest];
    if (word.startsWith('--')) exact.push(exactLong(word, rest, known));
    else if (word.startsWith('-') && word !== '-') exact.push(...exactShorts(word, rest, known));
    else exact.push(GUARD + word);
  }
  return exact;
}

function exactLong(word: string, rest: Iterator<string>, known: Known): string {
  const [, name = '', assigned] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const option = known.byName.get(name) ?? unknown(word, known);
  if (option.value === undefined && assigned !== undefined) {
    throw new UsageError(`--${name} takes no value (write --${name} alone)`);
  }
  return exactly(name, assigned ?? valueAfter(`--${name}`, option, rest, known));
}

function exactShorts(word: string, rest: Iterator<string>, known: Known): readonly string[] {
  const letter = word.charAt(1);
  const behind = word.slice(2);
  const name = known.letters.get(letter) ?? unknown(word, known);
  const option = known.byName.get(name) ?? unknown(word, known);
  if (option.value !== undefined && behind !== '') return [exactly(name, behind.replace(/^=/, ''))];
  const first = exactly(name, valueAfter(`-${letter}`, option, rest, known));
  return behind === '' ? [first] : [first, ...exactShorts(`-${behind}`, rest, known)];
}

const exactly = (name: string, value: string): string => `--${guarded(name)}=${GUARD}${value}`;

/** The next word, whatever it is, unless it is itself an option of this command. A flag has the empty value. */
function valueAfter(name: string, { value }: Option<unknown>, rest: Iterator<string>, known: Known): string {
  if (value === undefined) return '';
  const next = rest.next();
  if (next.done) throw new UsageError(`${name} needs a value (${value})`);
  if (isOption(next.value, known)) {
    throw new UsageError(
      `${name} needs a value (${value}), and '${next.value}' is an option (if it is meant, write ${name}=${next.value})`,
    );
  }
  return next.value;
}

const isOption = (word: string, { byName, letters }: Known): boolean =>
  word === '--' ||
  byName.has(/^--([^=]+)/.exec(word)?.[1] ?? '') ||
  (word.startsWith('-') && letters.has(word.charAt(1)));

function unknown(word: string, { byName }: Known): never {
  const option = word.replace(/=.*$/s, '');
  const [meant] = nearest(option.replace(/^-+/, ''), byName.keys());
  throw new UsageError(
    meant === undefined ? `unknown option '${option}'` : `unknown option '${option}' (did you mean --${meant}?)`,
  );
}
