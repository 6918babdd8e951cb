// A snapshot in, its types out, by JSON.parse of the whole file: the file twice in memory, and V8 refuses above 512 MB.
import { readFileSync } from 'node:fs';
import { answer, className, Groups } from './answer.mjs';

await answer('type', (file) => {
  const { snapshot, nodes, strings } = JSON.parse(readFileSync(file, 'utf8'));
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const groups = new Groups();
  for (let i = 0; i < nodes.length; i += fields.length) {
    groups.add(className(types[0][nodes[i + type]], strings[nodes[i + name]]), nodes[i + size]);
  }
  return groups;
});
