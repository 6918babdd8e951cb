/** Another command that answers about the same chosen nodes, as one types it into a shell. */
import { type Chosen, choosingOptions } from '../choosing/options.ts';

export function insteadOf(command: string, args: Chosen, operand: string): string {
  const words = Object.keys(choosingOptions).flatMap((name) => {
    const given = args[name as keyof Chosen];
    return [given ?? []].flat().flatMap((value) => [`--${name}`, String(value)]);
  });
  return [command, ...words, ...(operand === '-' ? [] : [operand])].map(shellWord).join(' ');
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
