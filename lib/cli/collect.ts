/** A garbage collection now, and not when V8 likes. Some milliseconds where the heap is small. */
import { createRequire } from 'node:module';

export function collect(): void {
  // Loaded here: a program that only says its version starts sooner, and whoever ends cannot wait.
  const require = createRequire(import.meta.url);
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8');
  const { runInNewContext } = require('node:vm') as typeof import('node:vm');
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc === 'function') gc();
}
