/** How people name references: a word comes in, a kind and a name go out. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseVia } from '../../lib/commands/parts/choosing/via.ts';
import { REF_KINDS } from '../../lib/stream/batch.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

test('a kind stands before the first colon, if there is such a kind; all else is a name', () => {
  const parsed = (word: string): readonly unknown[] => {
    const { kind, name } = parseVia(word);
    return [kind === undefined ? undefined : REF_KINDS[kind], name];
  };
  deepStrictEqual(parsed('next'), [undefined, 'next']);
  deepStrictEqual(parsed('property:next'), ['property', 'next']);
  deepStrictEqual(parsed('element:0'), ['element', '0']);
  deepStrictEqual(parsed('weak:7'), ['weak', '7']);
  deepStrictEqual(parsed('http://a'), [undefined, 'http://a']);
  deepStrictEqual(parsed('property:a:b'), ['property', 'a:b']);
  deepStrictEqual(parsed('property:'), ['property', '']);
  deepStrictEqual(parsed('property'), [undefined, 'property']);
  deepStrictEqual(parsed(':next'), [undefined, ':next']);
  deepStrictEqual(parsed(''), [undefined, '']);
});

test("an entry of a dict of Python's is meant by its key as well as by how the key is written, everywhere", async () => {
  const lines = [
    '{"snap":"start","schema":1,"format":"python"}',
    '{"n":0,"id":0,"kind":"synthetic","type":"(roots)","size":0,"refs":[["internal","sys.modules",1],["internal","m",2]]}',
    `{"n":1,"id":16,"kind":"object","type":"dict","size":64,"refs":[["property","'cache'",3]]}`,
    '{"n":2,"id":32,"kind":"object","type":"Manager","size":16,"refs":[["property","cache",3]]}',
    '{"n":3,"id":48,"kind":"object","type":"Failure","size":100,"refs":[]}',
    '{"snap":"end","nodes":4,"refs":4}',
  ];
  const file = join(tempFolder('via'), 'h.nodes');
  writeFileSync(file, `${lines.join('\n')}\n`);
  const cuts = ['{"via":"cache"}', `{"via":"'cache'"}`, '{"type":"Manager","via":"cache"}'].join('\n');
  const judge = async () => {
    const { stdout, stderr } = await run('snap-cut', ['--cuts', '-', file], { stdin: cuts });
    strictEqual(stderr, '');
    return stdout.split('\n').flatMap((line) => (line.includes('"refs"') ? [JSON.parse(line)] : []));
  };
  const unaided = await judge();
  deepStrictEqual(
    unaided.map(({ refs, count }) => [refs, count]),
    [
      [2, 1],
      [1, 0],
      [1, 0],
      [2, 1],
    ],
  );
  strictEqual((await run('snap-index', [file])).status, 0);
  deepStrictEqual(await judge(), unaided);
  const { stdout } = await run('snap-filter', ['--has', 'cache', file]);
  strictEqual(stdout.match(/"id":/g)?.length, 2);
});
