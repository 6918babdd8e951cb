// A snapshot in, its types out, by memlab's parser and its node objects; the whole graph is held in memory.
import memlab from '@memlab/core';
import { answer, className, Groups } from './answer.mjs';

await answer('type', async (file) => {
  memlab.config.muteConsole = true;
  const heap = await memlab.utils.getSnapshotFromFile(file, {});
  const groups = new Groups();
  heap.nodes.forEach((node) => {
    groups.add(className(node.type, node.name), node.self_size);
  });
  return groups;
});
