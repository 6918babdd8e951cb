/** Text to the columns it takes on a terminal: two for wide characters, none for combining ones; a scan, cheap for ASCII. */
import { eastAsianWidth } from 'get-east-asian-width';

const ASCII = /^[\x20-\x7e]*$/;
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}]$/u;

/** Text without control characters is expected: see `escapeControls`. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const char of text) width += charWidth(char);
  return width;
}

/** As much of the text as fits, with `…` for the rest. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 1;
  let kept = '';
  for (const char of text) {
    width += charWidth(char);
    if (width > columns) break;
    kept += char;
  }
  return columns < 1 ? '' : `${kept}…`;
}

const charWidth = (char: string): number => (NO_COLUMN.test(char) ? 0 : eastAsianWidth(char.codePointAt(0) ?? 0));
