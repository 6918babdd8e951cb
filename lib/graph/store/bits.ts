/** A set of nodes: one bit for each up to the largest one. */
export class Bits {
  words: Int32Array;

  constructor(nodes = 1024) {
    this.words = new Int32Array((nodes + 31) >>> 5);
  }

  /** Those that are given. */
  static of(nodes: Iterable<number>, room?: number): Bits {
    const bits = new Bits(room);
    for (const n of nodes) bits.add(n);
    return bits;
  }

  has(n: number): boolean {
    return (this.words[n >>> 5]! & (1 << (n & 31))) !== 0;
  }

  add(n: number): void {
    if (n >>> 5 >= this.words.length) this.#grow(n);
    this.words[n >>> 5]! |= 1 << (n & 31);
  }

  delete(n: number): void {
    this.words[n >>> 5]! &= ~(1 << (n & 31));
  }

  clear(): void {
    this.words.fill(0);
  }

  /** All nodes below `nodes`. */
  fill(nodes: number): void {
    for (let n = nodes; (n & 31) !== 0; n--) this.add(n - 1);
    this.words.fill(-1, 0, nodes >>> 5);
  }

  /** The least that is in it from n on, or infinity: to walk over a set that has few. */
  next(n: number): number {
    const at = n >>> 5;
    if (at >= this.words.length) return Number.POSITIVE_INFINITY;
    const word = this.words[at]! & (-1 << (n & 31));
    return word === 0 ? this.#inWord(at + 1) : at * 32 + 31 - Math.clz32(word & -word);
  }

  /** The least from a word on. A function of its own, so that `next` is short enough to be inlined. */
  #inWord(at: number): number {
    const { words } = this;
    while (at < words.length && words[at] === 0) at++;
    if (at === words.length) return Number.POSITIVE_INFINITY;
    const word = words[at]!;
    return at * 32 + 31 - Math.clz32(word & -word);
  }

  #grow(n: number): void {
    const wider = new Int32Array(Math.max(2 * this.words.length, (n >>> 5) + 1));
    wider.set(this.words);
    this.words = wider;
  }

  /** The first so many. */
  first(most: number): readonly number[] {
    const first: number[] = [];
    for (let n = this.next(0); n < Number.POSITIVE_INFINITY && first.length < most; n = this.next(n + 1)) first.push(n);
    return first;
  }

  /** Keeps those alone that are in another set too; gives itself. */
  both({ words: others }: Bits): this {
    const { words } = this;
    for (let i = 0; i < words.length; i++) words[i]! &= others[i] ?? 0;
    return this;
  }

  /** Takes in those of another set that has no more room; gives itself. */
  either({ words: others }: Bits): this {
    const { words } = this;
    for (let i = 0; i < others.length; i++) words[i]! |= others[i]!;
    return this;
  }

  /** How many are in it. */
  count(): number {
    const { words } = this;
    let sum = 0;
    // Most words of most sets are empty, and of a short run of a program this loop is never compiled.
    for (let at = 0; at < words.length; at++) if (words[at] !== 0) sum += ones(words[at]!);
    return sum;
  }

  /** Writes those in it, ascending, to `into`; gives how many. */
  list(into: Uint32Array): number {
    const { words } = this;
    let count = 0;
    for (let at = 0; at < words.length; at++) {
      for (let word = words[at]!; word !== 0; word &= word - 1) into[count++] = at * 32 + 31 - Math.clz32(word & -word);
    }
    return count;
  }
}

/** Bits of a word that are set. */
export function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
