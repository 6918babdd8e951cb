/** Another command that answers about the same chosen nodes, as one types it into a shell; what it is to read stays unsaid, so that the same is said however that comes. */
import { type Chosen, choosingOptions } from '../choosing/options.ts';

export function insteadOf(command: string, args: Chosen): string {
  const words = Object.keys(choosingOptions).flatMap((name) => {
    const given = args[name as keyof Chosen];
    return [given ?? []].flat().flatMap((value) => [`--${name}`, String(value)]);
  });
  return [command, ...words].map(shellWord).join(' ');
}

const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
