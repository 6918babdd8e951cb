/** Rows of groups on their way out. */
import type { Frame } from '../../../cli/frame.ts';
import type { Group, GroupTotals } from '../../../stages/group.ts';

/** As the user wants them: a table, CSV, or lines of JSON. */
export async function printGroups(
  frame: Frame,
  keys: readonly string[],
  { totals, rows }: { totals: GroupTotals; rows: Iterable<Group> },
): Promise<void> {
  if (frame.format === 'table') {
    const { renderGroups } = await import('../../../render/groups.ts');
    frame.out.text(renderGroups(keys, totals, [...rows], frame.style));
  } else if (frame.format === 'csv') {
    const { csvLine } = await import('../../../render/csv.ts');
    frame.out.text(csvLine([...keys, 'count', 'bytes']));
    for (const row of rows) frame.out.text(csvLine([...row.keys, row.count, row.bytes]));
  } else {
    const names = keys.map((key) => JSON.stringify(key));
    for (const row of rows) {
      const fields = row.keys.map((text, i) => `${names[i]}:${JSON.stringify(text)}`);
      frame.out.text(`{${fields.join(',')},"count":${row.count},"bytes":${row.bytes}}\n`);
    }
  }
}
