/** What is known of the terminals behind the standard descriptors, without making them non-blocking. */
import { closeSync, openSync } from 'node:fs';
import { isatty, WriteStream } from 'node:tty';

export interface Terminals {
  readonly input: boolean;
  readonly output: boolean;
  readonly errors: boolean;
  /** It draws lines over lines: not `TERM=dumb`. */
  readonly able: boolean;
  /** Columns of the terminal behind standard output, else standard error; COLUMNS goes before it, and 80 after. */
  columns(): number;
}

export function terminals(env: NodeJS.ProcessEnv): Terminals {
  const output = isatty(1);
  const errors = isatty(2);
  return {
    input: isatty(0),
    output,
    errors,
    able: env['TERM'] !== 'dumb',
    columns: () =>
      positive(Number(env['COLUMNS'])) ?? (output ? columnsOf(1) : errors ? columnsOf(2) : undefined) ?? 80,
  };
}

/** Asks through a descriptor of its own: libuv makes the one it is given non-blocking. */
function columnsOf(fd: number): number | undefined {
  let own: number | undefined;
  try {
    own = openSync(`/dev/fd/${fd}`, 'w');
    const stream = new WriteStream(own);
    const columns = positive(stream.columns);
    stream.destroy();
    return columns;
  } catch {
    // No such file, or not ours to open: the default will do.
    if (own !== undefined) closeQuietly(own);
    return undefined;
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // The stream has closed it.
  }
}

const positive = (columns: number): number | undefined =>
  Number.isInteger(columns) && columns > 0 ? columns : undefined;
