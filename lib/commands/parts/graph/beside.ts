/**
 * The index beside an operand, if there is one that fits: what commands ask instead of reading the snapshot. It answers the plain case, that what was asked for is there; for all else
 * (nothing found, an id that is not there) the snapshot is read as ever, so that what is said is the same.
 */
import { existsSync, statSync } from 'node:fs';
import type { Frame } from '../../../cli/frame.ts';
import { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import { sourceAt } from '../../../formats/points.ts';
import { Bits } from '../../../graph/store/bits.ts';
import type { StoredColumn } from '../../../graph/store/columns.ts';
import { folderOf, Unusable } from '../../../index/folder.ts';
import { Index } from '../../../index/opened.ts';
import type { Choice } from '../../../stages/choose.ts';
import { compileNames, escapeGlob, isGlob } from '../../../stages/names.ts';
import type { Points } from '../../../stream/points.ts';
import type { Columns, NodeSource } from '../../../stream/source.ts';
import { openShown, type Snapshot } from '../input/snapshot.ts';

/** Of more than one node in so many a reading of all is as fast. */
const SPARSE = 64;

/** Undefined where there is no index, or none that fits: then there is a note. */
export async function indexBeside(operand: string, frame: Frame): Promise<Beside | undefined> {
  if (operand === '-' || !existsSync(folderOf(operand))) return undefined;
  // What is gone or no file is said where it is read.
  if (statSync(operand, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  try {
    const index = Index.of(operand);
    if (index === undefined || index.facts.hasForeign) return undefined;
    const opened = await openShown(operand, true, new Scratch(frame.tmp, frame.note), frame);
    return new Beside(index, opened);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const isFolder = statSync(folderOf(operand), { throwIfNoEntry: false })?.isDirectory() ?? true;
    const remedy = isFolder
      ? `snap-index ${operand} makes it anew`
      : 'it is no folder: take it away or call it otherwise';
    frame.note(`${folderOf(operand)}: ${error.message}: it is ignored (${remedy})`);
    return undefined;
  }
}

/** Whether it is worth to read so many nodes one by one; not if there are none: then the snapshot says why. */
export const isFew = (count: number, { index }: Beside): boolean => count > 0 && count * SPARSE <= index.facts.nodes;

/** The few nodes that a choice may mean, where an index beside the operand tells them; with the choice's types settled. */
export async function fewBeside(
  operand: string,
  asked: Choice,
  frame: Frame,
): Promise<{ readonly beside: Beside; readonly choice: Choice; readonly nodes: Bits } | undefined> {
  const beside = await indexBeside(operand, frame);
  if (beside === undefined) return undefined;
  const choice = { ...asked, types: beside.settled(asked.types) };
  const nodes = beside.few(choice);
  return nodes === undefined ? undefined : { beside, choice, nodes };
}

export class Beside {
  readonly index: Index;
  readonly #opened: Opened;
  #points: Points | undefined;
  #extras: ((n: number) => string) | undefined;

  constructor(index: Index, opened: Opened) {
    this.index = index;
    this.#opened = opened;
  }

  /** Patterns that look like globs and are a type's name are made literal, as `settleTypes` does. */
  settled(patterns: readonly string[]): readonly string[] {
    const globs = new Set(patterns.filter(isGlob));
    if (globs.size === 0) return patterns;
    const exact = new Set(this.#typeNames().filter((name) => globs.has(name)));
    return patterns.map((pattern) => (exact.has(pattern) ? escapeGlob(pattern) : pattern));
  }

  /** 1 for the code of each type that a pattern means, which `settled` gave; undefined where there is a pattern without any. */
  typesOf(patterns: readonly string[]): Uint8Array | undefined {
    return this.#hasEach(patterns) ? wantedCodes(patterns, this.#typeNames()) : undefined;
  }

  /**
   * Nodes that the choice may mean, by what columns tell: all, where they tell nothing. `isExact` where they are those that it means but for names of references (`having`). Undefined
   * where something that was asked for is not there.
   */
  candidates(choice: Choice): { readonly nodes: Bits; readonly count: number; readonly isExact: boolean } | undefined {
    const { facts } = this.index;
    if (choice.not) return undefined;
    const named = this.#namedNodes(choice);
    if (named === undefined || !this.#hasEach(choice.types)) return undefined;
    const sets = named.map(({ nodes }) => nodes);
    // Each that is named is looked at, whatever else is asked for: that it is there, and as it is listed, only who sees it can say.
    const nodes = sets.length === 0 ? new Bits(facts.nodes) : sets.reduce((all, set) => all.either(set));
    if (sets.length === 0) this.#scan(choice, nodes);
    const wantsColumns =
      choice.types.length > 0 ||
      choice.kinds.length > 0 ||
      choice.minBytes !== undefined ||
      choice.maxBytes !== undefined;
    const isExact =
      choice.name === undefined &&
      choice.of === undefined &&
      (sets.length === 0 || (sets.length === 1 && !wantsColumns));
    // To count means to look at the whole set.
    const count = named.length === 1 ? named[0]!.count : nodes.count();
    return count === 0 ? undefined : { nodes, count, isExact };
  }

  /** Of some nodes those that have references of all of these names, and of none of those. */
  having({ has, lacks }: Pick<Choice, 'has' | 'lacks'>, nodes: Bits): Bits {
    const left = new Bits(0);
    left.words = nodes.words.slice();
    for (const name of has) left.both(this.#holdersOf(name, left));
    for (const name of lacks) {
      const holders = this.#holdersOf(name, left);
      for (let i = 0; i < left.words.length; i++) left.words[i]! &= ~(holders.words[i] ?? 0);
    }
    return left;
  }

  /** Those among some nodes at least that have references of a name; rows are asked where these are few, or nothing else tells. */
  #holdersOf(name: string, nodes: Bits): Bits {
    const known = isFew(nodes.count(), this) ? undefined : this.index.holdersOf(name);
    if (known !== undefined) return known;
    const holders = new Bits(this.index.facts.nodes);
    const isCalled = this.index.names.matcher(undefined, name);
    const { rows } = this.index.graph();
    rows.eachOf(nodes, (n, cursor) => {
      if (isCalled(cursor.name)) holders.add(n);
    });
    rows.close();
    return holders;
  }

  /** The same, where they are so few that it is worth to read them one by one. */
  few(choice: Choice): Bits | undefined {
    const found = this.candidates(choice);
    return found !== undefined && isFew(found.count, this) ? found.nodes : undefined;
  }

  /** Only these nodes, in order. */
  async snapshot(columns: Columns, wanted: Bits): Promise<Snapshot> {
    const { only: _, ...plain } = columns;
    const source = await this.#source(plain, wanted);
    return { source, batches: source.batches, settle: () => 'whole' };
  }

  #source(columns: Columns, wanted: Bits): Promise<NodeSource> {
    const { folder, facts } = this.index;
    this.#points ??= {
      step: facts.step,
      nodes: facts.pointNodes,
      nodeAt: folder.doubles('points.nodes'),
      refAt: folder.doubles('points.refs'),
      ...(facts.strings === undefined
        ? {}
        : { strings: { length: facts.strings, blocks: folder.doubles('points.strings') } }),
      ...(folder.size('points.sections') === 0 ? {} : { sections: folder.doubles('points.sections') }),
    };
    return sourceAt(this.#opened, this.#points, columns, wanted, this.#extrasOf());
  }

  #extrasOf(): (n: number) => string {
    if (this.#extras !== undefined) return this.#extras;
    if (!this.index.facts.hasExtras) this.#extras = () => '';
    else {
      const column = this.index.column('extras');
      const bytes = this.index.folder.bytes('extras.text');
      const offsets = this.index.folder.numbers('extras.offsets');
      const decoder = new TextDecoder();
      this.#extras = (n) => {
        const code = column.at(n);
        return decoder.decode(bytes.subarray(offsets[code], offsets[code + 1]));
      };
    }
    return this.#extras;
  }

  #typeNames(): readonly string[] {
    return this.index.types.all();
  }

  /** Whether there is a type for each pattern. */
  #hasEach(patterns: readonly string[]): boolean {
    const names = patterns.length === 0 ? [] : this.#typeNames();
    return patterns.every((pattern) => names.some(compileNames([pattern])));
  }

  /** A set for each way in which nodes are named one by one, and how many are in it; undefined where one of them is not there. */
  #namedNodes({ ids, nodes, of }: Choice): { readonly nodes: Bits; readonly count: number }[] | undefined {
    const all = this.index.facts.nodes;
    const sets: { readonly nodes: Bits; readonly count: number }[] = [];
    const add = (positions: Iterable<number | undefined>): boolean => {
      const nodes = new Bits(all);
      let count = 0;
      for (const n of positions) {
        if (n === undefined || n >= all) return false;
        if (!nodes.has(n)) count++;
        nodes.add(n);
      }
      sets.push({ nodes, count });
      return true;
    };
    if (ids.size > 0 && !add(Array.from(ids, (id) => this.index.find(id)))) return undefined;
    if (nodes.size > 0 && !add(nodes)) return undefined;
    if (of !== undefined && !add(of.n)) return undefined;
    return sets;
  }

  #scan({ types, kinds, minBytes, maxBytes }: Choice, nodes: Bits): void {
    const isType = wantedCodes(types, this.#typeNames());
    const isKind = wantedCodes(kinds, this.index.facts.kinds);
    nodes.fill(this.index.facts.nodes);
    if (isType !== undefined) keep(nodes, this.index.column('type'), (code) => isType[code] === 1);
    if (isKind !== undefined) keep(nodes, this.index.column('kind'), (code) => isKind[code] === 1);
    if (minBytes === undefined && maxBytes === undefined) return;
    const sizes = this.index.sizes();
    const [least, most] = [minBytes ?? 0, maxBytes ?? Number.POSITIVE_INFINITY];
    keep(nodes, sizes.column, (size, n) => {
      const bytes = sizes.wide(n, size);
      return bytes >= least && bytes <= most;
    });
  }
}

/** Of nodes those alone whose values pass; a word of bits at a time, chunks begin with one. */
function keep({ words }: Bits, column: StoredColumn, passes: (value: number, n: number) => boolean): void {
  for (const { first, values } of column.chunks())
    for (let from = 0; from < values.length; from += 32) {
      let word = 0;
      const count = Math.min(32, values.length - from);
      for (let i = 0; i < count; i++) if (passes(values[from + i]!, first + from + i)) word |= 1 << i;
      words[(first + from) >>> 5]! &= word;
    }
}

/** 1 for the codes of names that a pattern means; undefined where nothing is asked. */
function wantedCodes(patterns: readonly string[], names: readonly string[]): Uint8Array | undefined {
  if (patterns.length === 0) return undefined;
  const isWanted = compileNames(patterns);
  return Uint8Array.from(names, (name) => (isWanted(name) ? 1 : 0));
}
