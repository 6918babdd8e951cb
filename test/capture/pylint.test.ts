/** The pylint heap as objgraph sees it from inside and as the commands see it from the file: equal. SNAP_PYLINT_FILES=100 adds a larger one. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { type PylintCase, type PylintOptions, pylintCase } from '../support/pylintCase.ts';
import { run } from '../support/run.ts';

// How many objects of some types gc does not track.
const code = `
import gc, sys
def untracked(cls, objects): return sum(1 for one in objects if type(one) is cls and not gc.is_tracked(one))
found, seen = [sys.modules], {id(sys.modules)}
for one in found:
    for other in gc.get_referents(one):
        if id(other) not in seen:
            seen.add(id(other)); found.append(other)
print(untracked(dict, found), untracked(tuple, found), untracked(type, found), flush=True)`;

const cases: readonly PylintOptions[] = [
  { files: 4, bug: true, code },
  { files: 4, bug: false },
  { files: 4, bug: true, missing: 1, uses: 3 },
  { files: 5, bug: true, missing: 5, uses: 20 },
  { files: 30, bug: true },
  ...[process.env['SNAP_PYLINT_FILES'] ?? []]
    .flat()
    .flatMap((files) => [true, false].map((bug) => ({ files: Number(files), bug, seconds: 1200 }))),
];

// What one of both counts alone, and why; each has its test below.
const differing = ['dict', 'frame', 'tuple', 'type', 'weakref.ReferenceType'];

const made = new Map<PylintOptions, Promise<PylintCase>>();

for (const options of cases) {
  const { files, bug, missing = 3, uses = 12 } = options;
  describe(`pylint over ${files} files (${missing} missing, ${uses} uses), ${bug ? 'with' : 'without'} the leak`, () => {
    const given = () => once(options);
    const rows = async (command: string, ...args: string[]): Promise<Row[]> => {
      const { file } = await given();
      const ended = await run(command, [...args, file]);
      assert.equal(ended.status, 0, ended.stderr);
      return ended.stdout
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('{"snap"'))
        .map((line) => JSON.parse(line) as Row);
    };
    const chains = ['--type', 'traceback', '--via', 'tb_next'];

    test('heads and tails of the chains of tracebacks, each with its length, are the same objects', async () => {
      const { truth } = await given();
      const [heads, tails] = [
        await rows('snap-chainends', ...chains, '--heads'),
        await rows('snap-chainends', ...chains, '--tails'),
      ];
      const pairs = (list: readonly { length: number; id: number }[]) =>
        list.map(({ length, id }) => `${length} ${id}`).sort();
      assert.deepEqual(pairs(heads), pairs(truth.chains.map(({ length, head }) => ({ length, id: head }))));
      assert.deepEqual(pairs(tails), pairs(truth.chains.map(({ length, tail }) => ({ length, id: tail }))));
      assert.deepEqual(counted(heads.map(({ length }) => `${length}`)), truth.chain_lengths);
      assert.deepEqual(
        counted(tails.map(({ name }) => name.replace(/^[^:]*/, (file) => basename(file)))),
        truth.tails_by_place,
      );
    });

    test('tracebacks are as many, frames too but for those that run', async () => {
      const { truth } = await given();
      const types = byType(await rows('snap-group'));
      assert.equal(types.get('traceback'), truth.types['traceback']);
      const running = (await rows('snap-filter', '--type', 'frame', '--has', 'f_globals')).length;
      assert.equal(types.get('frame'), (truth.types['frame'] ?? 0) + running);
    });

    test('the owners of heads are the same', async () => {
      const { truth } = await given();
      const heads = new Set((await rows('snap-chainends', ...chains, '--heads')).map(({ n }) => n));
      const holders = (await rows('snap-filter', '--has', '__traceback__')).filter(({ refs }) =>
        refs.some(([, name, n]) => name === '__traceback__' && heads.has(n)),
      );
      const owners = Object.entries(truth.head_owners).map(([type, count]) => [withoutBuiltins(type), count]);
      assert.deepEqual(counted(holders.map(({ type }) => type)), Object.fromEntries(owners));
    });

    test('the cache has the same entries', async () => {
      const { truth } = await given();
      const refs = await rows('snap-show', '--id', `${truth.cache.id}`);
      const values = refs.flatMap((row) => (row.ref === 'property' ? [row.to.type.replace(/^.*\./, '')] : []));
      assert.equal(values.length, truth.cache.entries);
      assert.deepEqual(counted(values), truth.cache.kinds);
    });

    test('the sixty most frequent types have the same counts, but for five that are explained', async () => {
      const { truth } = await given();
      const types = byType(await rows('snap-group'));
      const others = Object.entries(truth.top_types).filter(
        ([type, count]) => types.get(withoutBuiltins(type)) !== count,
      );
      const unexplained = others.filter(([type]) => !differing.includes(withoutBuiltins(type)));
      assert.deepEqual(unexplained, []);
    });
  });
}

test('the five types that differ do so because objgraph sees only what gc tracks, and no frame that runs', async () => {
  const { file, truth, stdout } = await small();
  const [dicts = 0, tuples = 0, types = 0] = stdout.trim().split(' ').map(Number);
  const grouped = byType(
    (await run('snap-group', [file])).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  );
  const more = (type: string) => (grouped.get(type) ?? 0) - (truth.top_types[`builtins.${type}`] ?? 0);
  // What is reached over code alone, which gc does not follow, is in the file only: at least as many as a walk finds.
  assert.ok(dicts > 1000 && more('dict') >= dicts - 20, `${more('dict')} dicts more, ${dicts} are not tracked`);
  assert.ok(tuples > 1000 && more('tuple') >= tuples - 20, `${more('tuple')} tuples more, ${tuples} are not tracked`);
  assert.ok(types > 50 && more('type') >= types, `${more('type')} types more, ${types} are static`);
  // The script's own classes are known to their bases by weak references.
  const weak = (grouped.get('weakref.ReferenceType') ?? 0) - (truth.top_types['weakref.ReferenceType'] ?? 0);
  assert.ok(weak > 0 && weak < 12, `${weak}`);
});

test('references are as many as counted, but for one object in twenty, which something in C holds', async () => {
  const { file } = await small();
  const lines = (await run('snap-parse', [file])).stdout.trim().split('\n').slice(1, -1);
  const records = lines.map((line) => JSON.parse(line) as Row);
  const referred = new Map<number, number>();
  for (const { refs } of records) for (const [, , n] of refs) referred.set(n, (referred.get(n) ?? 0) + 1);
  const told = records.filter(({ refcount }) => refcount !== undefined);
  const held = told.filter(({ n, refcount = 0 }) => (referred.get(n) ?? 0) !== refcount);
  assert.ok(told.length > 100_000);
  assert.ok(held.length < told.length / 20, `${held.length} of ${told.length}`);
  const often = Object.entries(counted(held.map(({ type }) => type))).sort(([, a], [, b]) => b - a);
  // Names that the interpreter knows itself, links of a cache, what the compiler shares.
  assert.ok(['str', 'functools._lru_list_elem'].includes(often[0]?.[0] ?? ''), JSON.stringify(often.slice(0, 8)));
  const tooMany = told.filter(({ n, refcount = 0 }) => (referred.get(n) ?? 0) > refcount);
  assert.ok(tooMany.length < told.length / 1000, `${tooMany.length} have more references than are counted`);
});

const small = () => once(cases[0] ?? { files: 4, bug: true });

/** Each heap is made once. */
function once(options: PylintOptions): Promise<PylintCase> {
  const before = made.get(options);
  if (before !== undefined) return before;
  const now = pylintCase(options);
  made.set(options, now);
  return now;
}

interface Row {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly count: number;
  readonly length: number;
  readonly refcount?: number;
  readonly ref: string;
  readonly to: { readonly type: string };
  readonly refs: readonly [kind: string, name: string | number, n: number][];
}

const byType = (rows: readonly Row[]) => new Map(rows.map(({ type, count }) => [type, count]));
const withoutBuiltins = (type: string) => type.replace(/^builtins\./, '');

function counted(keys: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return Object.fromEntries(counts);
}
