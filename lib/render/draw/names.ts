/** Writes a name as wide as it was counted on: characters of another script may come from another font, which has other widths. */
import type { Selection } from 'd3';
import { displayWidth } from '../width.ts';
import { CHAR } from './picture.ts';

const PLAIN = /^[\x20-\x7e…]*$/;

/** `letter` is the width of a character where names are not of the usual size. */
export function writeName(
  element: Selection<SVGTextElement, unknown, null, undefined>,
  text: string,
  letter = CHAR,
): void {
  element.text(text);
  if (PLAIN.test(text)) return;
  element.attr('textLength', displayWidth(text) * letter).attr('lengthAdjust', 'spacingAndGlyphs');
}
