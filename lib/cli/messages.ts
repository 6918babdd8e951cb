/** Lines of standard error after the program's name; whatever a message quotes cannot act on the terminal. */
import { escapeControls } from '../render/escape.ts';
import { writeFully } from './output.ts';

export const errorLine = (program: string, message: string): void =>
  writeError(`${program}: ${escapeControls(message)}\n`);

/** Standard error that is closed or full is no reason to stop. */
export function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    writeFully(2, bytes, 0, bytes.length);
  } catch {
    // Nobody is there to be told.
  }
}
