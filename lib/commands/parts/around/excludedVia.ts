/** References that --exclude-via leaves out: as they are read, or of the rows that an index has. */
import { DROP, type Graph, KEEP, type Sieve } from '../../../graph/store/read.ts';
import type { Rows } from '../../../graph/store/rows.ts';
import type { Via } from '../../../graph/store/via.ts';
import type { Index } from '../../../index/opened.ts';
import { parseVia, viaTest } from '../choosing/via.ts';

export class ExcludedVia {
  readonly #words: readonly string[];
  readonly #vias: readonly Via[];
  readonly #isUsed: boolean[];

  constructor(words: readonly string[]) {
    this.#words = words;
    this.#vias = words.map(parseVia);
    this.#isUsed = words.map(() => false);
  }

  /** Those that no reference is called, once all references have been asked about. */
  get unused(): readonly string[] {
    return this.#words.filter((_, i) => !this.#isUsed[i]);
  }

  /** While a snapshot is read. */
  get sieve(): Sieve {
    const tests = this.#vias.map(viaTest);
    return (batch, ref) => {
      let answer: number = KEEP;
      for (let i = 0; i < tests.length; i++) {
        if (!tests[i]!(batch, ref)) continue;
        this.#isUsed[i] = true;
        answer = DROP;
      }
      return answer;
    };
  }

  /** The graph of an index without them; its rows are read as far as it takes to see that there are such references. */
  within(graph: Graph, index: Index, weak: boolean): Graph {
    const tests = this.#vias.map(({ kind, name }) => index.names.matcher(kind, name));
    this.#lookFor(tests, graph.rows, index, weak);
    return { ...graph, rows: graph.rows.without((name) => tests.some((test) => test(name))) };
  }

  #lookFor(tests: readonly ((name: number) => boolean)[], rows: Rows, index: Index, weak: boolean): void {
    for (const [i, { name }] of this.#vias.entries()) {
      const holders = index.holdersOf(name);
      const cursor = rows.cursor();
      for (let n = holders?.next(0) ?? 0; n < rows.nodes && !this.#isUsed[i]; n = holders?.next(n + 1) ?? n + 1) {
        cursor.seek(n);
        // As in a reading: weak ones that are not asked for are not there, but for those of the root.
        while (cursor.next()) if (tests[i]!(cursor.name) && (!cursor.isWeak || weak || n === 0)) this.#isUsed[i] = true;
      }
    }
  }
}
