/** A file that is there whole or not at all: written under another name beside its own, and renamed at the end; no memory. */
import { closeSync, openSync, realpathSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { InputError, systemReason } from '../stream/errors.ts';

export class WholeFile {
  /** For messages: as the user named it. */
  readonly name: string;
  readonly #path: string;
  /** Undefined for what cannot be renamed over, as a device or a pipe: that is written as it is. */
  readonly #part: string | undefined;
  #fd: number | undefined;
  length = 0;

  /** Throws InputError where nothing can be written. */
  constructor(name: string, mode = 0o600) {
    this.name = name;
    const { path, plain } = placeOf(name);
    this.#path = path;
    this.#part = plain ? `${path}.${Math.random().toString(36).slice(2)}.part` : undefined;
    this.#fd = this.#try(() => openSync(this.#part ?? path, plain ? 'wx' : 'w', mode));
  }

  append(bytes: Uint8Array): void {
    this.#try(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd!, bytes, at);
    });
    this.length += bytes.length;
  }

  /** Gives it its name, or that name and an ending; returns how it is called now. */
  keep(ending = ''): string {
    this.#close();
    const part = this.#part;
    if (part === undefined) return this.name;
    this.#try(() => {
      try {
        renameSync(part, `${this.#path}${ending}`);
      } catch (error) {
        unlinkSync(part);
        throw error;
      }
    });
    return `${this.name}${ending}`;
  }

  /** Takes it away again. Does nothing where it has been kept. */
  drop(): void {
    if (this.#fd === undefined) return;
    this.#close();
    if (this.#part !== undefined) unlinkSync(this.#part);
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const reason = systemReason(error);
      throw reason === undefined ? error : new InputError(`${this.name}: ${reason}`);
    }
  }
}

/** Through a link to the file itself, so that the link stays. */
function placeOf(name: string): { readonly path: string; readonly plain: boolean } {
  try {
    return { path: realpathSync(name), plain: statSync(name).isFile() };
  } catch {
    // Not there yet, or not to be seen: opening it says which.
    return { path: name, plain: true };
  }
}
