/** Where functions and objects of V8 stand in the source: files instead of scripts' numbers, as a plain walk over a real snapshot finds them. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fixtures, unzipped } from '../support/fixtures.ts';
import { type NodeRecord, readStream } from '../support/nodeStream.ts';
import { bash, quoted, run } from '../support/run.ts';

const names = ['leak20-after'];

/** The plain way: every function of every script is asked, over closure > shared > script. */
function filesOf(nodes: readonly NodeRecord[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { at, kind, refs = [] } of nodes) {
    if (kind !== 'closure' || at === undefined) continue;
    const shared = refs.find(([, name]) => name === 'shared')?.[2];
    const script = nodes[shared ?? 0]!.refs?.find(([, name]) => /^script(_or_debug_info)?$/.test(String(name)))?.[2];
    const name = script === undefined ? undefined : nodes[script]!.name;
    if (name !== undefined && /[./:]/.test(name)) files.set(at.split(':')[0]!, name);
  }
  return files;
}

const placeOf = (at: string | undefined, files: ReadonlyMap<string, string>): string => {
  if (at === undefined) return '(no place)';
  const [script, line, column] = at.split(':');
  const file = files.get(script!);
  return file === undefined ? at : `${file}:${Number(line) + 1}:${Number(column) + 1}`;
};

for (const name of names) {
  test(`groups by place are files, lines and columns, of a snapshot and of its stream alike (${name})`, async () => {
    const file = unzipped(fixtures.find((one) => one.name === name)!);
    const { nodes } = readStream((await run('snap-parse', [file])).stdout);
    const files = filesOf(nodes);
    ok(files.size > 30);
    const counts = new Map<string, number>();
    for (const { at } of nodes) counts.set(placeOf(at, files), (counts.get(placeOf(at, files)) ?? 0) + 1);
    const fused = await run('snap-group', ['--by', 'place', file]);
    strictEqual(fused.stderr, '');
    const rows = fused.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { place: string; count: number });
    deepStrictEqual(new Map(rows.map(({ place, count }) => [place, count])), counts);
    const piped = await bash(`snap-parse ${quoted(file)} | snap-group --by place`);
    strictEqual(piped.stdout, fused.stdout);
  });
}

for (const name of ['leak26-after']) {
  test(`objects and functions are shown with file, line and column, by an index too (${name})`, async () => {
    const file = unzipped(fixtures.find((one) => one.name === name)!);
    const { nodes } = readStream((await run('snap-parse', [file])).stdout);
    const files = filesOf(nodes);
    const placed = nodes.filter(({ at }) => at !== undefined);
    const some = placed.filter((_, i) => i % Math.ceil(placed.length / 150) === 0);
    const failing = nodes.find(({ kind, name: called }) => kind === 'closure' && called === 'fail')!;
    const ask = async (): Promise<string[]> => {
      const shown = await run('snap-show', [...some.flatMap(({ n }) => ['--node', `${n}`]), '--format', 'table', file]);
      const told = shown.stdout.split('\n').flatMap((line) => /^ {2}at: (.*)$/.exec(line)?.[1] ?? []);
      deepStrictEqual(
        told,
        some.map(({ at }) => placeOf(at, files)),
      );
      const node = ['--node', `${failing.n}`, '--format', 'table'];
      const outputs = await Promise.all([
        run('snap-backrefs', [...node, '--depth', '1', file]),
        run('snap-paths', [...node, file]),
        run('snap-retain', ['--top', '2000', '--format', 'table', file]),
      ]);
      return outputs.map(({ stdout }) => stdout);
    };
    const [tree, paths, retained] = await ask();
    const place = placeOf(failing.at, files);
    ok(/^\/srv\/app\/pair\.cjs:\d+:\d+$/.test(place), place);
    strictEqual(tree!.split('\n')[0], `Function @${failing.id} fail (${place})`);
    ok(paths!.includes(`example at ${place}\n`), paths);
    ok(retained!.split('\n').some((line) => / Function \w+ \(\S+:\d+:\d+\)$/.test(line)));
    strictEqual((await run('snap-index', [file])).status, 0);
    deepStrictEqual(await ask(), [tree, paths, retained]);
  });
}
