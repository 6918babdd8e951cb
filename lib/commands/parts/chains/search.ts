/** Chains that nobody named: along which references types refer to themselves, again and again. Two readings. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { NotRead, TooMany } from '../../../graph/chains/follow.ts';
import { type FoundRow, PER_REF } from '../../../graph/chains/groups.ts';
import { ChainSearch } from '../../../graph/chains/search.ts';
import type { Via } from '../../../graph/store/via.ts';
import { formatCount } from '../../../render/counts.ts';
import { formatSize } from '../../../render/sizes.ts';
import { Chooser } from '../../../stages/choose.ts';
import { Groups } from '../../../stages/group.ts';
import { InputError } from '../../../stream/errors.ts';
import { type Chosen, choiceOf, choosingFault, isChoosing } from '../choosing/options.ts';
import { settleChosen } from '../choosing/settle.ts';
import { openAgain, settleTypes } from '../input/again.ts';
import { budgetOf } from '../input/budget.ts';
import { asSnapshot } from '../input/snapshot.ts';
import { chainsBeside, type SearchRoom } from './kept.ts';

export interface SearchQuestion extends Chosen {
  readonly via: Via | undefined;
  readonly operand: string;
  readonly least: number;
  readonly top: number | undefined;
}

/** What the process takes beside the nodes, the least it gives them, and what each takes. */
const BASE = 128 << 20;
const LEAST = 8 << 20;
const PER_NODE = 8;
const TYPE_BUDGET = 16 << 20;
const SCREEN = 20;

export async function searchChains(question: SearchQuestion, frame: Frame, scratch: Scratch): Promise<0 | 1> {
  const { via, operand, least } = question;
  const budget = budgetOf(frame, BASE, LEAST);
  const room: SearchRoom = {
    bytes: budget,
    tooLittle: (needed, orMore) => tooLittle(operand, BASE + needed, orMore),
  };
  const kept = await chainsBeside(question, room, frame, scratch);
  if (kept === 'none') return 1;
  if (kept !== undefined) return tell(kept, operand, question, frame);
  const most = Math.floor(budget / PER_NODE);
  const open = await openAgain(operand, scratch, frame);
  const choice = await choiceOf({ ...question, type: await settleTypes(question.type, open, frame) }, operand, false);
  const chooser = new Chooser(choice);
  const search = new ChainSearch(via, most, scratch);
  const types = new Groups(['type'], TYPE_BUDGET, scratch);
  const columns = { names: chooser.readsNames, extras: false, refs: chooser.readsRefs };
  const first = await asSnapshot(await open(), columns, frame);
  const { name, start } = first.source;
  if ((start.nodes ?? 0) > most && !isChoosing(question)) throw tooLittle(name, BASE + PER_NODE * start.nodes!);
  let nodes = 0;
  try {
    for await (const batch of first.batches) {
      chooser.mark(batch);
      search.add(batch, chooser.rows, chooser.held);
      if (choice.types.length > 0 && search.nodes === 0) types.add(batch);
      nodes += batch.length;
    }
  } catch (error) {
    if (error instanceof TooMany) throw tooLittle(name, BASE + PER_NODE * Math.max(most + 1, start.nodes ?? 0));
    throw choosingFault(error, question.of, name);
  }
  search.settle(chooser.finish() ?? true);
  const read = { nodes, chosen: search.nodes, types };
  if (search.nodes === 0) {
    settleChosen(first, chooser, question, read, frame);
    return 1;
  }
  const second = await asSnapshot(await open(), { names: false, extras: false, refs: true }, frame);
  try {
    for await (const batch of second.batches) {
      search.follow(batch);
      // What was not foreseen: more distinct names than there is room for.
      if (PER_NODE * search.nodes + search.memory > budget)
        throw tooLittle(name, BASE + PER_NODE * search.nodes + search.memory, 'more than ');
    }
  } catch (error) {
    throw error instanceof NotRead ? new InputError(`${name}: ${error.message}`) : error;
  }
  settleChosen(second, chooser, question, read, frame);
  const needed = PER_NODE * search.nodes + search.memory + PER_REF * search.held(least);
  if (needed > budget) throw tooLittle(name, BASE + needed);
  return tell(search.rows(least), name, question, frame);
}

async function tell(
  rows: readonly FoundRow[],
  name: string,
  { via, least, top }: SearchQuestion,
  frame: Frame,
): Promise<0 | 1> {
  await print(rows, top, frame);
  if (rows.length > 0) return 0;
  frame.note(`${name}: no type refers to itself ${formatCount(least)} deep${via === undefined ? '' : ' by that name'}`);
  return 1;
}

const tooLittle = (name: string, needed: number, orMore = ''): InputError =>
  new InputError(
    `${name}: looking for chains takes ${orMore}${formatSize(needed)}: give --memory, or --type for fewer nodes`,
  );

async function print(rows: readonly FoundRow[], top: number | undefined, frame: Frame): Promise<void> {
  if (frame.format === 'ndjson') {
    for (const row of rows.slice(0, top)) frame.out.text(`${JSON.stringify(row)}\n`);
    return;
  }
  const { FOUND_CSV_HEAD, foundCsv, renderFound } = await import('../../../render/chains.ts');
  if (frame.format === 'csv') frame.out.text(FOUND_CSV_HEAD + rows.slice(0, top).map(foundCsv).join(''));
  else {
    const shown = rows.slice(0, top ?? SCREEN);
    frame.out.text(renderFound(shown, rows.length - shown.length, frame.style));
  }
}
