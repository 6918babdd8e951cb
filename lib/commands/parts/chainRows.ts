/** The chains that chosen nodes form along one reference: as rows, or the nodes at their ends. One reading, and one more for the ends' records. */
import type { Frame } from '../../cli/frame.ts';
import type { Scratch } from '../../disk/scratch.ts';
import type { Opened } from '../../formats/open.ts';
import { type ChainRow, ChainRows } from '../../graph/chains/chainRows.ts';
import { Chains } from '../../graph/chains/chains.ts';
import { Followed, NotRead, TooMany } from '../../graph/chains/follow.ts';
import { Bits } from '../../graph/store/bits.ts';
import type { Via } from '../../graph/store/via.ts';
import { formatCount } from '../../render/counts.ts';
import { formatSize } from '../../render/sizes.ts';
import { Chooser } from '../../stages/choose.ts';
import { Groups } from '../../stages/group.ts';
import { isGlob, nearestNames } from '../../stages/names.ts';
import { InputError } from '../../stream/errors.ts';
import { ALL_COLUMNS } from '../../stream/source.ts';
import { budgetOf } from './budget.ts';
import { printEnds } from './chainEnds.ts';
import { type Chosen, choiceOf, choosingFault, isChoosing } from './choosing.ts';
import { settleChosen } from './settled.ts';
import { asSnapshot, openShown } from './snapshot.ts';
import { saidVia } from './via.ts';

export interface ChainQuestion extends Chosen {
  readonly via: Via;
  readonly operand: string;
  readonly which: 'heads' | 'tails' | undefined;
  readonly least: number;
  readonly top: number | undefined;
}

/** What the process takes beside the chosen nodes, and the least it gives them. */
const BASE = 112 << 20;
const LEAST = 4 << 20;
const TYPE_BUDGET = 16 << 20;
/** Rows of a table without --top. */
const SCREEN = 20;
/** Names of references that are there, said where the one asked for is not. */
const SAID = 5;

export async function printChains(question: ChainQuestion, frame: Frame, scratch: Scratch): Promise<0 | 1> {
  const { via, operand, which, least } = question;
  const budget = budgetOf(frame, BASE, LEAST);
  const asked = await choiceOf(question, operand, false);
  const { fewBeside } = await import('./beside.ts');
  const few = await fewBeside(operand, asked, frame);
  const { types: patterns, open } =
    few === undefined
      ? await opener(question, frame, scratch)
      : { types: few.choice.types, open: () => openShown(operand, true, scratch, frame) };
  const choice = { ...asked, types: patterns };
  const chooser = new Chooser(choice);
  // The ends' records are read again, with their names.
  const hasNames = which === undefined;
  const followed = new Followed(via, budget, scratch, hasNames);
  // An index answers where there are nodes of each type, and shows a few of them.
  const types = few === undefined ? new Groups(['type'], TYPE_BUDGET, scratch) : undefined;
  const columns = { names: hasNames || chooser.readsNames, extras: false, refs: true };
  const snapshot =
    few === undefined ? await asSnapshot(await open(), columns, frame) : await few.beside.snapshot(columns, few.nodes);
  const { name, start } = snapshot.source;
  let nodes = 0;
  try {
    for await (const batch of snapshot.batches) {
      chooser.mark(batch);
      followed.add(batch, chooser.rows, chooser.held);
      if (question.type.length > 0 && followed.nodes === 0) types?.add(batch);
      nodes += batch.length;
    }
  } catch (error) {
    if (error instanceof NotRead) throw new InputError(`${name}: ${error.message}`);
    if (error instanceof TooMany) throw tooMany(name, followed.nodes, followed.memory);
    throw choosingFault(error, question.of, name);
  }
  followed.settle(chooser.finish() ?? true);
  const ending = settleChosen(snapshot, chooser, question, { nodes, chosen: followed.nodes, types }, frame);
  if (ending === undefined) return 1;
  if (followed.found === 0) {
    frame.note(`${name}: ${noReference(question, followed)}`);
    return 1;
  }
  const chains = new Chains(followed.finish());
  const needed = chains.memory + ChainRows.memory(chains);
  if (needed > budget) throw tooMany(name, chains.nodes, needed);
  const rows = new ChainRows(chains, followed.identities, via.name, least);
  if (rows.count === 0) {
    frame.note(`${name}: no chain is ${formatCount(least)} long`);
    return 1;
  }
  if (which === undefined) {
    await printRows(rows, question, frame);
    return 0;
  }
  const ends = rows.ends(which, question.top ?? Number.POSITIVE_INFINITY);
  const only = setOf(ends.n);
  const again =
    few === undefined
      ? await asSnapshot(await open(), { ...ALL_COLUMNS, only }, frame)
      : await few.beside.snapshot(ALL_COLUMNS, only);
  await printEnds(ends, ending, start, again, frame, scratch);
  if (ends.n.length > 0 || question.top === 0) return 0;
  frame.note(`${name}: none of these chains has a ${which.slice(0, -1)}`);
  return 1;
}

function setOf(nodes: Uint32Array): Bits {
  const set = new Bits();
  for (const n of nodes) set.add(n);
  return set;
}

const tooMany = (name: string, nodes: number, bytes: number): InputError =>
  new InputError(
    `${name}: ${formatCount(nodes)} chosen nodes and their chains take ${formatSize(BASE + bytes)}: choose fewer, or give more --memory`,
  );

/** Opens the operand, more than once where that is needed, and settles its types' patterns. */
async function opener(
  { operand, type, which }: ChainQuestion,
  frame: Frame,
  scratch: Scratch,
): Promise<{ readonly types: readonly string[]; readonly open: () => Promise<Opened> }> {
  if (which === undefined && !type.some(isGlob))
    return { types: type, open: () => openShown(operand, true, scratch, frame) };
  const { openAgain, settleTypes } = await import('./twice.ts');
  const open = await openAgain(operand, scratch, frame);
  return { types: await settleTypes(type, open, frame), open };
}

function noReference(question: ChainQuestion, followed: Followed): string {
  const { type, via } = question;
  const isByType = type.length === 1 && !isChoosing({ ...question, type: [] });
  const said = `no ${isByType ? `node of type ${JSON.stringify(type[0])}` : 'chosen node'} has ${saidVia(via)}`;
  const names = followed.names();
  if (followed.weak > 0) return `${said} that is not weak, and weak ones are not followed`;
  if (names.includes(via.name)) return `${said}, only of another kind`;
  const near = nearestNames(via.name, names, SAID);
  const some = near.length > 0 ? near : names.slice(0, SAID);
  return some.length === 0 ? said : `${said}; they have ${some.map((text) => JSON.stringify(text)).join(', ')}`;
}

async function printRows(rows: ChainRows, { via, top }: ChainQuestion, frame: Frame): Promise<void> {
  if (frame.format === 'table') {
    const { renderChains } = await import('../../render/chains.ts');
    frame.out.text(renderChains(via.name, rows.lengths(), [...rows.rows(top ?? SCREEN)], frame.style));
    return;
  }
  const line = frame.format === 'csv' ? await csvWriter(frame) : ndjson;
  for (const row of rows.rows(top ?? Number.POSITIVE_INFINITY)) frame.out.text(line(row));
}

const ndjson = (row: ChainRow): string => `${JSON.stringify(row)}\n`;

async function csvWriter(frame: Frame): Promise<(row: ChainRow) => string> {
  const { CHAIN_CSV_HEAD, chainCsv } = await import('../../render/chains.ts');
  frame.out.text(CHAIN_CSV_HEAD);
  return chainCsv;
}
