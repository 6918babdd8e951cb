/** Reads every import of bin and lib, and holds the direction in which they may go; costs one reading of the sources. */
import { deepStrictEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { test } from 'node:test';
import { packageRoot } from '../support/root.ts';

interface Source {
  /** From the root, as `lib/stream/batch.ts`. */
  readonly file: string;
  readonly text: string;
  /** Everything it imports: paths from the root, or names of packages. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = ['bin', 'lib'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(join(folder, name))),
);

const { dependencies } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
};

/** What each folder may import of the others, beside itself. Packages and node: modules have their own rules below. */
const allowed: Readonly<Record<string, readonly RegExp[]>> = {
  bin: [/^lib\/cli\/run\.ts$/, /^lib\/commands\//],
  'lib/commands': [/^lib\//],
  'lib/cli': [/^lib\/(stream|render|disk)\//],
  'lib/capture': [/^lib\/(stream|disk)\//],
  'lib/formats': [/^lib\/(stream|disk)\//],
  'lib/graph': [/^lib\/(stream|disk)\//],
  'lib/index': [/^lib\/(stream|disk|graph)\//],
  'lib/stages': [/^lib\/(stream|disk)\//],
  'lib/render': [/^lib\/stream\//],
  'lib/stream': [/^lib\/disk\//],
  'lib/disk': [/^lib\/stream\/errors\.ts$/],
};

/** Folders that know nothing of the process they run in. */
const pure = ['lib/formats', 'lib/graph', 'lib/index', 'lib/stages', 'lib/render', 'lib/stream', 'lib/disk'];

test('there are sources to read, in every folder that has a rule', () => {
  const folders = new Set(sources.map(({ file }) => folderOf(file)));
  for (const folder of [
    'bin',
    'lib/commands',
    'lib/cli',
    'lib/formats',
    'lib/graph',
    'lib/stages',
    'lib/render',
    'lib/stream',
    'lib/disk',
    'lib/capture',
  ]) {
    ok(folders.has(folder), folder);
  }
  deepStrictEqual(
    [...folders].filter((folder) => allowed[folder] === undefined),
    [],
    'a folder without a rule',
  );
});

test('imports go one way: bin, commands, then formats, graph, stages and render, then stream and disk', () => {
  const wrong = sources.flatMap(({ file, imports }) => {
    const own = folderOf(file);
    return imports
      .filter((target) => /^(bin|lib|test)\//.test(target))
      .filter((target) => folderOf(target) !== own && !allowed[own]?.some((rule) => rule.test(target)))
      .map((target) => `${file} imports ${target}`);
  });
  deepStrictEqual(wrong, []);
});

/** Within the graph, and within what commands are made of: what each folder may import of the others. A folder that is not named is a question that asks no other one. */
const within: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'lib/graph': {
    store: [],
    walk: ['store'],
    '': ['store', 'walk'],
  },
  'lib/commands/parts': {
    input: [],
    output: ['input'],
    choosing: ['input'],
    graph: ['input', 'choosing'],
    '': ['input', 'output', 'choosing', 'graph'],
    diff: ['input', 'output', 'choosing', 'graph', 'groups', 'paths'],
    trend: ['input', 'output', 'groups', 'diff'],
    retain: ['input', 'choosing', 'graph', 'paths'],
    indexing: ['input', 'graph', 'retain', 'paths', 'chains'],
  },
};

test('what questions are made of knows nothing of questions, and these of each other only what is said here', () => {
  let crossings = 0;
  const wrong = Object.entries(within).flatMap(([folder, rules]) => {
    const part = (file: string): string | undefined =>
      file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split('/')[0] : undefined;
    return sources.flatMap(({ file, imports }) => {
      const own = part(file);
      const others = imports.map(part).filter((other) => other !== undefined && other !== own);
      crossings += own === undefined ? 0 : others.length;
      return own === undefined
        ? []
        : others.filter((other) => !(rules[own] ?? rules['']!).includes(other!)).map((other) => `${file}: ${other}`);
    });
  });
  deepStrictEqual(wrong, []);
  ok(crossings > 100, `${crossings}`);
});

test('formats, graph, index, stages, render, stream and disk know nothing of the process', () => {
  const wrong = sources
    .filter(({ file }) => pure.includes(folderOf(file)))
    .flatMap(({ file, text, imports }) => [
      ...imports
        .filter((target) => ['process', 'node:process', 'node:child_process', 'node:tty'].includes(target))
        .map((target) => `${file} imports ${target}`),
      ...[...withoutComments(text).matchAll(/(?<![.\w'"])(?:process|console)(?:\.|\[)\w*/g)].map(
        ([word]) => `${file} uses ${word}`,
      ),
    ]);
  deepStrictEqual(wrong, []);
});

test('only the script of the page knows a browser', () => {
  const wrong = sources
    .filter(({ file }) => !file.startsWith('lib/render/page/'))
    .flatMap(({ file, text }) =>
      [...withoutComments(text).matchAll(/(?<![.\w'"`$])(?:document|navigator|sessionStorage|localStorage)\.\w+/g)].map(
        ([word]) => `${file} uses ${word}`,
      ),
    );
  deepStrictEqual(wrong, []);
});

test('files of bin are a few lines each', () => {
  for (const { file, text } of sources.filter(({ file: name }) => name.startsWith('bin/')))
    ok(text.trim().split('\n').length <= 6, file);
});

test('every file that is imported is there, by its .ts name', () => {
  const files = new Set(sources.map(({ file }) => file));
  const wrong = sources.flatMap(({ file, imports }) =>
    imports
      .filter((target) => /^(bin|lib|test)\//.test(target) && !files.has(target))
      .map((target) => `${file} imports ${target}`),
  );
  deepStrictEqual(wrong, []);
});

test('no import goes in a circle', () => {
  const importsOf = new Map(sources.map(({ file, text }) => [file, valueImports(file, text)]));
  const circles: string[] = [];
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' > '));
    if (finished.has(file) || path.includes(file)) return;
    for (const target of importsOf.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of importsOf.keys()) visit(file, []);
  deepStrictEqual(circles, []);
});

test('nothing is called utils, types or index, but the command that is', () => {
  const vague = sources
    .map(({ file }) => file)
    .filter((file) => file !== 'lib/commands/index.ts')
    .filter((file) => /^(utils?|types?|index)\.ts$/.test(basename(file)) || /\/(utils?|types?)\//.test(file));
  deepStrictEqual(vague, []);
});

test('stream-json reads odd snapshots, split2 the plain records, mri the arguments, chrome-remote-interface talks to inspectors: each is imported where it works', () => {
  const importers = (name: string): string[] =>
    sources
      .filter(({ imports }) => imports.some((target) => target === name || target.startsWith(`${name}/`)))
      .map(({ file }) => folderOf(file));
  deepStrictEqual([...new Set(importers('stream-json'))], ['lib/formats']);
  deepStrictEqual([...new Set(importers('split2'))], ['lib/stream']);
  deepStrictEqual([...new Set(importers('mri'))], ['lib/cli']);
  deepStrictEqual([...new Set(importers('chrome-remote-interface'))], ['lib/capture']);
});

test('only packages that are installed with ours are imported', () => {
  const strange = sources.flatMap(({ file, imports }) =>
    imports
      .filter((target) => !/^(bin|lib|node:)/.test(target) && dependencies[packageOf(target)] === undefined)
      .map((target) => `${file} imports ${target}`),
  );
  deepStrictEqual(strange, []);
});

test('every file of lib opens with a sentence about what it is', () => {
  deepStrictEqual(
    sources
      .filter(({ file, text }) => file.startsWith('lib/') && !file.endsWith('.d.ts') && !/^\/\*\*\s/.test(text))
      .map(({ file }) => file),
    [],
  );
});

test('a file of more than 300 lines says in its header why', () => {
  const long = sources.filter(({ text }) => text.split('\n').length - 1 > 300);
  ok(long.length > 0);
  deepStrictEqual(
    long.filter(({ text }) => !/^\/\*\*.*? \* Over 300 lines, because .*?\*\//s.test(text)).map(({ file }) => file),
    [],
  );
});

const packageOf = (target: string): string => target.split('/', target.startsWith('@') ? 2 : 1).join('/');

function read(file: string): Source {
  const text = readFileSync(join(packageRoot, file), 'utf8');
  return { file, text, imports: targets(file, text, /(?:\bfrom|\bimport)\s*\(?\s*(['"])([\w@./:-]+)\1/g) };
}

/** Imports that are there at run time: those of types only are gone by then. */
const valueImports = (file: string, text: string): string[] =>
  targets(
    file,
    text.replace(/\b(?:import|export) type [^;]*;/g, ''),
    /(?:\bfrom|^import)\s*(['"])([\w@./:-]+)\1/gm,
  ).filter((target) => target.startsWith('lib/'));

function targets(file: string, text: string, pattern: RegExp): string[] {
  return [...withoutComments(text).matchAll(pattern)].map(([, , name = '']) =>
    name.startsWith('.') ? relative(packageRoot, join(packageRoot, file, '..', name)) : name,
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function folderOf(file: string): string {
  return file.startsWith('bin/') ? 'bin' : file.split('/').slice(0, 2).join('/');
}
