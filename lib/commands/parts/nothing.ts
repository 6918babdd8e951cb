/** What to say when nothing was chosen: the types that are there and are most like the one asked for. */
import { formatCount } from '../../render/counts.ts';
import type { Chooser } from '../../stages/choose.ts';
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

/** Ids and positions that were asked for and are not there, in one sentence. */
export function missingPlaces(chooser: Chooser, nodes: number): string | undefined {
  const ids = chooser.missingIds.map((id) => `@${id}`);
  const places = chooser.missingNodes.map(String);
  const parts = [
    ...(ids.length > 0
      ? [
          `no node has the id ${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ', ...' : ''} (ids look like @35 or 0x7f187d22b880)`,
        ]
      : []),
    ...(places.length > 0
      ? [`there is no node ${places.slice(0, 3).join(', ')}${places.length > 3 ? ', ...' : ''}`]
      : []),
  ];
  return parts.length === 0 ? undefined : `${parts.join('; ')}: ${nodes.toLocaleString('en-US')} nodes came`;
}
