/**
 * The chains that a snapshot has, as its index keeps them: a line for each type and name along which it refers to itself, longest first, with its chains by length. What is kept ends at
 * some length, so that it stays a few MB: what is asked of longer ones is read from the beginning, as far as there are such.
 */
import { type FoundGroup, type FoundRow, inOrder, totalsFrom } from '../graph/chains/groups.ts';
import type { Index } from './opened.ts';

/** Characters of lines, of which half is kept where there are more. */
const MOST = 8 << 20;

interface Kept {
  readonly type: string;
  readonly via: string;
  readonly longest: number;
  readonly line: string;
}

/** Takes groups as they are found. */
export class ChainLines {
  /** Those with chains of so many nodes are all there. */
  least = 1;
  readonly #most: number;
  #kept: Kept[] = [];
  #size = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  add({ lengths }: FoundGroup, type: string, via: string): void {
    const longest = lengths[0]!.length;
    if (longest < this.least) return;
    const flat = lengths.flatMap(({ length, chains, count, bytes }) => [length, chains, count, bytes]);
    const line = `${JSON.stringify([type, via, flat])}\n`;
    this.#kept.push({ type, via, longest, line });
    this.#size += line.length;
    if (this.#size > this.#most) this.#drop();
  }

  *lines(): Generator<string> {
    for (const { line } of inOrder(this.#kept)) yield line;
  }

  #drop(): void {
    this.#kept.sort((a, b) => b.longest - a.longest);
    let size = 0;
    for (const { longest, line } of this.#kept) {
      size += line.length;
      if (size <= this.#most / 2) continue;
      this.least = longest + 1;
      break;
    }
    this.#kept = this.#kept.filter(({ longest }) => longest >= this.least);
    this.#size = this.#kept.reduce((sum, { line }) => sum + line.length, 0);
  }
}

/** Types and names with chains of `least` nodes and more, in order; undefined where the index does not have them all. */
export function keptChains({ facts, folder }: Index, least: number): Iterable<FoundRow> | undefined {
  const from = facts.chainsFrom;
  return from === undefined || least < from ? undefined : chainsFrom(folder.jsonLines('chains'), least);
}

/** Those with chains of `least` nodes and more, in order. */
export function* chainsFrom(lines: Iterable<unknown>, least: number): Generator<FoundRow> {
  for (const line of lines) {
    // As `ChainLines` wrote it.
    const [type, via, flat] = line as [string, string, readonly number[]];
    if (flat[0]! < least) return;
    const lengths = Array.from({ length: flat.length / 4 }, (_, i) => ({
      length: flat[4 * i]!,
      chains: flat[4 * i + 1]!,
      count: flat[4 * i + 2]!,
      bytes: flat[4 * i + 3]!,
    }));
    yield { type, via, ...totalsFrom(lengths, least) };
  }
}
