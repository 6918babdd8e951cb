/** A small language that builds heaps for tests: nodes and references come in, a plain heap goes out; holds all of it in memory. */

export type RefKind = 'context' | 'element' | 'property' | 'internal' | 'hidden' | 'shortcut' | 'weak';

/** One reference: its kind, its name (an index for element and hidden), and the ordinal of the node it leads to. */
export type HeapRef = readonly [kind: RefKind, name: string | number, target: number];

/** A node as V8 stores it: `name` is the text of its string-table entry, `detached` V8's column (0 unknown, 1 attached, 2 detached). */
export interface HeapNode {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size: number;
  readonly detached: number;
  /** What another runtime says it is; V8's class follows from kind and name. */
  readonly type?: string;
  /** Fields that only a node stream can have. */
  readonly extras?: Readonly<Record<string, unknown>>;
  readonly at: readonly [script: number, line: number, column: number] | undefined;
  readonly refs: readonly HeapRef[];
}

export interface Heap {
  readonly nodes: readonly HeapNode[];
  /** Memory outside the heap, which Node 24 and later write into the header. */
  readonly extraNativeBytes: number | undefined;
  /** Of a node stream that is not V8's: its format, and what else its start mark says. */
  readonly start?: Readonly<Record<string, unknown>>;
}

/** Names a node that was built, so that others can point at it, and lets it point at others. */
export interface NodeHandle {
  readonly n: number;
  /** Adds a reference: to an element if it is called by a number, else a property, unless a kind is given. */
  points(name: string | number, target: NodeHandle, kind?: RefKind): NodeHandle;
}

export interface NodeOptions {
  readonly kind?: string;
  readonly size?: number;
  readonly id?: number;
  readonly detached?: number;
  readonly at?: readonly [script: number, line: number, column: number];
  readonly type?: string;
  readonly extras?: Readonly<Record<string, unknown>>;
}

export interface HeapBuilder {
  /** Node 0, which every heap has. */
  readonly root: NodeHandle;
  /** Adds a node: an object unless a kind is given, of 16 bytes, with the next odd id. */
  node(name: string, options?: NodeOptions): NodeHandle;
  build(): Heap;
}

export function heap(
  options: { readonly extraNativeBytes?: number; readonly start?: Readonly<Record<string, unknown>> } = {},
): HeapBuilder {
  const nodes: (HeapNode & { readonly refs: HeapRef[] })[] = [];
  const add = (
    name: string,
    { kind = 'object', size = 16, id, detached = 0, at, type, extras }: NodeOptions = {},
  ): NodeHandle => {
    const n = nodes.length;
    const refs: HeapRef[] = [];
    nodes.push({
      id: id ?? 2 * n + 1,
      kind,
      name,
      size,
      detached,
      at,
      refs,
      ...(type === undefined ? {} : { type }),
      ...(extras === undefined ? {} : { extras }),
    });
    const handle: NodeHandle = {
      n,
      points(called, target, refKind = typeof called === 'number' ? 'element' : 'property') {
        refs.push([refKind, called, target.n]);
        return handle;
      },
    };
    return handle;
  };
  return {
    root: add('', { kind: 'synthetic', size: 0 }),
    node: add,
    build: () => ({
      nodes,
      extraNativeBytes: options.extraNativeBytes,
      ...(options.start === undefined ? {} : { start: options.start }),
    }),
  };
}

/** A heap as text that can be read, a line a node, for messages of failed tests. */
export const heapText = ({ nodes }: Heap): string =>
  nodes
    .map(({ id, kind, name, size, detached, at, refs }, n) => {
      const extras = [detached === 0 ? '' : ` detached ${detached}`, at === undefined ? '' : ` at ${at.join(':')}`];
      const targets = refs.map(([refKind, called, target]) => `${refKind} ${JSON.stringify(called)} > ${target}`);
      return `${n} @${id} ${kind} ${JSON.stringify(name)} ${size}${extras.join('')}: ${targets.join('; ')}`;
    })
    .join('\n');
