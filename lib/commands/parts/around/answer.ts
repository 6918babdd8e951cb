/** The graph around some nodes, on its way out: a part of the node stream, a tree, CSV or DOT. Names of nodes come from one more reading of them. */
import type { Frame } from '../../../cli/frame.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { NameCodes } from '../../../graph/store/nameCodes.ts';
import { type Who, whoIs } from '../../../graph/store/who.ts';
import type { Around, Others, Run, Shown } from '../../../graph/walk/around.ts';
import type { Called } from '../../../render/called.ts';
import { SHOWN_TYPES } from '../../../render/others.ts';
import type { Links, TreeNode, TreeRun, Via } from '../../../render/tree.ts';
import { spellingOf } from '../../../render/via.ts';
import { type Batch, REF_KINDS } from '../../../stream/batch.ts';
import type { Dictionary } from '../../../stream/dictionary.ts';
import { asPart } from '../../../stream/marks.ts';
import type { Places } from '../graph/places.ts';
import type { Ending, Snapshot } from '../input/snapshot.ts';
import { sayLeft } from './leftOut.ts';
import type { Direction } from './options.ts';

/** Names of references between two nodes that are written out. */
const MOST_VIAS = 3;

/** The nodes once more, of which some are wanted. */
export interface Nodes {
  readonly snapshot: Snapshot;
  readonly wanted: Bits;
  /** How the first reading ended, and whether there are records that are to be passed on. */
  readonly ending: Ending;
  readonly hasForeign: boolean;
}

/** References between two nodes. */
interface Joined {
  readonly names: number[];
  count: number;
}

/** A node of the tree while it grows. */
interface Grown extends TreeNode {
  readonly children: TreeNode[];
  readonly again: { readonly to: TreeNode; readonly links: Links }[];
  inside: number;
  left: number;
}

/** What an answer is told in. */
export interface AnswerWords {
  readonly direction: Direction;
  /** Of the snapshot. */
  readonly format: string | undefined;
  readonly places: Places;
  /** What to ask where many of the chosen nodes found no room. */
  readonly instead: string | undefined;
}

export class Answer {
  readonly #around: Around;
  readonly #types: Dictionary;
  readonly #names: NameCodes;
  readonly #chosen: Bits;
  readonly #instead: string | undefined;
  readonly #direction: Direction;
  readonly #format: string | undefined;
  readonly #places: Places;

  constructor(around: Around, types: Dictionary, names: NameCodes, chosen: Bits, words: AnswerWords) {
    this.#around = around;
    this.#types = types;
    this.#names = names;
    this.#chosen = chosen;
    this.#instead = words.instead;
    this.#direction = words.direction;
    this.#format = words.format;
    this.#places = words.places;
  }

  /** The nodes that are printed, with those that are named beside runs. */
  wanted(nodes: number): Bits {
    const wanted = new Bits(nodes);
    for (const { n, run } of this.#around.shown) {
      wanted.add(n);
      if (run === undefined) continue;
      for (const { first } of this.#othersOf(run).slice(0, SHOWN_TYPES)) wanted.add(first);
    }
    return wanted;
  }

  async print(nodes: Nodes, frame: Frame): Promise<void> {
    if (frame.ownFormat === undefined && frame.format === 'ndjson') {
      await this.#stream(nodes, frame);
      this.#sayLeft(undefined, frame);
      return;
    }
    const who = new Map<number, Who & Called>();
    await this.#read(nodes, false, (batch, row) => {
      const n = batch.n[row]!;
      who.set(n, { ...whoIs(batch, row), place: this.#places.get(n) });
    });
    if (frame.ownFormat === 'dot') await this.#dot(who, frame);
    else if (frame.format === 'csv') await this.#csv(who, frame);
    else await this.#tree(who, frame);
    this.#sayLeft(who, frame);
  }

  /** Every shown node as it comes by. Goes on to the end only if asked. */
  async #read(
    { snapshot, wanted }: Nodes,
    toEnd: boolean,
    take: (batch: Batch, row: number) => void,
    before: (batch: Batch) => void = () => {},
  ): Promise<void> {
    let left = wanted.count();
    for await (const batch of snapshot.batches) {
      before(batch);
      for (let row = 0; row < batch.length; row++) {
        if (!wanted.has(batch.n[row]!)) continue;
        take(batch, row);
        left--;
      }
      if (left === 0 && !toEnd) break;
    }
  }

  async #stream(nodes: Nodes, frame: Frame): Promise<void> {
    const [{ NodeEncoder }, { NodeRewriter }] = await Promise.all([
      import('../../../stream/encode.ts'),
      import('../../../stream/rewrite.ts'),
    ]);
    const encoder = new NodeEncoder((bytes, end) => frame.out.write(bytes, 0, end));
    const writer = new NodeRewriter(encoder);
    const runs = new Map<Shown, { readonly end: Shown; readonly run: Run }>();
    for (const end of this.#around.shown)
      if (end.run !== undefined && end.from !== undefined) runs.set(end.from, { end, run: end.run });
    encoder.start(asPart(nodes.snapshot.source.start));
    await this.#read(
      nodes,
      nodes.hasForeign,
      (batch, row) => {
        const n = batch.n[row]!;
        const shown = this.#around.at(n);
        if (shown === undefined) return;
        let refs = 0;
        this.#around.refs(n, () => refs++);
        writer.node(batch, row, this.#fields(shown, runs.get(shown)), refs);
        this.#around.refs(n, (to, name) => writer.ref(this.#names.kind(name), this.#names.token(name), to.n));
      },
      (batch) => {
        for (const { line } of batch.foreign) encoder.record(line);
      },
    );
    if (nodes.ending === 'cut') encoder.finish();
    else encoder.end();
  }

  #fields(shown: Shown, began: { readonly end: Shown; readonly run: Run } | undefined): string {
    const depth = `"depth":${shown.depth}`;
    if (began === undefined) return depth;
    const { run, end } = began;
    const ref = REF_KINDS[this.#names.kind(run.names[0]!)];
    const others = [...run.others.values()].reduce((sum, { count }) => sum + count, 0);
    return `${depth},"run":${run.count},"run_ref":"${ref}","run_via":${this.#names.token(run.names[0]!)},"run_to":${end.n},"run_others":${others}`;
  }

  async #tree(who: ReadonlyMap<number, Who & Called>, frame: Frame): Promise<void> {
    const { treeLines } = await import('../../../render/tree.ts');
    for (const line of treeLines(this.#roots(who), { ...this.#direction, format: this.#format }, frame.style))
      frame.out.text(line);
  }

  /** The nodes to begin with, each with what was met from it. */
  #roots(who: ReadonlyMap<number, Who & Called>): TreeNode[] {
    const all = new Map<Shown, Grown>();
    const joined = this.#joined();
    const links = (near: Shown, far: Shown): Links => this.#links(joined.get(near)?.get(far));
    for (const shown of this.#around.shown) {
      const node = who.get(shown.n);
      if (node === undefined) continue;
      const hung = shown.from === undefined ? { vias: [], count: 0 } : links(shown.from, shown);
      all.set(shown, {
        node,
        links: hung,
        run: this.#run(shown.run, who),
        children: [],
        again: [],
        inside: 0,
        left: 0,
      });
    }
    for (const [shown, tree] of all) if (shown.from !== undefined) all.get(shown.from)?.children.push(tree);
    for (const [shown, tree] of all) {
      if (!shown.isOpen) continue;
      const far = [...(joined.get(shown)?.keys() ?? [])].filter((one) => one.from !== shown || one.run !== undefined);
      for (const one of far) tree.again.push({ to: all.get(one)!, links: links(shown, one) });
      const elsewhere = shown.neighbours - tree.children.length - far.filter((one) => one !== shown).length;
      // What found no room may have been met in a run after all.
      tree.left = Math.min(shown.left, elsewhere);
      tree.inside = elsewhere - tree.left;
    }
    return [...all].filter(([shown]) => shown.from === undefined).map(([, tree]) => tree);
  }

  #run(run: Run | undefined, who: ReadonlyMap<number, Who & Called>): TreeRun | undefined {
    if (run === undefined) return undefined;
    const others = this.#othersOf(run).map(({ first, ...rest }) => ({ ...rest, first: who.get(first)?.id }));
    return { count: run.count, links: this.#linksOf(run), others };
  }

  /** Names of a run; more than these are counted. */
  #linksOf({ names }: Run): Links {
    return { vias: names.slice(0, MOST_VIAS).map((name) => this.#via(name)), count: names.length };
  }

  #othersOf({ others }: Run): (Others & { readonly type: string })[] {
    return [...others]
      .map(([type, rest]) => ({ type: this.#types.text(type), ...rest }))
      .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
  }

  /** For each shown node its shown neighbours, in the direction of the walk, with the references between. */
  #joined(): Map<Shown, Map<Shown, Joined>> {
    const joined = new Map<Shown, Map<Shown, Joined>>();
    for (const holder of [...this.#around.shown].sort((a, b) => a.n - b.n))
      this.#around.refs(holder.n, (held, name) => {
        const [near, far] = this.#direction.backward ? [held, holder] : [holder, held];
        const row = joined.get(near) ?? new Map<Shown, Joined>();
        joined.set(near, row);
        const between = row.get(far) ?? { names: [], count: 0 };
        row.set(far, between);
        between.count++;
        if (between.names.length < MOST_VIAS) between.names.push(name);
      });
    return joined;
  }

  #links(joined: Joined | undefined): Links {
    return { vias: (joined?.names ?? []).map((name) => this.#via(name)), count: joined?.count ?? 0 };
  }

  #via(name: number): Via {
    // Kinds have a word each, and a token is a JSON string or a number.
    return { ref: REF_KINDS[this.#names.kind(name)]!, via: JSON.parse(this.#names.token(name)) as string | number };
  }

  async #dot(who: ReadonlyMap<number, Who & Called>, frame: Frame): Promise<void> {
    const { DOT_HEAD, DOT_TAIL, dotEdge, dotNode, dotRun } = await import('../../../render/dot.ts');
    const { backward } = this.#direction;
    const spell = spellingOf(this.#format);
    const { out } = frame;
    out.text(DOT_HEAD);
    for (const { n, depth } of this.#around.shown) {
      const node = who.get(n);
      if (node !== undefined) out.text(dotNode(node, depth === 0));
    }
    for (const [near, row] of this.#joined())
      for (const [far, between] of row)
        out.text(
          backward
            ? dotEdge(far.n, near.n, this.#links(between), spell)
            : dotEdge(near.n, far.n, this.#links(between), spell),
        );
    for (const { n, run, from } of this.#around.shown) {
      if (run === undefined || from === undefined) continue;
      const [holder, held] = backward ? [n, from.n] : [from.n, n];
      out.text(dotRun(holder, held, run.count, this.#linksOf(run), spell));
    }
    out.text(DOT_TAIL);
  }

  async #csv(who: ReadonlyMap<number, Who & Called>, frame: Frame): Promise<void> {
    const { csvLine } = await import('../../../render/csv.ts');
    const joined = this.#joined();
    frame.out.text(csvLine(['depth', 'n', 'id', 'kind', 'type', 'name', 'size', 'from', 'ref', 'via', 'run']));
    for (const shown of this.#around.shown) {
      const node = who.get(shown.n);
      if (node === undefined) continue;
      const { depth, from, run } = shown;
      const first = run?.names[0] ?? (from === undefined ? undefined : joined.get(from)?.get(shown)?.names[0]);
      const { ref, via } = first === undefined ? { ref: undefined, via: undefined } : this.#via(first);
      const { n, id, kind, type, name, size } = node;
      frame.out.text(csvLine([depth, n, id, kind, type, name, size, from?.n, ref, via, run?.count]));
    }
  }

  #sayLeft(who: ReadonlyMap<number, Called> | undefined, frame: Frame): void {
    const { neighbours } = this.#direction;
    sayLeft(this.#around, this.#chosen, who, { neighbours, instead: this.#instead }, frame);
  }
}
