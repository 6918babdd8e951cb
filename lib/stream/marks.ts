/** The records that open and close a node stream, as text lines. */
import { rawFields } from './json.ts';

/**
 * The start mark. `nodes` and `refs` are hints about the snapshot; `part` says that nodes may be missing.
 * `line` is the mark as it came, so that fields nobody knows pass on unchanged.
 */
export interface StartMark {
  readonly format: string | undefined;
  readonly nodes: number | undefined;
  readonly refs: number | undefined;
  readonly part: boolean;
  readonly line: string;
}

export function startMark(fields: {
  format: string;
  nodes?: number | undefined;
  refs?: number | undefined;
  [more: string]: unknown;
}): StartMark {
  const line = JSON.stringify({ snap: 'start', schema: 1, ...fields });
  return { format: fields.format, nodes: fields.nodes, refs: fields.refs, part: false, line };
}

/** For streams that somebody made by hand. */
export const UNMARKED: StartMark = {
  format: undefined,
  nodes: undefined,
  refs: undefined,
  part: false,
  line: '{"snap":"start","schema":1}',
};

/** The same mark with `"part":true`. */
export function asPart(mark: StartMark): StartMark {
  if (mark.part) return mark;
  const fields = rawFields(mark.line).filter(([key]) => key !== 'part');
  const line = `{${[...fields, ['part', 'true']].map(([key, raw]) => `${JSON.stringify(key)}:${raw}`).join(',')}}`;
  return { ...mark, part: true, line };
}

/** `part` says what the start mark could not know yet: that nodes may be missing. */
export function endLine({ nodes, refs }: { readonly nodes: number; readonly refs: number }, part = false): string {
  return JSON.stringify({ snap: 'end', nodes, refs, ...(part ? { part } : {}) });
}
