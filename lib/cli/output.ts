/** Bytes to standard output in blocks of 64 KiB, one write each; holds 128 KiB. Never process.stdout: that would make pipes non-blocking. */
import { writeSync } from 'node:fs';
import { escapeControlsAsJson } from '../render/escape.ts';
import { InputError, systemReason } from '../stream/errors.ts';

/** Whoever read standard output has enough: a normal end, without a word. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}

const BLOCK = 65_536;
const utf8 = new TextEncoder();

export interface OutputOptions {
  /** Before every write, so that what is drawn on the same terminal can be taken away. */
  readonly beforeWrite?: () => void;
  /** A terminal that gets records as they are: control characters become JSON escapes on the way. */
  readonly guarded?: boolean;
}

/**
 * A block buffer over a file descriptor. Between calls fewer than 64 KiB wait in it, so that as many are always free.
 * Once a write has failed nothing is written any more: what follows is the way out.
 */
export class Output {
  /** Where writers put bytes between `reserve` and `commit`. Never replaced. */
  readonly buffer = Buffer.allocUnsafeSlow(2 * BLOCK);
  #used = 0;
  #failed = false;
  readonly #fd: number;
  readonly #beforeWrite: () => void;
  readonly #guard: InstanceType<typeof TextDecoder> | undefined;

  constructor(fd: number, { beforeWrite = () => {}, guarded = false }: OutputOptions = {}) {
    this.#fd = fd;
    this.#beforeWrite = beforeWrite;
    this.#guard = guarded ? new TextDecoder() : undefined;
  }

  /** An offset in `buffer` from which `bytes` (at most 64 KiB) are free, until the next call of anything here. */
  reserve(bytes: number): number {
    if (bytes > BLOCK) throw new RangeError(`an output reserve of ${bytes} bytes is more than a block`);
    return this.#used;
  }

  /** What lies between the reserved offset and `end` is output. */
  commit(end: number): void {
    this.#used = end;
    if (end < BLOCK) return;
    this.#put(this.buffer, 0, BLOCK);
    this.buffer.copyWithin(0, BLOCK, end);
    this.#used = end - BLOCK;
  }

  /** Bytes of any length; those of half a block and more go straight through, uncopied. */
  write(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (end - start >= BLOCK / 2) {
      this.flush();
      this.#put(bytes, start, end);
      return;
    }
    const at = this.reserve(end - start);
    this.buffer.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), at);
    this.commit(at + end - start);
  }

  text(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 <= BLOCK) this.commit(this.reserve(text.length * 3) + this.buffer.write(text, this.#used));
    else this.write(utf8.encode(text));
  }

  /** Everything so far is written when this returns. */
  flush(): void {
    const used = this.#used;
    this.#used = 0;
    if (used > 0) this.#put(this.buffer, 0, used);
  }

  #put(bytes: Uint8Array, start: number, end: number): void {
    if (this.#failed) return;
    this.#beforeWrite();
    try {
      if (this.#guard) {
        const safe = utf8.encode(
          escapeControlsAsJson(this.#guard.decode(bytes.subarray(start, end), { stream: true })),
        );
        writeFully(this.#fd, safe, 0, safe.length);
      } else writeFully(this.#fd, bytes, start, end);
    } catch (error) {
      this.#failed = true;
      throw outputError(error);
    }
  }
}

/** Writes all of bytes[start, end); a descriptor that somebody else made non-blocking is waited for. */
export function writeFully(fd: number, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; ) {
    try {
      at += writeSync(fd, bytes, at, end - at);
    } catch (error) {
      if (!isCode(error, 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3);
    }
  }
}

function outputError(error: unknown): unknown {
  if (isCode(error, 'EPIPE')) return new ClosedPipe('standard output is closed');
  const reason = systemReason(error);
  return reason === undefined ? error : new InputError(`standard output: ${reason}`);
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
