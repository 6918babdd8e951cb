/** Chains that nobody named, from an index: it keeps them, for all types; what it does not keep is looked for in its rows. */

import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { type FoundRow, foundRows, PER_REF } from '../../../graph/chains/groups.ts';
import { RowSearch } from '../../../graph/chains/rowSearch.ts';
import type { Bits } from '../../../graph/store/bits.ts';
import { keptChains } from '../../../index/chains.ts';
import { compileNames } from '../../../stages/names.ts';
import { spellingsOf } from '../../../stream/json.ts';
import { choiceOf, isChoosing } from '../choosing/options.ts';
import { type Beside, indexBeside } from '../graph/beside.ts';
import { besideChosen } from '../graph/besideChosen.ts';
import type { SearchQuestion } from './search.ts';

/** Bytes that it may take, and what is said where they are too few. */
export interface SearchRoom {
  readonly bytes: number;
  readonly tooLittle: (needed: number, orMore?: string) => Error;
}

/** Bytes a node: its type and its size. */
const PER_NODE = 8;
/** References between two looks at the memory that names take. */
const OFTEN = 1 << 12;

/** Undefined where there is no index, or where something that was asked for is not there: the snapshot says what is like it. */
export async function chainsBeside(
  question: SearchQuestion,
  room: SearchRoom,
  frame: Frame,
  scratch: Scratch,
): Promise<readonly FoundRow[] | 'none' | undefined> {
  const beside = await indexBeside(question.operand, frame);
  if (beside === undefined) return undefined;
  const kept = keptIn(beside, question);
  // Where there are chains, nodes have been chosen.
  if (kept !== undefined && kept.length > 0) return kept;
  const asked = await choiceOf(question, question.operand, false);
  const chosen = isChoosing(question) ? await besideChosen(beside, asked, question.of, question.operand) : undefined;
  if (isChoosing(question) && chosen === undefined) return undefined;
  if (chosen?.count === 0) {
    frame.note(`${question.operand}: no node matched`);
    return 'none';
  }
  return kept ?? searchRows(beside, question, chosen?.nodes, room, scratch);
}

/** Chains are of one type each, so that types can be chosen among what is kept; undefined where more is asked, or shorter ones. */
function keptIn(beside: Beside, question: SearchQuestion): readonly FoundRow[] | undefined {
  const { via, type, least } = question;
  if (via?.kind !== undefined || isChoosing({ ...question, type: [] })) return undefined;
  const rows = keptChains(beside.index, least);
  if (rows === undefined) return undefined;
  const isType = type.length === 0 ? () => true : compileNames(beside.settled(type));
  const names = via === undefined ? undefined : spellingsOf(via.name);
  return Array.from(rows).filter((row) => isType(row.type) && (names?.includes(row.via) ?? true));
}

function searchRows(
  beside: Beside,
  { via, least }: SearchQuestion,
  chosen: Bits | undefined,
  { bytes, tooLittle }: SearchRoom,
  scratch: Scratch,
): readonly FoundRow[] {
  const { index } = beside;
  const graph = index.graph();
  const { nodes, rows, types, sizes } = graph;
  if (PER_NODE * nodes > bytes) throw tooLittle(PER_NODE * nodes);
  const type = new Uint32Array(nodes);
  graph.type.load(type);
  const isMeant = via === undefined ? undefined : index.names.matcher(via.kind, via.name);
  const search = new RowSearch({ type, names: index.names, chosen, isMeant }, scratch);
  rows.eachOf(chosen, (n, cursor) => {
    search.look(n, cursor);
    if (search.groups.found % OFTEN === 1 && PER_NODE * nodes + search.memory > bytes)
      throw tooLittle(PER_NODE * nodes + search.memory, 'more than ');
  });
  const needed = PER_NODE * nodes + search.memory + PER_REF * search.groups.held(least);
  if (needed > bytes) throw tooLittle(needed);
  return foundRows(search.groups, least, sizes.load(new Uint32Array(nodes)), {
    type: (code) => types.text(code),
    name: (code) => search.text(code),
  });
}
