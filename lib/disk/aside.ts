/** Blocks put aside in a temporary file, to be copied on or dropped; 64 KiB of memory. */
import type { Scratch } from './scratch.ts';

type Sink = (bytes: Uint8Array, end: number) => void;

export function aside(scratch: Scratch): { readonly sink: Sink; readonly copyTo: (sink: Sink) => void } {
  const file = scratch.open();
  return {
    sink: (bytes, end) => file.append(bytes, end),
    copyTo: (sink) => {
      file.copy(0, file.length, sink);
      file.close();
    },
  };
}
