/** The options that every command has without saying so; they act on the frame and never reach the command. */
import type { Command } from './command.ts';
import { choice, flag, type Option, type Options, size, text } from './option.ts';

/** The formats of every command. */
export const FORMATS = ['table', 'ndjson', 'csv'] as const;

/** `more` has the formats of one command alone. */
function formatOption(more: Readonly<Record<string, string>>): Option<string | undefined> {
  const own = Object.entries(more).map(([word, use]) => `${word} (${use})`);
  const [last, ...others] = ['csv', ...own].reverse();
  const words = ['table (the default on a terminal)', 'ndjson (the default elsewhere)', ...others.reverse()];
  return choice([...FORMATS, ...Object.keys(more)], {
    value: 'FORMAT',
    help: `how to print: ${words.join(', ')} or ${last}`,
  });
}

export const commonOptions = {
  format: formatOption({}),
  color: choice(['auto', 'always', 'never'], {
    value: 'WHEN',
    help: 'colour the table: auto (the default: on a terminal, unless NO_COLOR is set), always or never',
  }),
  quiet: flag('no progress and no notes on standard error', { short: 'q' }),
  tmp: text({ value: 'DIR', help: 'where temporary files go, instead of $TMPDIR' }),
  help: flag('print this help', { short: 'h', alone: true }),
  version: flag('print the version', { short: 'V', alone: true }),
  manual: flag('print the man page', { alone: true }),
  completion: choice(['bash', 'zsh', 'fish'], {
    value: 'SHELL',
    help: 'print completion for bash, zsh or fish',
    alone: true,
  }),
} satisfies Options;

export const memoryOption = {
  memory: size({
    value: 'SIZE',
    help: 'the most memory the whole process may use, as 512M; past it, it works on temporary files',
  }),
} satisfies Options;

/** The options of the frame that this command has. */
export const commonOptionsOf = ({
  memoryOption: hasMemory,
  formats,
}: Pick<Command, 'memoryOption' | 'formats'>): Options => {
  const { format, ...others } = commonOptions;
  return {
    ...(hasMemory ? memoryOption : {}),
    ...(formats === false ? {} : { format: formats === undefined ? format : formatOption(formats) }),
    ...others,
  };
};
