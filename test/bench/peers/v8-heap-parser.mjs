// A snapshot in, its class groups out, by the Rust parser of Visual Studio Code as WebAssembly: file and graph share its 4 GiB.
import { readFile } from 'node:fs/promises';
import parser from '@vscode/v8-heap-parser';
import { answer, Groups } from './answer.mjs';

await answer('type', async (file) => {
  const graph = decode(await readFile(file));
  const groups = new Groups();
  for (const group of graph.get_class_groups(0, 2 ** 32 - 1, true)) {
    groups.add(group.name(), Number(group.self_size), group.children_len);
  }
  return groups;
});

/** A refused allocation only says "unreachable", so the size that its memory had grown to is said with it. */
function decode(bytes) {
  try {
    return parser.decode_bytes(bytes);
  } catch (error) {
    const grown = (parser.__wasm.memory.buffer.byteLength / 2 ** 30).toFixed(1);
    throw new Error(`WebAssembly stopped with "${error.message}" at ${grown} of its 4 GiB`);
  }
}
