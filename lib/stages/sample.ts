/** k of a stream's nodes, each set of k equally likely, in one pass: reservoir sampling by Li's Algorithm L (1994). Memory: 24 bytes for each of k. */

/** Numbers in (0, 1), the same for the same seed: mulberry32, which passes what a sample needs. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 4_294_967_296;
  };
}

/** Decides node by node: `take` gives the slot that the next node goes to, or -1 where it is passed over. */
export class Reservoir {
  readonly #slots: number;
  readonly #random: () => number;
  #seen = 0;
  #next: number;
  #weight: number;

  constructor(slots: number, random: () => number) {
    this.#slots = slots;
    this.#random = random;
    this.#weight = slots === 0 ? 0 : Math.exp(Math.log(random()) / slots);
    this.#next = slots - 1;
    if (slots > 0) this.#skip();
  }

  take(): number {
    const place = this.#seen++;
    if (place < this.#slots) return place;
    if (this.#slots === 0 || place < this.#next) return -1;
    const slot = Math.floor(this.#random() * this.#slots);
    this.#weight *= Math.exp(Math.log(this.#random()) / this.#slots);
    this.#skip();
    return slot;
  }

  #skip(): void {
    this.#next += Math.floor(Math.log(this.#random()) / Math.log(1 - this.#weight)) + 1;
  }
}
