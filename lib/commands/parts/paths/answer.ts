/** Kinds of paths as they are told: lines of JSON, CSV, or a table; and how many chosen nodes have none. */
import type { Frame } from '../../../cli/frame.ts';
import type { Output } from '../../../cli/output.ts';
import { formatCount } from '../../../render/counts.ts';
import type { ShownPath } from '../../../render/paths.ts';
import type { SpellVia } from '../../../render/via.ts';
import type { Places } from '../graph/places.ts';

export interface PathAnswer {
  /** The snapshot's. */
  readonly name: string;
  /** Nodes, and those of them that have no path. */
  readonly chosen: number;
  readonly unreached: number;
  /** Of all rows, shown or not. */
  readonly totals: { readonly rows: number; readonly count: number; readonly bytes: number };
  readonly spell: SpellVia;
  /** The rows that are shown: as lines of JSON, or one after the other. */
  write(out: Output): void;
  each(take: (row: ShownPath) => void): void;
  placesFor(nodes: Iterable<{ readonly n: number; readonly type: string }>): Promise<Places>;
}

export async function tellPaths(answer: PathAnswer, frame: Frame): Promise<void> {
  const { name, chosen, unreached } = answer;
  if (frame.format === 'ndjson') answer.write(frame.out);
  else await render(answer, frame);
  if (unreached > 0)
    frame.note(
      `${name}: ${formatCount(unreached)} of ${formatCount(chosen)} chosen nodes are reached from no root over references that hold, and have no path`,
    );
}

async function render({ totals, spell, each, placesFor }: PathAnswer, { format, out, style }: Frame): Promise<void> {
  const { PATH_CSV_HEAD, pathCsv, renderPaths } = await import('../../../render/paths.ts');
  if (format === 'csv') {
    out.text(PATH_CSV_HEAD);
    each((row) => out.text(pathCsv(row, spell)));
    return;
  }
  const shown: ShownPath[] = [];
  each((row) => shown.push(row));
  const places = await placesFor(shown.map(({ example }) => example));
  const placed = shown.map((row) => ({ ...row, example: { ...row.example, place: places.get(row.example.n) } }));
  out.text(renderPaths(totals, placed, style, spell));
}
