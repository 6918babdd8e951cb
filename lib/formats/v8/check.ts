/** What only a judge reads of a V8 file: every string, also those that nobody uses; and what the header says against what is there. */
import { UnusualLayout } from './locate.ts';
import { Numbers } from './numbers.ts';
import type { Located, V8File } from './source.ts';
import { StringTable } from './strings.ts';

/** Throws InputError at the first fault; gives notes on what is odd but no fault. */
export async function checkStrings(file: V8File): Promise<readonly string[]> {
  const located = await file.located();
  try {
    return judge(file.bytes.name, located);
  } catch (error) {
    // A spelling that no writer uses shows only where it is read.
    if (!(error instanceof UnusualLayout)) throw error;
    return judge(file.bytes.name, await file.rewritten());
  }
}

function judge(name: string, located: Located): readonly string[] {
  const { header, sections } = located.layout;
  const strings = new StringTable(located.file, located.strings);
  for (let index = 0; index < strings.length; index++) strings.find(index);
  const nodes = countOf(new Numbers(located.file, sections.get('nodes')!)) / header.nodeFields.length;
  const edges = countOf(new Numbers(located.file, sections.get('edges')!)) / header.edgeFields.length;
  const notes: string[] = [];
  if (header.nodeCount !== undefined && Number.isInteger(nodes) && header.nodeCount !== nodes)
    notes.push(`${name}: the header counts ${header.nodeCount} nodes, there are ${nodes}`);
  if (header.edgeCount !== undefined && Number.isInteger(edges) && header.edgeCount !== edges)
    notes.push(`${name}: the header counts ${header.edgeCount} edges, there are ${edges}`);
  return notes;
}

function countOf(numbers: Numbers): number {
  let count = 0;
  while (numbers.fill()) {
    count += numbers.length;
    numbers.next = numbers.length;
  }
  return count;
}
