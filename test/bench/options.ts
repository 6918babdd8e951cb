/** Words of the command line in, options of a benchmark run out; costs nothing. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.ts';
import type { Size } from './corpus.ts';

export const help = `usage: node dist/test/bench/main.js [--size small|large|huge] [--runs 5] [--only PATTERN] [--write]

Measures this project's commands, their floors and their peers on the same snapshot in one run, and prints a table.
Before it: make build; npm ci in test/bench. It also needs python3 and bash, and jq for the rows of jq.

  --size SIZE      small (6 MB), large (738 MB) or huge (2.8 GB)                 [small]
  --runs N         runs of each row, the best counts                            [5]
  --peer-runs N    runs of each peer                       [small: as --runs; others: 1]
  --only PATTERN   rows whose id matches this regular expression, and those they are compared with;
                   python: what capturing a Python heap costs, and nothing else
  --corpora DIR    where snapshots are kept, SIZE.heapsnapshot; made if missing
                   [$SNAP_BENCH_CORPORA or snap-tools-corpora in the temporary folder]
  --timeout S      seconds until a row is stopped                               [900]
  --write          put the table into docs/benchmarks.md instead

Exit status: 0 done, 1 one of our own commands failed, 2 wrong use or something is missing.
`;

export interface Options {
  readonly size: Size;
  readonly runs: number;
  readonly peerRuns: number;
  readonly only: RegExp;
  readonly cacheFolder: string;
  readonly timeoutSeconds: number;
  readonly write: boolean;
}

/** @returns undefined where help is asked for
 *  @throws BenchError for an option or value that there is not */
export function readOptions(words: string[]): Options | undefined {
  const values = parsed(words);
  if (values.help === true) return undefined;
  const size = values.size ?? 'small';
  if (size !== 'small' && size !== 'large' && size !== 'huge')
    throw new BenchError(`--size ${size}: small, large or huge`);
  const runs = positive('--runs', values.runs ?? '5');
  return {
    size,
    runs,
    peerRuns:
      values['peer-runs'] === undefined ? (size === 'small' ? runs : 1) : positive('--peer-runs', values['peer-runs']),
    only: pattern(values.only ?? ''),
    cacheFolder: values.corpora ?? process.env.SNAP_BENCH_CORPORA ?? join(tmpdir(), 'snap-tools-corpora'),
    timeoutSeconds: positive('--timeout', values.timeout ?? '900'),
    write: values.write === true,
  };
}

function parsed(words: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = {
    size: text,
    runs: text,
    'peer-runs': text,
    only: text,
    corpora: text,
    timeout: text,
    write: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: words, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : error}; see --help`);
  }
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new BenchError(`${option} ${text}: a whole number from 1 on`);
  return number;
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new BenchError(`--only ${text}: not a regular expression`);
  }
}
