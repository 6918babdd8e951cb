/** Asks DevTools' own engine what a snapshot holds: a file comes in, the record of every node goes out; holds it whole, several times. */
import { Worker } from 'node:worker_threads';
import type { NodeRecord } from './nodeStream.ts';

/** A node as the engine reads it, before it moves sizes between nodes and invents names for plain objects. */
export type EngineNode = Pick<NodeRecord, 'id' | 'kind' | 'type' | 'size'> & {
  readonly name: string;
  readonly refs: NonNullable<NodeRecord['refs']>;
};

/** Loads a .heapsnapshot (not zipped) into the engine of chrome-devtools-mcp, in a worker that ends with the answer. */
export async function engineNodes(file: string): Promise<EngineNode[]> {
  const worker = new Worker(new URL('./devtoolsWorker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 4096 },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (message: unknown) => {
        if (message === 'workerReady')
          worker.postMessage({ disposition: 'evaluateForTest', callId: 1, source: readIt(file) });
        else if (typeof message === 'object' && message !== null && 'result' in message) {
          const { result } = message;
          if (Array.isArray(result)) resolve(result as EngineNode[]);
          else reject(new Error(`the engine refuses ${file}: ${JSON.stringify(message)}`));
        }
      });
    });
  } finally {
    await worker.terminate();
  }
}

/**
 * The program that runs inside the worker. The engine's `initialize` goes through its steps in a fixed order; we step in after the first ones,
 * when the columns are read and classes are named, and stop it before it infers interfaces: everything later are graph results.
 */
const readIt = (file: string): string => `(async () => {
  const { HeapSnapshot } = HeapSnapshotWorker.HeapSnapshot;
  const { HeapSnapshotLoader } = HeapSnapshotWorker.HeapSnapshotLoader;
  const proto = HeapSnapshot.prototype;
  const skip = () => {};
  let read;
  proto.startInitStep1InSecondThread = skip;
  proto.startInitStep2InSecondThread = skip;
  proto.startInitStep3InSecondThread = skip;
  proto.calculateDistances = skip;
  proto.propagateDOMState = function () {
    read = Array.from({ length: this.nodeCount }, (_, n) => {
      const node = this.createNode(n * this.nodeFieldCount);
      const refs = [];
      for (const edges = node.edges(); edges.hasNext(); edges.next()) {
        const edge = edges.item();
        const name = edge.isElement() || edge.isHidden() ? edge.nameOrIndex() : this.strings[edge.nameOrIndex()];
        refs.push([edge.type(), name, edge.nodeIndex() / this.nodeFieldCount]);
      }
      return { id: node.id(), kind: node.type(), name: node.rawName(), size: node.selfSize(), refs };
    });
  };
  const stop = new Error('read');
  proto.inferInterfaceDefinitions = function () {
    read.forEach((record, n) => { record.type = this.createNode(n * this.nodeFieldCount).className(); });
    throw stop;
  };
  const loader = new HeapSnapshotLoader({ sendEvent() {} });
  const { createReadStream } = await import('node:fs');
  for await (const chunk of createReadStream(${JSON.stringify(file)}, { encoding: 'utf8', highWaterMark: 1 << 20 })) loader.write(chunk);
  loader.close();
  await loader.buildSnapshot(undefined).catch((error) => { if (error !== stop) throw error; });
  return read;
})()`;
