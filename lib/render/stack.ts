/** A stack as its runtime prints it, entry by entry: Python's `traceback.print_tb`, to the byte, and V8's lines that begin with `at`. Holds one entry. */
import { carets, type Marking, pythonTrim, type Span } from './carets.ts';
import { csvLine } from './csv.ts';
import { escapeControls } from './escape.ts';

export interface StackEntry {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** V8 tells it. */
  readonly column?: number | undefined;
  readonly function: string;
  /** What was running, where the heap tells it. */
  readonly span?: Span | undefined;
}

/** Of a line that comes again and again, so many are shown. */
const SHOWN = 3;

/** `sourceOf` gives a line of a file with its newline, or nothing. Lines with their ends. */
export function* pythonLines(
  entries: Iterable<StackEntry>,
  sourceOf: (file: string, line: number) => string | undefined,
  marking: Marking,
): Generator<string> {
  let last: StackEntry | undefined;
  let times = 0;
  for (const entry of entries) {
    if (
      last === undefined ||
      last.file !== entry.file ||
      last.line !== entry.line ||
      last.function !== entry.function
    ) {
      if (times > SHOWN) yield repeated(times);
      last = entry;
      times = 0;
    }
    if (++times <= SHOWN) yield pythonEntry(entry, sourceOf, marking);
  }
  if (times > SHOWN) yield repeated(times);
}

const repeated = (times: number): string =>
  `  [Previous line repeated ${times - SHOWN} more time${times - SHOWN > 1 ? 's' : ''}]\n`;

function pythonEntry(
  { file, line, function: name, span }: StackEntry,
  sourceOf: (file: string, line: number) => string | undefined,
  marking: Marking,
): string {
  const head = `  File "${escapeControls(file ?? '?')}", line ${line ?? 'None'}, in ${escapeControls(name)}\n`;
  const source = file === undefined || line === undefined ? undefined : sourceOf(file, line);
  const text = pythonTrim(source ?? '');
  if (source === undefined || text === '') return head;
  const below = span === undefined || marking === undefined ? undefined : carets(source, span, marking);
  const safe = text.split('\t').map(escapeControls).join('\t');
  return `${head}    ${safe}\n${below === undefined ? '' : `    ${below}\n`}`;
}

export function v8Line({ file, line, column, function: name }: StackEntry): string {
  const place = file === undefined ? '<unknown>' : `${file}${line === undefined ? '' : `:${line}:${column}`}`;
  return `    at ${escapeControls(name === '' ? place : `${name} (${place})`)}\n`;
}

export const STACK_CSV_HEAD = csvLine(['n', 'id', 'type', 'name', 'file', 'line', 'column', 'function']);

export const stackCsv = ({ n, id, type, name, file, line, column, function: called }: StackEntry): string =>
  csvLine([n, id, type, name, file ?? '', line ?? '', column ?? '', called]);

/** Without what is only for people. */
export const stackRecord = ({ n, id, type, name, file, line, column, function: called }: StackEntry): object => ({
  n,
  id,
  type,
  name,
  ...(file === undefined ? {} : { file }),
  ...(line === undefined ? {} : { line }),
  ...(column === undefined ? {} : { column }),
  function: called,
});
