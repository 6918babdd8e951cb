/**
 * What DevTools' own engine finds in a snapshot: a file or a made heap comes in, every node as it was read, or every number as DevTools shows it,
 * goes out. Costs about a second for 100,000 nodes.
 */
import { Engine, load } from './engine.ts';
import type { Heap } from './heap.ts';
import type { NodeRecord } from './nodeStream.ts';
import { type Layout, v8Text } from './v8Text.ts';

/** A node as the engine reads it, before it moves sizes between nodes and invents names for plain objects. */
export type EngineNode = Pick<NodeRecord, 'id' | 'kind' | 'type' | 'size'> & {
  readonly name: string;
  readonly refs: NonNullable<NodeRecord['refs']>;
};

/** Loads a .heapsnapshot (not zipped) into the engine, in a worker that ends with the answer: the program changes the engine for good. */
export async function engineNodes(file: string): Promise<EngineNode[]> {
  const engine = new Engine();
  try {
    return await engine.evaluate<EngineNode[]>(readIt(file));
  } finally {
    await engine.close();
  }
}

/** What DevTools says of a whole snapshot, a column for each of its numbers, by the node's place in the file. */
export interface EngineNumbers {
  readonly id: Float64Array;
  /** Self size, after DevTools has moved sizes to owners. */
  readonly shallow: Float64Array;
  readonly retained: Float64Array;
  readonly distance: Int32Array;
  /** The place of the immediate dominator; the root is its own. */
  readonly dominator: Uint32Array;
  /** Class of each node, as a place in `classes`. */
  readonly classCode: Uint32Array;
  /** Class names with inferred interfaces. Two codes may have the same name. */
  readonly classes: readonly string[];
  readonly rows: readonly SummaryRow[];
  readonly totalSize: number;
  readonly statistics: object;
}

/** A row of DevTools' Summary. The key is `,class`, or `script,line,column,class` for objects with a location. */
export interface SummaryRow {
  readonly class: string;
  readonly key: string;
  readonly count: number;
  readonly self: number;
  readonly maxRet: number;
  readonly distance: number;
}

/** Every number of a .heapsnapshot (not zipped), of every node and of every row of the Summary. */
export const engineNumbers = (file: string): Promise<EngineNumbers> => shared().evaluate(computeIt(load({ file })));

/** The same for a heap made in a test. */
export const engineNumbersOf = (heap: Heap, layout?: Layout): Promise<EngineNumbers> =>
  shared().evaluate(computeIt(load({ text: v8Text(heap, layout) })));

/** A class in DevTools' Comparison. */
export interface ClassChange {
  readonly class: string;
  readonly added: number;
  readonly removed: number;
}

/** What DevTools' Comparison of two .heapsnapshot files (not zipped) says: each class of which something was added or removed. */
export const engineChanges = (before: string, after: string): Promise<ClassChange[]> =>
  shared().evaluate(compareThem(before, after));

let engine: Engine | undefined;

/** One engine serves all such questions of a test file: starting it costs more than a small heap does. */
function shared(): Engine {
  engine ??= new Engine();
  return engine;
}

/**
 * The program that runs inside the worker. The engine's `initialize` goes through its steps in a fixed order; we step in after the first ones,
 * when the columns are read and classes are named, and stop it before it infers interfaces: everything later are graph results.
 */
const readIt = (file: string): string => `(async () => {
  const { HeapSnapshot } = HeapSnapshotWorker.HeapSnapshot;
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
  ${load({ file })}
  await loader.buildSnapshot(undefined).catch((error) => { if (error !== stop) throw error; });
  return read;
})()`;

/**
 * The whole of the engine's work, dominators too, which DevTools computes in a second worker: its manager does as well at the other end of a
 * channel in this one. The rows come from where the engine makes them, before it files them by key and loses one of two with the same key.
 */
const computeIt = (loading: string): string => `(async () => {
  // The engine lists unreachable nodes as warnings; every made heap has some.
  console.warn = () => {};
  ${loading}
  const { port1, port2 } = new MessageChannel();
  new HeapSnapshotWorker.HeapSnapshot.SecondaryInitManager(port2);
  const snapshot = await loader.buildSnapshot(port1).finally(() => port1.close());
  const count = snapshot.nodeCount;
  const [id, shallow, retained] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  const [distance, dominator, classCode] = [new Int32Array(count), new Uint32Array(count), new Uint32Array(count)];
  const codes = new Map();
  const node = snapshot.createNode(0);
  for (let n = 0; n < count; n++) {
    node.nodeIndex = n * snapshot.nodeFieldCount;
    id[n] = node.id();
    shallow[n] = node.selfSize();
    retained[n] = node.retainedSize();
    distance[n] = node.distance();
    dominator[n] = node.dominatorIndex() / snapshot.nodeFieldCount;
    const index = node.classIndex();
    if (!codes.has(index)) codes.set(index, codes.size);
    classCode[n] = codes.get(index);
  }
  const byKey = snapshot.buildAggregates();
  snapshot.calculateClassesRetainedSize(byKey);
  return {
    id, shallow, retained, distance, dominator, classCode,
    classes: [...codes.keys()].map((index) => snapshot.strings[index]),
    rows: [...byKey].map(([key, { name, count, self, maxRet, distance }]) => ({
      class: name, key: typeof key === 'number' ? ',' + snapshot.strings[key] : key, count, self, maxRet, distance,
    })),
    totalSize: snapshot.totalSize,
    statistics: snapshot.getStatistics(),
  };
})()`;

/** As DevTools does when the later one is chosen and compared with the earlier: classes are named as the later one names them. */
const compareThem = (before: string, after: string): string => `(async () => {
  console.warn = () => {};
  const built = async (loader) => {
    const { port1, port2 } = new MessageChannel();
    new HeapSnapshotWorker.HeapSnapshot.SecondaryInitManager(port2);
    return loader.buildSnapshot(port1).finally(() => port1.close());
  };
  const was = await (async () => { ${load({ file: before })} return built(loader); })();
  const is = await (async () => { ${load({ file: after })} return built(loader); })();
  const changes = is.calculateSnapshotDiff('before', was.aggregatesForDiff(is.interfaceDefinitions()));
  return Object.values(changes).map(({ name, addedCount, removedCount }) => ({
    class: name, added: addedCount, removed: removedCount,
  }));
})()`;
