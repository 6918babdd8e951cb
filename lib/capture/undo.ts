/** What a capture has begun in another process or on disk, and how it is taken back, however it ends: by an error, by Ctrl-C, or well. */

/** Takes one thing back; it is no fault where that has been done, or cannot be done any more. */
export type Undo = () => unknown;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work`, and then all that it gave to `later`, at once: none needs another. A signal does the same in the middle of it, and then ends the process as it
 * would have without; a second one ends it immediately.
 */
export async function undoing<T>(work: (later: (undo: Undo) => void) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  const undoAll = (): Promise<unknown> => Promise.allSettled(undos.splice(0).map(async (undo) => undo()));
  let ending: Promise<unknown> | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    stopListening();
    ending = undoAll().then(() => process.kill(process.pid, signal));
  };
  const stopListening = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work((undo) => undos.push(undo));
  } finally {
    // What the work did after its file was taken away, and how it failed, is nobody's concern: the process is about to end.
    if (ending !== undefined) await ending.then(() => new Promise(() => {}));
    await undoAll();
    stopListening();
  }
}
