/** The line of buttons above a picture. */

/** `buttons` are what each shows, what it does in words, and what it does. */
export function tools(
  picture: Element,
  buttons: readonly (readonly [text: string, words: string, act: () => void])[],
): HTMLElement {
  const line = document.createElement('div');
  line.className = 'tools';
  line.replaceChildren(...buttons.map(([text, words, act]) => button(text, words, act)));
  picture.before(line);
  return line;
}

export function button(text: string, words: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = words;
  made.addEventListener('click', act);
  return made;
}
