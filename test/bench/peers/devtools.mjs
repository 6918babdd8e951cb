// A snapshot in, the rows of DevTools' Summary out, by DevTools' own engine; costs 3 to 3.6 times the file in memory.
import { HeapSnapshotManager } from 'chrome-devtools-mcp/build/src/processors/HeapSnapshotManager.js';
import { answer, Groups } from './answer.mjs';

await answer('type', async (file) => {
  const engine = new HeapSnapshotManager();
  const { aggregates } = await engine.getAggregates(file);
  engine.dispose();
  const groups = new Groups();
  for (const { className, count, selfSize } of aggregates) groups.add(className, selfSize, count);
  return groups;
});
