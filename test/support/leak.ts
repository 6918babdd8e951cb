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

// What DevTools has rules of its own for: values held by a WeakMap and its key together, plain objects of repeated shapes, sizes moved to owners.
const keys = Array.from({ length: 50 + (Number(seed) % 50) }, (_, i) => ({ key: i }));
const byKey = new WeakMap(keys.map((key, i) => [key, { value: i, next: keys[i + 1], list: [i, `${seed}`] }]));
const byValue = new WeakMap(keys.map((key, i) => [byKey.get(key) ?? key, { back: key, i }]));
const orphans = new WeakMap([[{}, { seed }]]);
const shapes = keys.flatMap((_, i) => [
  { id: i, label: `item ${i}` },
  { id: i, label: `item ${i}`, price: i / 3 },
  { 'a, b': i, "it's": `${i}`, __proto__: null },
  Object.fromEntries(Array.from({ length: 30 }, (_unused, k) => [`a property with a long name, number ${k}`, i])),
  ...(i % 7 === 0 ? [{ [`only once ${i}`]: i }] : []),
]);
const closures = keys.map((key, i) => (i % 2 === 0 ? () => key : () => shapes[i]));
const maps = new Map(keys.map((key, i) => [key, new Map([[`${i}`, new Set([key, i])]])]));
const bytes = keys.map((_, i) => [new Uint8Array(i), new Float64Array(new ArrayBuffer(64 * i), 0, i)]);
const texts = keys.map((_, i) => `${'left '.repeat(i)}${seed}`.slice(1) + 'right'.repeat(i));
const holders = keys.map((key) => new WeakRef(key));
const ring: { next?: object; own?: object }[] = keys.map(() => ({}));
for (const [i, link] of ring.entries()) Object.assign(link, { next: ring[(i + 1) % ring.length], own: link });

writeHeapSnapshot(file);
// Everything above is still needed here, so nothing was collected before the snapshot.
console.log(
  [keys, byKey, byValue, orphans, shapes, closures, maps, bytes, texts, holders, ring].map((held) => typeof held),
  failures.size,
  odd.length,
  long.length,
  matcher.source,
  symbol.description,
  String(big),
  weak.has(failures),
);
