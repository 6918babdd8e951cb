/** Text from a heap to text that a terminal shows and does not obey; costs one scan where there is nothing to escape. */

// Controls C0, DEL and C1, bidi embeddings, overrides and isolates, and halves of surrogate pairs: all a name can hold that changes what is on the screen.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\p{Surrogate}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Control characters as `\n`, `\x1b`, `\u202e`. Backslashes stay as they are: this is for reading, not for decoding. */
export const escapeControls = (text: string): string => text.replace(UNSAFE, (char) => SHORT[char] ?? hexEscape(char));

/** Line ends and tabs stay, everything else becomes a JSON escape, so that lines of JSON keep their value. */
export const escapeControlsAsJson = (text: string): string =>
  text.replace(UNSAFE, (char) => (char === '\n' || char === '\t' ? char : unicodeEscape(char)));

function hexEscape(char: string): string {
  const code = char.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(char);
}

const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
