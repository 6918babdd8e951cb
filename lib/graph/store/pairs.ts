/** Numbers pairs of small numbers 0, 1, 2, ... in order of first sight: an open hash table of typed arrays, some 24 bytes a pair. */
import { grownNumbers } from '../../disk/grow.ts';

export class Pairs {
  size = 0;
  #first = new Uint32Array(256);
  #second = new Uint32Array(256);
  /** Numbers plus one, 0 where a slot is free. */
  #slots = new Uint32Array(512);

  /** The number of a pair, entered if it is new. */
  number(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(first, second) & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot]!;
      if (known === 0) return this.#enter(first, second, slot);
      if (this.#first[known - 1] === first && this.#second[known - 1] === second) return known - 1;
    }
  }

  first(number: number): number {
    return this.#first[number]!;
  }

  second(number: number): number {
    return this.#second[number]!;
  }

  /** Bytes that its tables take. */
  get memory(): number {
    return 8 * this.#first.length + 4 * this.#slots.length;
  }

  #enter(first: number, second: number, slot: number): number {
    const number = this.size++;
    if (number === this.#first.length) {
      this.#first = grownNumbers(this.#first, 2 * number);
      this.#second = grownNumbers(this.#second, 2 * number);
    }
    this.#first[number] = first;
    this.#second[number] = second;
    this.#slots[slot] = this.size;
    if (2 * this.size > this.#slots.length) this.#rehash();
    return number;
  }

  #rehash(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = hashOf(this.#first[number]!, this.#second[number]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(first: number, second: number): number {
  const mixed = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
