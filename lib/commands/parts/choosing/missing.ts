/** What to say when nothing was chosen: the types, or other names, that are there and are most like the one asked for. */
import { formatCount } from '../../../render/counts.ts';
import type { Chooser } from '../../../stages/choose.ts';
import type { Groups } from '../../../stages/group.ts';
import { compileNames, nearestNames } from '../../../stages/names.ts';

const MANY = 20_000;
const SHOWN = 3;

/** One sentence for each type asked for that is not there; `groups` counts all nodes by type. */
export function missingTypes(asked: readonly string[], groups: Groups): readonly string[] {
  const counts = countsOf(groups);
  const names = [...counts.keys()];
  return asked
    .filter((pattern) => !names.some(compileNames([pattern])))
    .map((pattern) => `no node is of type ${JSON.stringify(pattern)}${nearest(pattern, counts)}`);
}

/** Ends a sentence about a name that is not among `groups`: `; there are Foo (3)`, or nothing. */
export function nearestOf(groups: Groups): (name: string) => string {
  const counts = countsOf(groups);
  return (name) => nearest(name, counts);
}

function countsOf(groups: Groups): ReadonlyMap<string, number> {
  return new Map([...groups.finish('count', MANY).rows].map(({ keys, count }) => [keys[0]!, count]));
}

function nearest(name: string, counts: ReadonlyMap<string, number>): string {
  const near = nearestNames(name, [...counts.keys()], SHOWN).map(
    (known) => `${known} (${formatCount(counts.get(known)!)})`,
  );
  return near.length > 0 ? `; there are ${near.join(', ')}` : '';
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
