/**
 * The rows of the benchmark: each a line for bash, run in the package's folder with the variables FILE (the snapshot), NODES (its
 * node stream), SMALL (the smallest corpus), TYPE (a class with many instances), VIA (a reference that these have), NODE (the node in the
 * middle), TIGHT (bytes: 60 MB and 24 for each node), INDEXED (the snapshot with an index beside it), SHAPES (a folder of made-up heaps),
 * COURSE (a folder of twenty snapshots of one process), and BEFORE and AFTER (two of another that leaks). A table; costs nothing.
 */

import type { AnswerBy } from './answers.ts';
import { type Size, shapes } from './corpus.ts';

export const ourCommands = [
  'snap-backrefs',
  'snap-chainends',
  'snap-cut',
  'snap-diff',
  'snap-filter',
  'snap-group',
  'snap-index',
  'snap-parse',
  'snap-paths',
  'snap-retain',
  'snap-show',
  'snap-trend',
] as const;

/** What has to be there before a row can run. */
export type Need = 'jq' | 'peers' | 'nodes' | 'index' | 'shapes' | 'course' | 'pair' | (typeof ourCommands)[number];

export interface Row {
  /** `floor/`, `ours/` or `peer/` and a word; options and targets name rows by it */
  readonly id: string;
  readonly says: string;
  readonly command: string;
  readonly needs: readonly Need[];
  /** its standard output is groups by this field, to be compared with the other rows' */
  readonly answers?: AnswerBy;
  /** not the file that is measured, so that a ratio to its floor says nothing */
  readonly reads?: 'small' | 'shapes' | 'course' | 'pair';
  /** where it says something; everywhere if absent */
  readonly sizes?: readonly Size[];
}

/** The rows that answers are compared with. */
export const referenceRows = { type: 'ours/group', kind: 'ours/group-kind', class: 'ours/retain' } as const;

const engineFlags = '--require ./test/bench/peers/with-resolvers.cjs';

export const rows: readonly Row[] = [
  { id: 'floor/cat', says: 'the bytes, not looked at', command: 'cat "$FILE" > /dev/null', needs: [] },
  {
    id: 'floor/scan',
    says: 'the floor: every digit read once',
    command: 'node test/bench/corpora/floor.cjs "$FILE"',
    needs: [],
  },
  { id: 'floor/node', says: 'Node starts and ends', command: 'node -e 0', needs: [] },
  pairRow(
    'floor/pair',
    'the floor of a pair',
    'for file in "$BEFORE" "$AFTER"; do node test/bench/corpora/floor.cjs "$file"; done',
    [],
  ),

  { id: 'ours/start', says: 'a command starts', command: 'snap-group --version', needs: ['snap-group'] },
  { id: 'ours/info', says: 'what is this file?', command: 'snap-parse --info "$FILE"', needs: ['snap-parse'] },
  { id: 'ours/group', says: 'types of a file', command: 'snap-group "$FILE"', needs: ['snap-group'], answers: 'type' },
  {
    id: 'ours/group-kind',
    says: 'kinds of a file',
    command: 'snap-group --by kind "$FILE"',
    needs: ['snap-group'],
    answers: 'kind',
  },
  {
    id: 'ours/group-name',
    says: 'names of a file',
    command: 'snap-group --by name "$FILE" > /dev/null',
    needs: ['snap-group'],
  },
  {
    id: 'ours/group-kind-name',
    says: 'kinds and names of a file',
    command: 'snap-group --by kind,name "$FILE" > /dev/null',
    needs: ['snap-group'],
  },
  {
    id: 'ours/parse',
    says: 'a file to its node stream',
    command: 'snap-parse "$FILE" > /dev/null',
    needs: ['snap-parse'],
  },
  {
    id: 'ours/parse-cat',
    says: 'the same through a pipe',
    command: 'snap-parse "$FILE" | cat > /dev/null',
    needs: ['snap-parse'],
  },
  {
    id: 'ours/parse-group',
    says: 'types through a pipe',
    command: 'snap-parse "$FILE" | snap-group',
    needs: ['snap-parse', 'snap-group'],
    answers: 'type',
  },
  {
    id: 'ours/group-stream',
    says: 'types of a node stream',
    command: 'snap-group < "$NODES"',
    needs: ['snap-group', 'nodes'],
    answers: 'type',
  },
  {
    id: 'ours/filter',
    says: 'the nodes of one type',
    command: 'snap-filter --type "$TYPE" "$FILE" > /dev/null',
    needs: ['snap-filter'],
  },
  {
    id: 'ours/show',
    says: 'one node in full',
    command: 'snap-show --node 1 "$FILE" > /dev/null',
    needs: ['snap-show'],
  },
  {
    id: 'ours/parse-small',
    says: 'memory on the small file',
    command: 'snap-parse "$SMALL" > /dev/null',
    needs: ['snap-parse'],
    reads: 'small',
    sizes: ['huge'],
  },
  {
    id: 'ours/group-small',
    says: 'memory on the small file',
    command: 'snap-group "$SMALL" > /dev/null',
    needs: ['snap-group'],
    reads: 'small',
    sizes: ['huge'],
  },

  {
    id: 'ours/retain',
    says: "DevTools' Summary",
    command: 'snap-retain --by class "$FILE"',
    needs: ['snap-retain'],
    answers: 'class',
  },
  {
    id: 'ours/retain-tight',
    says: 'the same in 60 MB and 24 bytes a node',
    command: 'snap-retain --by class --memory "$TIGHT" "$FILE"',
    needs: ['snap-retain'],
    answers: 'class',
    // The small file has so few nodes that this is less than Node itself takes.
    sizes: ['large', 'huge'],
  },
  ...withAndWithoutLimit('backrefs', 'who points at a node', '--node "$NODE" --depth 7'),
  ...withAndWithoutLimit('paths', 'who holds all of one type', '--type "$TYPE"'),
  ...withAndWithoutLimit('chainends', 'where chains end', '--type "$TYPE" --via "$VIA"'),
  ...withAndWithoutLimit('cut', 'what would be freed', '--via "$VIA"'),

  {
    id: 'ours/index',
    says: 'the index itself',
    command: 'rm -rf "$INDEXED.snapidx"; snap-index "$INDEXED"',
    needs: ['snap-index', 'index'],
  },
  ...withIndex('show', 'one node in full', 'snap-show --node "$NODE"'),
  ...withIndex('retain', 'the 1,000 largest', 'snap-retain --top 1000'),
  ...withIndex('backrefs', 'who points at a node', 'snap-backrefs --node "$NODE" --depth 7 --top 1000'),
  ...withIndex('paths', 'who holds a node', 'snap-paths --node "$NODE"'),
  ...withIndex('chainends', 'where the chain of a node ends', 'snap-chainends --node "$NODE" --via map'),
  ...withIndex('cut', 'what would be freed', 'snap-cut --via "$VIA"'),
  ...withIndex('paths-of-type', 'who holds all of one type', 'snap-paths --type "$TYPE"'),

  pairRow('ours/diff', 'what changed', 'snap-diff "$BEFORE" "$AFTER" > /dev/null', ['snap-diff']),
  pairRow('ours/diff-tight', 'the same in 104 MiB', 'snap-diff --memory 104M "$BEFORE" "$AFTER" > /dev/null', [
    'snap-diff',
  ]),
  pairRow('ours/diff-new', 'what is new, as nodes', 'snap-diff --new "$BEFORE" "$AFTER" > /dev/null', ['snap-diff']),
  {
    id: 'ours/trend',
    says: 'the courses of types over twenty snapshots',
    command: 'snap-trend "$COURSE"/*.heapsnapshot',
    needs: ['snap-trend', 'course'],
    reads: 'course',
    sizes: ['small', 'large'],
  },
  {
    id: 'ours/trend-group',
    says: 'types of one of them',
    command: 'snap-group "$COURSE"/h-10.heapsnapshot',
    needs: ['snap-group', 'course'],
    reads: 'course',
    sizes: ['small', 'large'],
  },

  ...shapes.flatMap((shape) => [shapeRow(shape, shape), shapeRow(`${shape}-2x`, `${shape}, twice the nodes`)]),

  {
    id: 'peer/devtools',
    says: "DevTools' engine, its Summary",
    command: `node ${engineFlags} test/bench/peers/devtools.mjs "$FILE"`,
    needs: ['peers'],
    answers: 'class',
  },
  pairRow(
    'peer/devtools-diff',
    "DevTools' engine, its Comparison",
    `node ${engineFlags} test/bench/peers/devtools-diff.mjs "$BEFORE" "$AFTER" > /dev/null`,
    ['peers'],
  ),
  {
    id: 'peer/memlab',
    says: "memlab's parser, types",
    command: 'node test/bench/peers/memlab.mjs "$FILE"',
    needs: ['peers'],
    answers: 'type',
  },
  {
    id: 'peer/v8-heap-parser',
    says: '@vscode/v8-heap-parser, classes',
    command: 'node test/bench/peers/v8-heap-parser.mjs "$FILE"',
    needs: ['peers'],
    answers: 'type',
  },
  {
    id: 'peer/json-parse',
    says: 'JSON.parse and a loop, types',
    command: 'node test/bench/peers/json-parse.mjs "$FILE"',
    needs: [],
    answers: 'type',
  },
  {
    id: 'peer/stream-json',
    says: 'stream-json, kinds, nodes only',
    command: 'node test/bench/peers/stream-json.mjs "$FILE"',
    needs: ['peers'],
    answers: 'kind',
  },
  {
    id: 'peer/jq',
    says: 'jq on the file, kinds',
    command: 'jq -c -f test/bench/peers/kinds.jq "$FILE"',
    needs: ['jq'],
    answers: 'kind',
  },
  {
    id: 'peer/split2',
    says: 'split2 and JSON.parse on the node stream, types',
    command: 'node test/bench/peers/split2.mjs "$NODES"',
    needs: ['peers', 'nodes'],
    answers: 'type',
  },
  {
    id: 'peer/jq-stream',
    says: 'jq on the node stream, types',
    command: 'jq -cn -f test/bench/peers/types.jq "$NODES"',
    needs: ['jq', 'nodes'],
    answers: 'type',
  },
];

/** A graph command without an index, as it likes and, where it would like more, in 600 MB. */
function withAndWithoutLimit(command: 'backrefs' | 'paths' | 'chainends' | 'cut', says: string, args: string): Row[] {
  const row = (id: string, more: string): Row => ({
    id: `ours/${id}`,
    says,
    command: `snap-${command} ${args}${more} "$FILE" > /dev/null`,
    needs: [`snap-${command}`],
  });
  return [
    row(command, ''),
    { ...row(`${command}-600M`, ' --memory 600M'), says: 'the same in 600 MB', sizes: ['huge'] },
  ];
}

function withIndex(
  id: string,
  says: string,
  command: `snap-${'backrefs' | 'chainends' | 'cut' | 'paths' | 'retain' | 'show'}${string}`,
): Row[] {
  const name = ourCommands.filter((one) => command.startsWith(one));
  return [
    {
      id: `ours/index-${id}`,
      says: `${says}, with the index`,
      command: `${command} "$INDEXED" > /dev/null`,
      needs: ['index', ...name],
    },
  ];
}

/** There is a small pair and a large one. */
function pairRow(id: string, says: string, command: string, needs: readonly Need[]): Row {
  return { id, says, command, needs: [...needs, 'pair'], reads: 'pair', sizes: ['small', 'large'] };
}

function shapeRow(file: string, says: string): Row {
  return {
    id: `ours/shape-${file}`,
    says: `Summary of a made-up heap: ${says}`,
    command: `snap-retain --by class "$SHAPES/${file}.heapsnapshot" > /dev/null`,
    needs: ['snap-retain', 'shapes'],
    reads: 'shapes',
    sizes: ['small', 'large'],
  };
}
