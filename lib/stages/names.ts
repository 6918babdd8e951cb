/** Names and globs as people type them, against the names in a snapshot. */

/** Two words for one thing in Python: what `types` calls it, and what the interpreter does. */
const PYTHON_TYPES: Readonly<Record<string, string>> = {
  FrameType: 'frame',
  TracebackType: 'traceback',
  CodeType: 'code',
  FunctionType: 'function',
  CellType: 'cell',
  GeneratorType: 'generator',
  ModuleType: 'module',
  MethodType: 'method',
  BuiltinFunctionType: 'builtin_function_or_method',
  MappingProxyType: 'mappingproxy',
  GetSetDescriptorType: 'getset_descriptor',
  MemberDescriptorType: 'member_descriptor',
  WrapperDescriptorType: 'wrapper_descriptor',
  MethodDescriptorType: 'method_descriptor',
  ClassMethodDescriptorType: 'classmethod_descriptor',
  MethodWrapperType: 'method-wrapper',
  LambdaType: 'function',
  BuiltinMethodType: 'builtin_function_or_method',
  CoroutineType: 'coroutine',
  AsyncGeneratorType: 'async_generator',
  NoneType: 'NoneType',
  EllipsisType: 'ellipsis',
  NotImplementedType: 'NotImplementedType',
};
const OTHER_WORD = new RegExp(`^(?:builtins\\.[^]+|types\\.(?:${Object.keys(PYTHON_TYPES).join('|')}))$`);

/**
 * Whether a name is one of those asked for: exactly, or by a glob with `*` and `?` (`\*` is a star, `\.` a dot). `traceback`, `builtins.traceback` and
 * `types.TracebackType` are the same name.
 */
export function compileNames(patterns: readonly string[]): (name: string) => boolean {
  const exact = new Set(patterns.map(plainName));
  const globs = patterns.filter((pattern) => /[*?\\]/.test(pattern)).map(globExpression);
  return (name) => exact.has(plainName(name)) || globs.some((glob) => glob.test(name));
}

/** Whether a pattern can mean another name than the one that it spells: a glob, or Python's other word for a type. */
export const isGlob = (pattern: string): boolean => /(?<!\\)(?:\\\\)*[*?]/.test(pattern) || OTHER_WORD.test(pattern);

/** The pattern that means this name alone. */
export const escapeGlob = (name: string): string =>
  OTHER_WORD.test(name) ? escaped(name).replace('.', '\\.') : escaped(name);

const escaped = (name: string): string => name.replace(/[*?\\]/g, '\\$&');

function plainName(name: string): string {
  const types = /^types\.(\w+)$/.exec(name);
  const known = types === null ? undefined : PYTHON_TYPES[types[1]!];
  return known ?? name.replace(/^builtins\./, '');
}

function globExpression(glob: string): RegExp {
  const source = glob.replace(/\\[*?\\.]|[*?]|[\\^$.+()[\]{}|]/g, (piece) => {
    if (piece === '*') return '[^]*';
    if (piece === '?') return '[^]';
    return piece.length === 2 ? `\\${piece[1]}` : `\\${piece}`;
  });
  return new RegExp(`^${source}$`, 'u');
}

/** Up to `most` of the known names, those first that are most like the one asked for. */
export function nearestNames(asked: string, known: readonly string[], most: number): readonly string[] {
  const wanted = plainName(asked).toLowerCase();
  const scored = known.map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }));
  const limit = Math.max(2, wanted.length / 2);
  return scored
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** Edits between two words; a word inside the other costs one, so that `Error` finds `QueryError`. */
function distance(a: string, b: string): number {
  if (a.length > 2 && (b.includes(a) || (b.length > 2 && a.includes(b)))) return 1;
  if (Math.abs(a.length - b.length) > a.length) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
