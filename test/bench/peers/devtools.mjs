// A snapshot in, the rows of DevTools' Summary out, by DevTools' own engine; costs 3 to 3.6 times the file in memory.
import { HeapSnapshotManager } from 'chrome-devtools-mcp/build/src/processors/HeapSnapshotManager.js';
import { answer } from './answer.mjs';

await answer('class', async (file) => {
  const engine = new HeapSnapshotManager();
  const { aggregates } = await engine.getAggregates(file);
  engine.dispose();
  const rows = aggregates.map(({ className, count, selfSize, retainedSize }) => ({
    class: className,
    count,
    shallow: selfSize,
    retained: retainedSize,
  }));
  return { lines: () => rows.map((row) => `${JSON.stringify(row)}\n`).join('') };
});
