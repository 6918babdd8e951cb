/** A graph that can be moved and enlarged: by wheel and pointer, by buttons, and by the keys + - 0. */
import * as d3 from 'd3';
import { tools } from './tools.ts';

export function panGraph(picture: SVGSVGElement): void {
  const view = picture.querySelector<SVGGElement>('g.view');
  if (view === null) return;
  const svg = d3.select(picture);
  const zoom = d3.zoom<SVGSVGElement, unknown>().scaleExtent([0.2, 12]);
  zoom.on('zoom', ({ transform }: d3.D3ZoomEvent<SVGSVGElement, unknown>) => {
    view.setAttribute('transform', transform.toString());
  });
  // The wheel alone scrolls the page, as everywhere else.
  zoom.filter((event: WheelEvent) => (event.type === 'wheel' ? event.ctrlKey || event.metaKey : event.button === 0));
  svg.call(zoom).on('dblclick.zoom', null);
  const larger = (): void => zoom.scaleBy(svg, 1.4);
  const smaller = (): void => zoom.scaleBy(svg, 1 / 1.4);
  const all = (): void => zoom.transform(svg, d3.zoomIdentity);
  tools(picture, [
    ['+', 'enlarge', larger],
    ['−', 'make smaller', smaller],
    ['all', 'show all of it', all],
  ]);
  picture.addEventListener('keydown', ({ key }) => {
    if (key === '+' || key === '=') larger();
    if (key === '-') smaller();
    if (key === '0') all();
  });
}
