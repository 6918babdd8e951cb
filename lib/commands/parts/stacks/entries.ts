/** Nodes as entries of a stack: file, line and function, from what the node is called or where it stands. One node in, its entry out. */
import type { Span } from '../../../render/carets.ts';
import type { StackEntry } from '../../../render/stack.ts';
import { isFile } from '../../../stages/scripts.ts';
import type { StackNode } from './texts.ts';

/** A Python traceback or frame, which is called `FILE:LINE in FUNCTION`. */
export function pythonEntry({ n, id, type, name, span }: StackNode): StackEntry {
  // A file's name may hold anything, a function's name has no spaces.
  const within = name.lastIndexOf(' in ');
  const colon = name.lastIndexOf(':', within);
  if (within < 0 || colon < 0) return { n, id, type, name, file: undefined, line: undefined, function: name };
  const line = Number(name.slice(colon + 1, within));
  return {
    n,
    id,
    type,
    name,
    file: name.slice(0, colon),
    // Python has None where an instruction has no line.
    line: Number.isInteger(line) ? line : undefined,
    function: name.slice(within + 4),
    span: spanOf(span),
  };
}

function spanOf(told: string | undefined): Span | undefined {
  if (told === undefined) return undefined;
  const parts = /^(\d+):(\d+):(\d+):(\d+)$/.exec(told);
  if (parts === null) return undefined;
  const [line, column, endLine, endColumn] = parts.slice(1).map(Number) as [number, number, number, number];
  return { line, column, endLine, endColumn };
}

/** A function of V8's, and what its script is called. */
export function v8Entry({ at, span: _, ...node }: StackNode, script: string | undefined): StackEntry {
  const place = /^\d+:(\d+):(\d+)$/.exec(at ?? '');
  return {
    ...node,
    file: script !== undefined && isFile(script) ? script : undefined,
    line: place === null ? undefined : Number(place[1]) + 1,
    column: place === null ? undefined : Number(place[2]) + 1,
    function: node.name,
  };
}

/** Lines of an error's text: `    at NAME (FILE:LINE:COLUMN)`; who they are of is the error. */
export function* textEntries(
  { at: _, span: __, ...error }: StackNode,
  lines: readonly string[],
): Generator<StackEntry> {
  for (const line of lines) {
    const text = line.replace(/^ {4}at /, '');
    const [, called = '', place = text] = /^(.*) \((.*)\)$/.exec(text) ?? [];
    const [, file = place, row, column] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
    yield {
      ...error,
      file,
      line: row === undefined ? undefined : Number(row),
      column: column === undefined ? undefined : Number(column),
      function: called,
    };
  }
}
