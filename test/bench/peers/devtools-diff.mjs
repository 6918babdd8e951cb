// Two snapshots in, the classes of DevTools' Comparison out, by DevTools' own engine; holds both whole.
import { HeapSnapshotManager } from 'chrome-devtools-mcp/build/src/processors/HeapSnapshotManager.js';

const [, , before, after] = process.argv;
const engine = new HeapSnapshotManager();
const { classDiffs } = await engine.getClassDiffs(before, after);
engine.dispose();
for (const { className, addedCount, removedCount, sizeDelta } of classDiffs)
  console.log(JSON.stringify({ class: className, new: addedCount, gone: removedCount, bytes: sizeDelta }));
