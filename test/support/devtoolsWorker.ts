/** The worker in which DevTools' engine runs: its own protocol comes in and goes out; lends Node 20 what the engine expects of Node 22. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error('a promise calls its executor at once');
  return { promise, ...settle };
}

if (!('withResolvers' in Promise)) Object.defineProperty(Promise, 'withResolvers', { value: withResolvers });
if (!('self' in globalThis)) Object.defineProperty(globalThis, 'self', { value: globalThis });

// The package does not export its worker, so it is found beside the package's entry.
const entry = createRequire(import.meta.url).resolve('chrome-devtools-mcp');
await import(pathToFileURL(join(dirname(entry), 'third_party', 'devtools-heap-snapshot-worker.js')).href);
