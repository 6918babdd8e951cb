// A node stream in, its types out, by split2 and JSON.parse: every reference becomes an object.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import split2 from 'split2';
import { answer, Groups } from './answer.mjs';

await answer('type', async (file) => {
  const groups = new Groups();
  const records = split2(JSON.parse);
  records.on('data', ({ type, size }) => {
    if (type !== undefined) groups.add(type, size);
  });
  await pipeline(createReadStream(file), records);
  return groups;
});
