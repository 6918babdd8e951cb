/** Nodes as a table or CSV, row by row: position, id, kind, type, size, number of references, name. Holds one row. */
import { type Batch, SAME_AS_TYPE } from '../stream/batch.ts';
import { textOf } from '../stream/json.ts';
import { formatCount } from './counts.ts';
import { csvLine } from './csv.ts';
import { type Column, type TableLines, type TableStyle, tableLines } from './table.ts';

/** From this width on the columns are wide enough for what most files hold; below it the name keeps a third of the line. */
const WIDE = 110;

const columns = (isWide: boolean, shown: string | undefined): readonly Column[] => [
  { header: 'N', align: 'right', width: isWide ? 9 : 7 },
  { header: 'Id', align: 'right', width: isWide ? 10 : 8 },
  { header: 'Kind', width: isWide ? 12 : 8 },
  { header: 'Type', width: isWide ? 24 : 10 },
  { header: 'Bytes', align: 'right', width: isWide ? 9 : 7 },
  { header: 'Refs', align: 'right', width: isWide ? 7 : 4 },
  ...(shown === undefined ? [] : [{ header: capital(shown), align: 'right' as const, width: 8 }]),
  { header: 'Name' },
];

export class NodeTable {
  readonly #format: 'table' | 'csv';
  readonly #write: (text: string) => void;
  readonly #lines: TableLines;
  readonly #shown: string | undefined;
  #held = '';

  /** `shown` is a field beside the usual ones that has a column too. */
  constructor(format: 'table' | 'csv', write: (text: string) => void, style: TableStyle, shown?: string) {
    this.#format = format;
    this.#write = write;
    this.#shown = shown;
    this.#lines = tableLines(columns((style.width ?? WIDE) >= WIDE, shown), style);
  }

  start(): void {
    this.#write(
      this.#format === 'csv'
        ? csvLine([
            'n',
            'id',
            'kind',
            'type',
            'name',
            'size',
            'refs',
            ...(this.#shown === undefined ? [] : [this.#shown]),
          ])
        : this.#lines.header,
    );
  }

  batch(batch: Batch, keep?: Uint8Array, held?: boolean): void {
    if (held === true) this.#write(this.#held);
    for (let row = 0; row < batch.length; row++) {
      const answer = keep === undefined ? 1 : keep[row];
      if (answer === 1) this.#write(this.#line(batch, row));
      else if (answer === 2) this.#held = this.#line(batch, row);
    }
  }

  end(_ending: string, held?: boolean): void {
    if (held === true) this.#write(this.#held);
  }

  #line(batch: Batch, row: number): string {
    const kind = batch.kinds.text(batch.kind[row]!);
    const type = batch.types.text(batch.type[row]!);
    const start = batch.nameStart[row]!;
    const name = start === SAME_AS_TYPE ? type : textOf(batch.text, start, batch.nameEnd[row]!);
    const [n, id, size] = [batch.n[row]!, batch.id[row]!, batch.size[row]!];
    const refs = refsOf(batch, row);
    const shown = this.#shown === undefined ? [] : [field(batch, row, this.#shown)];
    if (this.#format === 'csv') return csvLine([n, id, kind, type, name, size, refs, ...shown]);
    const count = refs === undefined ? '' : formatCount(refs);
    return this.#lines.row([
      String(n),
      `@${id}`,
      kind,
      type,
      formatCount(size),
      count,
      ...shown.map((value) => (typeof value === 'number' ? formatCount(value) : (value ?? ''))),
      start === SAME_AS_TYPE ? '' : name,
    ]);
  }
}

/** The value of one of a row's other fields. */
function field(batch: Batch, row: number, name: string): string | number | undefined {
  const extras = new TextDecoder().decode(batch.text.subarray(batch.extraStart[row], batch.extraEnd[row]));
  const value = (JSON.parse(`{${extras}}`) as Record<string, unknown>)[name];
  return typeof value === 'number' || value === undefined ? value : JSON.stringify(value);
}

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** A node's number of references, also of those in later batches; undefined where they are not known. */
function refsOf(batch: Batch, row: number): number | undefined {
  if (batch.hasRefs[row] === 0) return undefined;
  return batch.refStart[row + 1]! - batch.refStart[row]! + (row === batch.length - 1 ? batch.more : 0);
}
