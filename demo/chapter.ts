/** The first chapter of the README as data: each question with the shell lines that answer it, for the demo to run and a test to compare. Costs nothing. */

/** What the leaking program says of itself when it ends. */
export interface Truth {
  readonly errors: number;
  readonly chains: number;
  readonly longest: number;
  readonly cache: string;
}

/** One question. All lines of a chapter run in one folder, which holds `app.heapsnapshot`. */
export interface Question {
  readonly ask: string;
  /** One shell line each; a line that defines a function holds for all lines after it. */
  readonly lines: readonly string[];
  readonly learned: string;
}

/** A claim about the snapshot that the program itself can confirm. */
export interface Check {
  readonly claim: string;
  readonly line: string;
  readonly found: (output: string) => string | number;
  readonly truth: (truth: Truth) => string | number;
}

/** Where people read the output of a program that is not on a terminal. The README leaves it out. */
export const AS_TABLE = ' --format table';

export const chapter: readonly Question[] = [
  {
    ask: 'What is all this memory?',
    lines: [`snap-parse app.heapsnapshot | snap-group --top 10${AS_TABLE}`],
    learned:
      'Much of it is V8’s own: code, strings, shapes, and what is in parentheses. But thousands of LoadErrors, all alive at once, are more than a program needs.',
  },
  {
    ask: 'Show me one of them, any.',
    lines: [
      `snap-parse app.heapsnapshot | snap-filter --type LoadError | snap-sample 1 | snap-show --of - app.heapsnapshot${AS_TABLE}`,
    ],
    learned:
      'Its cause is another LoadError, and so on: they form chains. Looking at one after the other leads nowhere. The chains have ends; those are worth a look.',
  },
  {
    ask: 'Where do the chains end?',
    lines: [`snap-chainends --type LoadError --via cause app.heapsnapshot${AS_TABLE}`],
    learned:
      'So all these errors are only a few chains. Whoever holds the head of each, the error that is nobody’s cause, holds everything.',
  },
  {
    ask: 'Where do they begin? At their heads; here we want their positions.',
    lines: [
      `snap-chainends --type LoadError --via cause --heads app.heapsnapshot | grep -o '^{"n":[0-9]*' | cut -d: -f2 > heads`,
      'wc -l < heads',
    ],
    learned: 'As many heads as chains: nothing is in two of them.',
  },
  {
    ask: 'Who holds the heads, and who holds that? A reference to node 17 ends in ",17]".',
    lines: [
      `who() { refs=$(sed 's/.*/,&]/'); snap-parse app.heapsnapshot | grep -F "$refs" | grep -o '^{"n":[0-9]*' | cut -d: -f2; }`,
      'who < heads | who | who > holder',
      `snap-show $(sed 's/^/--node /' holder) app.heapsnapshot${AS_TABLE}`,
    ],
    learned:
      'One table of a Map holds all heads, and this object holds the Map, by a property with a name: a cache that remembers failures. That is the line of code to change.',
  },
];

export const checks: readonly Check[] = [
  {
    claim: 'the number of leaked errors',
    line: `snap-group app.heapsnapshot | grep '"type":"LoadError"'`,
    found: (output) => numberOf(output, 'count'),
    truth: ({ errors }) => errors,
  },
  {
    claim: 'the number of chains, by their ends',
    line: 'snap-filter --type LoadError --lacks cause app.heapsnapshot | snap-group',
    found: (output) => numberOf(output, 'count'),
    truth: ({ chains }) => chains,
  },
  {
    claim: 'the longest chain, found by nobody naming it',
    line: `snap-chainends app.heapsnapshot | grep '"LoadError","via":"cause"'`,
    found: (output) => numberOf(output, 'longest'),
    truth: ({ longest }) => longest,
  },
  {
    claim: 'the number of chains, by their heads',
    line: 'wc -l < heads',
    found: (output) => Number(output),
    truth: ({ chains }) => chains,
  },
  {
    claim: 'the name of the cache',
    line: `snap-show $(sed 's/^/--node /' holder) app.heapsnapshot | grep '"type":"Map"'`,
    found: (output) => textOf(output, 'via'),
    truth: ({ cache }) => cache,
  },
];

function numberOf(record: string, field: string): number {
  return Number(fieldOf(record, field));
}

function textOf(record: string, field: string): string {
  return String(fieldOf(record, field));
}

/** A field of the only record of an output; undefined where there is none or several. */
function fieldOf(output: string, field: string): unknown {
  try {
    const record: unknown = JSON.parse(output);
    return typeof record === 'object' && record !== null
      ? Object.getOwnPropertyDescriptor(record, field)?.value
      : undefined;
  } catch {
    return undefined;
  }
}
