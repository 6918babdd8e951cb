/**
 * References as people write them, one in, its text out: `.name`, `["a key"]`, `[3]`, and as DevTools does where no language has a spelling. Of a Python heap as
 * Python does: `.attr`, `['a key']`, `[3]`.
 */

/** `ref` is the reference's kind, `via` its name. */
export type SpellVia = (ref: string, via: string | number) => string;

/** The spelling for a stream of this format. */
export const spellingOf = (format: string | undefined): SpellVia => (format === 'python' ? pythonVia : formatVia);

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const PYTHON_IDENTIFIER = /^(?!(?:None|True|False)$)[\p{XID_Start}_]\p{XID_Continue}*$/u;
/** What holds a key or an item of a collection, which no expression names. */
const PARTS = new Set(['key', 'item']);

export function formatVia(ref: string, via: string | number): string {
  switch (ref) {
    case 'property':
    case 'shortcut':
      if (typeof via === 'number' || via.startsWith('[')) return typeof via === 'number' ? `[${via}]` : via;
      return IDENTIFIER.test(via) ? `.${via}` : `[${JSON.stringify(via)}]`;
    case 'element':
      return `[${via}]`;
    case 'context':
      return `->${via}`;
    case 'weak':
      return `[[${via}]]`;
    default:
      return `{${via}}`;
  }
}

/** An entry's name is its key as Python writes it, an attribute's is an identifier. */
function pythonVia(ref: string, via: string | number): string {
  const name = String(via);
  switch (ref) {
    case 'property':
      if (name.startsWith('[')) return name;
      return isPythonName(name) ? `.${name}` : `[${name}]`;
    case 'internal':
      return isPythonName(name) && !PARTS.has(name) ? `.${name}` : `{${name}}`;
    case 'element':
      return `[${name}]`;
    case 'context':
      return `(local ${name})`;
    case 'hidden':
      return `[hidden ${name}]`;
    default:
      return formatVia(ref, via);
  }
}

/** Whether Python takes it for an attribute's name. */
export const isPythonName = (name: string): boolean => PYTHON_IDENTIFIER.test(name);
