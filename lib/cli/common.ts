/** The options that every command has without saying so; they act on the frame and never reach the command. */
import type { Command } from './command.ts';
import { choice, flag, type Options, size, text } from './option.ts';

export const commonOptions = {
  format: choice(['table', 'ndjson', 'csv'], {
    value: 'FORMAT',
    help: 'how to print: table (the default on a terminal), ndjson (the default elsewhere) or csv',
  }),
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
export const commonOptionsOf = (command: Pick<Command, 'memoryOption'>): Options =>
  command.memoryOption ? { ...memoryOption, ...commonOptions } : commonOptions;
