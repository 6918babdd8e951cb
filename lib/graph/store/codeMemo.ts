/** What was found for codes, of which most come again and again: a code in, a number out, found anew where another code has taken its place. Memory: 128 KB. */

const BITS = 14;

export class CodeMemo {
  readonly #find: (code: number) => number;
  readonly #codes = new Int32Array(1 << BITS).fill(-1);
  readonly #found = new Uint32Array(1 << BITS);

  /** Codes are below 2^31. */
  constructor(find: (code: number) => number) {
    this.#find = find;
  }

  of(code: number): number {
    const slot = Math.imul(code, 0x9e3779b1) >>> (32 - BITS);
    if (this.#codes[slot] !== code) {
      this.#found[slot] = this.#find(code);
      this.#codes[slot] = code;
    }
    return this.#found[slot]!;
  }
}
