/** Chosen nodes with the references of one name between them: from one reading of the snapshot, or from the rows of an index, where names are read of those nodes alone that are told. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import { ColumnMembers } from '../../../graph/chains/columnMembers.ts';
import { Followed, NotRead, type OtherRefs, PER_LINK, PER_NODE, TooMany } from '../../../graph/chains/follow.ts';
import type { Links } from '../../../graph/chains/links.ts';
import type { Members } from '../../../graph/chains/members.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { Via } from '../../../graph/store/via.ts';
import { formatCount } from '../../../render/counts.ts';
import { formatSize } from '../../../render/sizes.ts';
import { type Choice, Chooser } from '../../../stages/choose.ts';
import { isGlob, nearestNames } from '../../../stages/names.ts';
import { InputError } from '../../../stream/errors.ts';
import type { Columns } from '../../../stream/source.ts';
import { type Chosen, choiceOf, choosingFault, isChoosing } from '../choosing/options.ts';
import { settleChosen } from '../choosing/settle.ts';
import { saidVia } from '../choosing/via.ts';
import { indexBeside, isFew } from '../graph/beside.ts';
import { besideChosen } from '../graph/besideChosen.ts';
import { budgetOf } from '../input/budget.ts';
import { asSnapshot, type Ending, openShown, type Snapshot } from '../input/snapshot.ts';

export interface LinkQuestion extends Chosen {
  readonly via: Via;
  readonly operand: string;
  /** The ends themselves are asked for: their records are read again, with their names. */
  readonly which: 'heads' | 'tails' | undefined;
}

export interface Linked {
  readonly name: string;
  readonly links: Links;
  readonly members: Members;
  readonly ending: Ending;
  /** Bytes that their chains may take. */
  readonly budget: number;
  /** Before members are told by their names: those at these positions will be. */
  tell(nodes: Iterable<number>): Promise<void>;
  /** Some nodes once more. */
  again(columns: Columns, only: Bits): Promise<Snapshot>;
}

/** What the process takes beside the chosen nodes, and the least it gives them. */
const BASE = 112 << 20;
const LEAST = 4 << 20;
const TYPE_BUDGET = 16 << 20;
/** Names of references that are there, said where the one asked for is not. */
const SAID = 5;

/** Undefined where nothing is chosen, or no reference is of that name, which has been said then. */
export async function linked(question: LinkQuestion, frame: Frame, scratch: Scratch): Promise<Linked | undefined> {
  const budget = budgetOf(frame, BASE, LEAST);
  const asked = await choiceOf(question, question.operand, false);
  const known = await linkedBeside(question, asked, budget, frame, scratch);
  if (known !== undefined) return known === 'none' ? undefined : known;
  return linkedIn(question, asked, budget, frame, scratch);
}

export const tooMany = (name: string, nodes: number, bytes: number): InputError =>
  new InputError(
    `${name}: ${formatCount(nodes)} chosen nodes and their chains take ${formatSize(BASE + bytes)}: choose fewer, or give more --memory`,
  );

/** From an index, where what is chosen is there. */
async function linkedBeside(
  question: LinkQuestion,
  asked: Choice,
  budget: number,
  frame: Frame,
  scratch: Scratch,
): Promise<Linked | undefined | 'none'> {
  const { via, operand, of } = question;
  const beside = await indexBeside(operand, frame);
  const chosen = beside === undefined ? undefined : await besideChosen(beside, asked, of, operand);
  if (beside === undefined || chosen === undefined) return undefined;
  const { nodes, count } = chosen;
  if (count === 0) {
    frame.note(`${operand}: no node matched`);
    return 'none';
  }
  if (PER_NODE * count > budget) throw tooMany(operand, count, PER_NODE * count);
  const { names } = beside.index;
  const graph = beside.index.graph();
  const members = new ColumnMembers(graph, nodes, count, scratch);
  // To read the rows of a few nodes is quicker than to read who has references of that name, which may be all.
  const holders = isFew(count, beside) ? undefined : beside.index.holdersOf(via.name);
  const { found, links } = members.follow(names.matcher(via.kind, via.name), holders);
  if (found === 0) {
    frame.note(`${operand}: ${noReference(question, members.others(names.matcher(undefined, via.name), names))}`);
    return 'none';
  }
  graph.rows.close();
  const bytes = PER_NODE * count + PER_LINK * links.moreFrom.length;
  if (bytes > budget) throw tooMany(operand, count, bytes);
  return {
    name: operand,
    links,
    members,
    ending: 'whole',
    budget,
    async tell(told) {
      const wanted = Bits.of(told);
      const { batches } = await beside.snapshot({ names: true, extras: false, refs: false }, wanted);
      for await (const batch of batches) members.tell(batch, wanted);
    },
    again: (columns, only) => beside.snapshot(columns, only),
  };
}

async function linkedIn(
  question: LinkQuestion,
  asked: Choice,
  budget: number,
  frame: Frame,
  scratch: Scratch,
): Promise<Linked | undefined> {
  const { types: patterns, open } = await opener(question, frame, scratch);
  const choice = { ...asked, types: patterns };
  const chooser = new Chooser(choice);
  const hasNames = question.which === undefined;
  const followed = new Followed(question.via, budget, scratch, hasNames);
  const { Groups } = await import('../../../stages/group.ts');
  const types = new Groups(['type'], TYPE_BUDGET, scratch);
  const columns = { names: hasNames || chooser.readsNames, extras: false, refs: true };
  const snapshot = await asSnapshot(await open(), columns, frame);
  const { name } = snapshot.source;
  let nodes = 0;
  try {
    for await (const batch of snapshot.batches) {
      chooser.mark(batch);
      followed.add(batch, chooser.rows, chooser.held);
      if (question.type.length > 0 && followed.nodes === 0) types.add(batch);
      nodes += batch.length;
    }
  } catch (error) {
    if (error instanceof NotRead) throw new InputError(`${name}: ${error.message}`);
    if (error instanceof TooMany) throw tooMany(name, followed.nodes, followed.memory);
    throw choosingFault(error, question.of, name);
  }
  followed.settle(chooser.finish() ?? true);
  const ending = settleChosen(snapshot, chooser, question, { nodes, chosen: followed.nodes, types }, frame);
  if (ending === undefined) return undefined;
  if (followed.found === 0) {
    frame.note(`${name}: ${noReference(question, { weak: followed.weak, names: followed.names() })}`);
    return undefined;
  }
  return {
    name,
    links: followed.finish(),
    members: followed.identities,
    ending,
    budget,
    // Names have come with the reading.
    tell: async () => {},
    again: async (wanted, only) => asSnapshot(await open(), { ...wanted, only }, frame),
  };
}

/** Opens the operand, more than once where that is needed, and settles its types' patterns. */
async function opener(
  { operand, type, which }: LinkQuestion,
  frame: Frame,
  scratch: Scratch,
): Promise<{ readonly types: readonly string[]; readonly open: () => Promise<Opened> }> {
  if (which === undefined && !type.some(isGlob))
    return { types: type, open: () => openShown(operand, true, scratch, frame) };
  const { openAgain, settleTypes } = await import('../input/again.ts');
  const open = await openAgain(operand, scratch, frame);
  return { types: await settleTypes(type, open, frame), open };
}

function noReference(question: LinkQuestion, { weak, names }: OtherRefs): string {
  const { type, via } = question;
  const isByType = type.length === 1 && !isChoosing({ ...question, type: [] });
  const said = `no ${isByType ? `node of type ${JSON.stringify(type[0])}` : 'chosen node'} has ${saidVia(via)}`;
  if (weak > 0) return `${said} that is not weak, and weak ones are not followed`;
  if (names.includes(via.name)) return `${said}, only of another kind`;
  const near = nearestNames(via.name, names, SAID);
  const some = near.length > 0 ? near : names.slice(0, SAID);
  return some.length === 0 ? said : `${said}; they have ${some.map((text) => JSON.stringify(text)).join(', ')}`;
}
