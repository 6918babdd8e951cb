/** A command's table to its man page in roff, for --manual and `make man`; loaded only to be printed. */
import type { Command } from './command.ts';
import { paragraphs } from './help.ts';
import { optionGroups, optionHelp, optionWords, statuses, synopsis } from './synopsis.ts';

export function manualPage(command: Command, version: string): string {
  const { name, summary, description, operands, examples } = command;
  const lines = [
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "snap\\-tools ${roff(version)}" "User Commands"`,
    // No hyphenation, no spreading of words: commands are to be copied.
    '.nh',
    '.ad l',
    '.SH NAME',
    `${roff(name)} \\- ${roff(summary)}`,
    '.SH SYNOPSIS',
    `.B ${roff(name)}`,
    roff(synopsis(command)),
    '.SH DESCRIPTION',
    ...paragraphs(description).flatMap((paragraph, at) => [...(at > 0 ? ['.PP'] : []), roff(paragraph)]),
    ...(operands.max > 0 ? ['.SH OPERANDS', ...entry(operands.names, operands.help)] : []),
    ...optionGroups(command).flatMap(({ title, options }) => [
      `.SH ${title.toUpperCase()}`,
      ...options.flatMap((option) => entry(optionWords(option), optionHelp(option))),
    ]),
    '.SH EXAMPLES',
    ...examples.flatMap(({ say, run }, at) => [
      ...(at > 0 ? ['.PP'] : []),
      roff(`${say}:`),
      '.PP',
      '.RS 4',
      '.nf',
      roff(run),
      '.fi',
      '.RE',
    ]),
    '.SH READS',
    roff(command.reads),
    '.SH WRITES',
    roff(command.writes),
    '.SH EXIT STATUS',
    ...statuses(command).flatMap(([status, meaning]) => entry(String(status), meaning)),
    '.SH MEMORY',
    roff(command.memory),
  ];
  return `${lines.join('\n')}\n`;
}

const entry = (term: string, meaning: string): string[] => ['.TP', `.B ${roff(term)}`, roff(meaning)];

/** Text that roff prints as it is: no escape, no request at the start of a line, minus signs that can be copied, ASCII only. */
const roff = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) =>
      line
        .replaceAll('\\', '\\e')
        .replaceAll('-', '\\-')
        .replaceAll("'", '\\(aq')
        .replaceAll('`', '\\(ga')
        .replaceAll('^', '\\(ha')
        .replaceAll('~', '\\(ti')
        .replaceAll('"', '\\(dq')
        .replace(
          /[^\0-\x7e]/gu,
          (char) => `\\[u${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
        )
        .replace(/^\./, '\\&.'),
    )
    .join('\n');
