/** The chains that chosen nodes form along one reference: as rows, or the nodes at their ends. One reading, and one more for the ends' records. */

import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { type ChainRow, ChainRows } from '../../../graph/chains/chainRows.ts';
import { Chains } from '../../../graph/chains/chains.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { formatCount } from '../../../render/counts.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { printEnds } from './ends.ts';
import { type LinkQuestion, linked, tooMany } from './linked.ts';

export interface ChainQuestion extends LinkQuestion {
  readonly least: number;
  readonly top: number | undefined;
}

/** Rows of a table without --top. */
const SCREEN = 20;

export async function printChains(question: ChainQuestion, frame: Frame, scratch: Scratch): Promise<0 | 1> {
  const { via, which, least } = question;
  const found = await linked(question, frame, scratch);
  if (found === undefined) return 1;
  const { name, links, members, ending, budget } = found;
  const chains = new Chains(links);
  const needed = chains.memory + ChainRows.memory(chains);
  if (needed > budget) throw tooMany(name, chains.nodes, needed);
  const rows = new ChainRows(chains, members, via.name, least);
  if (rows.count === 0) {
    frame.note(`${name}: no chain is ${formatCount(least)} long`);
    return 1;
  }
  const top = question.top ?? (frame.format === 'table' && which === undefined ? SCREEN : Number.POSITIVE_INFINITY);
  if (which === undefined) {
    await found.tell(rows.named(top));
    await printRows(rows, top, question, frame);
    return 0;
  }
  const ends = rows.ends(which, top);
  const again = await found.again(ALL_COLUMNS, Bits.of(ends.n));
  await printEnds(ends, ending, again, frame, scratch);
  if (ends.n.length > 0 || top === 0) return 0;
  frame.note(`${name}: none of these chains has a ${which.slice(0, -1)}`);
  return 1;
}

async function printRows(rows: ChainRows, top: number, { via }: ChainQuestion, frame: Frame): Promise<void> {
  if (frame.format === 'table') {
    const { renderChains } = await import('../../../render/chains.ts');
    frame.out.text(renderChains(via.name, rows.lengths(), [...rows.rows(top)], frame.style));
    return;
  }
  const line = frame.format === 'csv' ? await csvWriter(frame) : ndjson;
  for (const row of rows.rows(top)) frame.out.text(line(row));
}

const ndjson = (row: ChainRow): string => `${JSON.stringify(row)}\n`;

async function csvWriter(frame: Frame): Promise<(row: ChainRow) => string> {
  const { CHAIN_CSV_HEAD, chainCsv } = await import('../../../render/chains.ts');
  frame.out.text(CHAIN_CSV_HEAD);
  return chainCsv;
}
