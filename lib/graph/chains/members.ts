/** Who the nodes of chains are, by their order: what rows of chains are told from. */
import type { Dictionary } from '../../stream/dictionary.ts';

/** A node as other records tell of it. */
export interface NodeName {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
}

export interface Members {
  /** By code of a type: where it stands when types are in order of their text. */
  ranks(): Uint32Array;
  /** Calls `each` with the code of the type and the size of every node, in order. */
  forEach(each: (index: number, type: number, size: number) => void): void;
  at(index: number): NodeName;
  n(index: number): number;
  size(index: number): number;
}

export function ranksOf(types: Dictionary): Uint32Array {
  const order = Uint32Array.from({ length: types.size }, (_, code) => code);
  order.sort((a, b) => (types.text(a) < types.text(b) ? -1 : 1));
  const ranks = new Uint32Array(order.length);
  order.forEach((code, rank) => {
    ranks[code] = rank;
  });
  return ranks;
}
