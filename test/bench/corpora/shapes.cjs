// usage: node shapes.cjs OUT SHAPE NODES   a made-up heap of one shape, streamed: takes no memory to speak of, and a second for two million nodes
// Shapes: list (doubly linked, both ends rooted), chain, star, cycles (of 8), tree (complete, binary). Each is one class, Link; node 0 is the root.
const fs = require('node:fs');
const [out, shape, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const strings = ['<dummy>', '', 'Link', 'next', 'previous'];
const [ELEMENT, PROPERTY] = [1, 2], [NEXT, PREVIOUS] = [3, 4], RING = 8, last = count - 1;
// The references of node n, by add(kind, name, to).
const shapes = {
  list(n, add) {
    if (n === 0) { add(ELEMENT, 0, 1); add(ELEMENT, 1, last); return; }
    if (n < last) add(PROPERTY, NEXT, n + 1);
    if (n > 1) add(PROPERTY, PREVIOUS, n - 1);
  },
  chain(n, add) { if (n === 0) add(ELEMENT, 0, 1); else if (n < last) add(PROPERTY, NEXT, n + 1); },
  star(n, add) { if (n === 0) add(ELEMENT, 0, 1); else if (n === 1) for (let to = 2; to < count; to++) add(ELEMENT, to, to); },
  // Node 1 holds the first node of every ring.
  cycles(n, add) {
    if (n === 0) add(ELEMENT, 0, 1);
    else if (n === 1) for (let to = 2; to < count; to += RING) add(ELEMENT, to, to);
    else { const first = n - (n - 2) % RING; add(PROPERTY, NEXT, n + 1 < Math.min(first + RING, count) ? n + 1 : first); }
  },
  tree(n, add) {
    if (n === 0) { add(ELEMENT, 0, 1); return; }
    if (2 * n < count) add(ELEMENT, 0, 2 * n);
    if (2 * n + 1 < count) add(ELEMENT, 1, 2 * n + 1);
  },
};
const refs = shapes[shape];
if (!refs || !(count >= 16)) { console.error(`usage: node shapes.cjs OUT ${Object.keys(shapes).join('|')} NODES, at least 16`); process.exit(2); }

const file = fs.openSync(out, 'w');
let pieces = [], length = 0;
const flush = () => { fs.writeSync(file, pieces.join('')); pieces = []; length = 0; };
const write = text => { pieces.push(text); length += text.length; if (length > 1 << 20) flush(); };
let total = 0;
for (let n = 0; n < count; n++) refs(n, () => { total++; });
const meta = {
  node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', 'detachedness'],
  node_types: [['hidden', 'array', 'string', 'object', 'code', 'closure', 'regexp', 'number', 'native', 'synthetic', 'concatenated string', 'sliced string', 'symbol', 'bigint', 'object shape'], 'string', 'number', 'number', 'number', 'number'],
  edge_fields: ['type', 'name_or_index', 'to_node'],
  edge_types: [['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'], 'string_or_number', 'node'],
  trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  sample_fields: ['timestamp_us', 'last_assigned_id'],
  location_fields: ['object_index', 'script_id', 'line', 'column'],
};
write(`{"snapshot":${JSON.stringify({ meta, node_count: count, edge_count: total, trace_function_count: 0 })},\n"nodes":[`);
for (let n = 0; n < count; n++) {
  let degree = 0;
  refs(n, () => { degree++; });
  write(n === 0 ? `9,1,1,0,${degree},0` : `,3,2,${2 * n + 1},16,${degree},0`);
}
write('],\n"edges":[');
let comma = '';
for (let n = 0; n < count; n++) refs(n, (kind, name, to) => { write(`${comma}${kind},${name},${to * 6}`); comma = ','; });
write(`],\n"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n"locations":[],\n"strings":${JSON.stringify(strings)}}`);
flush();
fs.closeSync(file);
