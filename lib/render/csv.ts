/** Rows of cells to lines of CSV, quoted as RFC 4180 says, ended by \n as programs in a pipe expect; nothing is held. */

export type CsvCell = string | number | boolean | null | undefined;

/** One line with its end. A cell with a comma, a quote or a line end is quoted; numbers stay bare; null and undefined are empty. */
export const csvLine = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\n`;

function csvCell(cell: CsvCell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
