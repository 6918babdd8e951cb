/** Batches in, faults of the contract out that a reader does not stumble over by itself. Memory: a few faults. */
import { type Batch, SAME_AS_TYPE } from '../stream/batch.ts';
import { LONGEST_TEXT, textOf } from '../stream/json.ts';

const KEPT = 10;

export class StreamJudge {
  nodes = 0;
  refs = 0;
  /** Faults, of which the first few are kept. */
  count = 0;
  readonly #faults: string[] = [];
  readonly #isPart: boolean;
  #checkedTypes = 0;
  #types: unknown;
  #farthest = -1;
  #farthestFrom = 0;
  #last = -1;

  constructor(isPart: boolean) {
    this.#isPart = isPart;
  }

  add(batch: Batch): void {
    this.#checkTypes(batch);
    this.#checkRefs(batch, 0, batch.refStart[0]!);
    for (let row = 0; row < batch.length; row++) {
      const n = batch.n[row]!;
      if (!this.#isPart && n !== this.#last + 1)
        this.#fault(`node ${n} comes after node ${this.#last}: a whole stream is dense, a part says "part":true`);
      this.#last = n;
      this.nodes++;
      const start = batch.nameStart[row]!;
      if (start !== SAME_AS_TYPE && batch.nameEnd[row]! - start > LONGEST_TEXT) {
        const { length } = textOf(batch.text, start, batch.nameEnd[row]!);
        if (length > LONGEST_TEXT)
          this.#fault(`node ${n}: its name has ${length} units, at most ${LONGEST_TEXT} are allowed`);
      }
      this.#checkRefs(batch, batch.refStart[row]!, batch.refStart[row + 1]!);
    }
  }

  /** All that was found. */
  finish(): readonly string[] {
    if (!this.#isPart && this.#farthest >= this.nodes) {
      this.#fault(`node ${this.#farthestFrom} has a reference to node ${this.#farthest}, there are ${this.nodes}`);
    }
    return this.#faults;
  }

  #checkTypes(batch: Batch): void {
    if (this.#types !== batch.types) this.#checkedTypes = 0;
    this.#types = batch.types;
    for (; this.#checkedTypes < batch.types.size; this.#checkedTypes++) {
      const { length } = batch.types.text(this.#checkedTypes);
      if (length > LONGEST_TEXT) this.#fault(`a type has ${length} units, at most ${LONGEST_TEXT} are allowed`);
    }
  }

  #checkRefs(batch: Batch, from: number, to: number): void {
    this.refs += to - from;
    for (let ref = from; ref < to; ref++) {
      if (batch.refTo[ref]! > this.#farthest) {
        this.#farthest = batch.refTo[ref]!;
        this.#farthestFrom = this.#last;
      }
      if (batch.refNameEnd[ref]! - batch.refNameStart[ref]! > LONGEST_TEXT) this.#checkRefName(batch, ref);
    }
  }

  #checkRefName(batch: Batch, ref: number): void {
    const { length } = textOf(batch.text, batch.refNameStart[ref]!, batch.refNameEnd[ref]!);
    if (length > LONGEST_TEXT)
      this.#fault(
        `node ${this.#last}: the name of a reference has ${length} units, at most ${LONGEST_TEXT} are allowed`,
      );
  }

  #fault(fault: string): void {
    this.count++;
    if (this.#faults.length < KEPT) this.#faults.push(fault);
  }
}
