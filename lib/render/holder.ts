/**
 * A way through a Python heap as the expression that goes it: `astroid.manager.AstroidManager._mod_file_cache['missing_lib_2'].__traceback__`. Steps in, a text out; from
 * the last module or class on the way, whose name says where it is.
 */
import { formatCount } from './counts.ts';
import { isPythonName, spellingOf } from './via.ts';

/** A reference and what it leads to. */
export interface HolderStep {
  readonly ref: string;
  readonly via: string | number;
  readonly type: string;
  /** Where it is known, or where all that stand for this step have the same. */
  readonly name?: string | undefined;
  /** So many of this reference, one after the other; 0 where that differs. */
  readonly times?: number;
}

const spell = spellingOf('python');
const METACLASS = /(^|\.)(type|\w*(Meta|Type|Metaclass|metaclass))$/;

/** Whether its name tells where it is: a module or a class. */
export const hasPlace = (type: string, name: string | undefined): boolean =>
  name !== undefined &&
  name !== '' &&
  name !== type &&
  (type === 'module' || METACLASS.test(type)) &&
  name.split('.').every((part) => isPythonName(part) || part === '<locals>');

/** Undefined where no module and no class is on the way, or where it goes on over something that no expression names. */
export function holderOf(steps: readonly HolderStep[]): string | undefined {
  const from = steps.findLastIndex(({ type, name }) => hasPlace(type, name));
  if (from < 0 || from === steps.length - 1) return undefined;
  const pieces = steps.slice(from + 1).map((step, at) => piece(step, steps[from + at]!.type));
  return pieces.includes(undefined) ? undefined : `${steps[from]!.name}${pieces.join('')}`;
}

/** What a step adds; `holder` is the type that has the reference. */
function piece({ ref, via, times = 1 }: HolderStep, holder: string): string | undefined {
  if (via === '__dict__') return '';
  const text = ref === 'context' && holder === 'frame' ? `.f_locals['${via}']` : spell(ref, via);
  if (ref === 'hidden' || !/^[.[]/.test(text)) return undefined;
  if (times === 1) return text;
  return times === 0 ? `(${text} ...)` : `(${text} x${formatCount(times)})`;
}
