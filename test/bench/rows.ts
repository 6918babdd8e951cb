/**
 * The rows of the benchmark: each a line for bash, run in the package's folder with the variables FILE (the snapshot), NODES (its
 * node stream), SMALL (the smallest corpus) and TYPE (a class with many instances). A table; costs nothing.
 */

export const ourCommands = ['snap-chainends', 'snap-filter', 'snap-group', 'snap-parse', 'snap-show'] as const;

/** What has to be there before a row can run. */
export type Need = 'jq' | 'peers' | 'nodes' | (typeof ourCommands)[number];

export interface Row {
  /** `floor/`, `ours/` or `peer/` and a word; options and targets name rows by it */
  readonly id: string;
  readonly says: string;
  readonly command: string;
  readonly needs: readonly Need[];
  /** its standard output is groups by this field, to be compared with the other rows' */
  readonly answers?: 'type' | 'kind';
  /** only where this is not the file measured anyhow */
  readonly readsSmall?: true;
}

/** The rows that answers are compared with. */
export const referenceRows = { type: 'ours/group', kind: 'ours/group-kind' } as const;

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
    id: 'ours/chainends',
    says: 'chains of one type by one reference',
    command: 'snap-chainends --type "$TYPE" --via __proto__ "$FILE" > /dev/null',
    needs: ['snap-chainends'],
  },
  {
    id: 'ours/chainends-heads',
    says: 'the nodes where they begin',
    command: 'snap-chainends --type "$TYPE" --via __proto__ --heads --top 10 "$FILE" > /dev/null',
    needs: ['snap-chainends'],
  },
  {
    id: 'ours/chains-found',
    says: 'all chains there are, found',
    command: 'snap-chainends --memory 600M --min-length 2 "$FILE" > /dev/null',
    needs: ['snap-chainends'],
  },
  {
    id: 'ours/parse-small',
    says: 'memory on the small file',
    command: 'snap-parse "$SMALL" > /dev/null',
    needs: ['snap-parse'],
    readsSmall: true,
  },
  {
    id: 'ours/group-small',
    says: 'memory on the small file',
    command: 'snap-group "$SMALL" > /dev/null',
    needs: ['snap-group'],
    readsSmall: true,
  },

  {
    id: 'peer/devtools',
    says: "DevTools' engine, its Summary",
    command: `node ${engineFlags} test/bench/peers/devtools.mjs "$FILE"`,
    needs: ['peers'],
    answers: 'type',
  },
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
