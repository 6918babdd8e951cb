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
