/** What is asked of a dictionary's entries, asked once of each: of what came in a text in, an answer out. Memory: an answer for each entry that was met. */
import type { Dictionary } from '../stream/dictionary.ts';

export class Answers<Answer> {
  readonly #ask: (text: string) => Answer;
  #dictionary: Dictionary | undefined;
  #known: (Answer | undefined)[] = [];

  constructor(ask: (text: string) => Answer) {
    this.#ask = ask;
  }

  /** A source may begin a new dictionary with any batch. */
  of(dictionary: Dictionary, code: number): Answer {
    if (this.#dictionary !== dictionary) {
      this.#dictionary = dictionary;
      this.#known = [];
    }
    this.#known[code] ??= this.#ask(dictionary.text(code));
    return this.#known[code];
  }
}
