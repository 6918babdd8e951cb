/** The best so many of any number of things, in the memory of twice as many; what is dropped is told, one by one. */

export class Kept<T> {
  readonly #most: number;
  readonly #order: (a: T, b: T) => number;
  readonly #dropped: (item: T) => void;
  #held: T[] = [];
  /** The worst of the best so far: what is worse need not be held at all. */
  #bar: T | undefined;

  /** `order` puts the best first, and no two things in the same place. */
  constructor(most: number, order: (a: T, b: T) => number, dropped: (item: T) => void = () => {}) {
    this.#most = most;
    this.#order = order;
    this.#dropped = dropped;
  }

  add(item: T): void {
    if (this.#bar !== undefined && this.#order(item, this.#bar) > 0) {
      this.#dropped(item);
      return;
    }
    this.#held.push(item);
    if (this.#held.length >= 2 * this.#most) this.#cut();
  }

  /** The best, best first. */
  best(): readonly T[] {
    this.#cut();
    return this.#held;
  }

  #cut(): void {
    this.#held.sort(this.#order);
    for (const item of this.#held.splice(this.#most)) this.#dropped(item);
    if (this.#held.length === this.#most) this.#bar = this.#held.at(-1);
  }
}

/** Texts in the order of their UTF-16 units, the same everywhere. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
