/**
 * After the last batch of a command that follows references between chosen nodes: what was asked for and is not there ends the run; that nothing
 * was chosen, and that the input is only a part, is a note.
 */
import type { Frame } from '../../../cli/frame.ts';
import type { Chooser } from '../../../stages/choose.ts';
import type { Groups } from '../../../stages/group.ts';
import { InputError } from '../../../stream/errors.ts';
import type { Ending, Snapshot } from '../input/snapshot.ts';
import { missingPlaces, missingTypes } from './missing.ts';
import { type Chosen, foreignList } from './options.ts';

export interface Read {
  /** Nodes that came, and those of them that were chosen. */
  readonly nodes: number;
  readonly chosen: number;
  /** All nodes by type, as long as none was chosen; undefined where it is known that there are nodes of each type. */
  readonly types: Groups | undefined;
}

/**
 * How the input ended; undefined where nothing was chosen, which has been said then. Throws InputError for ids, positions, types and listed nodes
 * that are not there: these are wrong questions.
 */
export function settleChosen(
  snapshot: Snapshot,
  chooser: Chooser,
  { type, of }: Chosen,
  { nodes, chosen, types }: Read,
  frame: Frame,
): Ending | undefined {
  const { name } = snapshot.source;
  const ending = snapshot.settle();
  if (ending !== 'cut' && chooser.missing > 0) throw foreignList(chooser.missing, of, name);
  const missing = missingPlaces(chooser, nodes);
  if (missing !== undefined) throw new InputError(`${name}: ${missing}`);
  if (chosen > 0) {
    if (ending === 'part')
      frame.note(`${name}: is a part of a snapshot: references to what is not in it are not followed`);
    return ending;
  }
  const missed = types === undefined ? [] : missingTypes(type, types);
  if (missed.length > 0) throw new InputError(`${name}: ${missed.join('; ')}`);
  frame.note(`${name}: no node matched`);
  return undefined;
}
