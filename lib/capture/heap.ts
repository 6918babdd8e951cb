/** The heap snapshot of a program that a DevTools session is open with: its bytes go out as they arrive; holds one chunk of 100 KB. */
import { InputError } from '../stream/errors.ts';
import { answered, Disconnected, type Session } from './inspector.ts';

/** Bytes of objects in V8's heap, those that could be collected too. */
export async function heapBytes(session: Session, name: string): Promise<number> {
  return (await answered(name, session.send('Runtime.getHeapUsage'))).usedSize;
}

export interface Receiver {
  /** Returns when they are written: that is the back pressure. */
  write(bytes: Uint8Array): void;
  /** Objects that V8 has looked at, while it writes nothing yet. */
  progress(done: number, total: number): void;
}

/** Bytes written. `name` is for messages. Whatever the receiver throws ends it. */
export async function takeHeap(session: Session, name: string, receiver: Receiver): Promise<number> {
  let bytes = 0;
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  /** An exception would otherwise leave by way of the socket, past everybody. */
  const guarded =
    <T>(work: (event: T) => void) =>
    (event: T): void => {
      try {
        work(event);
      } catch (error) {
        fail(error);
      }
    };
  session.on(
    'HeapProfiler.addHeapSnapshotChunk',
    guarded(({ chunk }) => {
      const block = Buffer.from(chunk);
      receiver.write(block);
      bytes += block.length;
    }),
  );
  session.on(
    'HeapProfiler.reportHeapSnapshotProgress',
    guarded(({ done, total }) => receiver.progress(done, total)),
  );
  const taken = answered(name, session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: true }));
  await Promise.race([taken, failed]).catch((error: Error) => {
    throw error instanceof Disconnected
      ? new InputError(
          `${name}: the connection ended in the middle of the snapshot, after ${bytes} bytes (has the program ended?)`,
        )
      : error;
  });
  return bytes;
}
