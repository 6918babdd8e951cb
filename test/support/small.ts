/** The small heaps that golden cases speak of, and the files they are kept in under test/fixtures/small; costs nothing. */
import { gzipSync } from 'node:zlib';
import { type Heap, heap, type NodeHandle } from './heap.ts';
import { streamText } from './nodeStream.ts';
import { node20, node26, oddV8Text, v8Text } from './v8Text.ts';

/** A shop: a cart with three items in an array, linked by `next`, and one of each kind of thing that V8 knows around them. */
export function shop(): Heap {
  const h = heap();
  const roots = h.node('(GC roots)', { kind: 'synthetic', size: 0 });
  const cart = h.node('Cart', { size: 48, at: [12, 3, 7] });
  const array = h.node('Array', { size: 16 });
  const elements = h.node('(object elements)', { kind: 'array', size: 40 });
  const items = [24, 24, 32].map((size) => h.node('Item', { size, at: [12, 20, 2] }));
  const [first, second, third] = items as [(typeof items)[0], (typeof items)[0], (typeof items)[0]];
  const tea = h.node('tea', { kind: 'string', size: 20 });
  const coffee = h.node('coffee', { kind: 'string', size: 24 });
  const joined = h.node('(concatenated string)', { kind: 'concatenated string', size: 32 });
  const checkout = h.node('checkout', { kind: 'closure', size: 64, at: [12, 40, 0] });
  const context = h.node('system / Context', { size: 40 });
  const map = h.node('system / Map', { kind: 'object shape', size: 80 });
  const hidden = h.node('system / Foreign', { kind: 'hidden', size: 16 });
  const code = h.node('(code for checkout)', { kind: 'code', size: 2048 });
  const pattern = h.node('^[a-z]+$', { kind: 'regexp', size: 56 });
  const price = h.node('heap number', { kind: 'number', size: 12 });
  const button = h.node('<button id="buy">', { kind: 'native', size: 96, detached: 1 });
  const old = h.node('Detached <div class="old">', { kind: 'native', size: 1024, detached: 2 });
  const symbol = h.node('Symbol(shop)', { kind: 'symbol', size: 16 });
  const big = h.node('bigint', { kind: 'bigint', size: 24 });

  h.root.points(1, roots).points('shop', cart, 'shortcut');
  roots.points(0, cart).points(1, hidden).points(2, checkout);
  cart.points('items', array).points('map', map, 'internal').points('checkout', checkout);
  array.points('elements', elements, 'internal').points(0, first).points(1, second).points(2, third);
  elements.points(0, first, 'hidden').points(1, second, 'hidden').points(2, third, 'hidden');
  first.points('label', tea).points('next', second).points('map', map, 'internal');
  second.points('label', coffee).points('next', third).points('map', map, 'internal').points('price', price);
  third.points('label', joined).points('map', map, 'internal');
  joined.points('first', tea, 'internal').points('second', coffee, 'internal');
  checkout.points('context', context, 'internal').points('code', code, 'internal').points('pattern', pattern);
  context.points('cart', cart, 'context').points('last', old, 'weak').points('total', big, 'context');
  button.points('onclick', checkout);
  old.points(1, button).points('tag', symbol, 'internal');
  hidden.points('wrapped', button, 'weak');
  return h.build();
}

/** Names that hurt: control characters, quotes, commas, half a pair, other scripts, and one that is too long. */
export function names(): Heap {
  const h = heap({ extraNativeBytes: 4096 });
  const texts = [
    '',
    'say "hi", \\ and go',
    'two\nlines\tand a tab',
    'bell \u0007 escape \u001b[31m nul \u0000',
    'half \ud83e pair',
    'größer 日本語 🦉',
    '=1+1',
  ];
  for (const [i, text] of texts.entries()) h.root.points(i, h.node(text, { kind: 'string', size: 16 + i }));
  h.root.points('it\'s "quoted"', h.node(`${'n'.repeat(1023)}🦉 and more`, { size: 8 }));
  h.root.points(7, h.node('a,b', { size: 8 }));
  return h.build();
}

/** Tasks that refer to each other by `next`: a chain, a tree, a cycle that something feeds into, a branched one, and two alone. */
function knots(): Heap {
  const h = heap();
  const tasks = (count: number): NodeHandle[] =>
    Array.from({ length: count }, (_, i) => h.node('Task', { size: 32 + 8 * (i % 3) }));
  const chain = tasks(12);
  for (const [i, task] of chain.entries()) if (i > 0) task.points('next', chain[i - 1]!);
  const [tail, middle, near, far] = tasks(4) as [NodeHandle, NodeHandle, NodeHandle, NodeHandle];
  middle.points('next', tail);
  near.points('next', tail);
  far.points('next', middle);
  const [round, andRound, feeder] = tasks(3) as [NodeHandle, NodeHandle, NodeHandle];
  round.points('next', andRound);
  andRound.points('next', round);
  feeder.points('next', round);
  const [fork, left, right] = tasks(3) as [NodeHandle, NodeHandle, NodeHandle];
  fork.points('next', left).points('next', right).points('previous', chain[0]!);
  const [self, alone] = tasks(2) as [NodeHandle, NodeHandle];
  self.points('next', self);
  const job = h.node('Job', { size: 24, at: [4, 1, 0] });
  job.points('next', self).points('last', alone, 'weak');
  h.root.points('first', chain[11]!).points('job', job);
  return h.build();
}

/** Thirty troubles, each the cause of the one before, held by a cache; a log holds every third of them too, and each has its request. */
function troubles(): Heap {
  const h = heap();
  const cache = h.node('Cache');
  const failure = h.node('Failure');
  const log = h.node('Log');
  const chain = Array.from({ length: 30 }, () => h.node('Trouble', { size: 40 }));
  h.root.points('cache', cache).points('log', log);
  cache.points('last', failure);
  failure.points('error', chain[0]!);
  for (const [i, trouble] of chain.entries()) {
    const next = chain[i + 1];
    if (next !== undefined) trouble.points('cause', next);
    trouble.points('request', h.node('Request', { size: 24 }));
    if (i % 3 === 1) log.points(i, trouble);
  }
  return h.build();
}

/**
 * A server at three times: of its sessions some end, some begin, and those of one client stay; its table grows, a text is joined, a buffer is let go, and what serves a request
 * lives at one time only. Ids are those of one process.
 */
function server(time: 1 | 2 | 3): Heap {
  const h = heap();
  const server = h.node('Server', { id: 101, size: 40 });
  const sessions = h.node('Map', { id: 103, size: 16 });
  const table = h.node('', { kind: 'array', id: 105, size: 64 * time });
  h.root.points('server', server).points('sessions', sessions, 'weak');
  server.points('sessions', sessions);
  sessions.points('table', table, 'internal');
  const banner = time === 1 ? h.node('', { kind: 'concatenated string', id: 301, size: 32 }) : undefined;
  server.points('banner', banner ?? h.node('welcome', { kind: 'string', id: 301, size: 32 }));
  if (time === 1) server.points('buffer', h.node('Buffer', { id: 401, size: 1024 }));
  const living = { 1: [201, 203, 205], 2: [203, 205, 501, 503, 505], 3: [205, 501, 505, 701] }[time];
  for (const id of living) {
    const session = h.node('Session', { id, size: 48 });
    table.points(`${id}`, session, 'internal');
    session.points('user', h.node(`user ${id}`, { kind: 'string', id: id + 100, size: 24 }));
  }
  if (time === 2) server.points('now', h.node('Request', { id: 551, size: 80 }));
  return h.build();
}

/** Two nodes: the smallest heap that has a reference. */
export function tiny(): Heap {
  const h = heap();
  h.root.points('only', h.node('Thing', { size: 8 }));
  return h.build();
}

/** Every file of test/fixtures/small: its name and its bytes. */
export function smallFiles(): ReadonlyMap<string, Buffer> {
  const text = v8Text(shop(), node20);
  const stream = streamText(shop());
  const lines = stream.split('\n');
  const twoRecords = lines.slice(0, 3);
  return new Map(
    Object.entries({
      'shop.heapsnapshot': text,
      'shop.heapsnapshot.gz': gzipSync(text),
      'shop26.heapsnapshot': v8Text(shop(), node26),
      'shop-pretty.heapsnapshot': oddV8Text(shop(), {
        space: '\n ',
        order: ['strings', 'locations', 'edges', 'nodes', 'snapshot'],
      }),
      'names.heapsnapshot': v8Text(names(), node26),
      'knots.heapsnapshot': v8Text(knots(), node26),
      'tiny.heapsnapshot': v8Text(tiny(), node20),
      'troubles.heapsnapshot': v8Text(troubles(), node20),
      'server1.heapsnapshot': v8Text(server(1), node20),
      'server2.heapsnapshot': v8Text(server(2), node20),
      'server3.heapsnapshot': v8Text(server(3), node20),
      'shop.nodes': stream,
      'shop-cut.nodes': `${lines.slice(0, 8).join('\n')}\n`,
      'shop-torn.nodes': lines.slice(0, 8).join('\n').slice(0, -10),
      'plain.nodes':
        '{"n":0,"id":1,"kind":"object","type":"A","size":1}\n{"size":3, "type":"B", "kind":"object", "id":7, "n":1}\n',
      'gap.nodes':
        '{"n":3,"id":1,"kind":"object","type":"A","size":1}\n{"n":9,"id":7,"kind":"object","type":"B","size":3}\n',
      'back.nodes':
        '{"n":3,"id":1,"kind":"object","type":"A","size":1}\n{"n":2,"id":7,"kind":"object","type":"B","size":3}\n',
      'orphan.nodes': `${twoRecords.join('\n')}\n{"n":7,"refs":[["element",1,2]]}\n`,
      'extra.nodes':
        '{"snap":"start","schema":1,"format":"v8","nodes":2,"refs":0,"mine":[1,{"a":2}]}\n{"snap":"note","text":"mine"}\n' +
        '{"n":0,"id":1,"kind":"synthetic","type":"(synthetic)","name":"","size":0,"color":"red","refs":[]}\n' +
        '{"n":1,"id":3,"kind":"object","type":"A","size":12,"retained":9007199254740993,"refs":[]}\n{"snap":"end","nodes":2,"refs":0}\n',
      'half.heapsnapshot': text.slice(0, text.length / 2),
      'twice.heapsnapshot': `${text}${text}`,
      'empty.heapsnapshot': '',
      'broken.heapsnapshot': text.replace('"edges"', '"edgse"'),
      'other.json': '{"name":"snap-tools","version":"0.1.0"}\n',
      'cpu.heapprofile':
        '{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":1,"children":[]},"samples":[]}',
      'picture.png': Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    }).map(([name, content]) => [name, typeof content === 'string' ? Buffer.from(content) : content]),
  );
}
