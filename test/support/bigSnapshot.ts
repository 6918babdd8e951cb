/** Writes a .heapsnapshot of any size, made up but well-formed: a file and a number of nodes come in; streams it, so memory stays small. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { heap } from './heap.ts';
import { node26, sections } from './v8Text.ts';

/** Classes and names repeat as in a real heap: a hundred classes, and by default one string of its own for every tenth node. */
const classes = 100;

/**
 * Writes `nodes` nodes with three references each, about 105 bytes of file a node: node 0 is the root and points at 1; node i points at i + 1,
 * at a node far away, and at its class's shape.
 */
export async function writeBigSnapshot(file: string, nodes: number, ownEvery = 10): Promise<void> {
  const out = createWriteStream(file);
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain');
  };
  const each = async (count: number, piece: (i: number) => string): Promise<void> => {
    const perBlock = 10_000;
    for (let start = 0; start < count; start += perBlock) {
      const block = Array.from({ length: Math.min(perBlock, count - start) }, (_, i) => piece(start + i));
      await write((start === 0 ? '' : ',') + block.join(','));
    }
  };
  const { snapshot } = sections(heap().build(), node26);
  const own = Math.ceil(nodes / ownEvery);
  await write(`{"snapshot":${JSON.stringify({ ...snapshot, node_count: nodes, edge_count: 3 * nodes })},\n"nodes":[`);
  await each(nodes, (i) => node(i, ownEvery));
  await write('],\n"edges":[');
  await each(
    nodes,
    (i) =>
      `2,${1 + (i % classes)},${6 * ((i + 1) % nodes)},1,${i % 1000},${6 * ((i * 7919) % nodes)},3,1,${6 * (i % classes)}`,
  );
  await write(
    '],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[],\n"strings":["<dummy>",',
  );
  await each(classes, (i) => `"Class${i}"`);
  await write(',');
  await each(own, (i) => `"the text of string number ${i} which is as long as texts are"`);
  await write(']}');
  out.end();
  await once(out, 'close');
}

/** type, name, id, self_size, edge_count, detachedness: every `ownEvery`th node is a string of its own, the others are objects. */
const node = (i: number, ownEvery: number): string =>
  i === 0
    ? '9,1,1,0,3,0'
    : i % ownEvery === 0
      ? `2,${1 + classes + i / ownEvery},${2 * i + 1},${24 + (i % 64)},3,0`
      : `3,${1 + (i % classes)},${2 * i + 1},${16 + 8 * (i % 12)},3,0`;
