/** The sidecar of a snapshot on its way: parts in, each a file of a folder under another name, which gets its own when all is there. Memory: none but what is given. */
import { createHash, type Hash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError, systemReason } from '../stream/errors.ts';
import { folderOf, hashOf, META, type Meta, requireFolder, VERSION } from './folder.ts';
import { isSame, type Tie, tieOf } from './tie.ts';

/** A folder on its way: its parts are written one after the other, then it gets its name. */
export class FolderWriter {
  readonly #file: string;
  readonly #folder: string;
  readonly #part: string;
  readonly #parts: Record<string, number> = {};
  readonly #hashes: Record<string, string> = {};
  #hash: Hash | undefined;
  #fd: number | undefined;
  #name = '';

  /** Throws InputError where nothing can be written. */
  constructor(file: string) {
    this.#file = file;
    this.#folder = folderOf(file);
    this.#part = `${this.#folder}.${randomName()}.part`;
    this.#try(() => mkdirSync(this.#part));
  }

  /** What is written from here on belongs to this part. */
  begin(name: string): void {
    this.#close();
    this.#name = name;
    this.#parts[name] = 0;
    this.#hash = createHash('sha256');
    this.#fd = this.#try(() => openSync(join(this.#part, name), 'wx'));
  }

  write(bytes: Uint8Array, end = bytes.length): void {
    // `begin` has been called.
    const fd = this.#fd!;
    this.#hash!.update(bytes.subarray(0, end));
    this.#try(() => {
      for (let at = 0; at < end; ) at += writeSync(fd, bytes, at, end - at);
    });
    this.#parts[this.#name]! += end;
  }

  /** Ties it to the file as it was when it was read, and gives it its name, in place of an older one. Throws InputError if the file is not so any more. */
  finish(file: string, tie: Tie, facts: unknown): void {
    if (!isSame(tie, tieOf(file)))
      throw new InputError(`${file}: changed while it was read: try again when it is whole`);
    this.#close();
    const parts = { ...this.#parts };
    const hashes = { ...this.#hashes, [META]: hashOf({ file: tie, parts, facts }) };
    const meta: Meta = { snapidx: VERSION, file: tie, parts, hashes, facts };
    this.begin(META);
    this.write(Buffer.from(JSON.stringify(meta)));
    this.#close();
    this.#try(() => {
      rmSync(this.#folder, { recursive: true, force: true });
      renameSync(this.#part, this.#folder);
    });
  }

  /** Leaves nothing behind. */
  abandon(): void {
    this.#close();
    rmSync(this.#part, { recursive: true, force: true });
  }

  get bytes(): number {
    return Object.values(this.#parts).reduce((sum, bytes) => sum + bytes, 0);
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    if (this.#hash !== undefined) this.#hashes[this.#name] = this.#hash.digest('hex');
    this.#fd = undefined;
    this.#hash = undefined;
  }

  #try<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw unwritable(this.#file, error);
    }
  }
}

/** Throws InputError where nothing can be written beside the file, or something that is no folder has the name: it may be somebody's own. */
export function requirePlace(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
    lstatSync(`${folderOf(file)}.${randomName()}.part`, { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(file, error);
  }
  requireFolder(file);
}

const randomName = (): string => Math.random().toString(36).slice(2);

function unwritable(file: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new InputError(`${folderOf(file)}: cannot be written: ${reason}`);
}
