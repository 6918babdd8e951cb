/** Bytes of a file or of standard input, by plain blocking reads: the fastest way there is, and a stage has nothing else to do. */
import { accessSync, closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { InputError } from '../stream/errors.ts';
import { readFully } from './readFully.ts';

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
const STANDARD_INPUT = 0;
const BLOCK = 1 << 16;

/** Something that can be read at any place: a file, or a spooled pipe. */
export interface RandomBytes {
  readonly name: string;
  readonly size: number;
  /** Reads at a place; fewer bytes than asked only at the end. */
  readAt(into: Uint8Array, position: number, length?: number): number;
  /** How a place is told to people where it is not simply a byte of `name`. */
  place?(position: number): string;
}

/** Something that gives bytes in order. */
export interface ByteReader {
  /** Fills `into` from `from` on with what is there; gives the number of bytes, 0 at the end. May wait. */
  read(into: Uint8Array, from: number): number | Promise<number>;
}

/** What a reader gives, in blocks of its own, for streams of Node. */
export async function* blocksOf(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    const block = Buffer.allocUnsafeSlow(BLOCK);
    const read = await reader.read(block, 0);
    if (read === 0) return;
    yield block.subarray(0, read);
  }
}

/** An open file or pipe. `seekable` files can be read at any place, others only once and in order. */
export class Input implements ByteReader {
  /** For messages. */
  readonly name: string;
  readonly seekable: boolean;
  /** Bytes in the file; undefined for a pipe. */
  readonly size: number | undefined;
  readonly fd: number;
  /** Bytes given so far by `read`. */
  position = 0;
  /** Called after every `read`, for whoever shows how far it is. */
  onRead: (() => void) | undefined;
  constructor(name: string, fd: number) {
    this.name = name;
    this.fd = fd;
    const stat = statOf(name, fd);
    this.seekable = stat.isFile();
    this.size = stat.isFile() ? stat.size : undefined;
  }

  /** Whether it can be read at any place. */
  isFile(): this is this & RandomBytes {
    return this.size !== undefined;
  }

  /** Reads in order. */
  read(into: Uint8Array, from: number): number {
    const count = this.#pull(into, from);
    this.position += count;
    this.onRead?.();
    return count;
  }

  /** Reads at a place of a seekable file; fewer bytes than asked only at its end. */
  readAt(into: Uint8Array, position: number, length = into.length): number {
    return this.#try(() => readFully(this.fd, into, position, length));
  }

  close(): void {
    if (this.fd !== STANDARD_INPUT) closeSync(this.fd);
  }

  #pull(into: Uint8Array, from: number): number {
    return this.#try(() => readSync(this.fd, into, from, into.length - from, null));
  }

  /** Somebody else may have made our end of a pipe non-blocking: then wait a little and ask again. */
  #try(read: () => number): number {
    for (;;) {
      try {
        return read();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'EOF') return 0;
        if (code !== 'EAGAIN') throw new InputError(`${this.name}: ${reason(code)}`);
        Atomics.wait(PAUSE, 0, 0, 2);
      }
    }
  }
}

/** Opens an operand: a path, or `-` for standard input. */
export function openInput(operand: string): Input {
  if (operand === '-') return new Input('standard input', STANDARD_INPUT);
  try {
    return new Input(operand, openSync(operand, 'r'));
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(`${operand}: ${reason((error as NodeJS.ErrnoException).code)}`);
  }
}

/** What tells a file from all others, by whatever name it goes; undefined for pipes. Throws InputError for what cannot be read, without opening it. */
export function fileIdentity(operand: string): string | undefined {
  if (operand === '-') return undefined;
  try {
    accessSync(operand, constants.R_OK);
    const stat = statSync(operand);
    if (stat.isDirectory()) throw new InputError(`${operand}: ${reason('EISDIR')}`);
    return stat.isFile() ? `${stat.dev}:${stat.ino}` : undefined;
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError(`${operand}: ${reason((error as NodeJS.ErrnoException).code)}`);
  }
}

function statOf(name: string, fd: number): Stats {
  try {
    return fstatSync(fd);
  } catch (error) {
    throw new InputError(`${name}: ${reason((error as NodeJS.ErrnoException).code)}`);
  }
}

function reason(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'no such file';
    case 'EACCES':
      return 'permission denied';
    case 'EISDIR':
      return 'is a directory, not a snapshot';
    case 'EBADF':
      return 'is closed';
    default:
      return `cannot be read (${code ?? 'unknown error'})`;
  }
}
