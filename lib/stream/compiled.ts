/** Loops that are compiled to WebAssembly: the exports of a module come out, or undefined where they cannot be had. */
import { readFileSync } from 'node:fs';

/**
 * Undefined where WebAssembly is switched off, on a processor without its vectors (CompileError), or without room for its ten gigabytes of addresses, as under
 * `ulimit -v` (RangeError), though it takes no memory for them.
 */
export function compiled(wasm: URL): WebAssembly.Exports | undefined {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasm))).exports;
  } catch (error) {
    if (typeof WebAssembly !== 'object') return undefined;
    if (error instanceof RangeError || error instanceof WebAssembly.CompileError) return undefined;
    throw error;
  }
}
