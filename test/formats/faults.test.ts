/** What is wrong with a snapshot is told with its byte: a file with one fault comes in, the message names the place and what stands there. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { checkStrings } from '../../lib/formats/v8/check.ts';
import { V8File } from '../../lib/formats/v8/source.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { NODES_ONLY } from '../stream/collect.ts';
import { type Heap, heap } from '../support/heap.ts';
import { node20, node26, oddV8Text, v8Text } from '../support/v8Text.ts';
import { BARE, faultOf, held, readFile, readPipe, resultOrFault, withScratch } from './reading.ts';

/** Some thousand nodes, so that sections are longer than the blocks they are read in. */
function many(count: number): Heap {
  const h = heap();
  const nodes = Array.from({ length: count }, (_, i) => h.node(`Type${i % 500}`, { size: 1000 + i, at: [1, i, 0] }));
  for (const [i, node] of nodes.entries()) node.points(`field${i % 900}`, nodes[(i + 1) % count]!).points(i, h.root);
  return h.build();
}

const content = v8Text(many(20_000), node26);

/** Where the `index`th number of a section stands, and the file with `value` in its place. */
function changed(
  section: 'nodes' | 'edges' | 'locations',
  index: number,
  value: string,
): { byte: string; text: string } {
  let at = content.indexOf(`"${section}":[`) + section.length + 4;
  for (let i = 0; i < index; i++) at = content.indexOf(',', at) + 1;
  const end = /\d+/.exec(content.slice(at, at + 20))![0].length + at;
  return { byte: at.toLocaleString('en-US'), text: content.slice(0, at) + value + content.slice(end) };
}

const nodeAt = (n: number, column: number): number => 6 * n + column;
const edgeAt = (ref: number, column: number): number => 3 * ref + column;

for (const n of [0, 1, 777, 2400, 19_999]) {
  test(`a type that the header does not name, at node ${n}, is told with its byte`, async () => {
    const { byte, text } = changed('nodes', nodeAt(n, 0), '99');
    for (const columns of [ALL_COLUMNS, NODES_ONLY, BARE])
      strictEqual(await faultOf(text, columns), `the file: byte ${byte}: node ${n} has type 99, the header names 15`);
  });

  test(`a name beyond the strings, at node ${n}, is told with its byte`, async () => {
    const { byte, text } = changed('nodes', nodeAt(n, 1), '40404');
    for (const columns of [ALL_COLUMNS, NODES_ONLY, BARE])
      match(
        await faultOf(text, columns),
        new RegExp(`^the file: byte ${byte}: node ${n} is called string 40404, there are \\d+$`),
      );
  });
}

test('every place of a block of numbers is told right, also of records that lie across two blocks', async () => {
  const start = content.indexOf('"nodes":[') + 9;
  const blockNode = content.slice(start, start + 65_536).split(',').length / 6;
  for (let n = Math.floor(blockNode) - 3; n < blockNode + 3; n++) {
    const { byte, text } = changed('nodes', nodeAt(n, 1), '9999');
    match(await faultOf(text, BARE), new RegExp(`^the file: byte ${byte}: node ${n} is called`));
  }
});

for (const ref of [0, 5000, 39_999]) {
  // Node 0 has none, each of the others two.
  const from = Math.floor(ref / 2) + 1;

  test(`a kind that the header does not name, at edge ${ref}, is told with its byte`, async () => {
    const { byte, text } = changed('edges', edgeAt(ref, 0), '7');
    strictEqual(await faultOf(text), `the file: byte ${byte}: an edge of node ${from} has type 7, the header names 7`);
  });

  test(`an edge ${ref} to the middle of a node is told with its byte`, async () => {
    const { byte, text } = changed('edges', edgeAt(ref, 2), '13');
    strictEqual(
      await faultOf(text),
      `the file: byte ${byte}: an edge of node ${from} leads to place 13, which is no multiple of 6 or too large`,
    );
  });

  test(`an edge ${ref} to a node that is not there is told with its byte`, async () => {
    const { byte, text } = changed('edges', edgeAt(ref, 2), String(6 * 20_001));
    strictEqual(
      await faultOf(text),
      `the file: byte ${byte}: an edge of node ${from} leads to node 20001, there are 20001`,
    );
  });

  test(`an edge ${ref} to a node beyond 2^32 is told with its byte`, async () => {
    const { byte, text } = changed('edges', edgeAt(ref, 2), String(6 * 2 ** 32));
    match(await faultOf(text), new RegExp(`^the file: byte ${byte}: an edge of node ${from} leads to`));
  });
}

test('a name of an edge beyond the strings is told with its byte', async () => {
  const { byte, text } = changed('edges', edgeAt(5000, 1), '40404');
  match(
    await faultOf(text),
    new RegExp(`^the file: byte ${byte}: an edge of node 2501 is called string 40404, there are \\d+$`),
  );
});

test('faults of edges are no matter where nobody reads references', async () => {
  const { text } = changed('edges', edgeAt(5000, 1), '40404');
  const expected = await readFile(content, NODES_ONLY);
  strictEqual((await readFile(text, NODES_ONLY)).text, expected.text);
  strictEqual((await readPipe(text, NODES_ONLY)).text, expected.text);
});

test('fewer edges than the nodes say are told with the byte where they end', async () => {
  const start = content.indexOf('"edges":[');
  const end = content.indexOf(']', start);
  const last = content.lastIndexOf(',', content.lastIndexOf(',', content.lastIndexOf(',', end) - 1) - 1);
  const byte = last.toLocaleString('en-US');
  match(
    await faultOf(content.slice(0, last) + content.slice(end)),
    new RegExp(`^the file: byte ${byte}: the edges end early: node 20000 `),
  );
  match(
    await faultOf(content.slice(0, start + 9) + content.slice(end)),
    new RegExp(`^the file: byte ${(start + 9).toLocaleString('en-US')}: the edges end early: node 1 `),
  );
});

test('more edges than the nodes say are told with the byte where they begin', async () => {
  const end = content.indexOf(']', content.indexOf('"edges":['));
  const byte = (end + 1).toLocaleString('en-US');
  match(
    await faultOf(`${content.slice(0, end)},1,2,0${content.slice(end)}`),
    new RegExp(`^the file: byte ${byte}: there are more edges than the 20,001 nodes say \\(40,000\\)$`),
  );
});

test('nodes that end in the middle of a record are told with the byte where they end', async () => {
  const end = content.indexOf(']');
  const nodesEnd = content.indexOf(']', content.indexOf('"nodes":['));
  ok(end < nodesEnd);
  for (const columns of [ALL_COLUMNS, BARE]) {
    const text = `${content.slice(0, nodesEnd)},3${content.slice(nodesEnd)}`;
    match(
      await faultOf(text, columns),
      new RegExp(`^the file: byte ${(nodesEnd + 2).toLocaleString('en-US')}: the nodes end in the middle of a record`),
    );
  }
});

test('numbers that no snapshot has are refused: beyond 2^53, below 0, with a fraction, with leading zeros', async () => {
  for (const [value, problem] of [
    ['9007199254740992', 'is beyond 2\\^53'],
    ['9007199254740993', 'is beyond 2\\^53'],
    ['12345678901234567890', 'is beyond 2\\^53'],
    ['1e400', 'is not a whole number'],
    ['-1', 'is not a whole number'],
    ['1.5', 'is not a whole number'],
    ['007', 'stands where a number must be'],
    ['00', 'stands where a number must be'],
    ['0123456789012', 'stands where a number must be'],
    ['\\+1', 'stands where a number must be'],
    ['0x10', 'stands where a number must be'],
    ['NaN', 'stands where a number must be'],
    ['1 2', 'stands where a number must be'],
    ['1\t\n2', 'stands where a number must be'],
    ['"1"', 'stands where a number must be'],
    ['null', 'stands where a number must be'],
  ] as const) {
    for (const n of [0, 15_000]) {
      const { byte, text } = changed('nodes', nodeAt(n, 3), value.replace('\\', ''));
      for (const columns of [ALL_COLUMNS, BARE])
        match(await faultOf(text, columns), new RegExp(`^the file: byte ${byte}: .+ ${problem}`));
    }
  }
  for (const value of ['', '1'.repeat(400)]) {
    const { byte, text } = changed('nodes', nodeAt(15_000, 3), value);
    const fault = await faultOf(text);
    match(fault, new RegExp(`^the file: byte ${byte}: `));
    ok(fault.length < 200);
  }
  match(await faultOf(changed('nodes', nodeAt(15_000, 3), '[1]').text), /array or object stands in the section nodes$/);
  match(
    await faultOf(changed('nodes', nodeAt(15_000, 3), '{}').text),
    /byte 313,111: \{\} stands where a number must be$/,
  );
});

test('numbers that no snapshot has are refused also where stream-json reads them', async () => {
  for (const [value, problem] of [
    ['9007199254740993', /beyond 2\^53/],
    ['1e400', /whole number/],
    ['-1', /whole number/],
    ['1.5', /whole number/],
    ['007', /JSON|number/],
    ['"1"', /string|number/],
    ['null', /null/],
    ['[1]', /array/],
  ] as const) {
    const odd = oddV8Text(many(10), { space: ' ' }).replace(' 1005 ', ` ${value} `);
    match(await faultOf(odd), problem);
  }
});

test('whole numbers up to 2^53 - 1 are read to the last digit', async () => {
  for (let less = 1; less < 120; less++) {
    const h = heap();
    h.node('A', { id: Number.MAX_SAFE_INTEGER - less, size: Number.MAX_SAFE_INTEGER + 1 - less });
    const { items } = await readFile(v8Text(h.build(), node20), BARE);
    const [, node] = items;
    ok(typeof node === 'object');
    deepStrictEqual([node.id, node.size], [Number.MAX_SAFE_INTEGER - less, Number.MAX_SAFE_INTEGER + 1 - less]);
  }
});

test('a string with an escape that JSON does not have is told with the byte where it begins', async () => {
  for (const bad of ['\\x41', '\\u12g4', '\\u']) {
    const text = content.replace('"Type333"', `"Type${bad}333"`);
    const byte = text.indexOf('"Type\\').toLocaleString('en-US');
    match(await faultOf(text), new RegExp(`^the file: byte ${byte}: a string holds an escape that JSON does not have`));
  }
});

test('a string that is not UTF-8 is told with the byte where it is not, in any layout', async () => {
  const bytes = Buffer.from(content);
  const at = bytes.indexOf('Type333') + 2;
  bytes[at] = 0xff;
  for (const columns of [ALL_COLUMNS, BARE])
    match(
      await faultOf(bytes, columns),
      new RegExp(`^the file: byte ${at.toLocaleString('en-US')}: a string is not UTF-8`),
    );
  const odd = Buffer.from(oddV8Text(many(10), { space: ' ' }));
  const there = odd.indexOf('Type3') + 2;
  odd[there] = 0xff;
  match(await faultOf(odd), new RegExp(`^the file: byte ${there.toLocaleString('en-US')}: a string is not UTF-8`));
});

test('a control character in a string is told with its byte', async () => {
  const text = content.replace('Type333', 'Type\n33');
  match(
    await faultOf(text),
    new RegExp(
      `^the file: byte ${(text.indexOf('Type\n') + 4).toLocaleString('en-US')}: a control character stands in a string`,
    ),
  );
});

test('data behind the snapshot are told with their byte, white space is none', async () => {
  const byte = (content.length + 2).toLocaleString('en-US');
  match(
    await faultOf(`${content}\n ${content}`),
    new RegExp(`^the file: byte ${byte}: data after the end of the snapshot \\(two snapshots in one file\\?\\)$`),
  );
  strictEqual((await readFile(`${content}${' \n\t\r'.repeat(3000)}`, BARE)).items.length, 20_001);
  match(await faultOf(`${content}${' \n\t\r'.repeat(3000)}}`), /data after the end/);
});

test('a section that is missing is named', async () => {
  for (const section of ['nodes', 'edges', 'strings'])
    match(
      await faultOf(content.replace(`"${section}":[`, `"${section}_":[`)),
      new RegExp(`^the file: is JSON, but no heap snapshot: it has no ${section}$`),
    );
  match(await faultOf(content.replace('"snapshot":', '"snapshut":')), /it has no snapshot/);
});

test('a section that is there twice is refused', async () => {
  match(await faultOf(content.replace('"edges":[', '"nodes":[],"edges":[')), /^the file: has two sections nodes$/);
});

test('a header without a column that no snapshot can do without is refused', async () => {
  for (const [column, message] of [
    ['self_size', /no node column self_size/],
    ['to_node', /no edge column to_node/],
  ] as const) {
    match(await faultOf(content.replace(`"${column}"`, `"${column}_"`)), message);
  }
  // An edge type that nobody knows is a fault where an edge is of it, and only there.
  match(await faultOf(content.replace('"property"', '"longcut"')), /has a type that this program does not know/);
  match(
    await faultOf('{"snapshot":{},"nodes":[],"edges":[],"strings":[]}'),
    /no node column type, name, id, self_size, edge_count/,
  );
});

test('a header of more than a megabyte is refused, not read forever', async () => {
  match(
    await faultOf(content.replace('"snapshot":{', `"snapshot":{"note":[${'1,'.repeat(600_000)}1],`)),
    /header is longer than 1 MiB/,
  );
});

test('what is no snapshot at all is told so', async () => {
  for (const text of [
    '[]',
    '{}',
    '7',
    '"nodes"',
    'null',
    '{"nodes":[1]}',
    '{"snapshot":{"meta":{}}}',
    '{"snapshot":[],"nodes":{},"edges":[],"strings":[]}',
    'x',
  ]) {
    const fault = await resultOrFault(readFile(text));
    ok(typeof fault === 'string', text);
  }
  match(await faultOf(''), /^the file: is empty, not a heap snapshot$/);
});

test('a file that only stream-json can read is judged as others are, wherever that shows', async () => {
  const h = many(300);
  const judged = (text: string): Promise<readonly string[]> =>
    withScratch((scratch) => checkStrings(new V8File(held(Buffer.from(text)), scratch)));
  const plain = v8Text(h, node26);
  const lastEdge = plain.indexOf(']', plain.indexOf('"edges":['));
  for (const text of [
    plain,
    `${plain.slice(0, lastEdge)}.0${plain.slice(lastEdge)}`,
    `${plain.slice(0, -1)},"more":[1]}`,
    oddV8Text(h, { space: ' ' }),
  ])
    deepStrictEqual(await judged(text), []);
  deepStrictEqual(await judged(v8Text(h, { ...node26, claims: { node_count: 5 } })), [
    'the file: the header counts 5 nodes, there are 301',
  ]);
});
