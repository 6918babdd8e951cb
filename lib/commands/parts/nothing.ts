/** What to say when nothing was chosen: the types, or other names, that are there and are most like the one asked for. */
import { formatCount } from '../../render/counts.ts';
import type { Groups } from '../../stages/group.ts';
import { compileNames, nearestNames } from '../../stages/names.ts';

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
