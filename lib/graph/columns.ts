/** Columns of numbers, one a node: in memory from one pool while they are worked on, else in temporary files. */
import type { Scratch, TempFile } from '../disk/scratch.ts';
import type { Rows } from './rows.ts';

/** Numbers that are moved between a file and memory at once. */
const CHUNK = 1 << 16;

/**
 * The memory of a graph command: columns of four bytes a node, lent and given back, so that no garbage waits for a collector; what they leave of the budget is
 * the cache of the rows.
 */
export class Pool {
  readonly nodes: number;
  readonly #budget: number;
  readonly #free: Uint32Array<ArrayBuffer>[] = [];
  #lent = 0;
  #rows: Rows | undefined;

  /** `budgetBytes` is for columns and rows together. */
  constructor(nodes: number, budgetBytes: number, rows?: Rows) {
    this.nodes = nodes;
    this.#budget = budgetBytes;
    this.#rows = rows;
  }

  /** A column with whatever stands in it. */
  take(): Uint32Array<ArrayBuffer> {
    const column = this.#free.pop();
    if (column !== undefined) {
      this.#lent++;
      return column;
    }
    this.#lent++;
    this.#settle();
    return new Uint32Array(this.nodes);
  }

  /** A column of doubles: two columns in one. */
  takeDoubles(): Float64Array<ArrayBuffer> {
    this.#lent += 2;
    while (this.#free.length > 0 && this.#lent + this.#free.length > this.#most()) this.#free.pop();
    this.#settle();
    return new Float64Array(this.nodes);
  }

  give(...columns: Uint32Array<ArrayBuffer>[]): void {
    this.#lent -= columns.length;
    this.#free.push(...columns);
  }

  giveDoubles(): void {
    this.#lent -= 2;
  }

  /** The columns that are free are given to nobody: their memory goes back. */
  drop(): void {
    this.#free.length = 0;
    this.#settle();
  }

  /** The rows are not needed any more. */
  closeRows(): void {
    this.#rows?.close();
    this.#rows = undefined;
  }

  #most(): number {
    return Math.floor(this.#budget / (4 * this.nodes));
  }

  #settle(): void {
    if (this.#rows === undefined) return;
    const columns = 4 * this.nodes * (this.#lent + this.#free.length);
    this.#rows.pages.limit(Math.max(0, this.#budget - columns - this.#rows.tableBytes));
  }
}

/** A column in a temporary file: written in order, read into memory or walked through. */
export class StoredColumn {
  readonly #file: TempFile;
  readonly #chunk = new Uint32Array(CHUNK);
  readonly #bytes = new Uint8Array(this.#chunk.buffer);
  #held = 0;
  length = 0;

  constructor(scratch: Scratch) {
    this.#file = scratch.open();
  }

  push(value: number): void {
    this.#chunk[this.#held++] = value;
    this.length++;
    if (this.#held === CHUNK) this.#flush();
  }

  /** A whole column at once, behind what is there. */
  append(column: Uint32Array): void {
    this.#flush();
    this.#file.append(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    this.length += column.length;
  }

  /** All of it. */
  load(into: Uint32Array<ArrayBuffer>): void {
    this.#flush();
    this.#file.readAt(new Uint8Array(into.buffer, into.byteOffset, 4 * this.length), 0);
  }

  /** Chunks in order: values of the nodes from `first` on. The chunk is valid until the next one. */
  *chunks(): Generator<{ readonly first: number; readonly values: Uint32Array }> {
    this.#flush();
    const chunk = new Uint32Array(CHUNK);
    const bytes = new Uint8Array(chunk.buffer);
    for (let first = 0; first < this.length; first += CHUNK) {
      const count = Math.min(CHUNK, this.length - first);
      this.#file.readAt(bytes, 4 * first, 4 * count);
      yield { first, values: chunk.subarray(0, count) };
    }
  }

  close(): void {
    this.#file.close();
  }

  #flush(): void {
    if (this.#held === 0) return;
    this.#file.append(this.#bytes, 4 * this.#held);
    this.#held = 0;
  }
}

/** Sizes in four bytes each; the few of 4 GiB and more stand beside. */
export class Sizes {
  readonly column: StoredColumn;
  readonly large = new Map<number, number>();
  total = 0;

  constructor(scratch: Scratch) {
    this.column = new StoredColumn(scratch);
  }

  push(n: number, bytes: number): void {
    this.total += bytes;
    if (bytes < 0xffffffff) this.column.push(bytes);
    else {
      this.large.set(n, bytes);
      this.column.push(0xffffffff);
    }
  }

  /** Calls `each` for every node in order. */
  forEach(each: (n: number, bytes: number) => void): void {
    for (const { first, values } of this.column.chunks())
      for (let i = 0; i < values.length; i++) {
        const bytes = values[i]!;
        each(first + i, bytes === 0xffffffff ? this.large.get(first + i)! : bytes);
      }
  }
}
