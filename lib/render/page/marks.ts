/** Marks by keyboard: the Tab key enters a picture, arrows go from mark to mark, Home and End to the first and the last. */

export function walkMarks(picture: SVGSVGElement): void {
  const marks = (): readonly SVGElement[] => [...picture.querySelectorAll<SVGElement>('.mark')];
  marks()[0]?.setAttribute('tabindex', '0');
  picture.addEventListener('keydown', (event) => {
    const all = marks();
    const at = all.findIndex((mark) => mark.matches(':focus'));
    const next = at < 0 ? undefined : all[stepOf(event.key, at, all.length)];
    if (next === undefined) return;
    event.preventDefault();
    focusMark(next);
  });
}

/** The one mark of its picture that the Tab key finds. */
export function focusMark(mark: SVGElement): void {
  for (const other of mark.ownerSVGElement?.querySelectorAll('.mark[tabindex="0"]') ?? [])
    other.setAttribute('tabindex', '-1');
  mark.setAttribute('tabindex', '0');
  mark.focus();
}

function stepOf(key: string, at: number, length: number): number {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return at + 1;
    case 'ArrowLeft':
    case 'ArrowUp':
      return at - 1;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
    default:
      return -1;
  }
}
