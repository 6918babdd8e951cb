/** JSON texts as bytes: canonical string tokens, and the raw fields of one record. For rare strings; hot loops copy ranges. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const QUOTE = 34;
const APOSTROPHE = 39;

/** The longest type, name or reference name, in UTF-16 units. */
export const LONGEST_TEXT = 1024;

/** At most LONGEST_TEXT units, never half a surrogate pair. */
export function cutText(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const last = text.charCodeAt(LONGEST_TEXT - 1);
  const next = text.charCodeAt(LONGEST_TEXT);
  const splitsPair = last >= 0xd800 && last < 0xdc00 && next >= 0xdc00 && next < 0xe000;
  return text.slice(0, splitsPair ? LONGEST_TEXT - 1 : LONGEST_TEXT);
}

/** The canonical token of a text: JSON.stringify as UTF-8, so lone surrogates and control characters are escapes. */
export function token(text: string): Uint8Array {
  return encoder.encode(JSON.stringify(text));
}

/** What a string token says. Throws SyntaxError where it is no JSON string. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return JSON.parse(decoder.decode(bytes.subarray(start, end))) as string;
}

/**
 * Whether bytes[start, end) call a reference as this string's token does: they are the token; or the number that it is, since an index is written
 * without quotes; or the same text in the quotes of Python's repr, which the key of a dict's entry has and an attribute has not.
 */
export function isToken(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  const longer = end - start - wanted.length;
  if (longer === 0) return isSame(bytes, start, wanted, 0, wanted.length);
  if (longer === -2) return bytes[start] !== QUOTE && isSame(bytes, start, wanted, 1, wanted.length - 1);
  return (
    longer === 2 &&
    bytes[start + 1] === APOSTROPHE &&
    bytes[end - 2] === APOSTROPHE &&
    isSame(bytes, start + 2, wanted, 1, wanted.length - 1)
  );
}

/** What a reference that is meant by this name may be called: the name, or as Python's repr writes a key. */
export const spellingsOf = (name: string): readonly string[] => [name, `'${name}'`];

/** The same as tokens: how a reference of this name may be written. */
export const tokensOf = (name: string): string[] => [
  ...spellingsOf(name).map((spelling) => JSON.stringify(spelling)),
  ...(/^(0|[1-9]\d*)$/.test(name) ? [name] : []),
];

/** Whether bytes from `start` on are wanted[from, to). */
export function isSame(bytes: Uint8Array, start: number, wanted: Uint8Array, from: number, to: number): boolean {
  for (let i = start, j = from; j < to; i++, j++) if (bytes[i] !== wanted[j]) return false;
  return true;
}

/**
 * The fields of a JSON object in their own spelling, `[key, raw value]`, so that numbers no double can hold pass unchanged.
 * `line` must be a valid JSON object: call JSON.parse first.
 */
export function rawFields(line: string): [key: string, raw: string][] {
  const fields: [string, string][] = [];
  let at = line.indexOf('{') + 1;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return fields;
    const colon = endOfString(line, quote);
    const key = JSON.parse(line.slice(quote, colon)) as string;
    const from = line.indexOf(':', colon) + 1;
    at = endOfValue(line, from);
    fields.push([key, line.slice(from, at).trim()]);
    if (line[at] === '}') return fields;
    at++;
  }
}

function endOfString(line: string, quote: number): number {
  let at = quote + 1;
  while (line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(line: string, from: number): number {
  for (let at = from, depth = 0; ; at++) {
    const c = line[at];
    if (c === '"') at = endOfString(line, at) - 1;
    else if (c === '{' || c === '[') depth++;
    else if (depth === 0 && (c === ',' || c === '}')) return at;
    else if (c === '}' || c === ']') depth--;
  }
}
