/** Snapshots and streams with one fault each: what is wrong comes as a name, bytes go out; a fault is where the name says and nowhere else. */
import { heap } from './heap.ts';
import { streamText } from './nodeStream.ts';
import { shop, smallFiles } from './small.ts';
import { node20, node26, sections, v8Text } from './v8Text.ts';

/** One fault: the file, what the message must say of the place, and what only a full reading finds. */
export interface Faulty {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the one line on stderr must match, beside the name of the file. */
  readonly says: RegExp;
}

const atByte = /\bbyte [\d,]+/;
const atLine = /\bline [\d,]+/;
const text = v8Text(shop(), node20);
const stream = streamText(shop());

/** The shop's file with one of its flat arrays changed. */
function withNumbers(section: 'nodes' | 'edges' | 'locations', change: (values: (number | string)[]) => void): string {
  const parts = sections(shop(), node26);
  const values: (number | string)[] = [...parts[section]];
  change(values);
  return v8Text(shop(), node26).replace(
    `"${section}":[${parts[section].join(',')}]`,
    `"${section}":[${values.join(',')}]`,
  );
}

const edgeCount = sections(shop(), node26).edges.length;
const beyond = sections(shop(), node26).nodes.length;

export const faultySnapshots: readonly Faulty[] = [
  { name: 'an empty file', content: '', says: /empty/ },
  { name: 'a file cut in half', content: text.slice(0, text.length / 2), says: atByte },
  { name: 'a file without its last byte', content: text.slice(0, -1), says: atByte },
  { name: 'a file cut in the header', content: text.slice(0, 40), says: atByte },
  { name: 'a file cut in the middle of the nodes', content: text.slice(0, text.indexOf('"nodes"') + 30), says: atByte },
  { name: 'a file cut in the middle of the edges', content: text.slice(0, text.indexOf('"edges"') + 30), says: atByte },
  {
    name: 'a file cut in the middle of the strings',
    content: text.slice(0, text.indexOf('"strings"') + 60),
    says: atByte,
  },
  { name: 'two snapshots in one file', content: text + text, says: atByte },
  { name: 'a word after the closing brace', content: `${text}\nthe end\n`, says: atByte },
  {
    name: 'a picture',
    content: picture(),
    says: /not a heap snapshot|no heap snapshot|neither|not a snapshot|no snapshot/,
  },
  { name: 'JSON that is no snapshot', content: '{"name":"snap-tools"}\n', says: /snapshot|stream/ },
  { name: 'a JSON array', content: '[1,2,3]\n', says: /snapshot|stream/ },
  {
    name: 'a heap profile',
    content: '{"head":{"callFrame":{},"selfSize":0,"id":1,"children":[]},"samples":[]}',
    says: /profile/,
  },
  { name: 'a snapshot without nodes', content: text.replace('"nodes":[', '"ndoes":['), says: /nodes/ },
  { name: 'a snapshot without strings', content: text.replace('"strings":[', '"stirngs":['), says: /strings/ },
  {
    name: 'an edge to a node that is not there',
    content: withNumbers('edges', (edges) => (edges[2] = beyond)),
    says: atByte,
  },
  { name: 'an edge to the middle of a node', content: withNumbers('edges', (edges) => (edges[5] = 7)), says: atByte },
  {
    name: 'an edge of a kind that is not there',
    content: withNumbers('edges', (edges) => (edges[3] = 77)),
    says: atByte,
  },
  {
    name: 'fewer edges than the nodes say',
    content: withNumbers('edges', (edges) => edges.splice(edgeCount - 3)),
    says: /edges?|references?/,
  },
  {
    name: 'more edges than the nodes say',
    content: withNumbers('edges', (edges) => edges.push(2, 1, 0)),
    says: /edges?|references?/,
  },
  {
    name: 'edges that end in the middle of a record',
    content: withNumbers('edges', (edges) => edges.pop()),
    says: atByte,
  },
  {
    name: 'nodes that end in the middle of a record',
    content: withNumbers('nodes', (nodes) => nodes.pop()),
    says: atByte,
  },
  {
    name: 'a node of a type that is not there',
    content: withNumbers('nodes', (nodes) => (nodes[6] = 99)),
    says: atByte,
  },
  {
    name: 'a name that is no string of the table',
    content: withNumbers('nodes', (nodes) => (nodes[7] = 5000)),
    says: atByte,
  },
  {
    name: 'an edge name that is no string of the table',
    content: withNumbers('edges', (edges) => (edges[4] = 5000)),
    says: atByte,
  },
  {
    name: 'an id beyond 2^53',
    content: withNumbers('nodes', (nodes) => (nodes[8] = '9007199254740993')),
    says: atByte,
  },
  {
    name: 'a size of forty digits',
    content: withNumbers('nodes', (nodes) => (nodes[9] = '1'.repeat(40))),
    says: atByte,
  },
  { name: 'a negative size', content: withNumbers('nodes', (nodes) => (nodes[9] = '-5')), says: atByte },
  { name: 'a size with a fraction', content: withNumbers('nodes', (nodes) => (nodes[9] = '1.5')), says: atByte },
  { name: 'letters among the nodes', content: withNumbers('nodes', (nodes) => (nodes[9] = 'x')), says: atByte },
  { name: 'two commas among the edges', content: withNumbers('edges', (edges) => (edges[4] = '')), says: atByte },
  {
    name: 'invalid UTF-8 in a string',
    content: bytesInPlaceOf(text, 'coffee', [0x63, 0xff, 0xfe, 0x66, 0x65, 0x65]),
    says: atByte,
  },
  {
    name: 'half a UTF-8 sequence in a string',
    content: bytesInPlaceOf(text, 'coffee', [0x63, 0x6f, 0x66, 0x66, 0x65, 0xc3]),
    says: atByte,
  },
  {
    name: 'a raw control character in a string',
    content: bytesInPlaceOf(text, 'coffee', [0x63, 0x6f, 0x0a, 0x66, 0x65, 0x65]),
    says: atByte,
  },
  { name: 'an unknown escape in a string', content: text.replace('coffee', 'cof\\xee'), says: atByte },
];

export const faultyStreams: readonly Faulty[] = [
  { name: 'a line that is no JSON', content: stream.replace('{"n":3,', '{"n":3,,'), says: atLine },
  { name: 'a line that is no object', content: stream.replace(/\{"n":3,.*/, '[3]'), says: atLine },
  { name: 'a node without an id', content: stream.replace('"n":3,"id":7,', '"n":3,'), says: atLine },
  { name: 'an id beyond 2^53', content: stream.replace('"n":3,"id":7,', '"n":3,"id":9007199254740993,'), says: atLine },
  { name: 'nodes that go back', content: stream.replace('{"n":5,', '{"n":2,'), says: atLine },
  {
    name: 'an orphan continuation',
    content: stream.replace('{"n":5,', '{"n":4,"refs":[["element",1,2]]}\n{"n":5,'),
    says: atLine,
  },
  {
    name: 'a missing continuation',
    content: stream
      .replace('"size":48,', '"size":48,"more":3,')
      .replace(/"more":3,"at":"12:3:7"/, '"at":"12:3:7","more":3'),
    says: atLine,
  },
  {
    name: 'a reference that is no triple',
    content: stream.replace('["property","next",6]', '["property","next"]'),
    says: atLine,
  },
  {
    name: 'a reference of an unknown kind',
    content: stream.replace('["property","next",6]', '["propperty","next",6]'),
    says: atLine,
  },
  { name: 'a size that is a text', content: stream.replace('"size":48', '"size":"48"'), says: atLine },
  {
    name: 'invalid UTF-8 in a name',
    content: bytesInPlaceOf(stream, 'coffee', [0x63, 0xff, 0xfe, 0x66, 0x65, 0x65]),
    says: atLine,
  },
  { name: 'another schema', content: stream.replace('"schema":1', '"schema":2'), says: /schema/ },
  {
    name: 'a record after the end',
    content: `${stream}{"n":900,"id":1,"kind":"object","type":"A","size":1}\n`,
    says: atLine,
  },
  { name: 'a stream whose producer died', content: `${stream.split('\n').slice(0, 9).join('\n')}\n`, says: /8/ },
];

/** Odd but no fault: data that every command carries, with status 0. */
export function oddData(): string {
  const h = heap();
  h.root.points('nul', h.node('a\u0000b', { kind: 'string' })).points('lone', h.node('a\ud800b', { kind: 'string' }));
  h.root
    .points('low', h.node('\udfff', { kind: 'string' }))
    .points('key\u0000\ud8ff', h.node('\ud83e\udd89', { kind: 'string' }));
  return v8Text(h.build(), node26);
}

function picture(): Buffer {
  const content = smallFiles().get('picture.png');
  if (content === undefined) throw new Error('there is a picture among the small files');
  return content;
}

function bytesInPlaceOf(whole: string, word: string, bytes: readonly number[]): Buffer {
  const content = Buffer.from(whole);
  Buffer.from(bytes).copy(content, content.indexOf(word));
  return content;
}
