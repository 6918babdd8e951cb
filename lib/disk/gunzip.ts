/** Gzip data in, plain bytes out, through zlib's stream; some 100 KB of memory. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../stream/errors.ts';
import { type ByteReader, blocksOf } from './input.ts';

const BLOCK = 1 << 16;

export function gunzip(name: string, reader: ByteReader): ByteReader {
  const plain = Readable.from(blocksOf(reader), { objectMode: false }).pipe(createGunzip({ chunkSize: BLOCK }));
  const chunks = plain[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let chunk: Buffer = Buffer.alloc(0);
  return {
    async read(into, from) {
      if (chunk.length === 0) chunk = await nextChunk(name, chunks);
      const taken = chunk.subarray(0, into.length - from);
      into.set(taken, from);
      chunk = chunk.subarray(taken.length);
      return taken.length;
    },
  };
}

async function nextChunk(name: string, chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  try {
    const { done, value } = await chunks.next();
    return done === true ? Buffer.alloc(0) : value;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') throw new InputError(`${name}: the gzip data end early (file cut short?)`);
    if (code?.startsWith('Z_') === true) throw new InputError(`${name}: the gzip data are damaged (${message})`);
    throw error;
  }
}
