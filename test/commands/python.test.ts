/** Questions about Python heaps: references are spelled as Python spells them, and its own words for types, places and owners are understood. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { heap } from '../support/heap.ts';
import { streamText } from '../support/nodeStream.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { tracebackHeap } from '../support/tracebackHeap.ts';

const folder = tempFolder('python');
const small = tracebackHeap(
  ['/app/a.py:3 in load', '/app/b in c.py:7 in <module>', '/app/a.py:9 in again'],
  [[0, 1, 1, 1, 2], [2], [0, 2]],
);
const file = join(folder, 'small.nodes');
writeFileSync(file, streamText(small.heap));

const lines = async (command: string, ...args: string[]): Promise<string[]> => {
  const { stdout, stderr, status } = await run(command, [...args, file]);
  strictEqual(stderr, '');
  strictEqual(status, 0);
  return stdout.trimEnd().split('\n');
};

test('a path is spelled as Python spells it, keys are any key, and below it stands the expression that it is', async () => {
  const [, , first, second, third, fourth] = await lines(
    'snap-paths',
    '--type',
    'types.TracebackType',
    '--lacks',
    'nothing',
    '--format',
    'table',
  );
  const way =
    '(root) > {sys.modules} dict > [*] module astroid.manager > .__dict__ dict > .Manager type astroid.manager.Manager > .__dict__ dict > ._cache dict > [*] ImportError > .__traceback__ traceback';
  ok(first!.includes(`${way} /app/a.py:3 in load > .tb_next traceback`), first);
  strictEqual(second!.trim(), '= astroid.manager.Manager._cache[*].__traceback__(.tb_next ...)');
  ok(third!.includes(way), third);
  strictEqual(fourth!.trim(), '= astroid.manager.Manager._cache[*].__traceback__');
});

test('paths whose keys differ are one, attributes are told apart, and other formats keep their own rules', async () => {
  const rows = await lines('snap-paths', '--type', 'ImportError');
  strictEqual(rows.length, 1);
  const h = heap({ start: { format: 'python' } });
  const other = heap();
  for (const one of [h, other]) {
    const held = one.node('Foo');
    for (const name of ['a', 'b', 'None', "b'x'", '<m.Key @0x7f>', '1.5', '(1, 2)'])
      one.root.points(name, one.node('Bar').points('x', held));
  }
  const count = async (text: string): Promise<number> =>
    (await run('snap-paths', ['--type', 'Bar'], { stdin: text })).stdout.trim().split('\n').length;
  strictEqual(await count(streamText(h.build())), 3);
  strictEqual(await count(streamText(other.build())), 6);
});

test('a tree of retainers spells references, and at a module or class how it gets to the object', async () => {
  const id = 2 * small.chains[0]![4]!.n + 1;
  const tree = await lines(
    'snap-backrefs',
    '--id',
    `@${id}`,
    '--depth',
    '7',
    '--format',
    'table',
    '--exclude-type',
    'frame',
  );
  ok(
    tree.some((line) => /<- traceback x\d via \.tb_next \.\.\./.test(line)),
    tree.join('\n'),
  );
  ok(
    tree.some((line) =>
      line.endsWith(
        "<- .__dict__ type @9 astroid.manager.Manager = astroid.manager.Manager._cache[('lib_0', None)].__traceback__(.tb_next x4)",
      ),
    ),
    tree.join('\n'),
  );
  const dot = await lines('snap-refs', '--id', `@${2 * small.frames[0]!.n + 1}`, '--depth', '1', '--format', 'dot');
  ok(
    dot.some((line) => line.includes('(local e)')),
    dot.join('\n'),
  );
});

test('a theory is put in the words of Python', async () => {
  const [cut] = await lines(
    'snap-cut',
    '--type',
    'builtins.ImportError',
    '--via',
    '__traceback__',
    '--format',
    'table',
  );
  ok(cut!.startsWith('cutting 3 references (.__traceback__ of builtins.ImportError)'), cut);
});

test('groups by place are lines of code, and dictionaries are told apart by their owners', async () => {
  const places = await lines('snap-group', '--by', 'place,type', '--sort', 'count');
  const rows = places.map((line) => JSON.parse(line) as Record<string, unknown>);
  deepStrictEqual(
    rows.filter(({ type }) => type === 'traceback').map(({ place, count }) => [place, count]),
    [
      ['/app/a.py:9 in again', 3],
      ['/app/b in c.py:7 in <module>', 3],
      ['/app/a.py:3 in load', 2],
    ],
  );
  strictEqual(rows.find(({ type }) => type === 'module')?.['place'], '(no place)');
  const owners = await lines('snap-group', '--by', 'owner', '--sort', 'count');
  deepStrictEqual(
    owners.filter((line) => line.includes('dict')),
    [
      '{"owner":"dict (no owner)","count":2,"bytes":32}',
      '{"owner":"dict of module","count":1,"bytes":16}',
      '{"owner":"dict of type","count":1,"bytes":16}',
    ],
  );
});
