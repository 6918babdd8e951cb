/** How a program meets the world: messages, statuses, full disks and closed pipes, with real processes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { bash } from '../support/run.ts';
import { exampleFile, exampleInShell, runExample } from './example.ts';

const ended = async (...args: readonly string[]) => {
  const { stdout, stderr, status } = await runExample(args);
  return { stdout, stderr, status };
};

test('the command gets its arguments, and its status is the status', async () => {
  const { stdout, status } = await ended('1', '-n5', '--no-refs', '--memory', '64M', '--tmp', '/elsewhere', '-q');
  const said = JSON.parse(stdout);
  assert.equal(status, 1);
  assert.deepEqual([said.top, said['no-refs'], said.operands], [5, true, ['1']]);
  assert.deepEqual(said.frame, {
    format: 'ndjson',
    color: false,
    width: 80,
    quiet: true,
    tmp: '/elsewhere',
    memory: 67_108_864,
  });
});

test('wrong use says what is wrong and where the help is', async () => {
  const help = "snap-example: try 'snap-example --help'\n";
  assert.deepEqual(await ended('5', '--tpo'), {
    stdout: '',
    stderr: `snap-example: unknown option '--tpo' (did you mean --top?)\n${help}`,
    status: 2,
  });
  assert.deepEqual(await ended(), { stdout: '', stderr: `snap-example: K is missing\n${help}`, status: 2 });
  assert.deepEqual(await ended('5', '--act', 'usage'), {
    stdout: '',
    stderr: `snap-example: that was wrong\n${help}`,
    status: 2,
  });
  const { stderr } = await ended('5', 'a', 'b', 'c\nd');
  assert.equal(
    stderr,
    `snap-example: 'c\\nd' is one too many (it takes at most 3 operands; options begin with -)\n${help}`,
  );
});

test('an option that stands alone needs no operand', async () => {
  const { status, stderr } = await ended('--where');
  assert.deepEqual([status, stderr], [0, '']);
});

test('bad input is one line, after what was complete', async () => {
  assert.deepEqual(await ended('5', '--act', 'input'), {
    stdout: 'complete\n',
    stderr: 'snap-example: h: cut off\n',
    status: 2,
  });
});

test('a warning makes the status 2, a note does not count, and neither can act on the terminal', async () => {
  assert.deepEqual(await ended('5', '--act', 'warn'), {
    stdout: '',
    stderr: 'snap-example: note: only a note\nsnap-example: something is \\x1b[31mwrong\n',
    status: 2,
  });
  assert.equal((await ended('5', '--act', 'warn', '--quiet')).stderr, 'snap-example: something is \\x1b[31mwrong\n');
});

test('a bug is one line and 70, its stack only where it was asked for', async () => {
  const line = 'snap-example: bug: no such thing (please report; SNAP_DEBUG=1 prints the stack)\n';
  assert.deepEqual(await ended('5', '--act', 'bug'), { stdout: '', stderr: line, status: 70 });
  const debugged = await runExample(['5', '--act', 'bug'], { env: { SNAP_DEBUG: '1' } });
  assert.ok(debugged.stderr.startsWith(`${line}TypeError: no such thing\n    at `), debugged.stderr);
});

test('a bug outside of what is awaited is no stack trace either', async () => {
  const { stderr, status } = await ended('5', '--act', 'late');
  assert.deepEqual(
    [status, stderr],
    [70, 'snap-example: bug: too late (please report; SNAP_DEBUG=1 prints the stack)\n'],
  );
});

test('all of a large output arrives', async () => {
  const { stdout } = await ended('5', '--act', 'fill');
  assert.equal(stdout, Array.from({ length: 20_000 }, (_, i) => `${i} ${'x'.repeat(i % 100)}\n`).join(''));
});

test('a reader that has enough ends the program silently with 0', async () => {
  const { stdout, stderr, status } = await bash(`${exampleInShell} 5 --act fill | head -n 1; echo "\${PIPESTATUS[0]}"`);
  assert.deepEqual([stdout, stderr, status], ['0 \n0\n', '', 0]);
});

test('a full disk and a file limit are said, not a stack trace or a kill', async () => {
  const full = await bash(`${exampleInShell} 5 --act fill > /dev/full`);
  assert.deepEqual([full.stderr, full.status], ['snap-example: standard output: no space left on device\n', 2]);
  const limited = await bash(`ulimit -f 16; ${exampleInShell} 5 --act fill > out; s=$?; wc -c < out; exit $s`);
  assert.deepEqual(
    [limited.stderr, limited.stdout.trim(), limited.status],
    ['snap-example: standard output: file too large (a limit set by ulimit -f?)\n', '16384', 2],
  );
});

test('standard error that is closed changes nothing else', async () => {
  const { stdout, status } = await bash(`${exampleInShell} 5 --act input 2>&-`);
  assert.deepEqual([stdout, status], ['complete\n', 2]);
});

test('a slow reader of a pipe that somebody made non-blocking gets everything', async () => {
  const line = `import os, subprocess, sys, time
r, w = os.pipe()
os.set_blocking(w, False)
p = subprocess.Popen(sys.argv[1:], stdout=w)
os.close(w)
time.sleep(0.5)
n = 0
while True:
  b = os.read(r, 65536)
  if not b: break
  n += len(b)
  time.sleep(0.002)
print(n, p.wait())
`;
  const { stdout, stderr } = await bash(`python3 -c '${line}' ${exampleInShell} 5 --act fill`);
  const bytes = Array.from({ length: 20_000 }, (_, i) => `${i} ${'x'.repeat(i % 100)}\n`).join('').length;
  assert.deepEqual([stdout, stderr], [`${bytes} 0\n`, '']);
});

test('Ctrl-C ends it by the signal itself', async () => {
  const child = spawn(process.execPath, [exampleFile, '5', '--act', 'sleep'], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [status, signal] = await once(child, 'exit');
  assert.deepEqual([status, signal], [null, 'SIGINT']);
});

test('colour is for terminals, unless it is asked for', async () => {
  const color = async (args: readonly string[], env: Record<string, string> = {}): Promise<boolean> =>
    JSON.parse((await runExample(['5', ...args], { env })).stdout).frame.color;
  assert.equal(await color([]), false);
  assert.equal(await color(['--color', 'always'], { NO_COLOR: '1' }), true);
});

test('temporary files go to --tmp, then $TMPDIR', async () => {
  const tmp = async (...args: readonly string[]): Promise<string> =>
    JSON.parse((await runExample(['5', ...args], { env: { TMPDIR: '/var/tmp' } })).stdout).frame.tmp;
  assert.deepEqual([await tmp(), await tmp('--tmp', '/x')], ['/var/tmp', '/x']);
});
