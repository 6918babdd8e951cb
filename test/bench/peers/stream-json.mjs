// A snapshot in, its kinds out, by the pipeline of stream-json's README: the nodes' numbers one by one, and no references.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import chain from 'stream-chain';
import { parser } from 'stream-json';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { streamValues } from 'stream-json/streamers/stream-values.js';
import { answer, Groups } from './answer.mjs';

await answer('kind', async (file) => {
  const { node_fields: fields, node_types: types } = await meta(file);
  const [type, size] = ['type', 'self_size'].map((field) => fields.indexOf(field));
  const groups = new Groups();
  let kind;
  const numbers = chain([parser(), pick({ filter: 'nodes' }), streamArray()]);
  numbers.on('data', ({ key, value }) => {
    const field = key % fields.length;
    if (field === type) kind = types[0][value];
    else if (field === size) groups.add(kind, value);
  });
  await pipeline(createReadStream(file), numbers);
  return groups;
});

async function meta(file) {
  const found = chain([createReadStream(file), parser(), pick({ filter: 'snapshot.meta' }), streamValues()]);
  for await (const { value } of found) return value;
  throw new Error('the file has no snapshot.meta');
}
