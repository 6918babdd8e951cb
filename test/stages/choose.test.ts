/** Choosing nodes: a small stream and one condition come in, the positions that match go out. */
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { aside } from '../../lib/disk/aside.ts';
import { Scratch } from '../../lib/disk/scratch.ts';
import { type Choice, Chooser, EVERYTHING } from '../../lib/stages/choose.ts';
import { compileNames, escapeGlob, isGlob, nearestNames } from '../../lib/stages/names.ts';
import { NoReferences, OtherSnapshot } from '../../lib/stages/refusals.ts';
import { hashOf, type Said } from '../../lib/stages/said.ts';
import { decodeStream } from '../../lib/stream/decode.ts';
import { NodeEncoder } from '../../lib/stream/encode.ts';
import { ALL_COLUMNS } from '../../lib/stream/source.ts';
import { inPieces } from '../stream/collect.ts';
import { type Heap, heap } from '../support/heap.ts';
import { readStream, streamText } from '../support/nodeStream.ts';
import { tempFolder } from '../support/temp.ts';

const scratch = new Scratch(tempFolder('choose'), (note) => ok(false, note));

interface Chosen {
  readonly n: readonly number[];
  readonly counted: number;
  readonly missing: number;
  readonly refs: readonly number[];
}

/** Chooses and writes as a filter does. */
async function choose(choice: Partial<Choice>, text: string): Promise<Chosen> {
  const chooser = new Chooser({ ...EVERYTHING, ...choice });
  const blocks: Buffer[] = [];
  const encoder = new NodeEncoder(
    (bytes, end) => blocks.push(Buffer.from(bytes.subarray(0, end))),
    () => aside(scratch),
  );
  const source = await decodeStream('the stream', inPieces(text), ALL_COLUMNS);
  let counted = 0;
  for await (const batch of source.batches) {
    chooser.mark(batch);
    encoder.batch(batch, chooser.rows, chooser.held);
    counted += chooser.count(batch.length);
  }
  const held = chooser.finish();
  if (held === true) counted++;
  encoder.end(held);
  const { nodes, marks } = readStream(Buffer.concat(blocks).toString());
  const refs = nodes.map((node) => node.refs?.length ?? -1);
  deepStrictEqual(marks, [
    { snap: 'end', nodes: nodes.length, refs: refs.reduce((sum, count) => sum + Math.max(0, count), 0) },
  ]);
  return { n: nodes.map(({ n }) => n), counted, missing: chooser.missing, refs };
}

async function chosen(choice: Partial<Choice>, text: string): Promise<readonly number[]> {
  const { n, counted } = await choose(choice, text);
  strictEqual(counted, n.length);
  return n;
}

function small(): Heap {
  const h = heap();
  const foo = h.node('Foo', { size: 10 });
  const bar = h.node('Foo bar', { size: 20 });
  const text = h.node('Foo', { kind: 'string', size: 30 });
  const star = h.node('a*b', { size: 40 });
  const traceback = h.node('traceback', { size: 50 });
  const run = h.node('run', { kind: 'closure', size: 60 });
  foo.points('next', bar).points(0, text).points('0', star, 'context');
  bar.points('next', text).points('map', run, 'internal').points('"quoted"', run).points('é\0', run);
  text.points(10, foo, 'hidden');
  traceback.points('tb_next', foo, 'internal').points('12345', star);
  return h.build();
}

const text = streamText(small());
const [FOO, BAR, TEXT, STAR, TRACEBACK, RUN] = [1, 2, 3, 4, 5, 6] as const;

for (const [what, choice, expected] of [
  ['nothing in particular', {}, [0, FOO, BAR, TEXT, STAR, TRACEBACK, RUN]],
  ['a type', { types: ['Foo'] }, [FOO]],
  ['one of several types', { types: ['Foo', 'Function', 'not there'] }, [FOO, RUN]],
  ['a glob', { types: ['Foo*'] }, [FOO, BAR]],
  ['a glob with one unknown character', { types: ['Fo?'] }, [FOO]],
  ['a glob of all', { types: ['*'] }, [0, FOO, BAR, TEXT, STAR, TRACEBACK, RUN]],
  ['a star that is escaped', { types: ['a\\*b'] }, [STAR]],
  ['a glob that looks like an expression', { types: ['(string)', 'F.o', '[F]oo'] }, [TEXT]],
  ['what Python calls by another name', { types: ['types.TracebackType'] }, [TRACEBACK]],
  ['what Python has built in', { types: ['builtins.traceback'] }, [TRACEBACK]],
  ['a kind', { kinds: ['string'] }, [TEXT]],
  ['a glob of kinds', { kinds: ['*s*'] }, [0, TEXT, RUN]],
  ['a name by an expression', { name: /^Foo/u }, [FOO, BAR, TEXT]],
  ['a name that is the type', { name: /^traceback$/u }, [TRACEBACK]],
  ['no name at all', { name: /^$/u }, [0]],
  ['ids', { ids: new Set([3, 7, 99]) }, [FOO, TEXT]],
  ['positions', { nodes: new Set([0, 6, 99]) }, [0, RUN]],
  ['an id and a position that are not of one node', { ids: new Set([3]), nodes: new Set([6]) }, []],
  ['ids and positions of which some are of one node', { ids: new Set([13, 3]), nodes: new Set([6, 2]) }, [RUN]],
  ['a position below all others, and one above', { nodes: new Set([-1, 99]) }, []],
  ['at least a size', { minBytes: 40 }, [STAR, TRACEBACK, RUN]],
  ['at most a size', { maxBytes: 10 }, [0, FOO]],
  ['a size between two', { minBytes: 20, maxBytes: 30 }, [BAR, TEXT]],
  ['a reference', { has: ['next'] }, [FOO, BAR]],
  ['two references', { has: ['next', 'map'] }, [BAR]],
  ['no such reference', { lacks: ['next'] }, [0, TEXT, STAR, TRACEBACK, RUN]],
  ['neither of two references', { lacks: ['next', 'tb_next'] }, [0, TEXT, STAR, RUN]],
  ['one reference and not another', { has: ['next'], lacks: ['map'] }, [FOO]],
  ['element 0, by number or by name', { has: ['0'] }, [FOO]],
  ['a hidden index', { has: ['10'] }, [TEXT]],
  ['a name of digits', { has: ['12345'] }, [TRACEBACK]],
  ['not part of a number', { has: ['1'] }, []],
  ['a name with quotes', { has: ['"quoted"'] }, [BAR]],
  ['a name with a control character', { has: ['é\0'] }, [BAR]],
  ['all conditions at once', { types: ['Foo*'], kinds: ['object'], minBytes: 15, has: ['next'] }, [BAR]],
] as const) {
  test(`choosing ${what}, and everything else`, async () => {
    deepStrictEqual(await chosen(choice, text), expected);
    const others = [0, 1, 2, 3, 4, 5, 6].filter((n) => !(expected as readonly number[]).includes(n));
    deepStrictEqual(await chosen({ ...choice, not: true }, text), others);
  });
}

const list = (...rows: readonly (readonly [n: number, id: number, said?: Partial<Texts>])[]): Choice['of'] => {
  const hashes = (text: keyof Texts): Uint32Array => Uint32Array.from(rows, ([, , said]) => hashOf(said?.[text]));
  return {
    n: Float64Array.from(rows, ([n]) => n),
    id: Float64Array.from(rows, ([, id]) => id),
    said: { kind: hashes('kind'), type: hashes('type'), name: hashes('name') },
  };
};

type Texts = Readonly<Record<keyof Said, string>>;

test('a list of nodes chooses those, if positions and ids agree', async () => {
  deepStrictEqual(await choose({ of: list([0, 1], [3, 7], [6, 13]) }, text), {
    n: [0, 3, 6],
    counted: 3,
    missing: 0,
    refs: [0, 1, 0],
  });
  deepStrictEqual(await chosen({ of: list() }, text), []);
  deepStrictEqual(await chosen({ of: list([0, 1], [3, 7]), kinds: ['string'] }, text), [3]);
});

test('a list with another id is of another snapshot', () =>
  rejects(choose({ of: list([3, 8]) }, text), (error: unknown) => {
    ok(error instanceof OtherSnapshot);
    strictEqual(error.message, 'node 3 has id @7, not @8');
    return true;
  }));

const otherTexts: readonly (readonly [what: string, said: Partial<Texts>, says: string])[] = [
  ['kind', { kind: 'object', type: '(string)', name: 'Foo' }, 'is of kind "string"'],
  ['type', { kind: 'string', type: 'Foo', name: 'Foo' }, 'is of type "(string)"'],
  ['name', { type: '(string)', name: 'Fog' }, 'is called "Foo"'],
];
for (const [what, said, says] of otherTexts) {
  test(`a list with another ${what} is of another snapshot, though place and id are as there`, () =>
    rejects(choose({ of: list([0, 1, {}], [3, 7, said]) }, text), (error: unknown) => {
      ok(error instanceof OtherSnapshot);
      strictEqual(error.message, `node 3 (@7) ${says}, not as listed`);
      return true;
    }));
}

test('a list may say all that the nodes are, some of it, or what not everybody keeps of a text', async () => {
  const rows = list(
    [0, 1, { kind: 'synthetic', type: '(synthetic)', name: '' }],
    [3, 7, { kind: 'string', type: '(string)', name: 'Foo' }],
    [4, 9, { name: 'half \ufffd' }],
    [5, 11],
  );
  deepStrictEqual(await chosen({ of: rows }, text), [0, 3, 4, 5]);
});

test('a list with a node between those that are there is of another snapshot', () =>
  rejects(choose({ of: list([3, 7]) }, text.replace(/\{"n":3,.*\n/, '')), (error: unknown) => {
    ok(error instanceof OtherSnapshot);
    strictEqual(error.message, 'node 3 is not in this snapshot');
    return true;
  }));

test('nodes of a list behind the last one are counted as missing', async () => {
  const { n, missing } = await choose({ of: list([3, 7], [70, 1], [71, 1]) }, text);
  deepStrictEqual(n, [3]);
  strictEqual(missing, 2);
});

/** Nodes with more references than a batch holds; the name asked for comes at `place`. */
function long(places: readonly (number | undefined)[]): { text: string; counts: number[] } {
  const h = heap();
  const counts = [0];
  for (const place of places) {
    const array = h.node('Array');
    const count = 40_000;
    counts.push(count);
    for (let i = 0; i < count; i++) array.points(i === place ? 'wanted' : `other${i % 10}`, h.root);
  }
  h.node('After').points('wanted', h.root);
  counts.push(1);
  return { text: streamText(h.build()), counts };
}

test('references that go on in later batches are asked about as well, and a node is written whole or not at all', async () => {
  const places = [0, undefined, 16_383, 16_384, 16_385, 39_999, undefined, 20_000, undefined];
  const { text: stream, counts } = long(places);
  const having = [...places.flatMap((place, i) => (place === undefined ? [] : [i + 1])), places.length + 1];
  const lacking = [0, ...places.flatMap((place, i) => (place === undefined ? [i + 1] : []))];
  for (const [choice, expected] of [
    [{ has: ['wanted'] }, having],
    [{ lacks: ['wanted'] }, lacking],
    [{ has: ['wanted'], not: true }, lacking],
    [{ lacks: ['wanted'], not: true }, having],
    [{ has: ['wanted', 'other9'] }, having.slice(0, -1)],
    [{ has: ['wanted'], types: ['After'] }, having.slice(-1)],
    [{ lacks: ['wanted'], types: ['Array'], minBytes: 17 }, []],
  ] as const) {
    const { n, counted, refs } = await choose(choice, stream);
    deepStrictEqual(n, expected);
    strictEqual(counted, expected.length);
    deepStrictEqual(
      refs,
      expected.map((each) => counts[each]),
    );
  }
});

test('a node that is undecided at the end of the stream is decided there', async () => {
  const { text: stream } = long([39_999]);
  const lines = stream.split('\n').slice(1, -3);
  // The stream ends behind the long node.
  const cut = `${lines.filter((line) => line.includes('"n":0') || line.includes('"n":1,')).join('\n')}\n`;
  deepStrictEqual(await chosen({ has: ['wanted'] }, cut), [1]);
  deepStrictEqual(await chosen({ lacks: ['wanted'] }, cut), [0]);
});

test('nodes that came without references are not taken for nodes without any', async () => {
  const bare = '{"n":0,"id":1,"kind":"object","type":"A","size":1}\n';
  for (const choice of [{ has: ['x'] }, { lacks: ['x'] }]) await rejects(choose(choice, bare), NoReferences);
  deepStrictEqual(await chosen({ types: ['A'] }, bare), [0]);
  deepStrictEqual(await chosen({ types: ['B'], lacks: ['x'] }, bare), []);
});

test('names are matched exactly or by globs that have no other signs', () => {
  for (const [pattern, name, matches] of [
    ['Foo', 'Foo', true],
    ['Foo', 'foo', false],
    ['Foo', 'Foo ', false],
    ['F*', 'F', true],
    ['F*o', 'Fx\nxo', true],
    ['F?o', 'F🦉o', true],
    ['F?o', 'Fo', false],
    ['a\\?', 'a?', true],
    ['a\\?', 'ab', false],
    ['a\\\\*', 'a\\b', true],
    ['a\\b*', 'a\\bc', true],
    ['*.[x]{1}(y)|^$+*', 'a.[x]{1}(y)|^$+b', true],
    ['*', '', true],
    ['?', '', false],
    ['builtins.dict', 'dict', true],
    ['dict', 'builtins.dict', true],
    ['types.FrameType', 'frame', true],
    ['frame', 'types.FrameType', true],
    ['types.Unknown', 'Unknown', false],
    ['FrameType', 'frame', false],
    ['types.LambdaType', 'function', true],
    ['types.BuiltinMethodType', 'builtin_function_or_method', true],
    ['a\\.b', 'a.b', true],
    ['a\\.b', 'axb', false],
    ['\ud83e*', '\ud83ex', true],
  ] as const) {
    strictEqual(compileNames([pattern])(name), matches, `${pattern} and ${name}`);
  }
  strictEqual(compileNames([])('Foo'), false);
});

test('a name that is spelled out alone means neither what Python calls by another name, nor a glob', () => {
  for (const [name, others] of [
    ['types.TracebackType', ['traceback', 'builtins.traceback', 'typesxTracebackType']],
    ['builtins.dict', ['dict']],
    ['a*', ['ab', 'b*']],
  ] as const) {
    ok(isGlob(name), name);
    const isMeant = compileNames([escapeGlob(name)]);
    ok(isMeant(name), name);
    for (const other of others) ok(!isMeant(other), `${name} and ${other}`);
  }
  for (const name of ['traceback', 'types.Unknown', 'mybuiltins.x', 'a\\*']) ok(!isGlob(name), name);
});

test('names that are nearest to one that is not there come first', () => {
  const known = ['Function', 'QueryError', 'TypeError', 'Foo', 'Fop', 'Array', 'x'];
  deepStrictEqual(nearestNames('Fooo', known, 2), ['Foo', 'Fop']);
  deepStrictEqual(nearestNames('function', known, 1), ['Function']);
  deepStrictEqual(nearestNames('Error', known, 5).slice(0, 2), ['QueryError', 'TypeError']);
  deepStrictEqual(nearestNames('completely different', known, 5), []);
});
