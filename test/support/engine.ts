/** DevTools' own heap snapshot engine in a worker: programs that run beside it come in, their results go out; holds snapshots whole, several times. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

interface Response {
  readonly callId: number;
  readonly result: unknown;
}

interface Question {
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

/** One worker with the engine in it, which answers any number of questions. A test process ends without waiting for it. */
export class Engine {
  readonly #worker = new Worker(new URL('./devtoolsWorker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 4096 },
  });
  readonly #ready = once(this.#worker, 'message');
  readonly #asked = new Map<number, Question>();
  #calls = 0;

  constructor() {
    this.#worker.on('message', (message: Response | 'workerReady') => {
      if (message === 'workerReady') return;
      this.#asked.get(message.callId)?.resolve(message.result);
      this.#asked.delete(message.callId);
      if (this.#asked.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#asked.values()) reject(error);
      this.#asked.clear();
    });
  }

  /**
   * The value of an expression, or of the promise that it makes, evaluated beside the engine.
   * @throws Error where the program or the engine throws: the engine's protocol hands that over as a text
   */
  async evaluate<T extends object>(source: string): Promise<T> {
    this.#worker.ref();
    await this.#ready;
    const callId = ++this.#calls;
    const result = await new Promise<unknown>((resolve, reject) => {
      this.#asked.set(callId, { resolve, reject });
      this.#worker.postMessage({ disposition: 'evaluateForTest', callId, source });
    });
    if (typeof result !== 'object' || result === null) throw new Error(`DevTools' engine: ${result}`);
    return result as T; // whoever wrote the program knows what it gives
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Statements that leave a loader in `loader` that was fed with a file (not zipped) or with a snapshot's text. */
export const load = (source: { readonly file: string } | { readonly text: string }): string => `
  const loader = new HeapSnapshotWorker.HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} });
  ${'text' in source ? `loader.write(${JSON.stringify(source.text)});` : feed(source.file)}
  loader.close();
`;

const feed = (file: string): string => `
  const { createReadStream } = await import('node:fs');
  const pieces = createReadStream(${JSON.stringify(file)}, { encoding: 'utf8', highWaterMark: 1 << 20 });
  for await (const piece of pieces) loader.write(piece);
`;
