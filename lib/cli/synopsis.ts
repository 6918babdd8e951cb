/** How a command's operands, options and statuses are written wherever they are described: help and man page say the same. */
import type { Command, Operands } from './command.ts';
import { commonOptionsOf } from './common.ts';
import type { Option } from './option.ts';

/** `[OPTION]... K [FILE]`. */
export const synopsis = ({ operands }: Pick<Command, 'operands'>): string =>
  ['[OPTION]...', ...operandWords(operands)].join(' ');

function operandWords({ names, min, max }: Operands): string[] {
  if (max === 0) return [];
  const words = names.split(' ').map((name, at) => (at < min ? name : `[${name}]`));
  return max > words.length ? [...words.slice(0, -1), `${words.at(-1)}...`] : words;
}

export interface DescribedOption {
  readonly name: string;
  readonly option: Option<unknown>;
}

/** The command's own options, then those of every command. */
export const optionGroups = (
  command: Command,
): readonly { readonly title: string; readonly options: readonly DescribedOption[] }[] =>
  [
    { title: 'Options', options: described(command.options) },
    { title: 'Common options', options: described(commonOptionsOf(command)) },
  ].filter(({ options }) => options.length > 0);

const described = (options: Command['options']): DescribedOption[] =>
  Object.entries(options).map(([name, option]) => ({ name, option }));

/** `-n, --top COUNT`. */
export const optionWords = ({ name, option: { short, value } }: DescribedOption): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;

/** Help of an option, with what is not said elsewhere: that it may be repeated, which words it takes. */
export function optionHelp({ option: { help, value, repeats, choices } }: DescribedOption): string {
  const unnamed = choices?.some((choice) => !help.includes(choice)) ? ` [${choices.join(', ')}]` : '';
  return `${help}${unnamed}${repeats && value !== undefined ? ' (may be given again)' : ''}`;
}

/** What each exit status means. */
export const statuses = ({ status }: Command): readonly (readonly [number, string])[] => [
  [0, status[0]],
  ...(status[1] === undefined ? [] : ([[1, status[1]]] as const)),
  [2, status[2] ?? 'wrong use or bad input; what came before it is printed'],
  [130, 'stopped by Ctrl-C'],
];
