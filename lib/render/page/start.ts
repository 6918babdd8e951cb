/** What a page does when it is there: joins tooltips, keyboard, search and zoom to its pictures. The last of the page's scripts. */
import { walkMarks } from './marks.ts';
import { panGraph } from './pan.ts';
import { type Hidden, search } from './search.ts';
import { showTips } from './tips.ts';
import { type Treemap, zoomTreemap } from './zoom.ts';

const hidden = new Map<Element, Hidden>();
const finder = search(document.querySelector('input')!, document.querySelector('.found')!, hidden);
for (const picture of document.querySelectorAll<SVGSVGElement>('svg.picture')) {
  const data = picture.closest('section')?.querySelector('script.data');
  // The program that wrote the page wrote these columns.
  if (data) hidden.set(picture, zoomTreemap(picture, JSON.parse(data.textContent ?? '') as Treemap, finder.refresh));
  if (picture.classList.contains('graph')) panGraph(picture);
  walkMarks(picture);
}
showTips(document.querySelector('#tip')!);
addEventListener('beforeprint', () => {
  for (const numbers of document.querySelectorAll('details')) numbers.open = true;
});
