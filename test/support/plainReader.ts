/** Reads a .heapsnapshot the plain way, JSON.parse and a loop: text comes in, the node records it means go out; holds all of it several times. */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { HeapNode, HeapRef, RefKind } from './heap.ts';
import { type NodeRecord, nodeRecord } from './nodeStream.ts';

interface SnapshotFile {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly [readonly string[], ...unknown[]];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly [readonly RefKind[], ...unknown[]];
      readonly location_fields?: readonly string[];
    };
    readonly extra_native_bytes?: number;
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly locations?: readonly number[];
  readonly strings: readonly string[];
}

/** The records a snapshot's text means. */
export function plainRecords(text: string): NodeRecord[] {
  const file = JSON.parse(text) as SnapshotFile;
  const { meta } = file.snapshot;
  const column = (fields: readonly string[], name: string): number => fields.indexOf(name);
  const width = meta.node_fields.length;
  const [kindAt, nameAt, idAt, sizeAt, edgesAt, detachedAt] = [
    'type',
    'name',
    'id',
    'self_size',
    'edge_count',
    'detachedness',
  ].map((name) => column(meta.node_fields, name)) as [number, number, number, number, number, number];
  const places = locations(file);
  const records: NodeRecord[] = [];
  let edge = 0;
  for (let start = 0; start < file.nodes.length; start += width) {
    const value = (at: number): number => present(file.nodes[start + at]);
    const refs: HeapRef[] = [];
    for (let left = value(edgesAt); left > 0; left--) {
      const kind = present(meta.edge_types[0][present(file.edges[edge])]);
      const name = present(file.edges[edge + 1]);
      const isIndex = kind === 'element' || kind === 'hidden';
      refs.push([kind, isIndex ? name : present(file.strings[name]), present(file.edges[edge + 2]) / width]);
      edge += 3;
    }
    const node: HeapNode = {
      id: value(idAt),
      kind: present(meta.node_types[0][value(kindAt)]),
      name: present(file.strings[value(nameAt)]),
      size: value(sizeAt),
      detached: detachedAt < 0 ? 0 : value(detachedAt),
      at: places.get(start),
      refs,
    };
    records.push(nodeRecord(node, start / width));
  }
  return records;
}

/** The text of a snapshot, unzipped where it is zipped. */
export function snapshotText(file: string): string {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function locations({ snapshot: { meta }, locations: flat = [] }: SnapshotFile): Map<number, [number, number, number]> {
  const width = meta.location_fields?.length ?? 4;
  const places = new Map<number, [number, number, number]>();
  for (let start = 0; start < flat.length; start += width) {
    places.set(present(flat[start]), [present(flat[start + 1]), present(flat[start + 2]), present(flat[start + 3])]);
  }
  return places;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the file ends too early');
  return value;
}
