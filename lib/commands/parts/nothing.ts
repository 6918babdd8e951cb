/** What to say when nothing was chosen: the types that are there and are most like the one asked for. */
import { formatCount } from '../../render/counts.ts';
import type { Groups } from '../../stages/group.ts';
import { compileNames, nearestNames } from '../../stages/names.ts';

const MANY_TYPES = 20_000;
const SHOWN = 3;

/** One sentence for each type asked for that is not there; `groups` counts all nodes by type. */
export function missingTypes(asked: readonly string[], groups: Groups): readonly string[] {
  const rows = [...groups.finish('count', MANY_TYPES).rows].map(({ keys, count }) => ({ name: keys[0]!, count }));
  const counts = new Map(rows.map(({ name, count }) => [name, count]));
  return asked
    .filter((pattern) => !rows.some(({ name }) => compileNames([pattern])(name)))
    .map((pattern) => {
      const near = nearestNames(pattern, [...counts.keys()], SHOWN).map(
        (name) => `${name} (${formatCount(counts.get(name)!)})`,
      );
      return `no node is of type ${JSON.stringify(pattern)}${near.length > 0 ? `; there are ${near.join(', ')}` : ''}`;
    });
}
