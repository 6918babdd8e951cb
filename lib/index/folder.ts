/**
 * The sidecar of a snapshot: a folder beside it, `FILE.snapidx`, tied to the file by its size, its time and a hash of blocks of it. What is in it is a file for each column, and
 * `meta.json`, which says how long each must be. Costs a few milliseconds to open.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, createReadStream, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFully } from '../disk/readFully.ts';
import { InputError, systemReason } from '../stream/errors.ts';
import { linesOf } from './lines.ts';
import { isSame, type Tie, tieOf } from './tie.ts';

/** Raised whenever what is in a folder means something else. */
export const VERSION = 3;
export const META = 'meta.json';
/** What is read of a part at once, where all of it is read. */
const BLOCK = 1 << 20;

export const folderOf = (file: string): string => `${file}.snapidx`;

export interface Meta {
  readonly snapidx: number;
  readonly file: Tie;
  readonly parts: Readonly<Record<string, number>>;
  /** SHA-256 of each part, and of what is said here. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly facts: unknown;
}

/** What is wrong with a folder: it is of another version, of another state of the file, or not whole. */
export class Unusable extends Error {}

/** Of what meta.json says, but for the hashes. */
export const hashOf = ({ file, parts, facts }: Pick<Meta, 'file' | 'parts' | 'facts'>): string =>
  createHash('sha256')
    .update(JSON.stringify([file, parts, facts]))
    .digest('hex');

interface Part {
  readAt(into: Uint8Array, position: number, length?: number): number;
}

/** A folder that is whole and belongs to its file. */
export class Folder {
  readonly path: string;
  readonly facts: unknown;
  readonly #meta: Meta;
  readonly #open = new Map<string, Part>();

  private constructor(path: string, meta: Meta) {
    this.path = path;
    this.facts = meta.facts;
    this.#meta = meta;
  }

  /** The folder beside a file; undefined where there is none. Throws Unusable. */
  static of(file: string): Folder | undefined {
    const path = folderOf(file);
    if (!existsSync(path)) return undefined;
    const meta = readMeta(path);
    if (meta.snapidx !== VERSION) throw new Unusable(`is of version ${meta.snapidx}, this program reads ${VERSION}`);
    if (!isSame(tieOf(file), meta.file)) throw new Unusable(`belongs to another state of ${file}`);
    for (const [name, bytes] of Object.entries(meta.parts)) {
      const size = sizeOf(join(path, name));
      if (size !== bytes) throw new Unusable(`is not whole: ${name} has ${size ?? 'no'} bytes instead of ${bytes}`);
      readable(name, () => accessSync(join(path, name), constants.R_OK));
    }
    return new Folder(path, meta);
  }

  get totalBytes(): number {
    return Object.values(this.#meta.parts).reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes of a part. */
  size(name: string): number {
    return this.#meta.parts[name] ?? 0;
  }

  /** Reads all parts: whether each is what was written. Throws Unusable. */
  async check(): Promise<void> {
    const { parts, hashes } = this.#meta;
    if (hashes[META] !== hashOf(this.#meta)) throw new Unusable(`has a ${META} that was changed`);
    for (const name of Object.keys(parts)) {
      const hash = createHash('sha256');
      for await (const block of createReadStream(join(this.path, name), { highWaterMark: BLOCK }))
        hash.update(block as Buffer);
      if (hash.digest('hex') !== hashes[name]) throw new Unusable(`was changed: ${name} is not what was written`);
    }
  }

  /** A part, to be read at any place. It stays open as long as the process lives, and is opened once. */
  part(name: string): Part {
    let part = this.#open.get(name);
    if (part === undefined) {
      const fd = openSync(join(this.path, name), 'r');
      part = {
        readAt: (into, position, length = into.length) => {
          const read = readFully(fd, into, position, length);
          // What has become shorter since it was opened must not pass for zeros.
          if (read < Math.min(length, this.size(name) - position))
            throw this.#changed(new Unusable(`${name} ends early`));
          return read;
        },
      };
      this.#open.set(name, part);
    }
    return part;
  }

  /** A whole part, with `spare` bytes behind it. */
  bytes(name: string, spare = 0): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size(name) + spare);
    this.part(name).readAt(bytes, 0, this.size(name));
    return bytes;
  }

  numbers(name: string): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.bytes(name).buffer);
  }

  doubles(name: string): Float64Array<ArrayBuffer> {
    return new Float64Array(this.bytes(name).buffer);
  }

  /** Throws InputError: whoever asks is at work on it already. */
  json(name: string): unknown {
    try {
      return parse(new TextDecoder().decode(this.bytes(name)), name);
    } catch (error) {
      throw error instanceof Unusable ? this.#changed(error) : error;
    }
  }

  /** Lines of JSON, read as far as they are asked for. Throws InputError. */
  *jsonLines(name: string): Generator<unknown> {
    for (const line of linesOf(this.part(name))) {
      try {
        yield parse(line, name);
      } catch (error) {
        throw error instanceof Unusable ? this.#changed(error) : error;
      }
    }
  }

  #changed({ message }: Unusable): InputError {
    return new InputError(`${this.path}: ${message}: something has changed it (snap-index makes it anew)`);
  }
}

/** Throws InputError where something that is no folder has the name: it may be somebody's own. */
export function requireFolder(file: string): void {
  const path = folderOf(file);
  if (existsSync(path) && !statSync(path).isDirectory())
    throw new InputError(`${path}: is no index, and in its place: move it away`);
}

/** Whether there was one. Throws InputError where it cannot be removed, or is none. */
export function removeFolder(file: string): boolean {
  const path = folderOf(file);
  if (!existsSync(path)) return false;
  requireFolder(file);
  try {
    rmSync(path, { recursive: true });
  } catch (error) {
    throw new InputError(`${path}: cannot be removed: ${systemReason(error) ?? String(error)}`);
  }
  return true;
}

function readMeta(path: string): Meta {
  const meta = parse(
    readable(META, () => readFileSync(join(path, META), 'utf8')),
    META,
  );
  if (!isMeta(meta)) throw new Unusable(`has a ${META} that this program has not written`);
  return meta;
}

/** Another version's need have nothing but its number. Of what this one writes, sizes are checked by whoever opens it. */
function isMeta(meta: unknown): meta is Meta {
  if (!isRecord(meta) || typeof meta['snapidx'] !== 'number') return false;
  return meta['snapidx'] !== VERSION || ['file', 'parts', 'hashes', 'facts'].every((key) => isRecord(meta[key]));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What a look at a part gives. Throws Unusable where the system does not let it, or it is not there. */
function readable<T>(name: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
    throw new Unusable(isAbsent ? `has no ${name}` : `${name} cannot be read: ${systemReason(error) ?? code}`);
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unusable(`has a ${name} that is not JSON`);
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
