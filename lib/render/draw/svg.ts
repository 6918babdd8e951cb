/** A picture as a document of its own: a picture in, well-formed SVG out, whose text is text. Costs what the picture does. */
import { select } from 'd3';
import { DOMParser } from 'linkedom';
import { cutToWidth, displayWidth } from '../width.ts';
import { type Canvas, CHAR, type Extent, type Picture, WIDTH } from './picture.ts';

const MARGIN = 16;
const LINE = 18;
/** Of a letter of the title, at most. */
const TITLE_CHAR = 10;
const NOTHING: Extent = { width: 0, height: 0 };
const NAMESPACE = 'http://www.w3.org/2000/svg';

/** With title, summary and notes in it, and its style. */
export async function pictureFile(picture: Picture, style: string): Promise<string> {
  const { root, svg } = emptySvg();
  svg.append('style').text(style);
  svg.append('rect').attr('class', 'paper').attr('width', '100%').attr('height', '100%');
  let widest = 0;
  const line = (text: string, name: 'title' | 'summary' | 'note', y: number): void => {
    const letter = name === 'title' ? TITLE_CHAR : CHAR;
    const shown = cutToWidth(text, Math.floor(WIDTH / letter));
    svg.append('text').attr('class', name).attr('x', MARGIN).attr('y', y).text(shown);
    widest = Math.max(widest, displayWidth(shown) * letter);
  };
  line(picture.title, 'title', MARGIN + 14);
  line(picture.summary, 'summary', MARGIN + 34);
  const top = MARGIN + 52;
  const extent = (await picture.draw?.(canvasIn(svg, MARGIN, top))) ?? NOTHING;
  picture.notes.forEach((note, at) => {
    line(note, 'note', top + extent.height + 20 + LINE * at);
  });
  const height = top + extent.height + LINE * picture.notes.length + MARGIN;
  const width = Math.max(extent.width, widest) + 2 * MARGIN;
  size(svg, { width, height }, `${picture.title}: ${picture.summary}`);
  return `${root.toString()}\n`;
}

/** For a page, which has the words and the style. What a page draws by itself is left out. */
export async function pictureInPage(picture: Picture): Promise<string> {
  const { root, svg } = emptySvg();
  svg.attr('class', `picture ${picture.as}`);
  const draw = picture.inPage?.draw ?? picture.draw;
  const extent = (await draw?.(canvasIn(svg, 0, 0))) ?? NOTHING;
  size(svg, extent, `${picture.title}: ${picture.summary}`);
  return root.toString();
}

function emptySvg(): { readonly root: SVGSVGElement; readonly svg: Canvas } {
  const parsed = new DOMParser().parseFromString(`<svg xmlns="${NAMESPACE}"/>`, 'image/svg+xml');
  // linkedom has types of its own; what d3 asks of an element its elements have.
  const root = parsed.documentElement as unknown as SVGSVGElement;
  return { root, svg: select<SVGGElement, unknown>(root as unknown as SVGGElement) };
}

const canvasIn = (svg: Canvas, x: number, y: number): Canvas =>
  svg.append('g').attr('class', 'canvas').attr('transform', `translate(${x},${y})`);

function size(svg: Canvas, { width, height }: Extent, label: string): void {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  svg
    .attr('viewBox', `0 0 ${w} ${h}`)
    .attr('width', w)
    .attr('height', h)
    .attr('role', 'group')
    .attr('aria-label', label);
}
