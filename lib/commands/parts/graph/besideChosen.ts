/** The nodes of an operand that are chosen, by the index beside it: of what its columns do not tell, the candidates are read. */
import { Bits } from '../../../graph/store/bits.ts';
import type { Choice } from '../../../stages/choose.ts';
import { choosingFault } from '../choosing/options.ts';
import type { Beside } from './beside.ts';

/** Undefined where something that was asked for is not there: then the snapshot says what is like it. */
export async function besideChosen(
  beside: Beside,
  asked: Choice,
  of: string | undefined,
  operand: string,
): Promise<{ readonly nodes: Bits; readonly count: number } | undefined> {
  const choice = { ...asked, types: beside.settled(asked.types) };
  const found = beside.candidates(choice);
  if (found === undefined) return undefined;
  let { nodes, count } = found;
  if (!found.isExact) {
    const { Chooser } = await import('../../../stages/choose.ts');
    // Whether it has references of some names, rows tell.
    const chooser = new Chooser({ ...choice, has: [], lacks: [] });
    const columns = { names: chooser.readsNames, extras: false, refs: false };
    const marked = new Bits(beside.index.facts.nodes);
    try {
      for await (const batch of (await beside.snapshot(columns, nodes)).batches) {
        chooser.mark(batch);
        for (let row = 0; row < batch.length; row++) if (chooser.rows[row] === 1) marked.add(batch.n[row]!);
      }
    } catch (error) {
      throw choosingFault(error, of, operand);
    }
    if (chooser.missing > 0) return undefined;
    nodes = marked;
    count = marked.count();
  }
  if (count > 0 && choice.has.length + choice.lacks.length > 0) {
    nodes = beside.having(choice, nodes);
    count = nodes.count();
  }
  return { nodes, count };
}
