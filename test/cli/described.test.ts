/** Help, man page and completion of every command say the same as its table of options, and shells and roff can read them. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Command } from '../../lib/cli/command.ts';
import { commonOptionsOf } from '../../lib/cli/common.ts';
import { completionScript } from '../../lib/cli/completion.ts';
import { helpText, shortHelp } from '../../lib/cli/help.ts';
import { manualPage } from '../../lib/cli/manual.ts';
import { commands } from '../support/root.ts';
import { run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { example } from './exampleCommand.ts';

const real = await Promise.all(commands.map(commandNamed));

/** A program is `snap-group`, its command the `group` of lib/commands/group.ts. */
async function commandNamed(program: string): Promise<Command> {
  const word = program.replace(/^snap-/, '');
  const { [word]: command } = (await import(`../../lib/commands/${word}.js`)) as Record<string, Command>;
  assert.ok(command, `lib/commands/${word}.ts exports no ${word}`);
  return command;
}

function scriptFile(command: Command, shell: 'bash' | 'zsh' | 'fish'): string {
  const file = join(tempFolder('completion'), shell);
  writeFileSync(file, completionScript(command, shell));
  return file;
}

/** What judges is no matter of choice: without it nothing here is proved. */
function requireProgram(program: string): void {
  assert.equal(spawnSync(program, ['--version']).error, undefined, `${program} is not installed (.ci/run installs it)`);
}

const plain = (page: string): string => page.replaceAll('\u2010', '-');

for (const command of [example as Command, ...real]) {
  const names = Object.keys({ ...command.options, ...commonOptionsOf(command) });
  const shorts = Object.values({ ...command.options, ...commonOptionsOf(command) }).flatMap(({ short }) => short ?? []);

  test(`${command.name}: every option is in the help, the man page, and the completions`, () => {
    const said = [helpText(command), manualPage(command, '1').replaceAll('\\-', '-')];
    for (const shell of ['bash', 'zsh'] as const) said.push(completionScript(command, shell));
    for (const text of said) for (const name of names) assert.match(text, new RegExp(`--${name}(?![\\w-])`));
    for (const name of names) assert.match(completionScript(command, 'fish'), new RegExp(` -l ${name}(?![\\w-])`));
  });

  test(`${command.name}: no option of its own hides one of every command, and no letter means two`, () => {
    assert.deepEqual(
      Object.keys(command.options).filter((name) => name in commonOptionsOf(command)),
      [],
    );
    assert.equal(new Set(shorts).size, shorts.length);
  });

  test(`${command.name}: the help has its parts, in lines of at most 80 columns outside of examples`, () => {
    const help = helpText(command);
    for (const title of [
      'Usage',
      'Examples',
      'Options',
      'Common options',
      'Reads',
      'Writes',
      'Exit status',
      'Memory',
    ]) {
      assert.match(help, new RegExp(`^${title}:`, 'm'));
    }
    for (const line of help.split('\n').filter((text) => !text.startsWith('    ')))
      assert.ok(line.length <= 80 || !line.trim().includes(' '), line);
    for (const { run } of command.examples.slice(0, 2)) assert.ok(shortHelp(command).includes(run));
  });

  test(`${command.name}: roff renders the man page without a warning`, () => {
    requireProgram('groff');
    const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-P-c', '-P-b', '-P-u', '-rLL=200n'], {
      input: manualPage(command, '1.2.3'),
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    for (const { run } of command.examples) assert.ok(plain(stdout).includes(run), `${run}\n${stdout}`);
    for (const name of names) assert.ok(plain(stdout).includes(`--${name}`), name);
  });

  test(`${command.name}: the man page is ASCII and no text of it is a request`, () => {
    const requests = new Set(['.TH', '.nh', '.ad', '.SH', '.B', '.PP', '.TP', '.RS', '.RE', '.nf', '.fi']);
    for (const line of manualPage(command, '1').split('\n')) {
      assert.match(line, /^[\x20-\x7e]*$/);
      if (/^[.']/.test(line)) assert.ok(requests.has(line.split(' ')[0] ?? ''), line);
    }
  });

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    test(`${command.name}: ${shell} reads its completion`, () => {
      requireProgram(shell);
      const { status, stderr } = spawnSync(shell, ['-n', scriptFile(command, shell)], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    });
  }
}

test('bash completes options, the words that an option takes, and files', () => {
  const complete = (...words: readonly string[]): readonly string[] =>
    execFileSync(
      'bash',
      [
        '-c',
        `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _snap_example; printf '%s\\n' "\${COMPREPLY[@]}"`,
        scriptFile(example as Command, 'bash'),
        ...words,
      ],
      { encoding: 'utf8', cwd: '/dev' },
    )
      .trim()
      .split('\n');
  assert.deepEqual(complete('snap-example', '--me'), ['--merge', '--memory']);
  assert.deepEqual(complete('snap-example', '--sort', ''), ['count', 'bytes']);
  assert.deepEqual(complete('snap-example', '--sort', '=', 'b'), ['bytes']);
  assert.deepEqual(complete('snap-example', '--sort', '='), ['count', 'bytes']);
  assert.deepEqual(complete('snap-example', '--top', ''), ['']);
  assert.deepEqual(complete('snap-example', '5', 'nul'), ['null']);
  assert.deepEqual(complete('snap-example', '--of', 'nul'), ['null']);
});

for (const program of commands) {
  test(`${program} prints them, and its version`, async () => {
    const [help, manual, bash, version] = await Promise.all([
      run(program, ['--help']),
      run(program, ['--manual']),
      run(program, ['--completion', 'bash']),
      run(program, ['--version']),
    ]);
    assert.match(help.stdout, new RegExp(`^${program} - `));
    assert.ok(manual.stdout.startsWith(`.TH ${program.toUpperCase().replace('-', '\\-')} 1 `), manual.stdout);
    assert.match(bash.stdout, new RegExp(`-F _${program.replace('-', '_')} ${program}\n$`));
    assert.match(version.stdout, new RegExp(`^${program} \\d+\\.\\d+\\.\\d+\n$`));
    for (const { status, stderr } of [help, manual, bash, version]) assert.deepEqual([status, stderr], [0, '']);
  });
}
