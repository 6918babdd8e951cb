/** The symbols that an ELF file exports: a file of some megabytes is opened, and only its tables are read; where it is no such file, nothing comes out. */
import { closeSync, openSync, readSync } from 'node:fs';

export interface Exports {
  /** Of each name that was asked for and is there, its place relative to the file's first byte in memory. */
  readonly symbols: ReadonlyMap<string, bigint>;
}

/** 64 bits, little endian: every machine that CPython and Node are released for. Layout: elf(5). */
export function exportsOf(path: string, names: readonly string[]): Exports | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const header = readAt(fd, 0, 64);
    if (header.length < 64 || header.readUInt32BE(0) !== MAGIC || header[4] !== 2 || header[5] !== 1) return undefined;
    const bias = biasOf(fd, header);
    const symbols = new Map<string, bigint>();
    for (const { table, strings } of symbolTables(fd, header)) {
      for (let at = 0; at + SYMBOL <= table.length; at += SYMBOL) {
        // Section 0: only wanted here, and defined elsewhere.
        if (table.readUInt16LE(at + 6) === 0) continue;
        const start = table.readUInt32LE(at);
        const name = names.find((wanted) => isAt(strings, start, wanted));
        if (name !== undefined) symbols.set(name, table.readBigUInt64LE(at + 8) - bias);
      }
    }
    return { symbols };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  } finally {
    closeSync(fd);
  }
}

const MAGIC = 0x7f454c46;
const SYMBOL = 24;
const DYNSYM = 11;
const LOAD = 1;

/** The virtual address of the file's first byte: 0 unless it is linked to a fixed place. */
function biasOf(fd: number, header: Buffer): bigint {
  for (const entry of entries(
    fd,
    Number(header.readBigUInt64LE(32)),
    header.readUInt16LE(54),
    header.readUInt16LE(56),
  )) {
    if (entry.readUInt32LE(0) === LOAD && entry.readBigUInt64LE(8) === 0n) return entry.readBigUInt64LE(16);
  }
  return 0n;
}

function* symbolTables(fd: number, header: Buffer): Generator<{ readonly table: Buffer; readonly strings: Buffer }> {
  const sections = [
    ...entries(fd, Number(header.readBigUInt64LE(40)), header.readUInt16LE(58), header.readUInt16LE(60)),
  ];
  const content = (section: Buffer): Buffer =>
    readAt(fd, Number(section.readBigUInt64LE(24)), Number(section.readBigUInt64LE(32)));
  for (const section of sections) {
    const strings = sections[section.readUInt32LE(40)];
    if (section.readUInt32LE(4) === DYNSYM && strings !== undefined) {
      yield { table: content(section), strings: content(strings) };
    }
  }
}

function* entries(fd: number, offset: number, size: number, count: number): Generator<Buffer> {
  const table = readAt(fd, offset, size * count);
  for (let at = 0; at + size <= table.length && size > 0; at += size) yield table.subarray(at, at + size);
}

const isAt = (strings: Buffer, start: number, name: string): boolean =>
  strings[start + name.length] === 0 && strings.toString('latin1', start, start + name.length) === name;

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
