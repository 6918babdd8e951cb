// A snapshot in, its types out, by JSON.parse of the whole file: the file twice in memory, and V8 refuses above 512 MB.
import { readFileSync } from 'node:fs';
import { answer, className, Groups } from './answer.mjs';

await answer('type', (file) => {
  const { snapshot, nodes, strings } = JSON.parse(textOf(file));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const groups = new Groups();
  for (let i = 0; i < nodes.length; i += fields.length) {
    groups.add(className(types[0][nodes[i + type]], strings[nodes[i + name]]), nodes[i + size]);
  }
  return groups;
});

function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ERR_STRING_TOO_LONG' && error.code !== 'ERR_FS_FILE_TOO_LARGE') throw error;
    throw new Error(`file larger than V8's longest string (${error.message})`);
  }
}
