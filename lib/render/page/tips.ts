/** Shows the title of the mark under the pointer, or of the one that has the focus, beside it and at once. One element for the whole page. */

/** What a mark says: its title, which is taken from it on the way so that the browser does not show it a second time. */
export function tipOf(mark: Element): string {
  const title = mark.querySelector(':scope > title');
  if (title === null) return mark.getAttribute('aria-label') ?? '';
  const text = title.textContent ?? '';
  mark.setAttribute('aria-label', text);
  mark.setAttribute('role', 'img');
  title.remove();
  return text;
}

export function showTips(tip: HTMLElement): void {
  const hide = (): void => {
    tip.hidden = true;
  };
  const show = (target: EventTarget | null, x: number, y: number): void => {
    const mark = target instanceof Element ? target.closest('.mark') : null;
    if (mark === null) {
      hide();
      return;
    }
    tip.textContent = tipOf(mark);
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    const left = x + 14 + width > innerWidth ? x - 14 - width : x + 14;
    const top = y + 14 + height > innerHeight ? y - 14 - height : y + 14;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${Math.max(4, top)}px`;
  };
  document.addEventListener('pointermove', ({ target, clientX, clientY }) => show(target, clientX, clientY));
  document.addEventListener('pointerleave', hide);
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    const { left, bottom } = target.getBoundingClientRect();
    show(target, left, bottom - 10);
  });
  document.addEventListener('scroll', hide, true);
}
