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

/** The best so many of all, but of each kind only so many: one kind cannot crowd out all others. In the memory of four times as many. */
export class KeptOfEach<T> {
  readonly #most: number;
  readonly #each: number;
  readonly #kindOf: (item: T) => string;
  readonly #order: (a: T, b: T) => number;
  #kinds = new Map<string, Kept<T>>();
  #held = 0;

  constructor(most: number, each: number, kindOf: (item: T) => string, order: (a: T, b: T) => number) {
    this.#most = most;
    this.#each = each;
    this.#kindOf = kindOf;
    this.#order = order;
  }

  add(item: T): void {
    if (this.#held >= 4 * this.#most) this.#cut();
    this.#put(item);
  }

  /** The best, best first. */
  best(): readonly T[] {
    return [...this.#kinds.values()]
      .flatMap((kept) => kept.best())
      .sort(this.#order)
      .slice(0, this.#most);
  }

  #put(item: T): void {
    const kind = this.#kindOf(item);
    let kept = this.#kinds.get(kind);
    if (kept === undefined) {
      kept = new Kept(this.#each, this.#order, () => {
        this.#held--;
      });
      this.#kinds.set(kind, kept);
    }
    this.#held++;
    kept.add(item);
  }

  /** What is not among the best now will not be later: whoever pushes one of them out is better. */
  #cut(): void {
    const best = this.best();
    this.#kinds = new Map();
    this.#held = 0;
    for (const item of best) this.#put(item);
  }
}

/** Texts in the order of their UTF-16 units, the same everywhere. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
