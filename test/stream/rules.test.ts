/** Every rule of a node stream: small streams that keep or break one rule come in; what is read, noted or refused goes out. */
import { deepStrictEqual, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStream } from '../../lib/stream/decode.ts';
import { InputError } from '../../lib/stream/errors.ts';
import { asPart } from '../../lib/stream/marks.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { type Collected, collectStream, inPieces, NODES_ONLY } from './collect.ts';

const START = '{"snap":"start","schema":1,"format":"v8","nodes":2,"refs":1}';
const END = '{"snap":"end","nodes":2,"refs":1}';
const A = '{"n":0,"id":1,"kind":"object","type":"A","size":1,"refs":[["property","next",1]]}';
const B = '{"n":1,"id":3,"kind":"object","type":"B","size":2,"refs":[]}';
const FIRST = '{"n":0,"id":1,"kind":"object","type":"A","size":1,"more":3,"refs":[["element",0,0]]}';
const TWO_MORE = '{"n":0,"refs":[["element",1,0],["element",2,0]]}';
const LAST = '{"n":0,"refs":[["element",3,0]]}';

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
/** The same node or mark, spelt so that only the plain way reads it; records that nobody knows pass on as they are spelt. */
const spaced = (line: string): string => (/"snap":"(?!(start|end)")/.test(line) ? line : line.replace('{', '{ '));

/** Reads it whole, byte by byte, of nodes only, and spelt in another way: all must come to the same. */
async function everyWay(text: string, check: (result: Collected) => void): Promise<void> {
  const inOneWay = await collectStream(text);
  check(inOneWay);
  deepStrictEqual(await collectStream(text, ALL_COLUMNS, () => 1), {
    ...inOneWay,
    batches: (await collectStream(text, ALL_COLUMNS, () => 1)).batches,
  });
  const plain = await collectStream(text.split('\n').map(spaced).join('\n'));
  deepStrictEqual(plain.items, inOneWay.items);
  deepStrictEqual(plain.verdict, inOneWay.verdict);
  const bare = await collectStream(text, NODES_ONLY);
  deepStrictEqual(
    bare.items,
    inOneWay.items.map((item) => (typeof item === 'string' ? item : { ...item, refs: undefined })),
  );
  strictEqual(bare.verdict.cut, inOneWay.verdict.cut);
}

/** Each way of reading must refuse it with this message. */
async function refused(text: string | Buffer, message: RegExp, inNodesOnly = true): Promise<void> {
  const isExpected = (error: unknown): true => {
    ok(error instanceof InputError, String(error));
    match(error.message, message);
    match(error.message, /^the stream: /);
    return true;
  };
  await rejects(collectStream(text), isExpected);
  await rejects(
    collectStream(text, ALL_COLUMNS, () => 1),
    isExpected,
  );
  if (inNodesOnly) await rejects(collectStream(text, NODES_ONLY), isExpected);
}

test('a stream with both marks that counts right is whole', () =>
  everyWay(lines(START, A, B, END), ({ verdict, startLine, items }) => {
    deepStrictEqual(verdict, { notes: [], part: false });
    strictEqual(startLine, START);
    strictEqual(items.length, 2);
  }));

test('a stream without a newline at its end is whole', () =>
  everyWay(lines(START, A, B, END).trimEnd(), ({ verdict }) => deepStrictEqual(verdict, { notes: [], part: false })));

test('a whole stream may have no nodes', () =>
  everyWay(lines('{"snap":"start","schema":1}', '{"snap":"end","nodes":0,"refs":0}'), ({ verdict, items }) => {
    deepStrictEqual(verdict, { notes: [], part: false });
    deepStrictEqual(items, []);
  }));

test('counts in the start mark are hints: wrong ones change nothing', () =>
  everyWay(lines(START.replace('"nodes":2,"refs":1', '"nodes":9,"refs":-1'), A, B, END), ({ verdict }) =>
    deepStrictEqual(verdict, { notes: [], part: false }),
  ));

test('any format is accepted, also none', async () => {
  for (const format of ['"format":"python",', '"format":7,', '']) {
    await everyWay(lines(START.replace('"format":"v8",', format), A, B, END), ({ verdict }) =>
      deepStrictEqual(verdict, { notes: [], part: false }),
    );
  }
});

test('a start without an end was cut off: what came is given, the warning has both counts', () =>
  everyWay(lines(START, A), ({ verdict, items }) => {
    strictEqual(items.length, 1);
    strictEqual(verdict.part, true);
    match(verdict.cut ?? '', /line 3: .* after 1 of 2 nodes/);
  }));

test('a start without an end and without counts was cut off as well', () =>
  everyWay(lines('{"snap":"start","schema":1}', A, B), ({ verdict }) => match(verdict.cut ?? '', /after 2 nodes/)));

test('a start alone was cut off', () =>
  everyWay(lines(START), ({ verdict }) => match(verdict.cut ?? '', /after 0 of 2 nodes/)));

test('an end that counts other nodes than came is noted, and the stream is a part', () =>
  everyWay(lines(START, A, END), ({ verdict }) => {
    strictEqual(verdict.cut, undefined);
    strictEqual(verdict.part, true);
    strictEqual(verdict.notes.length, 1);
    match(verdict.notes[0]!, /counts 2 nodes and 1 references, there came 1 and/);
  }));

test('an end that counts other references than came is noted where references are read', async () => {
  const text = lines(START, A, B, END.replace('"refs":1', '"refs":5'));
  const { verdict } = await collectStream(text);
  match(verdict.notes[0] ?? '', /counts 2 nodes and 5 references, there came 2 and 1/);
  strictEqual(verdict.part, true);
  deepStrictEqual((await collectStream(text, NODES_ONLY)).verdict, { notes: [], part: false });
});

test('an end without counts ends the stream', () =>
  everyWay(lines(START, A, B, '{"snap":"end"}'), ({ verdict }) =>
    deepStrictEqual(verdict, { notes: [], part: false }),
  ));

test('a start that says part makes a part of what is dense', () =>
  everyWay(lines(START.replace('"refs":1', '"refs":1,"part":true'), A, B, END), ({ verdict }) =>
    deepStrictEqual(verdict, { notes: [], part: true }),
  ));

test('without marks, nodes that are dense from 0 are whole', () =>
  everyWay(lines(A, B), ({ verdict, startLine }) => {
    deepStrictEqual(verdict, { notes: [], part: false });
    strictEqual(startLine, '{"snap":"start","schema":1}');
  }));

test('without marks, nodes with a gap are a part', () =>
  everyWay(lines(A, B.replace('"n":1', '"n":2')), ({ verdict }) =>
    deepStrictEqual(verdict, { notes: [], part: true }),
  ));

test('without marks, nodes that do not begin at 0 are a part', () =>
  everyWay(lines(B), ({ verdict }) => deepStrictEqual(verdict, { notes: [], part: true })));

test('an end mark alone behind nodes made by hand is heeded', () =>
  everyWay(lines(A, END), ({ verdict }) => {
    strictEqual(verdict.notes.length, 1);
    strictEqual(verdict.part, true);
  }));

test('a start that is called a part once more stays as it is, else its other fields do', async () => {
  const source = await decodeStream(
    'the stream',
    inPieces('{"snap":"start", "schema":1,"mine":[1e400,{"part":false}],"part":false}\n'),
    ALL_COLUMNS,
  );
  const part = asPart(source.start);
  strictEqual(part.line, '{"snap":"start","schema":1,"mine":[1e400,{"part":false}],"part":true}');
  strictEqual(part.part, true);
  strictEqual(asPart(part), part);
});

test('a start mark in another order of keys, with spaces, passes as it came', async () => {
  const start = '{ "format":"v8", "nodes":2, "schema":1, "snap":"start" }';
  const { startLine, verdict } = await collectStream(lines(start, A, B, END));
  strictEqual(startLine, start);
  deepStrictEqual(verdict, { notes: [], part: false });
});

test('references go on in lines of n and refs', () =>
  everyWay(lines(FIRST, TWO_MORE, LAST, B), ({ items, verdict }) => {
    deepStrictEqual(verdict, { notes: [], part: false });
    const [node] = items;
    ok(typeof node === 'object');
    deepStrictEqual(
      node.refs,
      [0, 1, 2, 3].map((i) => ['element', i, 0]),
    );
  }));

test('a continuation may be empty', () =>
  everyWay(lines(FIRST.replace('["element",0,0]', ''), '{"n":0,"refs":[]}', TWO_MORE, LAST), ({ items }) => {
    const [node] = items;
    ok(typeof node === 'object' && (node.refs === undefined || node.refs.length === 3));
  }));

test('a node without its continuation is refused where the next record comes', async () => {
  const message = /line 2 comes before the (3 )?references that node 0 still announced/;
  await refused(lines(FIRST, B), message);
  await refused(lines(FIRST, spaced(B)), message);
  await refused(lines(FIRST, '{"snap":"end","nodes":1,"refs":4}'), message);
  await refused(lines(FIRST, '{"snap":"note"}'), message);
});

test('a node without its last continuation is refused where references are read', async () => {
  await refused(
    lines(START, FIRST, TWO_MORE, B),
    /line 4 comes before the 1 references that node 0 still announced/,
    false,
  );
});

test('a continuation that nobody announced is refused', async () => {
  await refused(
    lines(A, LAST),
    /line 2 goes on with the references of node 0, which is not the line before or is complete/,
  );
  await refused(lines(A, spaced(LAST)), /line 2 goes on/);
  await refused(lines(LAST), /line 1 goes on/);
  await refused(lines(FIRST, TWO_MORE.replace('"n":0', '"n":1')), /line 2 goes on with the references of node 1/);
  await refused(lines(FIRST, TWO_MORE, LAST, LAST), /line 4 goes on/, false);
});

test('a continuation with more references than were announced is refused', async () => {
  const message = /line 3 holds 2 references of node 0, of which only 1 were to come/;
  await refused(lines(FIRST, TWO_MORE, TWO_MORE), message, false);
  await refused(lines(FIRST, TWO_MORE, spaced(TWO_MORE)), message, false);
});

test('more without refs is refused', () =>
  refused(lines(A.replace(/,"refs".*/, ',"more":2}')), /line 1 has more but no refs/));

test('a stream that ends before a continuation was cut off', async () => {
  const { verdict } = await collectStream(lines(START, FIRST, TWO_MORE));
  match(verdict.cut ?? '', /after 1 of 2 nodes/);
});

test('a stream without marks that ends before a continuation is not taken for whole', async () => {
  const { verdict } = await collectStream(lines(FIRST, TWO_MORE));
  ok(verdict.cut !== undefined || verdict.part, 'the last reference never came');
});

test('nodes that do not ascend are refused', async () => {
  await refused(lines(START, B, A), /line 3 has n 0 after 1: nodes come in ascending order/);
  await refused(lines(A, A), /line 2 has n 0 after 0/);
  await refused(lines(A, spaced(A)), /line 2 has n 0 after 0/);
});

test('a second start is refused', async () => {
  await refused(lines(START, A, START, B), /line 3 begins a second snapshot/);
  await refused(lines(A, START, B), /line 2 begins a second snapshot/);
  await refused(lines(START, START), /line 2 begins a second snapshot/);
});

test('a node behind the end is refused', async () => {
  await refused(lines(START, A, END, B), /line 4 stands behind the end mark/);
  await refused(lines(START, A, END, spaced(B)), /line 4 stands behind the end mark/);
  await refused(lines(START, A, END, END), /line 4 is a second end mark/);
  await refused(lines(FIRST, TWO_MORE, LAST, '{"snap":"end"}', LAST), /line 5/);
});

test('records with an unknown snap keep their place and their bytes', async () => {
  const notes = [
    '{"snap":"note","x":1e400}',
    '{"snap":"","x":"\\u0041"}',
    '{"snap":"End","a":[ 1 ]}',
    '{"snap":"note","x":9007199254740993}',
  ];
  const stream = lines(START, notes[0]!, A, notes[1]!, notes[2]!, B, notes[3]!, END);
  await everyWay(stream, ({ items, text }) => {
    deepStrictEqual(
      items.map((item) => (typeof item === 'string' ? item : item.type)),
      [notes[0], 'A', notes[1], notes[2], 'B', notes[3]],
    );
    strictEqual(text, stream);
  });
});

test('unknown fields pass unchanged, also numbers that no double can hold', async () => {
  const node =
    '{"n":0,"id":1,"kind":"object","type":"A","size":1,"retained":9007199254740993,"x":1e400,"deep":{"a":[1.50,-0,{"b":null}]},"refs":[]}';
  strictEqual((await collectStream(lines(node))).text.split('\n')[1], node);
  const apart = node.replaceAll(',', ' ,\t').replaceAll(':', ' : ').replace('"deep"', '"\\u0064eep"');
  strictEqual((await collectStream(lines(apart))).text.split('\n')[1], node);
});

test('unknown fields behind the references are found in every way of reading', async () => {
  const node =
    '{"n":0,"id":1,"kind":"string","type":"A","size":1,"refs":[["element",0,0]],"name":"called","tags":[[1,2]]}';
  for (const columns of [ALL_COLUMNS, NODES_ONLY]) {
    const [item] = (await collectStream(lines(node), columns)).items;
    ok(typeof item === 'object');
    strictEqual(item.name, 'called');
    strictEqual(item.extra, '"tags":[[1,2]]');
  }
});

test('a first record that is neither a mark nor a node is refused', async () => {
  await refused(
    lines('{"type":"A","count":1,"bytes":2}'),
    /line 1 is neither a mark nor a node \(it has type, count, bytes\)/,
  );
  await refused(lines('{}'), /line 1 is neither a mark nor a node \(it has no fields\)/);
  await refused(lines('[1]'), /line 1 is/);
  await refused(lines('7'), /line 1 is not an object/);
  await refused(lines('null'), /line 1 is not an object/);
  await refused(lines('snap'), /line 1 is not JSON/);
});

test('a later record that is neither a mark nor a node is refused', () =>
  refused(lines(START, A, '{"type":"A"}'), /line 3 is neither a node nor a mark/));

test('no input, or blank lines alone, is an error that asks for the producer', async () => {
  for (const text of ['', '\n', ' \n\t\n\r\n', '   '])
    await refused(text, /is empty: no snapshot came \(did its producer fail\?\)/);
});

test('blank lines are passed over, and counted', async () => {
  await everyWay(`\n  \n${lines(START, '', A, ' \t', B, '', END, '', '')}`, ({ verdict, items }) => {
    strictEqual(items.length, 2);
    deepStrictEqual(verdict, { notes: [], part: false });
  });
  await refused(`\n\n${lines(START, '', A, '', 'x')}`, /line 7 is not JSON/);
});

test('a line of 65,536 bytes with its newline is read, a longer one is refused', async () => {
  const node = (length: number): string => {
    const [head, tail] = ['{"n":0,"id":1,"kind":"string","type":"(string)","name":"', '","size":1}\n'];
    return head + 'x'.repeat(length - head.length - tail.length) + tail;
  };
  await everyWay(node(65_535), ({ items }) => strictEqual(items.length, 1));
  const { text } = await collectStream(node(65_536));
  strictEqual(text.split('\n')[1], node(65_536).trimEnd());
  await refused(node(65_537), /line 1 is longer than 64 KiB/);
  await refused(lines(START) + node(65_537), /line 2 is longer than 64 KiB/);
  await refused(lines(START) + node(65_537).replace('{', '{ '), /line 2 is longer than 64 KiB/);
  await refused(lines(START) + node(1_000_000), /line 2 is longer than 64 KiB/);
  await refused(lines(START, A, `{"snap":"note","x":"${'x'.repeat(65_536)}"}`), /line 3 is longer than 64 KiB/);
});

test('a start mark over 64 KiB is refused however it comes', () =>
  refused(lines(START.replace('}', `,"x":"${'x'.repeat(65_536)}"}`), A, B, END), /line 1 is longer than 64 KiB/));

test('bytes that are not UTF-8 are refused with their line', async () => {
  const broken = (text: string): Buffer => Buffer.from(text.replace('#', '\u00ff'), 'latin1');
  await refused(broken(lines(START, A, B.replace('"B"', '"#"'), END)), /line 3 is not UTF-8/);
  await refused(broken(lines(START, A, spaced(B).replace('"B"', '"#"'), END)), /line 3 is not UTF-8/);
  await refused(broken(lines(START, A, '{"snap":"note","x":"#"}', END)), /line 3 is not UTF-8/);
  await refused(broken(lines(A.replace('"A"', '"#"'))), /line 1 is not UTF-8/);
  await refused(broken(lines(START.replace('v8', '#'), A)), /line 1 is not UTF-8/);
});

test('half a character at a line break is not made whole by the next line', () =>
  refused(
    Buffer.concat([
      Buffer.from(lines(START, A)),
      Buffer.from('{"n":1,"id":3,"kind":"object","type":"'),
      Buffer.of(0xc3, 10, 0xa9),
      Buffer.from('"}\n'),
    ]),
    /line 3 is not UTF-8/,
  ));

test('a line in the middle that is no JSON is refused with its number', async () => {
  for (const bad of [
    '{"n":1',
    '{"n":1,,}',
    'oops',
    '{"n":1,"id":3,"kind":"object","type":"B","size":02,"refs":[]}',
    `${B}x`,
    B.replace('"B"', '"\u0001"'),
    B.replace('"B"', '"\\x"'),
  ]) {
    await refused(lines(START, A, bad, END), /line 3 is not JSON/);
  }
  await refused(lines(START, spaced(A), '', 'oops', END), /line 4 is not JSON/);
});

test('a last line that is torn was cut off in it: what came before is given', async () => {
  const text = lines(START, A, B, END);
  for (let length = lines(START, A).length + 1; length < lines(START, A, B).length - 1; length++) {
    const { items, verdict } = await collectStream(text.slice(0, length));
    strictEqual(items.length, 1);
    match(verdict.cut ?? '', /line 3: /);
  }
});

test('a torn last line is torn also without marks, behind other lines of Windows, and in the plain way', async () => {
  for (const text of [
    lines(A) + B.slice(0, 20),
    lines(START, A).replaceAll('\n', '\r\n') + B.slice(0, 20),
    lines(spaced(START), spaced(A)) + B.slice(0, 20),
  ]) {
    const { items, verdict } = await collectStream(text);
    strictEqual(items.length, 1);
    ok(verdict.cut !== undefined);
  }
});

test('a start mark that is torn says that no snapshot came', () =>
  refused(START.slice(0, 20), /line 1 is cut off: no snapshot came/));

test('another schema is refused', async () => {
  await refused(
    lines(START.replace('"schema":1', '"schema":2'), A),
    /line 1 says schema 2, this program reads schema 1/,
  );
  await refused(lines('{"snap":"start"}', A), /line 1 has no schema/);
  await refused(lines(START.replace('"schema":1', '"schema":"1"'), A), /line 1 says schema "1"/);
});

for (const [what, from, to, message] of [
  ['no id', '"id":3,', '', /has no id/],
  ['an id below 0', '"id":3', '"id":-3', /has -3 as id/],
  ['an id beyond 2^53', '"id":3', '"id":9007199254740993', /as id, not a whole number up to 2\^53/],
  ['an id that is a text', '"id":3', '"id":"3"', /has "3" as id/],
  ['a size with a fraction', '"size":2', '"size":2.5', /has 2.5 as size/],
  ['no size', '"size":2,', '', /has no size/],
  ['an n beyond 2^32', '"n":1,', '"n":4294967296,', /has 4294967296 as n, not a whole number up to 2\^32/],
  ['an n that is a text', '"n":1,', '"n":"1",', /has "1" as n/],
  ['a kind that is no text', '"kind":"object"', '"kind":1', /has 1 as kind, not a string/],
  ['no type', '"type":"B",', '', /has no type/],
  ['a name that is null', '"size"', '"name":null,"size"', /has null as name/],
  ['more that is no number', '"refs"', '"more":"1","refs"', /has "1" as more/],
] as const) {
  test(`a node with ${what} is refused`, () =>
    refused(lines(START, A, B.replace(from, to), END), new RegExp(`line 3 .*${message.source}`)));
}

for (const [what, refs] of [
  ['no array', '{}'],
  ['a pair', '[["property","x"]]'],
  ['four', '[["property","x",1,1]]'],
  ['an unknown kind', '[["Property","x",1]]'],
  ['a name that is neither text nor number', '[["property",null,1]]'],
  ['a name with a fraction', '[["element",1.5,1]]'],
  ['a target below 0', '[["property","x",-1]]'],
  ['a target beyond 2^32', '[["property","x",4294967296]]'],
  ['a target that is a text', '[["property","x","1"]]'],
] as const) {
  test(`references of ${what} are refused where references are read`, () =>
    refused(lines(START, A, B.replace('[]', refs), END), /line 3 has /, false));
}

test('more kinds than a dictionary keeps still have their own names', async () => {
  const node = (n: number, kind: string, type: string): string =>
    `{"n":${n},"id":${n},"kind":"${kind}","type":"${type}","size":1}`;
  const [types, kinds] = [10_000, 65_540];
  const all = [
    ...Array.from({ length: types }, (_, i) => node(i, 'early', `T${i}`)),
    ...Array.from({ length: kinds }, (_, i) => node(types + i, `k${i}`, 'U')),
    ...Array.from({ length: types }, (_, i) => node(types + kinds + i, 'late', `T${i}`)),
  ];
  const { text } = await collectStream(lines(...all));
  deepStrictEqual(
    text
      .split('\n')
      .slice(1, -2)
      .filter((line, i) => line !== all[i]),
    [],
  );
});
