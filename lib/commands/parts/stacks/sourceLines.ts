/** Lines of source files, where they are still on this machine: as Python's linecache finds them, whole files at a time. Holds the files used last, a few megabytes. */
import { readFileSync, statSync } from 'node:fs';

/** Bytes of files that are held, and of the largest one that is read. */
const HELD = 32 << 20;
const LARGEST = 16 << 20;
/** Source: PEP 263. */
const CODING = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

export class SourceLines {
  readonly #files = new Map<string, readonly string[]>();
  #held = 0;

  /** A line, counted from 1, with its newline; undefined where it cannot be had. */
  line(file: string, line: number): string | undefined {
    let lines = this.#files.get(file);
    if (lines === undefined) {
      lines = linesOf(file);
      this.#held += lines.reduce((sum, { length }) => sum + length, 0);
      if (this.#held > HELD) {
        this.#files.clear();
        this.#held = 0;
      }
      this.#files.set(file, lines);
    }
    const text = lines[line - 1];
    return text === undefined ? undefined : `${text}\n`;
  }
}

function linesOf(file: string): readonly string[] {
  // Code that was typed or made: <stdin>, <string>, <frozen os>.
  if (file === '' || (file.startsWith('<') && file.endsWith('>')) || file.includes('\0')) return [];
  try {
    const stat = statSync(file);
    // A name from a heap is data: nothing but a plain file is opened.
    if (!stat.isFile() || stat.size > LARGEST) return [];
    return decoded(readFileSync(file)).split(/\r\n|\r|\n/);
  } catch {
    return [];
  }
}

/** Throws where it is not in the encoding that it says, or in UTF-8. */
function decoded(bytes: Buffer): string {
  const head = bytes
    .subarray(0, 400)
    .toString('latin1')
    .split(/\r\n|\r|\n/, 2);
  const named = head.map((line) => CODING.exec(line)?.[1]).find((name) => name !== undefined) ?? 'utf-8';
  return new TextDecoder(named.replaceAll('_', '-'), { fatal: true }).decode(bytes);
}
