// A snapshot in, its class groups out, by the Rust parser of Visual Studio Code as WebAssembly: file and graph share its 4 GiB.
import { readFile } from 'node:fs/promises';
import { decode_bytes } from '@vscode/v8-heap-parser';
import { answer, Groups } from './answer.mjs';

await answer('type', async (file) => {
  const graph = decode_bytes(await readFile(file));
  const groups = new Groups();
  for (const group of graph.get_class_groups(0, 2 ** 32 - 1, true)) {
    groups.add(group.name(), Number(group.self_size), group.children_len);
  }
  return groups;
});
