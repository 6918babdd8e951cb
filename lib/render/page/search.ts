/** The search of a page: what has the words is shown as ever, everything else fades; Enter goes from find to find, in treemaps to what is not drawn yet, too. */
import { formatCount } from '../counts.ts';
import { focusMark } from './marks.ts';
import { tipOf } from './tips.ts';

/** A picture that knows more than it shows. */
export interface Hidden {
  /** How many of all it knows say this. */
  count(words: string): number;
  /** Brings the next one of them to sight, and gives its mark. */
  next(words: string): SVGElement | undefined;
}

export function search(
  input: HTMLInputElement,
  found: HTMLElement,
  hidden: ReadonlyMap<Element, Hidden>,
): { refresh(): void } {
  const pictures = [...document.querySelectorAll<SVGSVGElement>('svg.picture')];
  const words = (): string => input.value.trim().toLowerCase();
  /** Of all that was found, which one was gone to last. */
  let turn = -1;
  const plainHits = (): readonly SVGElement[] =>
    pictures
      .filter((picture) => !hidden.has(picture))
      .flatMap((picture) => [...picture.querySelectorAll<SVGElement>('.mark.hit')]);
  const hiddenHits = (wanted: string): number =>
    [...hidden.values()].reduce((sum, picture) => sum + picture.count(wanted), 0);
  const refresh = (): void => {
    const wanted = words();
    for (const picture of pictures) {
      picture.classList.toggle('searched', wanted !== '');
      if (wanted === '' && picture.querySelector('.hit') === null) continue;
      for (const mark of picture.querySelectorAll('.mark')) {
        mark.classList.toggle('hit', wanted !== '' && tipOf(mark).toLowerCase().includes(wanted));
      }
    }
    for (const row of document.querySelectorAll('tbody tr')) {
      row.classList.toggle('miss', wanted !== '' && !row.textContent?.toLowerCase().includes(wanted));
    }
    found.textContent = wanted === '' ? '' : `${formatCount(plainHits().length + hiddenHits(wanted))} found`;
  };
  const next = (): void => {
    const wanted = words();
    const plain = plainHits();
    const count = wanted === '' ? 0 : plain.length + hiddenHits(wanted);
    if (count === 0) return;
    turn = (turn + 1) % count;
    const far = [...hidden.values()].find((picture) => picture.count(wanted) > 0);
    const mark = plain[turn] ?? far?.next(wanted);
    mark?.scrollIntoView({ block: 'nearest' });
    if (mark !== undefined) focusMark(mark);
  };
  input.addEventListener('input', () => {
    turn = -1;
    refresh();
  });
  input.addEventListener('keydown', ({ key }) => {
    if (key === 'Enter') next();
    if (key !== 'Escape') return;
    input.value = '';
    refresh();
    input.blur();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target === input) return;
    event.preventDefault();
    input.select();
  });
  return { refresh };
}
