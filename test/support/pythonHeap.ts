/** A node stream that snapdump.py wrote, held whole: a file comes in, nodes with their references come out. For small heaps. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export interface PythonNode {
  readonly n: number;
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  readonly name?: string;
  readonly size: number;
  readonly owner?: string;
  readonly refcount?: number;
  readonly type_id?: number;
  readonly refs: [kind: string, name: string | number, n: number][];
}

export class PythonHeap {
  readonly start: Readonly<Record<string, unknown>>;
  readonly end: Readonly<Record<string, unknown>> | undefined;
  readonly nodes: readonly PythonNode[];
  readonly text: string;
  readonly #byId: ReadonlyMap<number, PythonNode>;

  constructor(file: string) {
    const bytes = readFileSync(file);
    this.text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    const nodes: PythonNode[] = [];
    const marks = new Map<string, Record<string, unknown>>();
    for (const line of this.text.split('\n')) {
      if (line === '') continue;
      const record = JSON.parse(line) as PythonNode & { snap?: string };
      const before = nodes.at(-1);
      if (record.snap !== undefined) marks.set(record.snap, { ...record });
      else if (record.id !== undefined) nodes.push(record);
      else for (const ref of record.refs) before?.refs.push(ref);
    }
    this.start = marks.get('start') ?? {};
    this.end = marks.get('end');
    this.nodes = nodes;
    this.#byId = new Map(nodes.map((node) => [node.id, node]));
  }

  at(id: number): PythonNode {
    const node = this.#byId.get(id);
    if (node === undefined) throw new Error(`no node has the id ${id}`);
    return node;
  }

  /** What a node refers to by this name; undefined if it does not. */
  via(from: PythonNode, name: string | number, kind?: string): PythonNode | undefined {
    const found = from.refs.find((ref) => ref[1] === name && (kind === undefined || ref[0] === kind));
    return found === undefined ? undefined : this.nodes[found[2]];
  }

  /** An attribute of an instance, which is in its dict or, from Python 3.11 on, its own. */
  attribute(from: PythonNode, name: string): PythonNode | undefined {
    const dict = this.via(from, '__dict__', 'internal');
    return this.via(from, name, 'property') ?? (dict && this.via(dict, name, 'property'));
  }

  of(type: string): readonly PythonNode[] {
    return this.nodes.filter((node) => node.type === type);
  }
}
