/** Trees and pictures of the graph around some nodes: what stands where, and that no name can say more than it is. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DOT_HEAD, DOT_TAIL, dotEdge, dotNode, dotRun } from '../../lib/render/dot.ts';
import { type TreeNode, treeLines } from '../../lib/render/tree.ts';

const words = { arrow: '<-', neighbours: 'retainers' } as const;
const one = (name: string) => ({ vias: [{ ref: 'property', via: name }], count: 1 });

function node(n: number, more: Partial<TreeNode> = {}): TreeNode {
  const who = { n, id: 2 * n + 1, kind: 'object', type: `T${n}`, name: `T${n}` };
  return { node: who, links: one('a'), run: undefined, children: [], again: [], inside: 0, left: 0, ...more };
}

const lines = (roots: readonly TreeNode[], width?: number): string[] =>
  [...treeLines(roots, words, { width })].map((line) => line.slice(0, -1));

test('a node that is met again says whether it stands above, below, or is the node itself', () => {
  const below = node(5);
  const middle = node(4, { children: [below] });
  const again = [middle, below].map((to) => ({ to, links: one('b') }));
  const first = node(3, { again });
  const self: TreeNode = node(6, { again: [] });
  const itself = { ...self, again: [] as { to: TreeNode; links: ReturnType<typeof one> }[] };
  itself.again.push({ to: itself, links: one('me') });
  deepStrictEqual(lines([node(1, { children: [middle] }), first, itself]), [
    'T1 @3',
    '  <- .a T4 @9',
    '    <- .a T5 @11',
    'T3 @7',
    '  <- .b T4 @9 (see above)',
    '  <- .b T5 @11 (see above)',
    'T6 @13',
    '  <- .me T6 @13 (itself)',
  ]);
  deepStrictEqual(lines([first, middle]).slice(1, 3), ['  <- .b T4 @9 (see below)', '  <- .b T5 @11 (see below)']);
});

test('what found no room and what is inside of runs is counted below the rest', () => {
  const at = node(1, { children: [node(2)], left: 4112, inside: 3 });
  deepStrictEqual(lines([at]).slice(2), ['  and 3 inside of runs', '  and 4,112 more retainers (--top COUNT)']);
});

test('several references between two nodes stand in one line', () => {
  const vias = ['a', 'b', 'c'].map((via) => ({ ref: 'property', via }));
  const child = node(2, { links: { vias, count: 12 } });
  deepStrictEqual(lines([node(1, { children: [child] })])[1], '  <- .a, .b, .c and 9 more T2 @5');
});

test('a run is one line, with what is beside it', () => {
  const others = [10, 8, 1, 1, 1].map((count, i) => ({ type: `O${i}`, count, first: 77 + i, isOne: i !== 1 }));
  const links = { vias: [{ ref: 'internal', via: 'tb_next' }], count: 1 };
  const below = (some: number): readonly string[] => {
    const run = { count: 4211, links, others: others.slice(0, some) };
    return lines([node(1, { children: [node(2, { run })] })]).slice(1);
  };
  deepStrictEqual(below(5), [
    '  <- T2 x4,211 via {tb_next} ... @5',
    '    (other retainers on the way: 10 times O0 @77, 8 times O1 (@78, ...), O2 @79, and 2 more types)',
  ]);
  strictEqual(below(1)[1], '    (other retainers on the way: 10 times O0 @77)');
});

test('a run along several references names them all', () => {
  const links = { vias: ['next', 'also'].map((via) => ({ ref: 'property', via })), count: 5 };
  const run = { count: 9, links, others: [] };
  strictEqual(lines([node(1, { children: [node(2, { run })] })])[1], '  <- T2 x9 via .next, .also and 3 more ... @5');
});

test('a tree of any depth keeps its lines short', () => {
  let at = node(1);
  for (let depth = 0; depth < 20_000; depth++) at = node(1, { children: [at] });
  const all = lines([at]);
  strictEqual(all.length, 20_001);
  ok(all.every((line) => line.length < 100));
  match(all.at(-1)!, /^ +\(20,000\) <- \.a T1 @3$/);
});

test('no line is wider than the terminal', () => {
  const long = node(1, { node: { n: 1, id: 3, kind: 'string', type: '(string)', name: '長い'.repeat(100) } });
  for (const width of [10, 20, 80]) for (const line of lines([long], width)) ok([...line].length <= width);
});

/** A token of DOT as its grammar has it: a quoted string in which a quote is escaped, a word, or a sign. Source: graphviz.org/doc/info/lang.html. */
const TOKEN = /\s*(?:"((?:[^"\\\n]|\\.)*)"|([A-Za-z_][A-Za-z_0-9]*)|(->|[[\]{};=,]))/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const { lastIndex } = TOKEN;
    const token = TOKEN.exec(text);
    ok(token !== null, `no DOT: ${text.slice(lastIndex, lastIndex + 40)}`);
    found.push(token[1] === undefined ? (token[2] ?? token[3])! : 'STRING');
  }
  return found;
}

const anyText = fc.string({ unit: 'binary', maxLength: 80 });
const hostile = fc.oneof(
  anyText,
  fc.constantFrom('"];}', '\\', '\\"', '\\N\\G', '<b>', '&lt;', '\n', '\u0000', '\ud800', 'a\\'),
);

test('whatever things are called, a picture has the same words and signs', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (type, name, via) => {
      const who = { n: 1, id: 3, kind: 'object', type, name };
      const links = { vias: [{ ref: 'property', via }], count: 2 };
      const text = [
        DOT_HEAD,
        dotNode(who, true),
        dotNode(who, false),
        dotEdge(1, 2, links),
        dotRun(1, 2, 7, links),
        DOT_TAIL,
      ].join('');
      const plain = { ...who, type: 'T', name: 'T' };
      const calm = { vias: [{ ref: 'property', via: 'a' }], count: 2 };
      const expected = [
        DOT_HEAD,
        dotNode(plain, true),
        dotNode(plain, false),
        dotEdge(1, 2, calm),
        dotRun(1, 2, 7, calm),
        DOT_TAIL,
      ].join('');
      deepStrictEqual(tokens(text), tokens(expected));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
      ok(!/[\u0000-\u0009\u000b-\u001f\u007f\p{Surrogate}]/u.test(text));
      // A label knows \n as the end of a line, and no other escape of one letter, and no entity but the one that stands for &.
      for (const [pair] of text.matchAll(/\\(.)/gs)) ok(['\\\\', '\\"', '\\n'].includes(pair), pair);
      for (const [entity] of text.matchAll(/&\w*;?/g)) strictEqual(entity.slice(0, 5), '&amp;');
    }),
    { numRuns: 500 },
  );
});
