/** A small program that leaks, for snapshots made during a test: writes one of its own heap to argv[2]; run it under any Node. */
import { writeHeapSnapshot } from 'node:v8';

const [, , file = 'leak.heapsnapshot', chains = '3', length = '50', seed = '1'] = process.argv;

class QueryError extends Error {
  readonly ctx: object;
  constructor(message: string, cause: unknown, ctx: object) {
    super(message, { cause });
    this.ctx = ctx;
  }
}

const failures = new Map<string, Error>();
for (let chain = 0; chain < Number(chains); chain++) {
  let error: Error | undefined;
  for (let depth = 0; depth < Number(length); depth++) {
    error = new QueryError(`query ${chain} of ${seed} failed at ${depth}`, error, {
      request: `${seed}-${depth}`,
      at: [chain, depth + 0.5],
    });
  }
  if (error !== undefined) failures.set(`chain ${chain}`, error);
}

// Names that have to be escaped on their way: quotes, control characters, other scripts, and half a pair.
const odd = [
  '"quoted" \\ back',
  'tab\tnew\nline\u0000nul',
  'größer 日本語 🦉',
  'half \ud83e pair',
  'x'.repeat(5000),
].map((text) => `${text} ${seed}`);
const long = Array.from({ length: 20_000 }, (_, i) => ({ i }));
const matcher = new RegExp(`seed ${seed}`);
const symbol = Symbol(`seed ${seed}`);
const big = BigInt(seed) ** 40n;
const weak = new WeakMap([[failures, { symbol, big }]]);

writeHeapSnapshot(file);
// Everything above is still needed here, so nothing was collected before the snapshot.
console.log(
  failures.size,
  odd.length,
  long.length,
  matcher.source,
  symbol.description,
  String(big),
  weak.has(failures),
);
