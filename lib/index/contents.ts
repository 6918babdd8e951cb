/** What is in a sidecar: the names of its parts, and what its meta.json says of a snapshot beside them. */
import type { ClassRow } from '../graph/dominators/byClass.ts';

/** Numbers of a snapshot that are no column. */
export interface Facts {
  readonly format: string | undefined;
  /** The snapshot's start mark as a line. */
  readonly start: string;
  readonly nodes: number;
  readonly refs: number;
  readonly pairs: number;
  readonly isV8: boolean;
  /** Something refers to node 0: then `lengths` are not what `distance` is. */
  readonly refersToRoot: boolean;
  /** A stream that carries records which are no nodes: they pass through every stage, so it is read whole. */
  readonly hasForeign: boolean;
  /** Bytes of all nodes by themselves, and sizes of 4 GiB and more, before and after they are told to owners. */
  readonly bytes: number;
  readonly large: readonly (readonly [n: number, bytes: number])[];
  readonly largeShallow: readonly (readonly [n: number, bytes: number])[];
  /** Pages of the rows, and references in them. */
  readonly forward: RowsFact;
  readonly backward: RowsFact;
  /** Who has references of a name, for names in memory; whether others than those of pairs are on disk. */
  readonly holders: RowsFact;
  readonly hasLateNames: boolean;
  /** Words of `kind`. */
  readonly kinds: readonly string[];
  readonly idBuckets: number;
  readonly hasHighIds: boolean;
  /** `extras` and its texts are there: the optional fields of a node as they stand in a line. */
  readonly hasExtras: boolean;
  /** Of the points (formats/points.ts), which are columns of their own: nodes between two, all nodes, and strings of a V8 file. */
  readonly step: number;
  readonly pointNodes: number;
  readonly strings: number | undefined;
  /** `chains` has all types and names with chains of so many nodes; undefined where there is no such part. */
  readonly chainsFrom: number | undefined;
}

interface RowsFact {
  readonly pages: number;
  readonly refs: number;
}

/** `summary.json`: answers that are asked for most, whole. */
export interface Summary {
  /** DevTools' Summary. */
  readonly classes: readonly ClassRow[];
  /** Bytes that DevTools shows as the total. */
  readonly totalBytes: number;
  /** The nodes that retain most, largest first: position, and place in the dominator tree. */
  readonly largest: readonly { readonly n: number; readonly place: number; readonly retained: number }[];
}

/** So many of the largest are kept. */
export const MOST_LARGEST = 10_000;

/** Where a node is looked for by its id: ids in one process are counters or addresses, so their bits are mixed. */
export function idBucket(id: number, buckets: number): number {
  const low = id >>> 0;
  const high = Math.floor(id / 2 ** 32);
  const mixed = Math.imul(low ^ Math.imul(high, 0x85ebca6b) ^ (low >>> 15), 0x9e3779b1);
  return (mixed ^ (mixed >>> 13)) & (buckets - 1);
}
