/**
 * The sidecar of a snapshot: a folder beside it, `FILE.snapidx`, tied to the file by its size, its time and a hash of blocks of it. What is in it is a file for each column, and
 * `meta.json`, which says how long each must be. Costs a few milliseconds to open.
 */
import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readFully } from '../disk/readFully.ts';
import { InputError, systemReason } from '../stream/errors.ts';
import { linesOf } from './lines.ts';

/** Raised whenever what is in a folder means something else. */
const VERSION = 2;
const META = 'meta.json';
/** Blocks of the file that are hashed, first and last among them. */
const SAMPLES = 64;
const SAMPLE = 4096;

export const folderOf = (file: string): string => `${file}.snapidx`;

/** What ties a folder to its file. */
export interface Tie {
  readonly size: number;
  readonly time: number;
  readonly hash: string;
}

interface Meta {
  readonly snapidx: number;
  readonly file: Tie;
  readonly parts: Readonly<Record<string, number>>;
  readonly facts: unknown;
}

/** What is wrong with a folder: it is of another version, of another state of the file, or not whole. */
export class Unusable extends Error {}

/** A folder on its way: its parts are written one after the other, then it gets its name. */
export class FolderWriter {
  readonly #file: string;
  readonly #folder: string;
  readonly #part: string;
  readonly #parts: Record<string, number> = {};
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
    this.#fd = this.#try(() => openSync(join(this.#part, name), 'wx'));
  }

  write(bytes: Uint8Array, end = bytes.length): void {
    // `begin` has been called.
    const fd = this.#fd!;
    this.#try(() => {
      for (let at = 0; at < end; ) at += writeSync(fd, bytes, at, end - at);
    });
    this.#parts[this.#name]! += end;
  }

  /** Ties it to the file as it was when it was read, and gives it its name, in place of an older one. Throws InputError if the file is not so any more. */
  finish(file: string, tie: Tie, facts: unknown): void {
    if (!isSame(tie, tieOf(file)))
      throw new InputError(`${file}: changed while it was read: try again when it is whole`);
    const meta: Meta = { snapidx: VERSION, file: tie, parts: { ...this.#parts }, facts };
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
    this.#fd = undefined;
  }

  #try<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw unwritable(this.#file, error);
    }
  }
}

const randomName = (): string => Math.random().toString(36).slice(2);

function unwritable(file: string, error: unknown): unknown {
  const reason = systemReason(error);
  return reason === undefined ? error : new InputError(`${folderOf(file)}: cannot be written: ${reason}`);
}

interface Part {
  readAt(into: Uint8Array, position: number, length?: number): number;
}

/** A folder that is whole and belongs to its file. */
export class Folder {
  readonly path: string;
  readonly facts: unknown;
  readonly #parts: Readonly<Record<string, number>>;
  readonly #open = new Map<string, Part>();

  private constructor(path: string, meta: Meta) {
    this.path = path;
    this.facts = meta.facts;
    this.#parts = meta.parts;
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
    }
    return new Folder(path, meta);
  }

  get totalBytes(): number {
    return Object.values(this.#parts).reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Bytes of a part. */
  size(name: string): number {
    return this.#parts[name] ?? 0;
  }

  /** A part, to be read at any place. It stays open as long as the process lives, and is opened once. */
  part(name: string): Part {
    let part = this.#open.get(name);
    if (part === undefined) {
      const fd = openSync(join(this.path, name), 'r');
      part = { readAt: (into, position, length) => readFully(fd, into, position, length) };
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

function requireFolder(file: string): void {
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
  let text: string;
  try {
    text = readFileSync(join(path, META), 'utf8');
  } catch (error) {
    throw new Unusable(existsSync(join(path, META)) ? `cannot be read: ${systemReason(error)}` : `has no ${META}`);
  }
  const meta = parse(text, META);
  if (!isMeta(meta)) throw new Unusable(`has a ${META} that this program has not written`);
  return meta;
}

/** Another version's need have nothing but its number. Of what this one writes, sizes are checked by whoever opens it. */
function isMeta(meta: unknown): meta is Meta {
  if (!isRecord(meta) || typeof meta['snapidx'] !== 'number') return false;
  return meta['snapidx'] !== VERSION || (isRecord(meta['file']) && isRecord(meta['parts']) && isRecord(meta['facts']));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

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

const isSame = (a: Tie, b: Tie): boolean => a.size === b.size && a.time === b.time && a.hash === b.hash;

/** What ties a folder to the file as it is now. */
export function tieOf(file: string): Tie {
  const fd = openSync(file, 'r');
  try {
    const { size, mtimeMs } = fstatSync(fd);
    const hash = createHash('sha256');
    const block = Buffer.alloc(SAMPLE);
    for (let i = 0; i < SAMPLES; i++) {
      const at = Math.floor((Math.max(0, size - SAMPLE) * i) / (SAMPLES - 1));
      hash.update(block.subarray(0, readSync(fd, block, 0, SAMPLE, at)));
    }
    return { size, time: mtimeMs, hash: hash.digest('hex') };
  } finally {
    closeSync(fd);
  }
}
