/** Rows of text to aligned lines for people: all at once with columns as wide as needed, or row by row with fixed ones, holding nothing. */
import { escapeControls } from './escape.ts';
import { cutToWidth, displayWidth } from './width.ts';

export interface Column {
  readonly header: string;
  /** Left if not said; the last column is left without padding. */
  readonly align?: 'left' | 'right';
  /** Columns of the terminal, at least; for rows that come one by one. */
  readonly width?: number;
}

export interface TableStyle {
  /** Columns of the terminal: the last column is cut to fit. Undefined where there is none: nothing is cut. */
  readonly width?: number | undefined;
  /** Nothing but ASCII is drawn. */
  readonly ascii?: boolean;
  /** Bold headers. */
  readonly color?: boolean;
}

/** A whole table with its header line. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TableStyle = {},
): string {
  const safe = rows.map((row) => row.map(escapeControls));
  const fitted = columns.map((column, at) => ({
    ...column,
    width: safe.reduce((widest, row) => Math.max(widest, displayWidth(row[at] ?? '')), column.width ?? 0),
  }));
  const { header, row } = tableLines(fitted, style);
  return header + safe.map(row).join('');
}

export interface TableLines {
  readonly header: string;
  row(cells: readonly string[]): string;
}

/** Lines of a table whose rows are not known yet. A cell wider than its column pushes the rest of its line to the right. */
export function tableLines(columns: readonly Column[], { width, color = false }: TableStyle = {}): TableLines {
  const widths = columns.map(({ header, width = 0 }) => Math.max(width, displayWidth(header)));
  const row = (cells: readonly string[]): string => {
    const line = columns.map(({ align = 'left' }, at) => {
      const cell = escapeControls(cells[at] ?? '');
      const padding = ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(cell)));
      return align === 'right' ? padding + cell : at === columns.length - 1 ? cell : cell + padding;
    });
    const text = line.join('  ').trimEnd();
    return `${width === undefined ? text : cutToWidth(text, width)}\n`;
  };
  const header = row(columns.map((column) => column.header));
  return { header: color ? `\x1b[1m${header.trimEnd()}\x1b[0m\n` : header, row };
}
