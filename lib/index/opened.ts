/**
 * A sidecar, opened: columns, rows in both directions, names and answers, each read when it is asked for. Costs what is asked for; a graph the cache of its rows, and a byte a node
 * where its flags are asked for.
 */
import { Pages } from '../disk/pages.ts';
import type { DominatorTree } from '../graph/dominators/dominators.ts';
import type { Suspects } from '../graph/dominators/suspects.ts';
import { Bits } from '../graph/store/bits.ts';
import { Sizes, StoredColumn } from '../graph/store/columns.ts';
import { LookUp } from '../graph/store/lookUp.ts';
import { NameCodes } from '../graph/store/nameCodes.ts';
import type { Graph } from '../graph/store/read.ts';
import { NO_SHAPES, Rows, type Shapes } from '../graph/store/rows.ts';
import { Dictionary } from '../stream/dictionary.ts';
import { type Facts, idBucket, type Summary } from './contents.ts';
import { Folder } from './folder.ts';

/** Bytes for rows that are read once, and for those of holders, of which a few are. */
const READ_ONCE = 8 << 20;
const HOLDER_CACHE = 1 << 20;

export class Index {
  readonly facts: Facts;
  readonly folder: Folder;
  #types: Dictionary | undefined;
  #names: NameCodes | undefined;

  private constructor(folder: Folder) {
    this.folder = folder;
    // Only this program writes what a folder of its version says.
    this.facts = folder.facts as Facts;
  }

  /** The index beside a file; undefined where there is none. Throws Unusable. */
  static of(file: string): Index | undefined {
    const folder = Folder.of(file);
    return folder === undefined ? undefined : new Index(folder);
  }

  get types(): Dictionary {
    this.#types ??= this.#dictionary('types');
    return this.#types;
  }

  get names(): NameCodes {
    this.#names ??= new NameCodes(undefined, undefined, {
      texts: this.#dictionary('names'),
      rest: this.folder.part('names.rest'),
      hasLate: this.facts.hasLateNames,
    });
    return this.#names;
  }

  get summary(): Summary {
    // As for the facts.
    return this.folder.json('summary.json') as Summary;
  }

  get suspects(): Suspects {
    // As for the facts.
    return this.folder.json('suspects.json') as Suspects;
  }

  /** Of classes, by their code. */
  get classNames(): readonly string[] {
    // As for the facts.
    return this.folder.json('classes.json') as readonly string[];
  }

  column(name: string): StoredColumn {
    return new StoredColumn(undefined, { file: this.folder.part(name), length: this.folder.size(name) / 4 });
  }

  /** References on a shortest path from the roots, told as distances are. */
  lengths(): StoredColumn {
    return this.column(this.facts.refersToRoot ? 'lengths' : 'distance');
  }

  sizes(): Sizes {
    const { large, bytes } = this.facts;
    return new Sizes(undefined, { column: this.column('size'), large, total: bytes });
  }

  shallow(): Sizes {
    const { largeShallow, bytes } = this.facts;
    return new Sizes(undefined, { column: this.column('shallow'), large: largeShallow, total: bytes });
  }

  tree(): DominatorTree {
    return { place: this.column('place'), end: this.column('end'), parent: this.column('above') };
  }

  /** What the nodes refer to; `rowBytes` is the cache: without it, enough for rows that are read once. */
  graph(rowBytes = READ_ONCE): Graph {
    const { nodes, pairs, isV8, refersToRoot } = this.facts;
    const { folder } = this;
    let flags: Uint8Array | undefined;
    return {
      nodes,
      fault: undefined,
      rows: this.#rows('forward', rowBytes),
      get flags() {
        flags ??= folder.bytes('flags');
        return flags;
      },
      types: this.types,
      type: this.column('type'),
      sizes: this.sizes(),
      present: undefined,
      pairs,
      isV8,
      refersToRoot,
      names: this.names,
      dealt: undefined,
    };
  }

  /** Who refers to them. */
  back(rowBytes: number): Rows {
    return this.#rows('backward', rowBytes);
  }

  /** The nodes that have references of a name, whatever their kind; undefined where that was not kept: then it may be any. */
  holdersOf(name: string): Bits | undefined {
    const places = this.names.placesOf(name);
    if (places === undefined) return undefined;
    const nodes = new Bits(this.facts.nodes);
    // A row for each place among the texts of `names`.
    const rows = this.#rows('holders', HOLDER_CACHE);
    rows.eachOf(Bits.of(places), (_, { to }) => nodes.add(to));
    rows.close();
    return nodes;
  }

  /** The position of the node with an id; undefined where there is none. */
  find(id: number): number | undefined {
    const { idBuckets, hasHighIds } = this.facts;
    const starts = this.column('ids.starts');
    const nodes = this.column('ids.nodes');
    const low = this.column('ids.low');
    const high = hasHighIds ? this.column('ids.high') : undefined;
    const bucket = idBucket(id, idBuckets);
    const end = starts.at(bucket + 1);
    for (let at = starts.at(bucket); at < end; at++) {
      const n = nodes.at(at);
      if (low.at(n) + (high?.at(n) ?? 0) * 2 ** 32 === id) return n;
    }
    return undefined;
  }

  #rows(direction: 'forward' | 'backward' | 'holders', rowBytes: number): Rows {
    const { pages, refs } = this.facts[direction];
    return new Rows({
      nodes: direction === 'holders' ? this.names.texts.size : this.facts.nodes,
      refs,
      pages: new Pages(rowBytes, undefined, { file: this.folder.part(`${direction}.rows`), pages }),
      starts: new LookUp(this.column(`${direction}.starts`)),
      hubs: this.folder.numbers(`${direction}.hubs`),
      shapes: direction === 'forward' ? this.#shapes() : NO_SHAPES,
      form: direction === 'forward' ? { named: true } : { ascending: true },
    });
  }

  #shapes(): Shapes {
    const { folder } = this;
    return {
      starts: folder.numbers('shapes.starts'),
      names: folder.numbers('shapes.names'),
      targets: folder.numbers('shapes.targets'),
    };
  }

  #dictionary(name: string): Dictionary {
    // Whoever copies texts reads up to eight bytes past them.
    return Dictionary.of(this.folder.bytes(`${name}.text`, 8), this.folder.numbers(`${name}.offsets`));
  }
}
