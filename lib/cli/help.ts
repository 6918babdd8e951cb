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
    section(
      'Examples',
      examples.map(({ say, run }) => `${wrap(`${say}:`, 2)}\n    ${run}`),
    ),
    ...(operands.max > 0 ? [section('Operands', [entry(operands.names, operands.help)])] : []),
    ...optionGroups(command).map(({ title, options }) =>
      section(
        title,
        options.map((option) => entry(optionWords(option), optionHelp(option))),
      ),
    ),
    section('Reads', [wrap(command.reads, 2)]),
    section('Writes', [wrap(command.writes, 2)]),
    section(
      'Exit status',
      statuses(command).map(([status, meaning]) => entry(String(status), meaning, 8)),
    ),
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
function entry(term: string, meaning: string, indent = INDENT): string {
  const body = wrap(meaning, indent);
  return term.length + 4 <= indent ? `  ${term.padEnd(indent - 2)}${body.trimStart()}` : `  ${term}\n${body}`;
}

/** Words in lines that begin with `indent` spaces. */
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((words) => ' '.repeat(indent) + words).join('\n');
}
