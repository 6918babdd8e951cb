/** The hunt of the README as data: each question with the shell lines that answer it, for the demo to run and a test to compare. Costs nothing. */

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
    ask: 'How did it get there over time?',
    lines: [`snap-trend --top 5 before.heapsnapshot between.heapsnapshot app.heapsnapshot${AS_TABLE}`],
    learned: 'LoadErrors, and what hangs on them, grow from each snapshot to the next. Nothing else does by much.',
  },
  {
    ask: 'Show me one of them, any.',
    lines: [
      'snap-parse app.heapsnapshot | snap-filter --type LoadError | snap-sample 1 > one',
      `snap-show --of one app.heapsnapshot${AS_TABLE}`,
    ],
    learned: 'It is an error, made at one place of the source, with a text that says little.',
  },
  {
    ask: 'Who points at it?',
    lines: [`snap-backrefs --of one --depth 4 app.heapsnapshot${AS_TABLE}`],
    learned:
      'LoadErrors, each the cause of the next: they form chains. Looking at one after the other leads nowhere. The chains have ends; those are worth a look.',
  },
  {
    ask: 'Where do the chains end?',
    lines: [`snap-chainends --type LoadError --via cause app.heapsnapshot${AS_TABLE}`],
    learned:
      'So all these errors are only a few chains. Whoever holds the head of each, the error that is nobody’s cause, holds everything.',
  },
  {
    ask: 'Who holds all of them? The shortest paths from the roots to the heads; alike ones are one row.',
    lines: [
      `snap-chainends --type LoadError --via cause --heads app.heapsnapshot | snap-paths --of - app.heapsnapshot${AS_TABLE}`,
    ],
    learned:
      'One Map holds them, and a Loader holds the Map, by a property with a name: a cache that remembers failures.',
  },
  {
    ask: 'What does that holder keep alive?',
    lines: [`snap-retain --suspects app.heapsnapshot${AS_TABLE}`],
    learned: 'Most of the heap would go with it: each error takes its stack trace along.',
  },
  {
    ask: 'I have a theory: if the Loader had no Map, what would be freed?',
    lines: [`snap-cut --type Loader --to Map app.heapsnapshot${AS_TABLE}`],
    learned: 'Every LoadError goes, so nothing else holds any of them. That is the line of code to change.',
  },
  {
    ask: 'What is new since the first snapshot? After the fix this is what has to be gone.',
    lines: [`snap-diff --top 5 before.heapsnapshot app.heapsnapshot${AS_TABLE}`],
    learned: 'LoadErrors come, and none of them goes.',
  },
];

/** The page of all that was found. */
export const report: readonly string[] = [
  'snap-group app.heapsnapshot > app.groups',
  'snap-trend before.heapsnapshot between.heapsnapshot app.heapsnapshot > app.trend',
  'snap-chainends --type LoadError --via cause app.heapsnapshot > app.chains',
  'snap-backrefs --of one --depth 4 app.heapsnapshot > holder.nodes',
  'snap-retain --all app.heapsnapshot > app.retained',
  'snap-diff before.heapsnapshot app.heapsnapshot > app.diff',
  'snap-draw --report app.groups app.trend app.chains holder.nodes app.retained app.diff -o demo.html',
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
    line: `snap-chainends --type LoadError --via cause --heads app.heapsnapshot | grep -c '"id":'`,
    found: (output) => Number(output),
    truth: ({ chains }) => chains,
  },
  {
    claim: 'the number of errors that all suspects hold',
    line: 'snap-retain --suspects app.heapsnapshot',
    found: (output) => ofLoadErrors(output),
    truth: ({ errors }) => errors,
  },
  {
    claim: 'the name of the cache, by which the chains are held',
    line: 'snap-chainends --type LoadError --via cause --heads app.heapsnapshot | snap-paths --of - --top 1 app.heapsnapshot',
    found: (output) => holderOfMap(output),
    truth: ({ cache }) => cache,
  },
  {
    claim: 'the number of errors that a cut frees',
    line: `snap-cut --type Loader --to Map app.heapsnapshot | grep '"type":"LoadError"'`,
    found: (output) => numberOf(output, 'count'),
    truth: ({ errors }) => errors,
  },
];

function numberOf(record: string, field: string): number {
  return Number(fieldOf(record, field));
}

/** Of all suspects: how many LoadErrors they hold. */
function ofLoadErrors(records: string): number {
  const counts = records
    .trimEnd()
    .split('\n')
    .map((record) => {
      const classes = fieldOf(record, 'classes');
      const row: unknown = Array.isArray(classes)
        ? classes.find((sum) => field(sum, 'class') === 'LoadError')
        : undefined;
      return Number(field(row, 'count') ?? 0);
    });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Of a path: the name of the reference to the Map on it. */
function holderOfMap(record: string): string {
  const path = fieldOf(record, 'path');
  return String(
    Array.isArray(path)
      ? field(
          path.find((step) => field(step, 'type') === 'Map'),
          'via',
        )
      : undefined,
  );
}

/** A field of the only record of an output; undefined where there is none or several. */
function fieldOf(output: string, name: string): unknown {
  try {
    return field(JSON.parse(output), name);
  } catch {
    return undefined;
  }
}

const field = (record: unknown, name: string): unknown =>
  typeof record === 'object' && record !== null ? Object.getOwnPropertyDescriptor(record, name)?.value : undefined;
