/** A stack of node numbers that grows by blocks: nothing is copied, and its memory is what its depth needs. */

const BLOCK = 1 << 14;

export class Stack {
  length = 0;
  readonly #blocks: Uint32Array[] = [new Uint32Array(BLOCK)];
  #block: Uint32Array = this.#blocks[0]!;
  /** Numbers in the block. */
  #used = 0;
  #full = 0;

  push(value: number): void {
    if (this.#used === BLOCK) {
      this.#full++;
      this.#blocks[this.#full] ??= new Uint32Array(BLOCK);
      this.#block = this.#blocks[this.#full]!;
      this.#used = 0;
    }
    this.#block[this.#used++] = value;
    this.length++;
  }

  /** Only where it is not empty. */
  pop(): number {
    if (this.#used === 0) {
      this.#full--;
      this.#block = this.#blocks[this.#full]!;
      this.#used = BLOCK;
    }
    this.length--;
    return this.#block[--this.#used]!;
  }
}
