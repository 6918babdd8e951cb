/** Results of snap-paths as one tree from the root: steps that paths have in common are drawn once. Holds as many paths as are shown, twice. */
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';
import { formatVia } from '../via.ts';
import { cutToWidth } from '../width.ts';
import { amountWords, andMore, fullSize, plural, Sum } from './amounts.ts';
import { drawBars } from './bars.ts';
import { type Arrow, type Box, drawGraph, type Graph, graphDot } from './graph.ts';
import { byText, Kept } from './kept.ts';
import type { Collector, Kind, Picture, Wish } from './picture.ts';
import { type Amount, type Row, shown } from './row.ts';

export const paths: Kind = {
  called: 'paths',
  starts: (row) => row.has('path', 'fingerprint'),
  pictures: ['graph', 'bars'],
  collect: (wish) => new Paths(wish),
};

/** Paths side by side, steps of one, columns of a name. */
const MOST = 12;
const STEPS = 14;
const LABEL = 36;

interface Path extends Amount {
  readonly fingerprint: string;
  readonly place: number;
  readonly steps: readonly Step[];
}

interface Step {
  readonly via: string;
  readonly lines: readonly string[];
  readonly tip: string;
}

class Paths implements Collector {
  readonly #as: Wish['as'];
  readonly #kept: Kept<Path>;
  readonly #all = new Sum();
  readonly #rest = new Sum();

  constructor({ as, top }: Wish) {
    this.#as = as;
    const order = (a: Path, b: Path): number =>
      b.count - a.count || b.bytes - a.bytes || byText(a.fingerprint, b.fingerprint) || a.place - b.place;
    this.#kept = new Kept(Math.max(1, top ?? MOST), order, (path) => this.#rest.add(path));
  }

  add(row: Row): void {
    const amount = row.amount();
    const path = {
      fingerprint: row.text('fingerprint'),
      place: this.#all.rows,
      steps: row.list('path').map(step),
      ...amount,
    };
    this.#all.add(amount);
    this.#kept.add(path);
  }

  finish(): Picture | undefined {
    const rows = this.#kept.best();
    if (rows.length === 0) return undefined;
    const graph = tree(rows, this.#all.count);
    const words = {
      title: 'Who holds them',
      summary: `${amountWords(this.#all)}, ${plural(this.#all.rows, 'path')}`,
      notes: andMore(this.#rest),
      table: {
        head: ['path', 'count', 'bytes'],
        rows: rows.map((path) => [said(path), formatCount(path.count), formatCount(path.bytes)]),
      },
      dot: graphDot(graph),
    };
    if (this.#as !== 'bars') return { as: 'graph', ...words, draw: (canvas) => drawGraph(canvas, graph) };
    const bars = rows.map((path) => ({
      label: said(path),
      values: [path.count],
      cells: [formatCount(path.count), formatSize(path.bytes)],
      tip: `${said(path)}\n${plural(path.count, 'object')}\n${fullSize(path.bytes)}`,
    }));
    return {
      as: 'bars',
      ...words,
      draw: (canvas) => drawBars(canvas, { bars, pieces: ['size'], heads: ['Objects', 'Size'], unit: 'count' }),
    };
  }
}

const said = ({ steps }: Path): string =>
  ['(root)', ...steps.map(({ via, lines }) => `${via} ${lines[0]}`)].join(' > ');

function step(row: Row): Step {
  if (row.has('more')) {
    const words = `${formatCount(row.whole('more'))} more steps`;
    return { via: '', lines: [words], tip: words };
  }
  const type = row.text('type');
  const name = row.has('name') ? row.text('name') : type;
  const via = row.text('via');
  const called = name === type || name === '' ? [] : [cutToWidth(name, LABEL)];
  return {
    via: cutToWidth(via === '[*]' ? via : shown(formatVia(row.text('ref'), via)), LABEL),
    lines: [cutToWidth(type, LABEL), ...called],
    tip: name === type || name === '' ? type : `${type}\n${name}`,
  };
}

interface Branch {
  readonly at: number;
  readonly below: Map<string, Branch>;
}

/** Steps with the same reference to the same type behind the same steps are one box. */
function tree(rows: readonly Path[], all: number): Graph {
  const boxes: Box[] = [{ look: 'root', lines: ['(root)'], tip: '(root)' }];
  const held = [all];
  const arrows: Omit<Arrow, 'tip'>[] = [];
  const root: Branch = { at: 0, below: new Map() };
  for (const path of rows) {
    let branch = root;
    for (const { via, lines, tip } of shortened(path.steps)) {
      const key = JSON.stringify([via, ...lines]);
      let next = branch.below.get(key);
      if (next === undefined) {
        next = { at: boxes.length, below: new Map() };
        boxes.push({ look: via === '' ? 'more' : 'plain', lines, tip });
        held.push(0);
        arrows.push({ from: branch.at, to: next.at, look: 'plain', lines: via === '' ? [] : [via] });
        branch.below.set(key, next);
      }
      held[next.at]! += path.count;
      branch = next;
    }
    boxes[branch.at] = end(boxes[branch.at]!, path);
  }
  return {
    boxes: boxes.map((box, at) => ({ ...box, tip: `${box.tip}\n${plural(held[at]!, 'object')} by way of it` })),
    arrows: arrows.map((arrow) => ({
      ...arrow,
      tip: `${arrow.lines.join(' ')}\n${plural(held[arrow.to]!, 'object')}`,
    })),
  };
}

/** What was asked for says how many it is. */
const end = (box: Box, path: Path): Box => ({ ...box, look: 'start', lines: [...box.lines, amountWords(path)] });

function shortened(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= STEPS) return steps;
  const words = `${formatCount(steps.length - STEPS + 1)} more steps`;
  const half = STEPS / 2;
  return [...steps.slice(0, half), { via: '', lines: [words], tip: words }, ...steps.slice(1 - half)];
}
