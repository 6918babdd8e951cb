/** Temporary files that vanish with the process, however it ends: each is unlinked as soon as it is open. */
import { closeSync, openSync, statfsSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../stream/errors.ts';
import type { ByteReader, RandomBytes } from './input.ts';
import { readFully } from './readFully.ts';

const BLOCK = 1 << 16;
const TMPFS = 0x01021994;
/** From this size on, a temporary file in memory is worth a warning. */
const BIG = 64 * 1024 * 1024;

/** Where temporary files go, and who is told when they grow. One a process. */
export class Scratch {
  readonly folder: string;
  readonly #note: (message: string) => void;
  #count = 0;
  #warned = false;
  readonly #open = new Set<TempFile>();

  constructor(folder: string, note: (message: string) => void) {
    this.folder = folder;
    this.#note = note;
  }

  open(): TempFile {
    const path = join(this.folder, `snap-tools-${Math.random().toString(36).slice(2)}-${this.#count++}`);
    try {
      const fd = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      const file = new TempFile(fd, this);
      this.#open.add(file);
      return file;
    } catch (error) {
      throw this.fault(error);
    }
  }

  /** Closes all that are open: what they took of the disk is free again. */
  closeAll(): void {
    for (const file of this.#open) file.close();
  }

  /** Called as a file is closed. */
  closed(file: TempFile): void {
    this.#open.delete(file);
  }

  /** Called as files grow. */
  grew(bytes: number): void {
    if (this.#warned || bytes < BIG) return;
    this.#warned = true;
    if (statfsSync(this.folder).type === TMPFS) {
      this.#note(
        `temporary files in ${this.folder}, a file system in memory, grow past 64 MiB: name another folder with --tmp`,
      );
    }
  }

  fault(error: unknown): Error {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return new InputError(`${this.folder}: no space left for temporary files (name another folder with --tmp)`);
    if (code === 'EFBIG')
      return new InputError(`${this.folder}: temporary file passes the limit on file sizes (see ulimit -f)`);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EROFS') {
      return new InputError(
        `${this.folder}: cannot write temporary files here, ${code} (name another folder with --tmp)`,
      );
    }
    return error as Error;
  }
}

/** An open file without a name: append to it, then read it anywhere. */
export class TempFile {
  readonly fd: number;
  length = 0;
  readonly #scratch: Scratch;

  constructor(fd: number, scratch: Scratch) {
    this.fd = fd;
    this.#scratch = scratch;
  }

  append(bytes: Uint8Array, end: number = bytes.length, start = 0): void {
    this.#write(bytes, start, end, this.length);
  }

  /** Writes at a place, over what is there or behind it. */
  writeAt(bytes: Uint8Array, position: number): void {
    this.#write(bytes, 0, bytes.length, position);
  }

  #write(bytes: Uint8Array, start: number, end: number, position: number): void {
    try {
      for (let at = start; at < end; ) {
        const written = writeSync(this.fd, bytes, at, end - at, position);
        at += written;
        position += written;
        this.length = Math.max(this.length, position);
      }
    } catch (error) {
      throw this.#scratch.fault(error);
    }
    this.#scratch.grew(this.length);
  }

  /** Reads at a place; fewer bytes than asked only at the end. */
  readAt(into: Uint8Array, position: number, length = into.length): number {
    return readFully(this.fd, into, position, length);
  }

  /** Gives bytes [start, end) in blocks. */
  copy(start: number, end: number, sink: (bytes: Uint8Array, end: number) => void): void {
    const block = new Uint8Array(Math.min(BLOCK, end - start));
    for (let at = start; at < end; ) {
      const read = this.readAt(block, at, Math.min(block.length, end - at));
      sink(block, read);
      at += read;
    }
  }

  /** Reads it in order from the beginning. */
  reader(): ByteReader {
    let position = 0;
    return {
      read: (into, from) => {
        const read = this.readAt(into.subarray(from), position);
        position += read;
        return read;
      },
    };
  }

  /** The same file under the name of what it was made from; `place` tells its places as they were there. */
  as(name: string, place: (position: number) => string): RandomBytes {
    const file = this;
    return {
      name,
      get size() {
        return file.length;
      },
      readAt: (into, position, length) => file.readAt(into, position, length),
      place,
    };
  }

  close(): void {
    this.#scratch.closed(this);
    closeSync(this.fd);
  }
}
