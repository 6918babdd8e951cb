/** Writes a heap as the text of a .heapsnapshot, in the layouts of real writers and in legal ones nobody uses; holds it whole. */
import type { Heap, HeapNode } from './heap.ts';

export const nodeKinds = [
  'hidden',
  'array',
  'string',
  'object',
  'code',
  'closure',
  'regexp',
  'number',
  'native',
  'synthetic',
  'concatenated string',
  'sliced string',
  'symbol',
  'bigint',
  'object shape',
] as const;
export const refKinds = ['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'] as const;

type Columns = 5 | 6 | 7;

/** How a real writer lays a file out: Node 20 and 22 write 7 columns and a newline after every record, Node 24 and 26 write 6 and none. */
export interface Layout {
  /** Old writers have 5: nothing says what is detached. */
  readonly columns?: Columns;
  readonly newlines?: boolean;
  /** What the header claims, where it is not the truth. */
  readonly claims?: { readonly node_count?: number; readonly edge_count?: number };
}

export const node20: Layout = { columns: 7, newlines: true };
export const node26: Layout = { columns: 6, newlines: false };

/** The parts of a file, before somebody decides how to lay them out. */
export interface Sections {
  readonly snapshot: Record<string, unknown>;
  readonly nodes: number[];
  readonly edges: number[];
  readonly locations: number[];
  readonly strings: string[];
}

/** The sections of a heap; strings are numbered in order of first use, nodes before references, as V8 does. */
export function sections(heap: Heap, { columns = 7, claims = {} }: Layout = node20): Sections {
  const strings = ['<dummy>'];
  const indexOf = new Map<string, number>();
  const intern = (text: string): number => {
    const known = indexOf.get(text);
    if (known !== undefined) return known;
    indexOf.set(text, strings.length);
    return strings.push(text) - 1;
  };
  const nodes = heap.nodes.flatMap((node) => nodeRow(node, intern(node.name), columns));
  const edges = heap.nodes.flatMap(({ refs }) =>
    refs.flatMap(([kind, name, target]) => [
      refKinds.indexOf(kind),
      typeof name === 'number' ? name : intern(name),
      target * columns,
    ]),
  );
  // V8 does not sort its locations: here the last node's comes first.
  const locations = heap.nodes.map(({ at }, n) => (at === undefined ? [] : [n * columns, ...at])).reverse();
  return {
    snapshot: header(heap, columns, claims),
    nodes,
    edges,
    locations: locations.flat(),
    strings,
  };
}

/** A heap as Node writes it. */
export function v8Text(heap: Heap, layout: Layout = node20): string {
  const parts = sections(heap, layout);
  const flat = (values: readonly number[], width: number): string =>
    layout.newlines === false
      ? values.join(',')
      : rows(values, width)
          .map((row) => `${row.join(',')}\n`)
          .join(',');
  return [
    `{"snapshot":${JSON.stringify(parts.snapshot)},\n`,
    `"nodes":[${flat(parts.nodes, layout.columns ?? 7)}],\n`,
    `"edges":[${flat(parts.edges, 3)}],\n`,
    '"trace_function_infos":[],\n"trace_tree":[],\n"samples":[],\n',
    `"locations":[${flat(parts.locations, 4)}],\n`,
    `"strings":[${parts.strings.map(v8String).join(',\n')}]}`,
  ].join('');
}

/** Legal ways to write the same JSON that no writer uses. */
export interface Oddity {
  readonly order?: readonly string[];
  readonly space?: string;
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly key?: (key: string) => string;
  readonly number?: (value: number) => string;
  readonly string?: (text: string) => string;
}

/** A heap as legal JSON, laid out as `oddity` says: every value, key and gap goes through it. */
export function oddV8Text(heap: Heap, oddity: Oddity, layout: Layout = node20): string {
  const { space = '', number = String, string = JSON.stringify, key = JSON.stringify } = oddity;
  const write = (value: unknown): string => {
    if (typeof value === 'number') return number(value);
    if (typeof value === 'string') return string(value);
    if (Array.isArray(value)) return `[${space}${value.map(write).join(`${space},${space}`)}${space}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const members = Object.entries(value).map(([name, member]) => `${key(name)}${space}:${space}${write(member)}`);
    return `{${space}${members.join(`${space},${space}`)}${space}}`;
  };
  const parts: Record<string, unknown> = {
    ...sections(heap, layout),
    trace_function_infos: [],
    trace_tree: [],
    samples: [],
    ...oddity.extra,
  };
  const order = oddity.order ?? Object.keys(parts);
  return `${space}${write(Object.fromEntries(order.map((name) => [name, parts[name]])))}${space}`;
}

function header(heap: Heap, columns: Columns, claims: NonNullable<Layout['claims']>): Record<string, unknown> {
  const optional = ['detachedness', 'trace_node_id'].slice(0, columns - 5).reverse();
  return {
    meta: {
      node_fields: ['type', 'name', 'id', 'self_size', 'edge_count', ...optional],
      node_types: [nodeKinds, 'string', ...Array.from({ length: columns - 2 }, () => 'number')],
      edge_fields: ['type', 'name_or_index', 'to_node'],
      edge_types: [refKinds, 'string_or_number', 'node'],
      trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
      trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
      sample_fields: ['timestamp_us', 'last_assigned_id'],
      location_fields: ['object_index', 'script_id', 'line', 'column'],
    },
    node_count: claims.node_count ?? heap.nodes.length,
    edge_count: claims.edge_count ?? heap.nodes.reduce((sum, { refs }) => sum + refs.length, 0),
    trace_function_count: 0,
    ...(heap.extraNativeBytes === undefined ? {} : { extra_native_bytes: heap.extraNativeBytes }),
  };
}

function nodeRow(node: HeapNode, nameIndex: number, columns: Columns): number[] {
  const kind = nodeKinds.indexOf(node.kind as (typeof nodeKinds)[number]);
  if (kind < 0) throw new Error(`no V8 node type ${node.kind}`);
  const row = [kind, nameIndex, node.id, node.size, node.refs.length];
  const optional = [node.detached, 0].slice(0, columns - 5).reverse();
  return [...row, ...optional];
}

const rows = (values: readonly number[], width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));

/** V8 writes everything outside printable ASCII as \uXXXX. */
const v8String = (text: string): string =>
  JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`,
  );
