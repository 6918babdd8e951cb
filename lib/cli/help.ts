/** A command's table to what --help prints, in lines of at most 80 columns; loaded only to be printed. */
import type { Command } from './command.ts';
import { optionGroups, optionHelp, optionWords, statuses, synopsis } from './synopsis.ts';

const WIDTH = 80;

export function helpText(command: Command): string {
  const { name, summary, description, operands, examples } = command;
  const sections = [
    `${name} - ${summary}`,
    `Usage: ${name} ${synopsis(command)}`,
    ...paragraphs(description).map((paragraph) => wrap(paragraph, 0)),
    section('Examples', examples.map(({ say, run }) => `${wrap(`${say}:`, 2)}\n    ${run}`)),
    ...(operands.max > 0 ? [section('Operands', [entry(operands.names, operands.help)])] : []),
    ...optionGroups(command).map(({ title, options }) => section(title, options.map((option) => entry(optionWords(option), optionHelp(option))))),
    section('Reads', [wrap(command.reads, 2)]),
    section('Writes', [wrap(command.writes, 2)]),
    section('Exit status', statuses(command).map(([status, meaning]) => wrap(`${String(status).padEnd(4)} ${meaning}`, 2, 7))),
    section('Memory', [wrap(command.memory, 2)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** For somebody who ran it with nothing to read: the usage and two examples. */
export function shortHelp(command: Command): string {
  const [first, second] = command.examples;
  return `Usage: ${command.name} ${synopsis(command)}\n\n  ${first.run}\n  ${second.run}\n\n${command.name} --help says more.\n`;
}

export const paragraphs = (text: string): readonly string[] => text.trim().split(/\n\s*\n/);

const section = (title: string, lines: readonly string[]): string => `${title}:\n${lines.join('\n')}`;

const INDENT = 26;

/** A term and what it means beside it, or below it where it is long. */
function entry(term: string, meaning: string): string {
  const body = wrap(meaning, INDENT);
  return term.length + 4 <= INDENT ? `  ${term.padEnd(INDENT - 2)}${body.trimStart()}` : `  ${term}\n${body}`;
}

/** Words in lines that begin with `indent` spaces, the later ones with `hanging`. */
function wrap(text: string, indent: number, hanging = indent): string {
  const lines: string[] = [];
  let line = '';
  const margin = (): number => (lines.length === 0 ? indent : hanging);
  for (const word of text.trim().split(/\n|(?<=\S) (?=\S)|(?<=\S)\s+\n\s*/)) {
    if (line !== '' && margin() + line.length + 1 + word.trim().length > WIDTH) {
      lines.push(' '.repeat(margin()) + line);
      line = '';
    }
    line += (line === '' ? '' : ' ') + (line === '' && lines.length > 0 ? word.trim() : word);
  }
  return [...lines, ' '.repeat(margin()) + line].join('\n');
}
