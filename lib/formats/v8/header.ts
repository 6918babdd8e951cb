/** The `snapshot` section: where each column stands, and the vocabularies. Columns are found by name, never by place. */
import { InputError } from '../../stream/errors.ts';

export interface Header {
  readonly nodeFields: readonly string[];
  readonly nodeTypes: readonly string[];
  readonly edgeFields: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly locationFields: readonly string[];
  /** Hints: real files declare wrong counts. */
  readonly nodeCount: number | undefined;
  readonly edgeCount: number | undefined;
  readonly extraNativeBytes: number | undefined;
}

/** Parses the text of the section. Throws InputError where a column that no snapshot can do without is missing. */
export function parseHeader(file: string, text: string): Header {
  const snapshot = record(parse(file, text));
  const meta = record(snapshot['meta']);
  const header: Header = {
    nodeFields: strings(meta['node_fields']),
    nodeTypes: strings(list(meta['node_types'])[0]),
    edgeFields: strings(meta['edge_fields']),
    edgeTypes: strings(list(meta['edge_types'])[0]),
    locationFields: strings(meta['location_fields']),
    nodeCount: count(snapshot['node_count']),
    edgeCount: count(snapshot['edge_count']),
    extraNativeBytes: count(snapshot['extra_native_bytes']),
  };
  requireColumns(file, 'node', header.nodeFields, ['type', 'name', 'id', 'self_size', 'edge_count']);
  requireColumns(file, 'edge', header.edgeFields, ['type', 'name_or_index', 'to_node']);
  return header;
}

function requireColumns(file: string, what: string, fields: readonly string[], needed: readonly string[]): void {
  const missing = needed.filter((field) => !fields.includes(field));
  if (missing.length > 0)
    throw new InputError(
      `${file}: the header names no ${what} column ${missing.join(', ')}: this is no V8 heap snapshot`,
    );
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: the snapshot's header is not JSON (${(error as SyntaxError).message})`);
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function strings(value: unknown): readonly string[] {
  return list(value).filter((item) => typeof item === 'string');
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}
