/** What is known of the terminals behind the standard descriptors, without making them non-blocking. */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type * as Tty from 'node:tty';

export interface Terminals {
  readonly input: boolean;
  readonly output: boolean;
  readonly errors: boolean;
  /** It draws lines over lines: not `TERM=dumb`. */
  readonly able: boolean;
  /** Only ASCII can be shown for sure: the locale says so, or it is the Linux console, whose font has no more. Nothing said is UTF-8. */
  readonly ascii: boolean;
  /** Columns of the terminal behind standard output, else standard error; COLUMNS goes before it, and 80 after. */
  columns(): number;
}

/** node:tty brings sockets with it, so it is loaded only where a descriptor can be a terminal at all. */
export async function terminals(env: NodeJS.ProcessEnv): Promise<Terminals> {
  const tty = [0, 1, 2].some(isDevice) ? await import('node:tty') : undefined;
  const isatty = (fd: number): boolean => tty?.isatty(fd) ?? false;
  const output = isatty(1);
  const errors = isatty(2);
  const columnsOf = (fd: number): number | undefined => (tty === undefined ? undefined : columnsBehind(fd, tty));
  return {
    input: isatty(0),
    output,
    errors,
    able: env['TERM'] !== 'dumb',
    ascii: env['TERM'] === 'linux' || !/^$|utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''),
    columns: () =>
      positive(Number(env['COLUMNS'])) ?? (output ? columnsOf(1) : errors ? columnsOf(2) : undefined) ?? 80,
  };
}

function isDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    // A closed descriptor is no terminal.
    return false;
  }
}

/** Asks through a descriptor of its own: libuv makes the one it is given non-blocking. */
function columnsBehind(fd: number, { WriteStream }: typeof Tty): number | undefined {
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
