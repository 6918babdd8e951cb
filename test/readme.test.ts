/**
 * Runs what the README and docs/format.md promise: every line of a marked shell block, in order, in one folder with real snapshots. A block is
 * marked by a comment in front of it: `run` its lines are run, `file NAME` it is written there. Costs some 20 seconds.
 */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { AS_TABLE, chapter } from '../demo/chapter.ts';
import { commands, packageRoot } from './support/root.ts';
import { bash, execute } from './support/run.ts';
import { tempFolder } from './support/temp.ts';

interface Block {
  /** Words of the comment, as `run chapter`. */
  readonly marks: readonly string[];
  readonly text: string;
}

const page = (file: string): string => readFileSync(join(packageRoot, file), 'utf8');

const blocks = (text: string): readonly Block[] =>
  [...text.matchAll(/^<!-- ((?:run|file)\b.*) -->\n```\w+\n([\s\S]*?)^```$/gm)].map(([, marks = '', code = '']) => ({
    marks: marks.split(' '),
    text: code,
  }));

const linesOf = ({ text }: Block): string[] => text.split('\n').filter((line) => line.trim() !== '');

/** A folder as somebody has who follows the page: two snapshots of a program that leaks, and node streams of another while it lived. */
async function madeFolder(): Promise<string> {
  const cwd = tempFolder('readme');
  const words = [
    join(packageRoot, 'demo', 'leak.cjs'),
    'before.heapsnapshot',
    '30',
    'between.heapsnapshot',
    '100',
    'app.heapsnapshot',
    '300',
  ];
  const made = await execute(process.execPath, words, { cwd });
  strictEqual(made.status, 0, made.stderr);
  const growth = join(packageRoot, 'dist', 'test', 'support', 'growth.js');
  strictEqual((await execute(process.execPath, [growth, 'h', '3'], { cwd })).status, 0);
  const parsed = 'for i in 0 1 2; do snap-parse h-$i.heapsnapshot > h-$i.nodes && rm h-$i.heapsnapshot; done';
  strictEqual((await bash(parsed, { cwd })).status, 0);
  return cwd;
}

for (const file of ['README.md', 'docs/format.md']) {
  test(`every marked line of ${file} runs as written, without a word on standard error`, async (t) => {
    const marked = blocks(page(file));
    ok(marked.length > 2, 'the page has marked blocks');
    const cwd = await madeFolder();
    const functions: string[] = [];
    for (const block of marked) {
      const [what, name = ''] = block.marks;
      if (what === 'file') {
        writeFileSync(join(cwd, name), block.text);
        continue;
      }
      for (const line of linesOf(block)) {
        await t.test(line, async () => {
          const { stdout, stderr, status } = await bash([...functions, line].join('\n'), { cwd });
          strictEqual(status, 0, `${line}\n${stderr}`);
          strictEqual(stderr, '', line);
          const isSilent = /(?:>|-o) \S+$|\| gzip > |^\w+\(\) \{/.test(line.replace(/\s+#.*$/, ''));
          strictEqual(stdout === '', isSilent, `${line}\nprinted ${stdout.length} characters`);
        });
        if (/^\w+\(\) \{/.test(line)) functions.push(line);
      }
    }
  });
}

test('the hunt of the README is what the demo runs', () => {
  const told = blocks(page('README.md'))
    .filter(({ marks }) => marks.includes('chapter'))
    .flatMap(linesOf);
  deepStrictEqual(
    told,
    chapter.flatMap(({ lines }) => lines).map((line) => line.replace(AS_TABLE, '')),
  );
});

test('the README opens with pipes, within the first screen', () => {
  const screen = page('README.md').split('\n').slice(0, 24);
  ok(screen.filter((line) => /^snap-\w+ .*\| (snap-|jq)/.test(line)).length >= 3);
});

test('the README names every command, and runs none that does not exist', () => {
  const text = page('README.md');
  for (const command of commands) ok(text.includes(`**${command}**`), command);
  deepStrictEqual(
    [...new Set([...text.matchAll(/\bsnap-[a-z]+/g)].map(([name]) => name))].filter((name) => !commands.includes(name)),
    ['snap-tools'],
  );
});

test('the examples of the pages keep the contract: what their own stages write is judged as it must be', async () => {
  const cwd = await madeFolder();
  for (const { marks, text } of blocks(page('docs/format.md')))
    if (marks[0] === 'file') writeFileSync(join(cwd, marks[1] ?? ''), text);
  const stages: readonly (readonly [stage: string, chosen: string])[] = [
    ['python3 wide.py 1000', '((.refs | length) + (.more // 0)) >= 1000'],
    ['jq -nc -f big.jq', '.size >= 1000'],
  ];
  for (const [stage, chosen] of stages) {
    const judged = await bash(`snap-parse app.heapsnapshot | ${stage} | snap-parse --check`, { cwd });
    strictEqual(JSON.parse(judged.stdout).ok, true, judged.stderr);
    strictEqual(judged.stderr, '');
    const counted = await bash(`snap-parse app.heapsnapshot | jq -c 'select(.id) | select(${chosen})' | wc -l`, {
      cwd,
    });
    strictEqual(JSON.parse(judged.stdout).nodes, Number(counted.stdout), stage);
    ok(Number(counted.stdout) > 0);
    const cut = await bash(`snap-parse app.heapsnapshot | head -5000 | ${stage} | snap-group > /dev/null`, { cwd });
    strictEqual(cut.status, 2, `a cut before ${stage} is seen behind it: ${cut.stderr}`);
  }
});

test('every line in the examples of docs/format.md is valid, and so is the stream of its continuations', async () => {
  const text = page('docs/format.md');
  const lines = [...text.matchAll(/^ {4}(\{.*\})$/gm)].map(([, line = '']) => line);
  ok(lines.length > 8);
  for (const line of lines) JSON.parse(line);
  const [, section = ''] = /^## Continuations$([\s\S]*?)^## /m.exec(text) ?? [];
  const continued = lines.filter((line) => line.startsWith('{"n":2,') && section.includes(line));
  const read = await bash('snap-parse', { stdin: `${continued.join('\n')}\n` });
  strictEqual(read.status, 0, read.stderr);
  const [, node = ''] = read.stdout.split('\n');
  strictEqual(JSON.parse(node).refs.length, 5);
});

test('links between the pages lead somewhere', () => {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
  ].filter((name) => name.endsWith('.md'));
  for (const name of pages) {
    for (const [, target = ''] of page(name).matchAll(/\]\((?!https?:)([^)#]+)/g))
      ok(existsSync(join(packageRoot, dirname(name), target)), `${name}: ${target}`);
  }
});
