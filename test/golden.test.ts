/** Runs every golden case: test/golden/COMMAND/CASE/cmd with bash among the small fixtures; output, errors and status must be the kept ones. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { commands, testFile } from './support/root.ts';
import { bash } from './support/run.ts';
import { smallFiles } from './support/small.ts';
import { tempFolder } from './support/temp.ts';

const update = process.env['UPDATE_GOLDEN'] === '1';
const small = testFile('fixtures', 'small');
const golden = testFile('golden');
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

test('the small fixtures are what the heap language writes', () => {
  if (update) rmSync(small, { recursive: true, force: true });
  if (update) mkdirSync(small);
  const files = smallFiles();
  if (update) for (const [name, content] of files) writeFileSync(join(small, name), content);
  deepStrictEqual(readdirSync(small).sort(), [...files.keys()].sort());
  const plain = (name: string, content: Buffer): string =>
    (name.endsWith('.gz') ? gunzipSync(content) : content).toString('latin1');
  for (const [name, content] of files)
    strictEqual(plain(name, readFileSync(join(small, name))), plain(name, content), name);
});

test('every command has golden cases', () => {
  deepStrictEqual(readdirSync(golden).sort(), [...commands].sort());
});

for (const command of readdirSync(golden)) {
  for (const name of readdirSync(join(golden, command)).sort()) {
    test(`${command}: ${name.replaceAll('-', ' ')}`, async () => {
      const folder = join(golden, command, name);
      const cwd = tempFolder('golden');
      for (const file of readdirSync(small)) symlinkSync(join(small, file), join(cwd, file));
      const tmp = tempFolder('spool');
      const { stdout, stderr, status } = await bash(read(join(folder, 'cmd')), {
        cwd,
        env: { TMPDIR: tmp, NO_COLOR: '1' },
        seconds: 30,
      });
      deepStrictEqual(readdirSync(tmp), [], 'nothing stays in $TMPDIR');
      if (update) keep(folder, { expout: stdout, experr: stderr, status: status === 0 ? '' : `${status}\n` });
      strictEqual(stdout, read(join(folder, 'expout')));
      strictEqual(stderr, read(join(folder, 'experr')));
      strictEqual(status, Number(read(join(folder, 'status'))));
      ok(existsSync(join(folder, 'expout')) && existsSync(join(folder, 'experr')), 'the case says what it expects');
    });
  }
}

/** Rewrites what a case expects; a status of 0 has no file. */
function keep(folder: string, expected: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(expected)) {
    if (name === 'status' && text === '') rmSync(join(folder, name), { force: true });
    else writeFileSync(join(folder, name), text);
  }
}
