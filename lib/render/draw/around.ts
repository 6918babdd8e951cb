/** The graph around some nodes, from snap-refs and snap-backrefs: nearest nodes first, a few neighbours of each. Holds some thousand nodes, however many come. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { formatVia } from '../via.ts';
import { cutToWidth } from '../width.ts';
import { plural } from './amounts.ts';
import { foldAround } from './fold.ts';
import { drawGraph, graphDot } from './graph.ts';
import { Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import { type Row, shown } from './row.ts';

export const around: Kind = {
  called: 'the graph around some nodes',
  starts: (row) => row.has('n', 'id', 'depth'),
  pictures: ['graph'],
  collect: (wish) => new Around(wish),
};

export interface AroundNode {
  readonly n: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly size: number;
  readonly depth: number;
  readonly run:
    | { readonly count: number; readonly via: string; readonly to: number; readonly others: number }
    | undefined;
  readonly refs: AroundRef[];
  /** References that found no room. */
  left: number;
}

export interface AroundRef {
  readonly via: string;
  readonly to: number;
  readonly isWeak: boolean;
}

/** Nodes that a reader can take in, nodes that are held, references that are held of each. */
const MOST = 50;
const HELD = 4_000;
const REFS = 100;
const LABEL = 36;

class Around implements Collector {
  readonly #most: number;
  readonly #kept = new Kept<AroundNode>(HELD, (a, b) => a.depth - b.depth || a.n - b.n);
  #nodes = 0;
  #starts = 0;
  #latest: AroundNode | undefined;

  constructor({ top }: Wish) {
    this.#most = Math.max(1, top ?? MOST);
  }

  add(row: Row): void {
    if (row.has('id')) this.#begin(row);
    const node = this.#latest;
    if (node === undefined || node.n !== row.whole('n')) throw row.fault('goes on with a node that is not there');
    const refs = row.fields['refs'];
    if (!Array.isArray(refs)) return;
    for (const ref of refs as readonly unknown[]) {
      if (!isRef(ref)) throw row.fault('has a reference that is not [kind, name, n]');
      const [kind, name, to] = ref;
      if (node.refs.length === REFS) node.left++;
      else node.refs.push({ via: shown(formatVia(kind, name)), to, isWeak: kind === 'weak' });
    }
  }

  #begin(row: Row): void {
    const type = row.text('type');
    const name = row.has('name') ? row.text('name') : '';
    const run = row.has('run')
      ? {
          count: row.whole('run'),
          via: shown(formatVia(row.text('run_ref'), row.text('run_via'))),
          to: row.whole('run_to'),
          others: row.has('run_others') ? row.whole('run_others') : 0,
        }
      : undefined;
    const node = {
      n: row.whole('n'),
      id: row.whole('id'),
      type,
      name: name === type ? '' : name,
      size: row.whole('size'),
      depth: row.whole('depth'),
      run,
      refs: [],
      left: 0,
    };
    this.#nodes++;
    if (node.depth === 0) this.#starts++;
    this.#kept.add(node);
    this.#latest = node;
  }

  finish(): Picture | undefined {
    const held = this.#kept.best();
    if (held.length === 0) return undefined;
    const { nodes, graph, leftOut } = foldAround(held, this.#most);
    const left = this.#nodes - nodes.length;
    return {
      as: 'graph',
      title: `Around ${cutToWidth(nodes[0]!.type, LABEL)}${this.#starts > 1 ? ` and ${formatCount(this.#starts - 1)} more` : ` @${nodes[0]!.id}`}`,
      summary: `${plural(this.#nodes, 'node')}, ${plural(this.#starts, 'node')} to begin with`,
      notes: [
        ...(left > 0
          ? [`and ${plural(left, 'more node', 'more nodes')}, farther away or beside those that are shown`]
          : []),
        ...(leftOut > 0 ? [`and ${plural(leftOut, 'more arrow', 'more arrows')} between those that are shown`] : []),
      ],
      table: {
        head: ['node', 'depth', 'id', 'size'],
        rows: nodes.map(({ type, name, depth, id, size }) => [
          name === '' ? type : `${type} ${cutToWidth(name, 60)}`,
          String(depth),
          `@${id}`,
          formatSize(size),
        ]),
      },
      dot: graphDot(graph),
      draw: (canvas) => drawGraph(canvas, graph),
    };
  }
}

const isRef = (ref: unknown): ref is readonly [kind: string, name: string | number, n: number] =>
  Array.isArray(ref) &&
  typeof ref[0] === 'string' &&
  (typeof ref[1] === 'string' || typeof ref[1] === 'number') &&
  Number.isSafeInteger(ref[2]);
