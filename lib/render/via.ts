/** References as people write them, one in, its text out: `.name`, `["a key"]`, `[3]`, and as DevTools does where no language has a spelling. */

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** `ref` is the reference's kind, `via` its name. */
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
