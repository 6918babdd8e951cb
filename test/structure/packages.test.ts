/** Takes one package away from an installed copy, and shows what breaks: each of the user's packages does real work. */
import { notStrictEqual, strictEqual } from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageRoot, testFile } from '../support/root.ts';
import { execute } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';

const small = (name: string): string => testFile('fixtures', 'small', name);

/** A copy of the built package that finds every package but one. */
function without(missing: string): string {
  const copy = tempFolder('without');
  for (const folder of ['bin', 'lib'])
    cpSync(join(packageRoot, 'dist', folder), join(copy, 'dist', folder), { recursive: true });
  cpSync(join(packageRoot, 'package.json'), join(copy, 'package.json'));
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(packageRoot, 'node_modules'))) {
    if (name !== missing && !name.startsWith('.'))
      symlinkSync(join(packageRoot, 'node_modules', name), join(copy, 'node_modules', name));
  }
  return join(copy, 'dist', 'bin');
}

const works: readonly (readonly [missing: string, what: string, command: string, ...args: string[]])[] = [
  ['stream-json', 'a snapshot in an odd layout is read', 'snap-parse.js', small('shop-pretty.heapsnapshot')],
  ['split2', 'a stream made by hand is read', 'snap-parse.js', small('plain.nodes')],
  ['mri', 'an option is read', 'snap-group.js', '--by', 'kind', small('shop.heapsnapshot')],
];

for (const [missing, what, command, ...args] of works) {
  test(`${what} thanks to ${missing}, and not without it`, async () => {
    strictEqual((await execute(process.execPath, [join(without('none'), command), ...args])).status, 0);
    notStrictEqual((await execute(process.execPath, [join(without(missing), command), ...args])).status, 0);
  });
}
