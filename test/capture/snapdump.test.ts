/** What snapdump.py writes of objects of every kind, on every CPython that is here. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { PythonHeap, type PythonNode } from '../support/pythonHeap.ts';
import { type Python, pythons, snapdump } from '../support/pythons.ts';
import { testFile } from '../support/root.ts';
import { execute, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

interface Answer {
  readonly nodes: number;
  readonly ran: readonly string[];
  readonly changed: readonly string[] | null;
  readonly settings: boolean;
  readonly modules: readonly string[];
  readonly thread: number;
  readonly objects: Readonly<Record<string, number>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

interface Zoo {
  readonly file: string;
  readonly answer: Answer;
  readonly heap: PythonHeap;
  readonly stdout: string;
  /** the node of one of the objects that the zoo has a name for */
  readonly one: (name: string) => PythonNode;
}

test('there are Pythons to run it on', (context) => {
  context.diagnostic(`snapdump.py is tested on CPython ${pythons.map(({ version }) => version).join(', ')}`);
  assert.ok(pythons.length > 0, 'no CPython from 3.8 on is installed');
});

for (const python of pythons) {
  describe(`on CPython ${python.version}`, () => {
    let forked: Zoo;
    let here: Zoo;
    let silent: Zoo;
    before(async () => {
      [forked, here] = await Promise.all([zoo(python, {}), zoo(python, { fork: false, check: true })]);
      silent = await zoo(python, { values: false, freeze: true });
    });
    const both = () => [forked, here];

    test('the stream keeps the format, and its marks count what it holds', async () => {
      for (const { file, heap, answer } of [forked, here, silent]) {
        const checked = await run('snap-parse', ['--check', file]);
        assert.deepEqual([checked.status, checked.stderr], [0, '']);
        const refs = heap.nodes.reduce((sum, node) => sum + node.refs.length, 0);
        assert.deepEqual(heap.end, { snap: 'end', nodes: heap.nodes.length, refs });
        assert.equal(answer.nodes, heap.nodes.length);
        assert.deepEqual([heap.start['format'], heap.start['python']], ['python', python.version]);
        assert.ok(heap.nodes.every((node, n) => node.n === n && Number.isSafeInteger(node.id)));
        assert.equal(new Set(heap.nodes.map(({ id }) => id)).size, heap.nodes.length, 'an object is there twice');
      }
    });

    test('every line is canonical: keys in order, no spaces, texts as JSON.stringify writes them', () => {
      for (const line of forked.heap.text.trimEnd().split('\n')) {
        assert.equal(line, JSON.stringify(JSON.parse(line)));
        assert.ok(Buffer.byteLength(line) < 65536);
      }
    });

    test('no code of the program runs, and what it prints is its own', () => {
      for (const { answer, stdout } of [forked, here, silent]) {
        assert.deepEqual(answer.ran, []);
        assert.equal(stdout.trim().split('\n').length, 1);
      }
    });

    test('without fork the heap is as it was: same objects, counts, references, sizes and settings', () => {
      assert.deepEqual(here.answer.changed, []);
      assert.ok(here.answer.settings);
    });

    test('sizes are those of sys.getsizeof, counts those of sys.getrefcount', () => {
      for (const { answer, one } of both()) {
        for (const [name, size] of Object.entries(answer.sizes)) assert.equal(one(name).size, size, name);
        const differences = Object.entries(answer.counts).flatMap(([name, count]) => {
          const { refcount } = one(name);
          return refcount === undefined ? [] : [`${count - refcount}`];
        });
        assert.deepEqual([...new Set(differences)].length, 1, `own references are not left out alike: ${differences}`);
        assert.ok(one('sized').size > 0);
      }
    });

    test('attributes have their names, in a dict, in slots or in neither', () => {
      for (const { heap, one } of both()) {
        assert.equal(heap.attribute(one('plain'), 'child')?.id, one('child').id);
        assert.equal(heap.attribute(one('plain'), 'mapping')?.type, 'dict');
        assert.equal(textIn(heap, heap.via(one('slotted'), 'first', 'property')), 'slotted');
        assert.equal(heap.via(one('slotted'), 'empty'), undefined);
        assert.equal(textIn(heap, heap.via(one('both'), 'first', 'property')), 'slotted');
        assert.equal(textIn(heap, heap.attribute(one('both'), 'more')), 'both');
        assert.equal(textIn(heap, heap.attribute(one('liar'), 'truth')), 'liar');
        assert.equal(textIn(heap, heap.attribute(one('namespace'), 'inside')), 'a namespace');
        if (python.minor >= 9) assert.equal(heap.via(one('plain'), '__class__')?.id, one('class').id);
        assert.equal(one('liar').type, '__main__.Liar');
        assert.equal(one('ofMeta').type, '__main__.OfMeta');
      }
    });

    test('a dict of attributes says whose it is', () => {
      for (const { heap, one } of both()) {
        const dictOf = (name: string) => heap.via(one(name), '__dict__', 'internal');
        assert.equal(dictOf('module')?.owner, 'module');
        assert.equal(dictOf('class')?.owner, 'type');
        assert.equal(dictOf('classOfMeta')?.owner, '__main__.Meta');
        assert.equal(one('keys').owner, undefined);
        if (python.minor < 11) assert.equal(dictOf('plain')?.owner, '__main__.Plain');
        const attributes = dictOf('module');
        assert.ok(attributes);
        assert.equal(textIn(heap, heap.via(attributes, 'attribute', 'property')), 'of a module');
      }
    });

    test('two classes of one name are told apart, all others need no more than their name', () => {
      const { heap, one } = forked;
      assert.equal(one('twin').type, '__main__.twin.<locals>.Twin');
      assert.equal(one('otherTwin').type, one('twin').type);
      assert.notEqual(one('otherTwin').type_id, one('twin').type_id);
      assert.equal(heap.at(one('twin').type_id ?? 0).name, one('twin').type);
      assert.equal(one('plain').type_id, undefined);
    });

    test('kinds and names are those of what is stored', () => {
      const expected: Record<string, [kind: string, type: string, name: RegExp | undefined]> = {
        list: ['array', 'list', undefined],
        tuple: ['array', 'tuple', undefined],
        frozenset: ['array', 'frozenset', undefined],
        point: ['array', '__main__.Point', undefined],
        loudList: ['array', '__main__.LoudList', undefined],
        loudString: ['string', '__main__.LoudString', /^said softly$/],
        loudInt: ['number', '__main__.LoudInt', /^12$/],
        keys: ['object', 'dict', undefined],
        class: ['object', 'type', /^__main__\.Plain$/],
        classOfMeta: ['object', '__main__.Meta', /^__main__\.OfMeta$/],
        module: ['object', 'module', /^zoo_module$/],
        bareModule: ['object', 'module', undefined],
        closure: ['closure', 'function', /zoo\.py:\d+ in inner$/],
        method: ['closure', 'builtin_function_or_method', undefined],
        bound: ['closure', 'method', undefined],
        traceback: ['object', 'traceback', /^\/.*zoo\.py:\d+ in caught$/],
        frame: ['object', 'frame', /^\/.*zoo\.py:\d+ in fails$/],
      };
      for (const { one } of both()) {
        for (const [name, [kind, type, said]] of Object.entries(expected)) {
          const node = one(name);
          assert.deepEqual([node.kind, node.type], [kind, type], name);
          if (said === undefined) assert.equal(node.name, undefined, name);
          else assert.match(node.name ?? '', said, name);
        }
      }
    });

    test('items have their index, keys their repr, and what is no built-in key its type and address', () => {
      for (const { heap, one } of both()) {
        assert.deepEqual(
          one('list').refs.map(([kind, index]) => [kind, index]),
          [0, 1, 2].map((index) => ['element', index]),
        );
        assert.equal(textIn(heap, heap.via(one('point'), 1, 'element')), 'y');
        assert.equal(textIn(heap, heap.via(one('loudDict'), "'key'", 'property')), 'value');
        assert.equal(textIn(heap, heap.via(one('defaultdict'), "'k'", 'property')), 'v');
        assert.equal(textIn(heap, heap.via(one('ordered'), "'one'", 'property')), '1');
        const names = one('keys').refs.flatMap(([kind, name]) => (kind === 'property' ? [String(name)] : []));
        const [long, liar] = [names.pop(), names.splice(6, 1)[0]];
        assert.deepEqual(names, [
          "'text'",
          `"it's"`,
          `'both \\' and "'`,
          '7',
          'None',
          "('a', 1.5, (b'x',))",
          "'line\\nbreak'",
        ]);
        assert.match(liar ?? '', /^<__main__\.Liar @\d+>$/);
        assert.equal(long?.length, 1024);
        assert.equal(one('keys').refs.filter(([kind, name]) => kind === 'internal' && name === 'key').length, 9);
        const item = heap.via(one('set'), 'item', 'internal');
        assert.equal(item?.type, 'tuple');
      }
    });

    test('long lists, dicts and sets go on in continuations', () => {
      const { heap, one } = forked;
      assert.match(heap.text, new RegExp(`"id":${one('huge').id},.*"more":\\d+`));
      assert.deepEqual(
        one('huge').refs.map(([, index]) => index),
        Array.from({ length: 20000 }, (_, index) => index),
      );
      assert.equal(heap.via(one('huge'), 19999)?.name, '20999');
      assert.equal(one('hugeDict').refs.length, 6000);
      assert.equal(heap.via(one('hugeDict'), "'key 2999'")?.name, '2999');
      assert.equal(one('hugeSet').refs.length, 5000);
    });

    test('texts come as they are, long ones cut: lone surrogates, control characters, NUL', () => {
      const { heap, one } = forked;
      const texts = (name: string) => one(name).refs.map(([, , n]) => heap.nodes[n]?.name);
      assert.deepEqual(texts('lone'), ['\ud800', 'a\udfff\n', '😀', '😀'.repeat(512), 'nul \0 \x1f \x7f \u2028']);
      assert.deepEqual(texts('text'), ['plain "quoted" back\\slash\ttab\r\b\f', 'é'.repeat(1024), '']);
      const [real, nan, infinite, huge, negative, ...others] = texts('numbers');
      assert.deepEqual([real, nan, infinite], ['1.5', 'nan', '-inf']);
      assert.match(huge ?? '', /^0x[0-9a-f]{1022}$/);
      assert.equal(negative, `-1${'0'.repeat(300)}`);
      assert.deepEqual(others, ['(1+2j)', 'True', "b'\\x00bytes\\xff'", "b'array'"]);
    });

    test('exceptions, tracebacks and frames lead to each other, and frames to their variables', () => {
      for (const { heap, one } of both()) {
        const traceback = heap.via(one('error'), '__traceback__', 'internal');
        assert.equal(traceback?.id, one('traceback').id);
        const next = heap.via(one('traceback'), 'tb_next', 'internal');
        assert.ok(next);
        assert.equal(heap.via(next, 'tb_next'), undefined);
        const frame = heap.via(next, 'tb_frame', 'internal');
        assert.equal(frame?.id, one('frame').id);
        assert.equal(heap.via(one('frame'), 'f_code')?.type, 'code');
        assert.equal(heap.via(one('cause'), '__cause__', 'internal')?.type, 'ValueError');
        assert.equal(heap.via(one('cause'), '__context__', 'internal') === undefined, false);
        assert.equal(heap.via(one('error'), 'args', 'internal')?.type, 'tuple');
      }
      const { heap, one } = forked;
      const variable = heap.via(one('frame'), 'variable', 'context');
      assert.equal(textIn(heap, variable), 'a variable of a frame');
      assert.equal(heap.via(one('frame'), 'never'), undefined);
      assert.equal(heap.via(one('frame'), 'argument', 'context')?.name, '1');
    });

    test('what waits keeps its variables: generators and coroutines', () => {
      const { heap, one } = forked;
      const holder = (name: string, frame: string) => heap.via(one(name), frame, 'internal') ?? one(name);
      const local = heap.via(holder('generator', 'gi_frame'), 'local', 'context');
      assert.equal(textIn(heap, local), 'a variable of a generator');
      const awaited = heap.via(holder('coroutine', 'cr_frame'), 'awaited', 'context');
      assert.equal(textIn(heap, awaited), 'a variable of a coroutine');
    });

    test('functions, cells, methods, properties and partials show what they hold', () => {
      for (const { heap, one } of both()) {
        const closure = heap.via(one('closure'), '__closure__', 'internal');
        const cell = closure && heap.via(closure, 0);
        assert.equal(textIn(heap, cell && heap.via(cell, 'cell_contents', 'internal')), 'closed over');
        assert.equal(heap.via(one('closure'), '__code__')?.kind, 'code');
        assert.equal(heap.via(one('bound'), '__self__')?.id, one('plain').id);
        assert.equal(heap.via(one('bound'), '__func__')?.kind, 'closure');
        assert.equal(heap.via(one('property'), 'fget')?.kind, 'closure');
        assert.equal(heap.via(one('partial'), 'func')?.kind, 'closure');
        assert.equal(heap.via(one('partial'), 'args')?.type, 'tuple');
      }
    });

    test('the roots are the modules, the built-ins and every thread, whose frames hold their variables', () => {
      for (const { heap, answer } of both()) {
        const [root] = heap.nodes;
        assert.ok(root);
        assert.deepEqual([root.id, root.kind, root.type, root.size], [0, 'synthetic', '(roots)', 0]);
        const modules = heap.via(root, 'sys.modules', 'internal');
        assert.ok(modules);
        assert.deepEqual(
          modules.refs.flatMap(([kind, name]) => (kind === 'property' ? [String(name).slice(1, -1)] : [])).sort(),
          answer.modules,
        );
        assert.equal(heap.via(root, 'builtins', 'internal')?.name, 'builtins');
        const threads = root.refs.filter(([, name]) => String(name).startsWith('thread '));
        assert.equal(threads.length, 2);
      }
      const { heap, answer } = forked;
      let frame = heap.nodes[0] && heap.via(heap.nodes[0], `thread ${answer.thread}`);
      while (frame !== undefined && !frame.name?.endsWith(' in in_thread')) frame = heap.via(frame, 'f_back');
      assert.ok(frame, 'no frame of the thread that waits');
      assert.equal(textIn(heap, heap.via(frame, 'held', 'context')), 'held by a thread');
    });

    test('the script leaves itself out', () => {
      for (const { heap } of [forked, here, silent]) {
        const own = heap.nodes.filter(({ name }) => name?.includes('snapdump.py:'));
        // The zoo's globals hold the module, and it has its own dict: that is all.
        assert.deepEqual(
          own.map(({ name }) => name),
          [],
        );
        assert.equal(heap.of('snapdump._Pages').length, 0);
      }
    });

    test('what gc reports and nobody names is one reference in a hundred at most', () => {
      const all = forked.heap.nodes.flatMap(({ refs }) => refs);
      const hidden = all.filter(([kind]) => kind === 'hidden').length;
      assert.ok(hidden <= all.length / 100, `${hidden} of ${all.length}`);
    });

    test('frozen objects are there, and what is frozen stays frozen', () => {
      assert.ok(silent.one('frozenObject'));
      assert.equal(textIn(silent.heap, silent.one('frozenObject')), undefined);
    });

    test('without values no text of a value is written, names of attributes and places are', () => {
      const { heap, one } = silent;
      for (const secret of ['a secret', '271828182845', 'said softly', 'key 2999', 'liar"'])
        assert.ok(!heap.text.includes(secret), `${secret} is there`);
      assert.ok(heap.attribute(one('plain'), 'child'));
      assert.match(one('traceback').name ?? '', /zoo\.py:\d+ in caught$/);
      assert.equal(heap.via(one('hugeDict'), 2999, 'element')?.type, 'int');
      assert.equal(heap.start['values'], false);
    });
  });
}

async function zoo(python: Python, options: Readonly<Record<string, unknown>>): Promise<Zoo> {
  const file = join(tempFolder('zoo'), 'zoo.nodes');
  const ended = await execute(python.path, [
    testFile('support', 'python', 'zoo.py'),
    snapdump,
    file,
    JSON.stringify(options),
  ]);
  assert.equal(ended.status, 0, ended.stderr);
  assert.equal(statSync(file).mode & 0o777, 0o600, 'others could read it');
  const answer = JSON.parse(ended.stdout) as Answer;
  const heap = new PythonHeap(file);
  const one = (name: string) => heap.at(answer.objects[name] ?? -1);
  return { file, answer, heap, stdout: ended.stdout, one };
}

/** The text that is the first item of a list. */
function textIn(heap: PythonHeap, list: PythonNode | undefined): string | undefined {
  return list && heap.via(list, 0, 'element')?.name;
}
