/** The judge of files: reads every section of a snapshot, every field of a stream, and says what is not as it must be. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { StreamJudge } from '../../../stages/check.ts';
import { ALL_COLUMNS } from '../../../stream/source.ts';
import { asSnapshot, openShown } from '../input/snapshot.ts';

/** Faults that are said before the rest is only counted. */
const SAID = 10;

export async function check(operand: string, frame: Frame, scratch: Scratch): Promise<0 | 1> {
  const opened = await openShown(operand, true, scratch, frame);
  if (opened.format === 'v8') {
    const { checkStrings } = await import('../../../formats/v8/check.ts');
    for (const note of await checkStrings(opened.file)) frame.note(note);
  }
  const snapshot = await asSnapshot(opened, ALL_COLUMNS, frame);
  const judge = new StreamJudge(snapshot.source.start.part);
  for await (const batch of snapshot.batches) judge.add(batch);
  const isWhole = snapshot.settle() === (snapshot.source.start.part ? 'part' : 'whole');
  if (!isWhole) frame.warn(`${opened.name}: what came is not what its marks say`);
  const faults = judge.finish();
  for (const fault of faults.slice(0, SAID)) frame.warn(`${opened.name}: ${fault}`);
  if (judge.count > SAID) frame.warn(`${opened.name}: and ${judge.count - SAID} more faults`);
  const record = {
    file: opened.name,
    format: snapshot.source.start.format,
    nodes: judge.nodes,
    refs: judge.refs,
    ok: isWhole && judge.count === 0,
  };
  if (frame.format === 'ndjson') frame.out.text(`${JSON.stringify(record)}\n`);
  else if (frame.format === 'csv') {
    const { csvLine } = await import('../../../render/csv.ts');
    frame.out.text(csvLine(Object.keys(record)) + csvLine(Object.values(record)));
  } else
    frame.out.text(
      `${opened.name}: ${record.ok ? 'as it must be' : 'not as it must be'}: ${record.nodes} nodes, ${record.refs} references\n`,
    );
  return 0;
}
