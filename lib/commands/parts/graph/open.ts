/** What every question about the whole graph begins with: the snapshot read once to rows and columns, within the budget; and read again for what is printed. */
import { existsSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { collect } from '../../../cli/collect.ts';
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import type { Opened } from '../../../formats/open.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { Pool } from '../../../graph/store/pool.ts';
import type { Graph, Sieve } from '../../../graph/store/read.ts';
import { MOST_NODES } from '../../../graph/store/rows.ts';
import { folderOf } from '../../../index/folder.ts';
import { formatCount } from '../../../render/counts.ts';
import { formatSize } from '../../../render/sizes.ts';
import type { Batch } from '../../../stream/batch.ts';
import { InputError } from '../../../stream/errors.ts';
import type { Columns } from '../../../stream/source.ts';
import { openAgain } from '../input/again.ts';
import { halfOfFree } from '../input/budget.ts';
import { asSnapshot, type Ending, type Snapshot } from '../input/snapshot.ts';
import type { Beside } from './beside.ts';

/** What the process takes before there is any node: Node itself, its code, and the buffers and the garbage of a reader. */
const BASE = 84 << 20;
/** What names of references take at most. */
const REF_NAMES = 24 << 20;
/** Bytes a node that are held whatever is asked: flags, and where rows begin. */
const HELD_PER_NODE = 2.5;
/** The least cache for rows that is worth having. It keeps its size from the first row on: memory that is given back in pieces does not go back to the system. */
const LEAST_CACHE = 8 << 20;

export interface GraphNeeds {
  /** What it needs the whole for, as `retained sizes`; undefined where a part will do. */
  readonly whole: string | undefined;
  /** Columns of four bytes a node that are in memory at the same time. */
  readonly columns: number;
  /** Bytes that it takes beside these. */
  readonly bytes?: number;
  readonly weak: boolean;
  /** Names of all nodes, for `tap`. */
  readonly names?: boolean;
  readonly extras?: Columns['extras'];
  /** Names of references are to come as texts, for `tap` or `sieve`. */
  readonly refTexts?: boolean;
  /** Rows with names of references. */
  readonly refNames?: boolean;
  /** Rows of both directions are to have room: each gets half of the cache. */
  readonly bothWays?: boolean;
  /** References are to be dealt out by target too, as far as it is known how many nodes there are. */
  readonly dealt?: boolean;
  readonly sieve?: Sieve;
  /** Called with the snapshot's format before the first batch. */
  readonly begun?: (format: string | undefined) => void;
  /** Sees each batch before the graph does. */
  readonly tap?: (batch: Batch) => void;
  /** The operand, where it is open already: by `openAgain`, and not being read. */
  readonly opened?: () => Promise<Opened>;
}

export interface OpenGraph {
  readonly name: string;
  readonly graph: Graph;
  readonly pool: Pool;
  /** Bytes that the columns of this question leave of the budget. */
  readonly spareBytes: number;
  readonly format: string | undefined;
  readonly extraNativeBytes: number;
  /** The snapshot's start mark. */
  readonly startLine: string;
  /** Bytes for rows of the other direction, where there is to be room for them. */
  readonly otherRowBytes: number;
  /** Where it is not whole, nodes may be missing. */
  readonly ending: Ending;
  /** Where it comes from an index. */
  readonly beside: Beside | undefined;
  /** The same snapshot once more. */
  again(columns: Columns): Promise<Snapshot>;
}

/** So many seconds of work are worth keeping. */
const LONG = 10;

/** Says that an index would keep what has just taken long. For the end of the work: it is said once. */
export function sayIndex(operand: string, frame: Frame): void {
  const { user, system } = process.cpuUsage();
  const seconds = (user + system) / 1e6;
  const isFile = !/^-$|\.gz$/.test(operand) && (statSync(operand, { throwIfNoEntry: false })?.isFile() ?? false);
  if (seconds < LONG || !isFile || existsSync(folderOf(operand))) return;
  frame.note(
    `${operand}: ${Math.round(seconds)} s went into its graph: snap-index ${operand} keeps it for the next question`,
  );
}

/** Reads an operand. Throws InputError where it is a part or was cut off and the whole is needed, or where the budget is too small. */
export async function openGraph(
  operand: string,
  needs: GraphNeeds,
  frame: Frame,
  scratch: Scratch,
): Promise<OpenGraph> {
  // Loaded here: with an index neither is needed.
  const [{ readGraph }, { ByTarget }] = await Promise.all([
    import('../../../graph/store/read.ts'),
    import('../../../graph/store/byTarget.ts'),
  ]);
  // V8's space for young objects would take another 24 MB, which nothing here needs.
  if (frame.memory !== undefined) setFlagsFromString('--semi-space-growth-factor=1');
  const opened = needs.opened ?? (await openAgain(operand, scratch, frame));
  const columns = {
    names: needs.names === true ? true : ('runtime' as const),
    extras: needs.extras ?? false,
    refs: true,
    numbered: needs.refTexts !== true,
  };
  const snapshot = await asSnapshot(await opened(), columns, frame);
  const { name, start } = snapshot.source;
  needs.begun?.(start.format);
  if (start.part && needs.whole !== undefined) throw partial(name, needs.whole);
  const budget = frame.memory ?? halfOfFree();
  const base = BASE + (needs.refNames ? REF_NAMES : 0) + (needs.bytes ?? 0);
  const atLeast = (nodes: number): number => base + LEAST_CACHE + nodes * (4 * needs.columns + HELD_PER_NODE);
  requireBudget(name, budget, start.nodes ?? 0, atLeast);
  const rowBytes = (nodes: number): number =>
    Math.max(LEAST_CACHE, (budget - atLeast(nodes) + LEAST_CACHE) / (needs.bothWays ? 2 : 1));
  const graph = await readGraph(
    snapshot.source,
    needs.tap === undefined ? snapshot.batches : tapped(snapshot.batches, needs.tap),
    {
      weak: needs.weak,
      ...(needs.sieve === undefined ? {} : { sieve: needs.sieve }),
      rowBytes: start.nodes === undefined ? Math.max(LEAST_CACHE, (budget - base) / 3) : rowBytes(start.nodes),
      isPart: needs.whole === undefined,
      names: needs.refNames ?? false,
      ...(needs.dealt === true && start.nodes !== undefined && start.nodes > 0 && start.nodes <= MOST_NODES
        ? { dealt: new ByTarget(start.nodes, scratch) }
        : {}),
    },
    scratch,
  );
  const { cut } = snapshot.source.verdict();
  if (cut !== undefined && needs.whole !== undefined) throw new InputError(`${cut}; ${needs.whole} need all of it`);
  const ending = snapshot.settle();
  if (ending === 'part' && needs.whole !== undefined) throw partial(name, needs.whole);
  if (graph.fault !== undefined) throw new InputError(`${name}: ${graph.fault}`);
  requireBudget(name, budget, graph.nodes, atLeast);
  // V8 does not know of our budget.
  if (frame.memory !== undefined) collect();
  return {
    name,
    graph,
    pool: new Pool(graph.nodes),
    spareBytes: budget - atLeast(graph.nodes),
    format: start.format,
    extraNativeBytes: extraNativeBytes(start.line),
    startLine: start.line,
    otherRowBytes: rowBytes(graph.nodes),
    ending,
    beside: undefined,
    again: async (wanted) => asSnapshot(await opened(), wanted, frame),
  };
}

/** The same from an index, in the plain case: its rows have names, and weak references too. */
export function graphFrom(beside: Beside, operand: string, needs: GraphNeeds, frame: Frame): OpenGraph {
  const { facts } = beside.index;
  needs.begun?.(facts.format);
  const spareBytes = requireRoom(operand, facts.nodes, needs.columns, frame);
  const rowBytes = Math.max(LEAST_CACHE, spareBytes / (needs.bothWays ? 2 : 1));
  return {
    name: operand,
    graph: beside.index.graph(rowBytes),
    pool: new Pool(facts.nodes),
    spareBytes,
    format: facts.format,
    extraNativeBytes: extraNativeBytes(facts.start),
    startLine: facts.start,
    otherRowBytes: rowBytes,
    ending: 'whole',
    beside,
    again: (wanted) => {
      if (wanted.only instanceof Bits) return beside.snapshot(wanted, wanted.only);
      throw new Error('of an index only some nodes are read');
    },
  };
}

/** Bytes that columns of so many nodes of an index leave of the budget. Throws InputError where they do not fit. */
export function requireRoom(name: string, nodes: number, columns: number, frame: Frame): number {
  const budget = frame.memory ?? halfOfFree();
  const needed = BASE + REF_NAMES + LEAST_CACHE + nodes * (4 * columns + HELD_PER_NODE);
  requireBudget(name, budget, nodes, () => needed);
  return budget - needed;
}

async function* tapped(batches: AsyncIterable<Batch>, tap: (batch: Batch) => void): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    tap(batch);
    yield batch;
  }
}

function partial(name: string, what: string): InputError {
  return new InputError(
    `${name}: is a part of a snapshot, and ${what} need the whole (give the snapshot file, or all that snap-parse writes of it)`,
  );
}

function requireBudget(name: string, budget: number, nodes: number, atLeast: (nodes: number) => number): void {
  const needed = atLeast(nodes);
  if (budget >= needed) return;
  throw new InputError(
    `${name}: ${formatCount(nodes)} nodes need ${formatSize(needed)} of memory, there are ${formatSize(budget)} (--memory says how much may be used)`,
  );
}

function extraNativeBytes(startLine: string): number {
  const bytes = (JSON.parse(startLine) as Record<string, unknown>)['extra_native_bytes'];
  return typeof bytes === 'number' ? bytes : 0;
}
