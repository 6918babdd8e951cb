/** What every reader gives: a start mark, then batches, then a verdict on whether the snapshot was whole. */
import type { Batch } from './batch.ts';
import type { StartMark } from './marks.ts';
import type { Wanted } from './points.ts';

/** Which columns a stage reads; `n`, `id`, `size`, `kind` and `type` are always there. What nobody asks for is not read. */
export interface Columns {
  /** `runtime`: only of nodes of these kinds: hidden, array, native and synthetic. Others may look as if they were called by their type. */
  readonly names: boolean | 'runtime';
  /** `detached`: that field only. Others may be missing. */
  readonly extras: boolean | 'detached';
  readonly refs: boolean;
  /** Names of references may come as numbers, where the source has numbered them: a third less work. */
  readonly numbered?: boolean;
  /** These nodes only are wanted. Others may be missing, or come all the same; then they may look as if they had no name and no references. */
  readonly only?: { has(n: number): boolean } | Wanted;
}

/** What the runtime makes for itself: `names: 'runtime'`. */
export const RUNTIME_KINDS: ReadonlySet<string> = new Set(['hidden', 'array', 'native', 'synthetic']);

export const ALL_COLUMNS: Columns = { names: true, extras: true, refs: true };

/** How a stream ended. `cut`: in the middle, status 2. `notes`: worth a line, no fault of the stream. `part`: nodes may be missing. */
export interface Verdict {
  readonly cut?: string;
  readonly part: boolean;
  readonly notes: readonly string[];
}

/** One snapshot on its way through. `batches` can be walked once; `verdict` is known after it. */
export interface NodeSource {
  /** For messages: the file's name or `standard input`. */
  readonly name: string;
  readonly start: StartMark;
  readonly batches: AsyncIterable<Batch>;
  verdict(): Verdict;
}
