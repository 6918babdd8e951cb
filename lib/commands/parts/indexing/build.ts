/** Makes the index of a file: one reading to a graph with names, all that graph questions have in common, and the places of nodes in the file; written when all is known. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { findPoints, plainOf } from '../../../formats/points.ts';
import { Doubts } from '../../../graph/cut/kept.ts';
import { byClass } from '../../../graph/dominators/byClass.ts';
import { Classes } from '../../../graph/dominators/classes.ts';
import { dominatorColumn, largest } from '../../../graph/dominators/dominated.ts';
import { findSuspects } from '../../../graph/dominators/suspects.ts';
import { KeptNodes } from '../../../graph/paths/kept.ts';
import { StoredColumn } from '../../../graph/store/columns.ts';
import { Holders } from '../../../graph/store/holders.ts';
import { reversed } from '../../../graph/store/reverse.ts';
import type { Rows } from '../../../graph/store/rows.ts';
import {
  type Facts,
  MOST_LARGEST,
  PATH_LINES,
  PATH_PIECES,
  PATH_ROWS,
  PATH_UNREACHED,
  type Summary,
} from '../../../index/contents.ts';
import { FolderWriter, folderOf, requirePlace, type Tie, tieOf } from '../../../index/folder.ts';
import { IdTable } from '../../../index/ids.ts';
import type { Batch } from '../../../stream/batch.ts';
import { Dictionary } from '../../../stream/dictionary.ts';
import { InputError } from '../../../stream/errors.ts';
import { openGraph } from '../graph/open.ts';
import { openAgain } from '../input/again.ts';
import { openShown } from '../input/snapshot.ts';
import { retentionOf, type Walked } from '../retain/retention.ts';
import { ChainKeeping } from './chains.ts';
import { PATH_LINE_COLUMNS, pathLines } from './paths.ts';

/** Optional fields are kept as long as the distinct ones take no more than this. */
const MOST_EXTRAS = 256 << 20;
/** What holders of names are written through. */
const HOLDER_CACHE = 1 << 20;
/** A piece of a part: between two of them a signal is heard. */
const PIECE = 1 << 22;

/** Gives the bytes of the index. Throws InputError where the file cannot be read at any place, is not whole or changes meanwhile, or nothing can be written beside it. */
export async function buildIndex(file: string, frame: Frame, scratch: Scratch): Promise<number> {
  // What cannot be read at any place is said before the work.
  const plain = await openShown(file, true, scratch, frame);
  plainOf(plain);
  requirePlace(file);
  const tie = tieOf(file);
  const nodes = new NodeFields(scratch);
  const classes = new Classes(scratch);
  const hashes = new StoredColumn(scratch);
  const texts = new KeptNodes(undefined, scratch, (_, hash) => hashes.push(hash));
  const opened = await openAgain(file, scratch, frame);
  const open = await openGraph(
    file,
    {
      whole: 'indexes',
      columns: 4 + PATH_LINE_COLUMNS,
      weak: true,
      names: true,
      refTexts: true,
      refNames: true,
      bothWays: true,
      extras: true,
      opened,
      tap(batch) {
        nodes.add(batch);
        classes.add(batch);
        texts.take(batch);
      },
    },
    frame,
    scratch,
  );
  const points = await findPoints(plain);
  const { graph, pool } = open;
  let walked: Walked | undefined;
  let dominator: StoredColumn | undefined;
  const answer = retentionOf(open, classes, scratch, {
    onWalk: (columns) => {
      walked = columns;
    },
    onTree: (tree) => {
      dominator = dominatorColumn(tree, pool, scratch);
    },
  });
  const { tree, distance, retained, shallow } = answer;
  // This and `dominator` are there after retentionOf.
  const { parents, lengths } = walked!;
  const codes = new StoredColumn(scratch);
  const kept = function* (): Generator<{ readonly first: number; readonly codes: Uint32Array }> {
    for (const chunk of classes.inOrder(graph)) {
      for (const code of chunk.codes) codes.push(code);
      yield chunk;
    }
  };
  const range = { from: 0, to: graph.nodes };
  const rows = byClass(kept(), classes.names, tree, distance, retained, range, pool);
  const summary: Summary = {
    classes: rows,
    totalBytes: answer.totalBytes,
    largest: largest(tree, (place) => retained.at(place), MOST_LARGEST),
  };
  const classCodes = function* (): Generator<{ readonly first: number; readonly codes: Uint32Array }> {
    for (const { first, values } of codes.chunks()) yield { first, codes: values };
  };
  const suspects = findSuspects(classCodes(), classes.names, graph, tree, distance, retained, answer.totalBytes, pool);
  // Its columns are done with, and there is not room for all.
  retained.close();
  pool.shrink();
  // Names were asked for.
  const names = graph.names!;
  const holding = new Holders(names, scratch);
  const doubts = new Doubts(parents, pool);
  const keeping = new ChainKeeping(open, scratch);
  const back = reversed(graph.rows, true, open.otherRowBytes, scratch, {
    tellsWeak: true,
    tap(n, cursor) {
      holding.add(n, cursor.name);
      doubts.look(n, cursor);
      keeping.look(n, cursor);
    },
  });
  const unsure = doubts.all(distance);
  const holders = holding.rows(HOLDER_CACHE);
  const paths = pathLines(open, { parents, lengths: lengths ?? distance, hashes, kept: texts }, scratch);
  texts.close();
  const chains = keeping.finish(back.pages.bytes + holders.pages.bytes);
  const ids = nodes.ids.byBucket(scratch);
  const facts: Facts = {
    format: open.format,
    start: open.startLine,
    nodes: graph.nodes,
    refs: graph.rows.refs,
    pairs: graph.pairs,
    isV8: graph.isV8,
    refersToRoot: graph.refersToRoot,
    hasForeign: nodes.hasForeign,
    bytes: graph.sizes.total,
    large: [...graph.sizes.large],
    largeShallow: [...shallow.large],
    forward: { pages: graph.rows.pages.count, refs: graph.rows.refs },
    backward: { pages: back.pages.count, refs: back.refs },
    holders: { pages: holders.pages.count, refs: holders.refs },
    hasLateNames: names.hasLate,
    kinds: nodes.kinds,
    idBuckets: ids.buckets,
    hasHighIds: nodes.ids.hasHigh,
    hasExtras: nodes.hasExtras,
    step: points.step,
    pointNodes: points.nodes,
    strings: points.strings?.length,
    chainsFrom: chains?.least,
  };
  const columns: readonly (readonly [string, StoredColumn])[] = [
    ['type', graph.type],
    ['size', graph.sizes.column],
    ['shallow', shallow.column],
    ['parents', parents],
    ['dominator', dominator!],
    ['distance', distance],
    ...(lengths === undefined ? [] : [['lengths', lengths] as const]),
    ['place', tree.place],
    ['end', tree.end],
    ['above', tree.parent],
    ['class', codes],
    ['kind', nodes.kind],
    ['ids.low', nodes.ids.low],
    ...(nodes.ids.hasHigh ? [['ids.high', nodes.ids.high] as const] : []),
    ['ids.nodes', ids.nodes],
    ...(nodes.hasExtras ? [['extras', nodes.extra] as const] : []),
    ...(paths === undefined ? [] : [[PATH_ROWS, paths.writer.rows] as const]),
  ];
  return writing(file, tie, facts, async (writer, piece) => {
    for (const [name, column] of columns) {
      writer.begin(name);
      for (const { values } of column.chunks()) await piece(bytesOf(values));
    }
    for (const [name, written] of [
      ['forward', graph.rows],
      ['backward', back],
      ['holders', holders],
    ] as const)
      await writeRows(writer, piece, name, written);
    for (const [name, numbers] of [
      ['ids.starts', ids.starts],
      ['flags', graph.flags],
      ['unsure', unsure],
      ['points.nodes', points.nodeAt],
      ['points.refs', points.refAt],
      ...(points.strings === undefined ? [] : [['points.strings', points.strings.blocks] as const]),
      ...(points.sections === undefined ? [] : [['points.sections', points.sections] as const]),
      ...(paths === undefined
        ? []
        : [
            [`${PATH_PIECES}.text`, paths.writer.pieces.text] as const,
            [`${PATH_PIECES}.offsets`, paths.writer.pieces.offsets] as const,
            [PATH_UNREACHED, paths.unreached] as const,
          ]),
    ] as const) {
      writer.begin(name);
      await piece(bytesOf(numbers));
    }
    for (const [name, dictionary] of [
      ['types', graph.types],
      ['names', names.texts],
      ...(nodes.hasExtras ? [['extras', nodes.extras] as const] : []),
    ] as const) {
      writer.begin(`${name}.text`);
      await piece(dictionary.bytes.subarray(0, dictionary.offsets[dictionary.size]));
      writer.begin(`${name}.offsets`);
      await piece(bytesOf(dictionary.offsets.subarray(0, dictionary.size + 1)));
    }
    if (chains !== undefined) {
      writer.begin('chains');
      for (const line of chains.lines()) await piece(Buffer.from(line));
    }
    writer.begin('names.rest');
    names.copyRest((bytes, end) => writer.write(bytes, end));
    if (paths !== undefined) {
      const { lines } = paths.writer;
      writer.begin(PATH_LINES);
      lines.copy(0, lines.length, (bytes, end) => writer.write(bytes, end));
    }
    for (const [name, value] of [
      ['summary.json', summary],
      ['suspects.json', suspects],
      ['classes.json', classes.names],
    ] as const) {
      writer.begin(name);
      await piece(Buffer.from(JSON.stringify(value)));
    }
  });
}

type Piece = (bytes: Uint8Array) => Promise<void>;

/** Writes under another name. Until then nothing has a name, and Ctrl-C needs no help; here it must take the parts away. */
async function writing(
  file: string,
  tie: Tie,
  facts: Facts,
  write: (writer: FolderWriter, piece: Piece) => Promise<void>,
): Promise<number> {
  let interruption: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals): void => {
    interruption ??= signal;
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  const writer = new FolderWriter(file);
  try {
    await write(writer, async (bytes) => {
      for (let at = 0; at < bytes.length || at === 0; at += PIECE) {
        writer.write(bytes.subarray(at, at + PIECE));
        await new Promise(setImmediate);
        if (interruption !== undefined) throw new Interrupted();
      }
    });
    const { bytes } = writer;
    writer.finish(file, tie, facts);
    return bytes;
  } catch (error) {
    writer.abandon();
    for (const signal of signals) process.off(signal, interrupt);
    if (!(error instanceof Interrupted) || interruption === undefined) throw error;
    process.kill(process.pid, interruption);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    throw new InputError(`${folderOf(file)}: was interrupted`);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

class Interrupted extends Error {}

async function writeRows(writer: FolderWriter, piece: Piece, name: string, rows: Rows): Promise<void> {
  writer.begin(`${name}.rows`);
  rows.pages.copy((bytes) => writer.write(bytes));
  writer.begin(`${name}.starts`);
  await piece(bytesOf(rows.starts));
  writer.begin(`${name}.hubs`);
  await piece(bytesOf(rows.hubs));
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** What the graph does not keep of nodes: id, kind and optional fields. Memory: the distinct kinds and fields. */
class NodeFields {
  readonly ids: IdTable;
  readonly kind: StoredColumn;
  readonly extra: StoredColumn;
  readonly extras = new Dictionary();
  /** Whether any node has optional fields, and there are not too many different ones. */
  hasExtras = false;
  hasForeign = false;
  readonly #kinds = new Dictionary();

  constructor(scratch: Scratch) {
    this.ids = new IdTable(scratch);
    this.kind = new StoredColumn(scratch);
    this.extra = new StoredColumn(scratch);
    const none = new Uint8Array(0);
    this.extras.code(none, 0, 0);
  }

  get kinds(): readonly string[] {
    return Array.from({ length: this.#kinds.size }, (_, code) => this.#kinds.text(code));
  }

  add(batch: Batch): void {
    const { kinds, text, extraStart, extraEnd } = batch;
    this.hasForeign ||= batch.foreign.length > 0;
    for (let row = 0; row < batch.length; row++) {
      const kind = batch.kind[row]!;
      this.ids.add(batch.id[row]!);
      this.kind.push(this.#kinds.code(kinds.bytes, kinds.offsets[kind]!, kinds.offsets[kind + 1]!));
      const start = extraStart[row]!;
      const end = extraEnd[row]!;
      if (end === start || this.extras.memory > MOST_EXTRAS) this.extra.push(0);
      else {
        this.hasExtras = true;
        this.extra.push(this.extras.code(text, start, end));
      }
    }
  }
}
