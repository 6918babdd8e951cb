/**
 * Paths to all nodes of some types, from an index that has every kind of path: some of its lines, as they are. Costs what is told, and nothing a node. What else may be asked for is
 * found by a walk (find.ts).
 */
import type { Frame } from '../../../cli/frame.ts';
import { PathLines } from '../../../index/pathLines.ts';
import type { ShownPath } from '../../../render/paths.ts';
import { spellingOf } from '../../../render/via.ts';
import { indexBeside } from '../graph/beside.ts';
import { placesBeside } from '../graph/places.ts';
import type { PathAnswer } from './answer.ts';
import type { PathQuestion } from './find.ts';

/** Undefined where there is no such index, or where it does not tell: what is wrong with it is said by whoever looks for it next. */
export async function keptPaths(
  operand: string,
  question: PathQuestion,
  frame: Frame,
): Promise<PathAnswer | undefined> {
  if (!isByTypeAlone(question)) return undefined;
  const beside = await indexBeside(operand, { ...frame, note: () => {} });
  const isType = beside?.typesOf(beside.settled(question.type));
  const lines = beside === undefined ? undefined : PathLines.of(beside.index.folder);
  if (beside === undefined || isType === undefined || lines === undefined) return undefined;
  const picked = lines.pick(isType);
  const { count, bytes, unreached } = picked;
  const shown = picked.lines.subarray(0, Math.min(question.top, picked.lines.length));
  // Nothing matched: the snapshot says why.
  if (count + unreached === 0) return undefined;
  if (isType.includes(0) && shown.some((line) => lines.isOfAll(line))) return undefined;
  return {
    name: operand,
    chosen: count + unreached,
    unreached,
    totals: { rows: picked.lines.length, count, bytes },
    spell: spellingOf(beside.index.facts.format),
    write: (out) => lines.write(shown, (text, end) => out.write(text, 0, end)),
    each: (take) => lines.write(shown, (text, end) => take(shownLine(text.toString('utf8', 0, end))), true),
    placesFor: (nodes) => placesBeside(nodes, beside),
  };
}

function isByTypeAlone({ type, kind, name, id, node, of, has, lacks, each, fold, ...sizes }: PathQuestion): boolean {
  const others = [kind, id, node, has, lacks].some((list) => list.length > 0);
  const isSized = sizes['min-size'] !== undefined || sizes['max-size'] !== undefined;
  return type.length > 0 && !others && !isSized && name === undefined && of === undefined && !each && !fold;
}

/** A line of snap-paths. */
type Line = Omit<ShownPath, 'path' | 'more'> & {
  readonly path: readonly (ShownPath['path'][number] | { readonly more: number })[];
};

function shownLine(text: string): ShownPath {
  // This program has written it.
  const line = JSON.parse(text) as Line;
  const more = line.path.reduce((sum, step) => sum + ('more' in step ? step.more : 0), 0);
  return { ...line, path: line.path.flatMap((step) => ('more' in step ? [] : [step])), more };
}
