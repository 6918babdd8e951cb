/** What a capture has begun in another process or on disk, and how it is taken back, however it ends: by an error, by Ctrl-C, or well. */

export type Undo = () => unknown;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work`, and after it all that it gave to `later`, last first. A signal does the same and then ends the process as it would have without.
 * A second signal ends it at once.
 */
export async function undoing<T>(work: (later: (undo: Undo) => void) => Promise<T>): Promise<T> {
  const undos: Undo[] = [];
  const undoAll = async (): Promise<void> => {
    for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) await undo();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    stopListening();
    const end = (): boolean => process.kill(process.pid, signal);
    // What cannot be taken back any more is no reason to live on.
    undoAll().then(end, end);
  };
  const stopListening = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await work((undo) => undos.push(undo));
  } finally {
    await undoAll();
    stopListening();
  }
}
