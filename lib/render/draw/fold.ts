/** Chooses what is drawn of a graph around some nodes, breadth first, so many neighbours of each; the others become boxes that say how many. */
import { formatCount } from '../counts.ts';
import { cutToWidth } from '../width.ts';
import { fullSize } from './amounts.ts';
import type { AroundNode, AroundRef } from './around.ts';
import { type Arrow, type Box, type Graph, moreBox } from './graph.ts';

/** Neighbours of one node, and nodes to begin with. */
const FAN = 6;
const LABEL = 36;
/** Names on one arrow. */
const VIAS = 2;
/** Arrows for each box past which a picture is hair; boxes that are too few to be. */
const DENSE = 1.4;
const SPARSE = 12;

interface Neighbour {
  readonly node: AroundNode;
  /** Whether it refers to the other one. */
  readonly refers: boolean;
}

/** Nodes that are drawn, nearest first, and their graph. */
interface Folded {
  readonly nodes: readonly AroundNode[];
  readonly graph: Graph;
  /** Arrows between them that are not drawn. */
  readonly leftOut: number;
}

interface Chosen extends Omit<Folded, 'leftOut'> {
  /** Of boxes' places, by which other one each was met. */
  readonly foundBy: ReadonlyMap<number, number>;
}

/** `held` are the nodes nearest first. */
export function foldAround(held: readonly AroundNode[], most: number): Folded {
  const neighbours = neighboursOf(held);
  const backward = isBackward(held);
  for (let limit = most; ; limit = Math.floor(limit * 0.7)) {
    const folded = foldTo(limit, held, neighbours, backward);
    const { boxes, arrows } = folded.graph;
    // Where everything refers to everything, fewer boxes show more; if not even that helps, arrows that only join what is there already are left out.
    if (arrows.length <= DENSE * boxes.length) return { ...folded, leftOut: 0 };
    if (limit < SPARSE) return leaner(folded);
  }
}

function foldTo(
  most: number,
  held: readonly AroundNode[],
  neighbours: ReadonlyMap<AroundNode, readonly Neighbour[]>,
  backward: boolean,
): Chosen {
  const place = new Map<AroundNode, number>();
  for (const start of held.filter(({ depth }) => depth === 0).slice(0, Math.min(FAN, most)))
    place.set(start, place.size);
  // A part whose nodes to begin with were filtered away still has a nearest one.
  if (place.size === 0) place.set(held[0]!, 0);
  // A Map is walked in the order of insertion, and what is added meanwhile is walked too.
  const foundBy = new Map<number, number>();
  for (const [node, at] of place) {
    const farther = (neighbours.get(node) ?? [])
      .map(({ node: other }) => other)
      .filter((other) => !place.has(other) && other.depth > node.depth);
    for (const other of differentFirst(farther).slice(0, Math.min(FAN, most - place.size))) {
      foundBy.set(place.size, at);
      place.set(other, place.size);
    }
  }
  const nodes = [...place.keys()];
  const boxes: Box[] = nodes.map(box);
  const arrows: Arrow[] = nodes.flatMap((node) => arrowsOf(node, place, backward));
  nodes.forEach((node, at) => {
    // Only those that the question is after: who refers to it, or what it refers to.
    const hidden = (neighbours.get(node) ?? []).filter(
      ({ node: other, refers }) => !place.has(other) && refers === backward,
    );
    const count = hidden.length + (backward ? 0 : node.left);
    if (count > 0) arrows.push(fold(boxes, count, at, backward));
  });
  return { nodes, foundBy, graph: { boxes, arrows } };
}

/** Only what leads to each box from the one by which it was met, runs, and what is folded. */
function leaner({ nodes, foundBy, graph: { boxes, arrows } }: Chosen): Folded {
  const kept = arrows.filter(
    ({ from, to, look }) =>
      foundBy.get(from) === to || foundBy.get(to) === from || look === 'run' || Math.max(from, to) >= nodes.length,
  );
  return { nodes, graph: { boxes, arrows: kept }, leftOut: arrows.length - kept.length };
}

function neighboursOf(held: readonly AroundNode[]): Map<AroundNode, Neighbour[]> {
  const byPlace = new Map(held.map((node) => [node.n, node]));
  const neighbours = new Map(held.map((node) => [node, [] as Neighbour[]]));
  const join = (from: AroundNode, to: AroundNode): void => {
    if (from === to || neighbours.get(from)!.some(({ node }) => node === to)) return;
    neighbours.get(from)!.push({ node: to, refers: false });
    neighbours.get(to)!.push({ node: from, refers: true });
  };
  for (const node of held) {
    for (const { to } of node.refs) {
      const other = byPlace.get(to);
      if (other !== undefined) join(node, other);
    }
    const end = node.run === undefined ? undefined : byPlace.get(node.run.to);
    if (end !== undefined) join(node, end);
  }
  return neighbours;
}

/** One of each type before the second of any: the picture is to show what kinds there are. */
function differentFirst(nodes: readonly AroundNode[]): readonly AroundNode[] {
  const met = new Map<string, number>();
  const ranked = nodes.map((node) => {
    const rank = met.get(node.type) ?? 0;
    met.set(node.type, rank + 1);
    return { node, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.node.depth - b.node.depth || a.node.n - b.node.n)
    .map(({ node }) => node);
}

function box({ n, id, type, name, size, depth }: AroundNode): Box {
  const second = name === '' ? [] : [cutToWidth(name, LABEL)];
  return {
    look: depth === 0 ? 'start' : n === 0 ? 'root' : 'plain',
    lines: [`${cutToWidth(type, LABEL)} @${id}`, ...second],
    tip: [`${type} @${id}`, ...(name === '' ? [] : [name]), fullSize(size), `node ${formatCount(n)}`].join('\n'),
  };
}

function arrowsOf(node: AroundNode, place: ReadonlyMap<AroundNode, number>, backward: boolean): readonly Arrow[] {
  const from = place.get(node)!;
  const drawn = new Map([...place].map(([other, at]) => [other.n, at]));
  const refs = new Map<number, AroundRef[]>();
  for (const ref of node.refs) {
    const to = drawn.get(ref.to);
    if (to !== undefined) refs.set(to, [...(refs.get(to) ?? []), ref]);
  }
  const arrows = [...refs].map(([to, between]): Arrow => {
    const vias = between.map(({ via }) => via);
    const more = vias.length > VIAS ? [`and ${formatCount(vias.length - VIAS)} more`] : [];
    const lines = [...vias.slice(0, VIAS).map((via) => cutToWidth(via, LABEL)), ...more];
    return { from, to, look: between.every(({ isWeak }) => isWeak) ? 'weak' : 'plain', lines, tip: vias.join('\n') };
  });
  const end = node.run === undefined ? undefined : drawn.get(node.run.to);
  if (node.run === undefined || end === undefined) return arrows;
  const { count, via, others } = node.run;
  const words = `x${formatCount(count)} via ${cutToWidth(via, LABEL)}`;
  const tip = `${formatCount(count)} references, one after the other, over ${via}${others > 0 ? `\nthe nodes between have ${formatCount(others)} other neighbours` : ''}`;
  const run = { look: 'run', lines: [words], tip } as const;
  return [...arrows, backward ? { from: end, to: from, ...run } : { from, to: end, ...run }];
}

/** Whether farther nodes refer to nearer ones: the answer of snap-backrefs. Where runs are all there is, it is taken for one. */
function isBackward(held: readonly AroundNode[]): boolean {
  const depths = new Map(held.map(({ n, depth }) => [n, depth]));
  let forward = 0;
  for (const { depth, refs } of held)
    for (const { to } of refs) forward += Math.sign((depths.get(to) ?? depth) - depth);
  return forward <= 0;
}

function fold(boxes: Box[], count: number, at: number, refers: boolean): Arrow {
  const more = boxes.push(moreBox(count, refers ? 'that refer to it' : 'that it refers to')) - 1;
  const plain = { look: 'plain', lines: [], tip: boxes[more]!.tip } as const;
  return refers ? { from: more, to: at, ...plain } : { from: at, to: more, ...plain };
}
