/** Pictures as files: well-formed, with their text as text; bounded, with what was left out said; and what is refused. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Kept, KeptOfEach } from '../../lib/render/draw/kept.ts';
import { measured } from '../support/peak.ts';
import { everyResult, retainedRows } from '../support/results.ts';
import { bash, execute, quoted, run } from '../support/run.ts';
import { tempFolder } from '../support/temp.ts';
import { terminal } from '../support/terminal.ts';

const HOSTILE = [
  '</script><b onload="x">',
  'a\'b & "c" ]]>',
  '\u0000\u0008\u001b[2J\u007f\u009b',
  '\ud800half',
  '\ufffe\uffff',
  '\u202e\u2028',
  'javascript:x',
];

/** What python3's parser of XML finds in a file: all texts, and every element and attribute by name. */
const READER = `
import json, sys, xml.etree.ElementTree as tree
found = []
for file in sys.argv[1:]:
    root = tree.parse(file).getroot()
    elements = list(root.iter())
    found.append({
        "root": root.tag,
        "texts": [element.text or "" for element in elements if element.tag.endswith("}text")],
        "titles": len([element for element in elements if element.tag.endswith("}title")]),
        "names": sorted({element.tag.split("}")[1] for element in elements} | {name for element in elements for name in element.attrib}),
    })
json.dump(found, sys.stdout)
`;

interface Parsed {
  readonly root: string;
  readonly texts: readonly string[];
  readonly titles: number;
  readonly names: readonly string[];
}

test('an SVG of any result is well-formed XML, and what a heap calls its objects stands in it as text', async () => {
  const folder = tempFolder('svg');
  const kinds = Object.entries(everyResult(HOSTILE)).filter(([kind]) => kind !== 'nodes');
  const drawn = await Promise.all(kinds.map(([, stdin]) => run('snap-draw', [], { stdin })));
  deepStrictEqual(
    drawn.map(({ stderr, status }) => [stderr, status]),
    kinds.map(() => ['', 0]),
  );
  const files = kinds.map(([kind], at) => {
    writeFileSync(join(folder, `${kind}.svg`), drawn[at]!.stdout);
    return join(folder, `${kind}.svg`);
  });
  const { stdout, stderr } = await execute('python3', ['-c', READER, ...files]);
  strictEqual(stderr, '');
  const parsed = JSON.parse(stdout) as readonly Parsed[];
  parsed.forEach(({ root, texts, titles, names }, at) => {
    const [kind] = kinds[at]!;
    strictEqual(root, '{http://www.w3.org/2000/svg}svg');
    ok(titles >= HOSTILE.length - 1, `${kind} has ${titles} titles`);
    deepStrictEqual(
      names.filter((name) => /^(script|foreignObject|image|use|a|iframe|set|animate.*|href|on.*)$/.test(name)),
      [],
      kind,
    );
    const all = texts.join('\n');
    if (kind !== 'chains') match(all, /<\/script><b onload="/, kind);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u202e\ufffe]/.test(all), kind);
  });
});

test('the same result gives the same picture', async () => {
  const [stdin = ''] = Object.values(everyResult(['a', 'b', 'c']));
  strictEqual((await run('snap-draw', [], { stdin })).stdout, (await run('snap-draw', [], { stdin })).stdout);
});

test('the best of many are kept, in order, and every other one is told', () => {
  for (const most of [1, 2, 7, 100]) {
    let dropped = 0;
    const kept = new Kept<number>(
      most,
      (a, b) => a - b,
      (item) => {
        dropped += item;
      },
    );
    const all = Array.from({ length: 500 }, (_, at) => (at * 7919) % 500);
    for (const item of all) kept.add(item);
    deepStrictEqual(
      kept.best(),
      Array.from({ length: most }, (_, at) => at),
    );
    strictEqual(dropped, all.reduce((sum, item) => sum + item, 0) - kept.best().reduce((sum, item) => sum + item, 0));
  }
});

test('the best of many with so many of a kind are those that sorting all of them gives', () => {
  const order = (a: number, b: number): number => b - a;
  const kindOf = (item: number): string => String(item % 7 < 5 ? 0 : item % 70);
  const all = Array.from({ length: 5000 }, (_, at) => (at * 7919) % 5003);
  for (const [most, each] of [
    [1, 1],
    [10, 3],
    [50, 20],
    [200, 200],
  ] as const) {
    const kept = new KeptOfEach<number>(most, each, kindOf, order);
    for (const item of all) kept.add(item);
    const seen = new Map<string, number>();
    const allowed = all.toSorted(order).filter((item) => {
      const count = (seen.get(kindOf(item)) ?? 0) + 1;
      seen.set(kindOf(item), count);
      return count <= each;
    });
    deepStrictEqual(kept.best(), allowed.slice(0, most));
  }
});

test('of many more records than can be looked at memory does not grow, and what is left out is counted', async () => {
  const folder = tempFolder('many');
  const rows = [...retainedRows(60_000)];
  writeFileSync(join(folder, 'retained'), rows.join(''));
  const groups = Array.from({ length: 60_000 }, (_, at) => `{"type":"T${at}","count":1,"bytes":${at}}\n`);
  writeFileSync(join(folder, 'groups'), groups.join(''));
  const [few] = (await measured('head -2000 retained | snap-draw > few.svg', { cwd: folder })).peaks;
  const many = await measured('snap-draw retained > many.svg', { cwd: folder });
  ok(many.peaks[0]! < few! + (90 << 20), `${many.peaks[0]} bytes, ${few} for the first few`);
  match(
    readFileSync(join(folder, 'many.svg'), 'utf8'),
    />and 40,000 more: at most 20,000 are here, those that retain most, of a type at most 2,000</,
  );
  // Five times as many rows, read again and again, take no more.
  const bars = await measured('for i in 1 2 3 4 5; do cat groups; done | snap-draw', { cwd: folder });
  ok(bars.peaks[0]! < 150 << 20, `${bars.peaks[0]} bytes`);
  match(
    bars.stdout,
    />and 299,960 more with 299,960 objects, 8\.4 GiB<|>and 299,960 more with 299,960 objects, [\d.,]+ GiB</,
  );
});

test('the tiles that are folded are counted for the object that dominates them', async () => {
  const stdin = [...retainedRows(3000)].join('');
  const { stdout } = await run('snap-draw', ['--top', '500'], { stdin });
  match(stdout, />and 2,500 more: at most 500 are here/);
  // Of the root nothing is folded, and of others what is missing from their nine.
  match(stdout, /<title>and [1-9] more, in Type/);
});

test('dominators that go round in a circle, or lead nowhere, are left out and counted', async () => {
  const row = (n: number, dominator: number): string =>
    `${JSON.stringify({ n, id: n + 1, type: `T${n}`, shallow: 8, retained: n === 0 ? 24 : 8, distance: 1, dominator })}\n`;
  const whole = await run('snap-draw', [], {
    stdin: [row(0, 0), row(1, 2), row(2, 1), row(3, 0), row(4, 99)].join(''),
  });
  strictEqual(whole.status, 0);
  match(whole.stdout, /T3 @4/);
  match(whole.stdout, />and 3 more: /);
  const part = await run('snap-draw', [], { stdin: [row(1, 2), row(2, 1), row(3, 7), row(5, 7)].join('') });
  strictEqual(part.status, 0);
  match(part.stdout, /all of these/);
  match(part.stdout, />and 2 more: /);
});

test('a graph of everything that refers to everything is folded until it can be followed', async () => {
  const nodes = Array.from({ length: 300 }, (_, n) => ({
    n,
    id: 2 * n + 1,
    kind: 'object',
    type: `T${n % 7}`,
    size: 8,
    depth: n === 0 ? 0 : 1 + (n % 3),
    refs: Array.from({ length: 40 }, (_, at) => ['element', at, (n + at * at) % 300]),
  }));
  const stdin = nodes.map((node) => `${JSON.stringify(node)}\n`).join('');
  const { stdout, status } = await run('snap-draw', [], { stdin });
  strictEqual(status, 0);
  const boxes = stdout.match(/class="mark box/g)!.length;
  const arrows = stdout.match(/class="mark arrow/g)!.length;
  ok(boxes >= 10 && boxes < 80 && arrows < 2 * boxes, `${boxes} boxes, ${arrows} arrows`);
  match(stdout, />and \d+ more nodes, farther away/);
  match(stdout, />and \d+ more arrows between those that are shown</);
  match(stdout, />and \d+ more</);
});

test('a comparison in which nothing has changed says so', async () => {
  const same = { count: 2, bytes: 20 };
  const none = { count: 0, bytes: 0 };
  const stdin = `${JSON.stringify({ type: 'Foo', before: same, after: same, new: none, gone: none, resized: none, delta: none })}\n`;
  const { stdout, status } = await run('snap-draw', [], { stdin });
  strictEqual(status, 0);
  match(stdout, />20 B before, 20 B after: 0 B, 1 row</);
  match(stdout, />and 1 more with 0 B, 0 objects</);
});

test('on a terminal SVG is refused, with what to say instead', async () => {
  const on = terminal();
  try {
    const file = join(tempFolder('terminal'), 'groups');
    writeFileSync(file, everyResult(['Foo'])['groups']!);
    on.type(`snap-draw ${quoted(file)}; echo status=$?`);
    match(
      await on.until((screen) => /status=\d/.test(screen)),
      /SVG is not for a terminal: say -o FILE\.svg, -o FILE\.html, or > FILE\.svg\n.*--help'\nstatus=2/,
    );
  } finally {
    on.close();
  }
});

test('an output that cannot be written, or a result that is torn, leaves no file behind', async () => {
  const cwd = tempFolder('torn');
  const torn = await bash('printf \'{"type":"Foo","count":1,"bytes":2}\\n{"type":"F\' | snap-draw -o x.html', { cwd });
  strictEqual(torn.status, 2);
  match(torn.stderr, /^snap-draw: standard input: line 2 is not JSON \(.*\)\n$/);
  const nowhere = await bash('printf \'{"type":"Foo","count":1,"bytes":2}\\n\' | snap-draw -o no/such/folder/x.svg', {
    cwd,
  });
  deepStrictEqual(
    [nowhere.stderr, nowhere.status],
    ['snap-draw: no/such/folder/x.svg: cannot be written (no such file or directory)\n', 2],
  );
  deepStrictEqual(readdirSync(cwd), []);
});
