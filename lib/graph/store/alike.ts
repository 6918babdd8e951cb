/** Names of references without what differs from one object to the next, so that alike paths can be told; one kind and name in, the common name out. */

/** Any index, any key. */
export const ANY = '[*]';

/** Source: WeakMap's pairs as V8 writes them; the names of key and value are those of some objects. */
const WEAK_PAIR = /^\d+ \/ part of key \(/;
const COMMON_PAIR = `part of key (${ANY}) -> value (${ANY}) pair in WeakMap (table ${ANY})`;
const NUMBER = /^-?\d+(\.\d+)?$/;
/** Keys as Python writes them: `['a key']`, `('a', 1)`, `'a key'`. No property of a class begins so. */
const KEY = /^[[('"]/;
/** Of a Python object what is no attribute's name is a key, as `b'a key'`, `None` or `<Foo @7f>`. */
const PYTHON_ATTRIBUTE = /^(?!(?:None|True|False)$)[\p{XID_Start}_]\p{XID_Continue}*$/u;
const ID = /@(0x[0-9a-f]+|\d+)/gi;

/**
 * What a reference is called in a path that stands for many: indexes, names of digits only, keys of maps and `@id` are `[*]`. `isFolded`: so are all names of
 * properties, for objects that are used as maps. What is a key depends on the snapshot's format.
 */
export function commonName(kind: string, name: string, isFolded: boolean, format?: string): string {
  if (kind === 'element' || kind === 'hidden' || NUMBER.test(name)) return ANY;
  if (kind === 'property' && (isFolded || (format === 'python' ? !PYTHON_ATTRIBUTE.test(name) : KEY.test(name))))
    return ANY;
  return WEAK_PAIR.test(name) ? COMMON_PAIR : name.replace(ID, ANY);
}

/** What most names are: words, which are their own common names whatever they are the names of, and digits, which are indexes. */
export const WORD = 1;
export const DIGITS = 2;
const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const KIND_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const text = String.fromCharCode(byte);
  return /[A-Za-z_]/.test(text) ? LETTER : /[0-9]/.test(text) ? DIGIT : 0;
});
/** None, True and False, which are keys in Python, are no longer. */
const LONGEST_CONSTANT = 5;

/** WORD, DIGITS, or anything else: told from the bytes alone, because a heap has hundreds of thousands of names. Short words that may be constants of Python are not told. */
export function spellingOf(bytes: Uint8Array, start: number, end: number): number {
  let met = 0;
  for (let at = start; at < end; at++) {
    const kind = KIND_OF_BYTE[bytes[at]!]!;
    if (kind === 0) return OTHER;
    met |= kind;
  }
  if (met === DIGIT) return DIGITS;
  const first = bytes[start]!;
  if (KIND_OF_BYTE[first] !== LETTER) return OTHER;
  return end - start <= LONGEST_CONSTANT && first < 97 ? OTHER : WORD;
}
