/** The search of a page: what has the words is shown as ever, everything else fades; Enter goes from find to find, in treemaps to what is not drawn yet, too. */
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
  let latest: SVGElement | undefined;
  const words = (): string => input.value.trim().toLowerCase();
  const pictures = [...document.querySelectorAll<SVGSVGElement>('svg.picture')];
  const hits = (): readonly SVGElement[] =>
    pictures.flatMap((picture) => [...picture.querySelectorAll<SVGElement>('.mark.hit')]);
  const refresh = (): void => {
    const wanted = words();
    let count = 0;
    for (const picture of pictures) {
      picture.classList.toggle('searched', wanted !== '');
      if (wanted === '' && picture.querySelector('.hit') === null) continue;
      for (const mark of picture.querySelectorAll('.mark')) {
        const isHit = wanted !== '' && tipOf(mark).toLowerCase().includes(wanted);
        mark.classList.toggle('hit', isHit);
        if (isHit && !hidden.has(picture)) count++;
      }
      count += wanted === '' ? 0 : (hidden.get(picture)?.count(wanted) ?? 0);
    }
    for (const row of document.querySelectorAll('tbody tr')) {
      row.classList.toggle('miss', wanted !== '' && !row.textContent?.toLowerCase().includes(wanted));
    }
    found.textContent = wanted === '' ? '' : `${count} found`;
  };
  const next = (): void => {
    const wanted = words();
    if (wanted === '') return;
    const all = hits();
    const after = latest === undefined ? undefined : all[all.indexOf(latest) + 1];
    const far = [...hidden.values()].map((picture) => picture.next(wanted)).find((mark) => mark !== undefined);
    latest = far ?? after ?? all[0];
    if (latest === undefined) return;
    latest.scrollIntoView({ block: 'nearest' });
    focusMark(latest);
  };
  input.addEventListener('input', refresh);
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
