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
import { RefRanks } from '../../../graph/walk/ranks.ts';
import {
  type Facts,
  MOST_LARGEST,
  PATH_LINES,
  PATH_PIECES,
  PATH_ROWS,
  PATH_UNREACHED,
  type Summary,
} from '../../../index/contents.ts';
import { requirePlace } from '../../../index/folderWriter.ts';
import { tieOf } from '../../../index/tie.ts';
import { openGraph } from '../graph/open.ts';
import { openAgain } from '../input/again.ts';
import { openShown } from '../input/snapshot.ts';
import { dominated, retained, walked } from '../retain/retention.ts';
import { ChainKeeping } from './chains.ts';
import { NodeFields } from './nodeFields.ts';
import { PATH_LINE_COLUMNS, pathLines } from './paths.ts';
import { writeFolder } from './write.ts';

/** What holders of names are written through. */
const HOLDER_CACHE = 1 << 20;

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
  // Names were asked for.
  const names = graph.names!;
  const refRanks = new RefRanks(names, open.format);
  const walk = walked(open, refRanks, scratch);
  const { parents, distance, lengths = distance } = walk;
  const { tree, shallow } = dominated(open, scratch);
  const dominator = dominatorColumn(tree, pool, scratch);
  const sizes = retained({ open, distance, tree, shallow });
  const { totalBytes } = sizes;
  const codes = new StoredColumn(scratch);
  const kept = function* (): Generator<{ readonly first: number; readonly codes: Uint32Array }> {
    for (const chunk of classes.inOrder(graph)) {
      for (const code of chunk.codes) codes.push(code);
      yield chunk;
    }
  };
  const range = { from: 0, to: graph.nodes };
  const rows = byClass(kept(), classes.names, tree, distance, sizes.retained, range, pool);
  const summary: Summary = {
    classes: rows,
    totalBytes,
    largest: largest(tree, (place) => sizes.retained.at(place), MOST_LARGEST),
  };
  const classCodes = function* (): Generator<{ readonly first: number; readonly codes: Uint32Array }> {
    for (const { first, values } of codes.chunks()) yield { first, codes: values };
  };
  const suspects = findSuspects(classCodes(), classes.names, graph, tree, distance, sizes.retained, totalBytes, pool);
  // Their columns are done with, and there is not room for all.
  sizes.retained.close();
  pool.shrink();
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
  const paths = pathLines(open, { refRanks, parents, lengths, hashes, kept: texts }, scratch);
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
  return writeFolder(file, tie, facts, async (to) => {
    await to.column('type', graph.type);
    await to.column('size', graph.sizes.column);
    await to.column('shallow', shallow.column);
    await to.column('parents', parents);
    await to.column('dominator', dominator);
    await to.column('distance', distance);
    if (walk.lengths !== undefined) await to.column('lengths', walk.lengths);
    await to.column('place', tree.place);
    await to.column('end', tree.end);
    await to.column('above', tree.parent);
    await to.column('class', codes);
    await to.column('kind', nodes.kind);
    await to.column('ids.low', nodes.ids.low);
    if (nodes.ids.hasHigh) await to.column('ids.high', nodes.ids.high);
    await to.column('ids.nodes', ids.nodes);
    await to.numbers('ids.starts', ids.starts);
    if (nodes.hasExtras) {
      await to.column('extras', nodes.extra);
      await to.texts('extras', nodes.extras);
    }
    await to.rows('forward', graph.rows);
    await to.shapes('shapes', graph.rows.shapes);
    await to.rows('backward', back);
    await to.rows('holders', holders);
    await to.numbers('flags', graph.flags);
    await to.numbers('unsure', unsure);
    await to.texts('types', graph.types);
    await to.texts('names', names.texts);
    await to.copy('names.rest', (sink) => names.copyRest(sink));
    await to.numbers('points.nodes', points.nodeAt);
    await to.numbers('points.refs', points.refAt);
    if (points.strings !== undefined) await to.numbers('points.strings', points.strings.blocks);
    if (points.sections !== undefined) await to.numbers('points.sections', points.sections);
    if (chains !== undefined) await to.lines('chains', chains.lines());
    if (paths !== undefined) {
      const { rows, pieces, lines } = paths.writer;
      await to.column(PATH_ROWS, rows);
      await to.numbers(`${PATH_PIECES}.text`, pieces.text);
      await to.numbers(`${PATH_PIECES}.offsets`, pieces.offsets);
      await to.numbers(PATH_UNREACHED, paths.unreached);
      await to.copy(PATH_LINES, (sink) => lines.copy(0, lines.length, sink));
    }
    await to.json('summary.json', summary);
    await to.json('suspects.json', suspects);
    await to.json('classes.json', classes.names);
  });
}
