/** Readers of bytes: gzip data, peeked and temporary files come in; the bytes go out whole whatever pieces they are asked in. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { gunzip } from '../../lib/disk/gunzip.ts';
import { type ByteReader, openInput } from '../../lib/disk/input.ts';
import { Peeked } from '../../lib/disk/peek.ts';
import { Scratch } from '../../lib/disk/scratch.ts';
import { randomFrom } from '../../lib/stages/sample.ts';
import { InputError } from '../../lib/stream/errors.ts';
import { inPieces } from '../stream/collect.ts';
import { tempFolder } from '../support/temp.ts';

const folder = tempFolder('readers');
const random = randomFrom(1);
const plain = Buffer.from(
  Array.from({ length: 300_000 }, (_, i) => (i % 3 === 0 ? Math.floor(random() * 256) : i % 100)),
);

/** All that a reader gives, asked for in buffers of any length, at any place of them. */
async function drain(reader: ByteReader, most = 10_000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const from = Math.floor(random() * 10);
    const into = Buffer.alloc(from + 1 + Math.floor(random() * most), 0xee);
    const read = await reader.read(into, from);
    ok(into.subarray(0, from).every((byte) => byte === 0xee));
    if (read === 0) return Buffer.concat(pieces);
    pieces.push(into.subarray(from, from + read));
  }
}

const anySize = (): number => 1 + Math.floor(random() * 5000);

test('gzip data in one member and in several come out whole, in whatever pieces they come', async () => {
  const zipped = gzipSync(plain);
  ok((await drain(gunzip('a.gz', inPieces(zipped, anySize)))).equals(plain));
  const members = Buffer.concat([gzipSync(plain.subarray(0, 70_000)), gzipSync(''), gzipSync(plain.subarray(70_000))]);
  ok((await drain(gunzip('a.gz', inPieces(members, anySize)))).equals(plain));
  const few = Buffer.concat([gzipSync('one'), gzipSync('two')]);
  const byByte = inPieces(few, () => 1);
  strictEqual((await drain(gunzip('a.gz', byByte))).toString(), 'onetwo');
  strictEqual((await drain(gunzip('a.gz', inPieces(gzipSync(''))))).length, 0);
});

test('gzip data that end early are refused at any length', async () => {
  const zipped = gzipSync(plain.subarray(0, 2000));
  for (let length = 1; length < zipped.length; length += 7) {
    await rejects(drain(gunzip('a.gz', inPieces(zipped.subarray(0, length)))), (error: unknown) => {
      ok(error instanceof InputError);
      strictEqual(error.message, 'a.gz: the gzip data end early (file cut short?)');
      return true;
    });
  }
});

test('gzip data that are damaged are refused, by their check sum where nothing else shows it', async () => {
  const zipped = gzipSync(plain.subarray(0, 5000));
  for (const at of [3, 20, 1000, zipped.length - 6, zipped.length - 1]) {
    const other = Buffer.from(zipped);
    other[at]! ^= 0x55;
    await rejects(drain(gunzip('a.gz', inPieces(other))), (error: unknown) => {
      ok(error instanceof InputError, String(error));
      match(error.message, /^a\.gz: the gzip data (are damaged|end early) \(/);
      return true;
    });
  }
});

test('what was peeked at is read again, and what was not as well', async () => {
  for (const pieces of [() => 7, anySize, () => Number.POSITIVE_INFINITY]) {
    const peeked = new Peeked(inPieces(plain, pieces));
    for (const [length, most] of [
      [2, 64],
      [64, 64],
      [64, 1000],
      [5000, 65_536],
    ] as const) {
      const ahead = await peeked.peek(length, most);
      ok(ahead.length >= length);
      ok(plain.subarray(0, ahead.length).equals(ahead));
    }
    ok((await drain(peeked)).equals(plain));
  }
});

test('peeking at more than there is gives what there is', async () => {
  const peeked = new Peeked(inPieces('abc', () => 1));
  deepStrictEqual(Buffer.from(await peeked.peek(10, 20)).toString(), 'abc');
  deepStrictEqual((await drain(peeked)).toString(), 'abc');
  deepStrictEqual((await new Peeked(inPieces('')).peek(10)).length, 0);
});

test('a file is read in order and at any place', async () => {
  const file = join(folder, 'plain');
  writeFileSync(file, plain);
  const input = openInput(file);
  strictEqual(input.size, plain.length);
  const into = Buffer.alloc(1000);
  for (const position of [0, 299_500, 12_345, 300_000, 400_000]) {
    const expected = plain.subarray(position, position + 1000);
    strictEqual(input.readAt(into, position), expected.length);
    ok(into.subarray(0, expected.length).equals(expected));
  }
  ok((await drain(input)).equals(plain));
  strictEqual(input.position, plain.length);
  input.close();
});

test('what cannot be opened or read is told by its name', () => {
  for (const [operand, message] of [
    [join(folder, 'nothing'), /nothing: no such file$/],
    [join(folder, 'plain', 'x'), /x: cannot be read \(ENOTDIR\)$|x: .*no such file|x: .*not a directory/],
  ] as const) {
    let fault: unknown;
    try {
      openInput(operand);
    } catch (error) {
      fault = error;
    }
    ok(fault instanceof InputError);
    match(fault.message, message);
  }
  const directory = openInput(folder);
  let fault: unknown;
  try {
    directory.read(Buffer.alloc(10), 0);
  } catch (error) {
    fault = error;
  }
  directory.close();
  ok(fault instanceof InputError);
  match(fault.message, /is a directory, not a snapshot$/);
});

test('a temporary file gives back what was appended, at any place, in order, and copied', async () => {
  const file = new Scratch(folder, (note) => ok(false, note)).open();
  for (let at = 0; at < plain.length; at += 7777) file.append(plain, Math.min(at + 7777, plain.length), at);
  strictEqual(file.length, plain.length);
  ok((await drain(file.reader())).equals(plain));
  const into = Buffer.alloc(100);
  strictEqual(file.readAt(into, plain.length - 30), 30);
  ok(into.subarray(0, 30).equals(plain.subarray(-30)));
  const pieces: Buffer[] = [];
  file.copy(1000, 250_000, (bytes, end) => pieces.push(Buffer.from(bytes.subarray(0, end))));
  ok(Buffer.concat(pieces).equals(plain.subarray(1000, 250_000)));
  file.copy(5, 5, () => ok(false, 'there is nothing to copy'));
  file.close();
});
