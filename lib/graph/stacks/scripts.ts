/** Which script of V8's a function or an object is of: closure > shared > script; of an object its class's. Some rows with names are read for each. */
import type { NamedRefs } from './named.ts';

/** A class that is derived again and again has as many maps in a row; a file can claim more. */
const MOST_MAPS = 1000;

/** The script's node, which is called as its file; undefined where it is not told. */
export function scriptOf(n: number, refs: NamedRefs): number | undefined {
  const shared = refs.target(n, 'shared') ?? sharedOfClass(n, refs);
  if (shared === undefined) return undefined;
  return refs.target(shared, 'script') ?? refs.target(shared, 'script_or_debug_info');
}

/** As V8 looks for the constructor of an object: in its prototype, else its map knows it, or the map that this one was made from. */
function sharedOfClass(n: number, refs: NamedRefs): number | undefined {
  const prototype = refs.target(n, '__proto__');
  const own = prototype === undefined ? undefined : refs.target(prototype, 'constructor');
  if (own !== undefined) return refs.target(own, 'shared');
  let map = refs.target(n, 'map');
  for (let steps = 0; map !== undefined && steps < MOST_MAPS; steps++) {
    const maker = refs.target(map, 'constructor');
    if (maker !== undefined) return refs.target(maker, 'shared');
    map = refs.target(map, 'back_pointer');
  }
  return undefined;
}
