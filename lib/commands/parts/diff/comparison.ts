/** Two operands compared, by key: nodes matched by id, or only added up where there are none to match. */
import type { Frame } from '../../../cli/frame.ts';
import type { Scratch } from '../../../disk/scratch.ts';
import { Bits } from '../../../graph/store/bits.ts';
import { type DifferenceRow, Differences, type Rows, type Spelling } from '../../../stages/diff.ts';
import { KeyCodes } from '../../../stages/keyCodes.ts';
import { type GroupKey, keyOf, PLACE_KEYS } from '../../../stages/keys.ts';
import { Known } from '../../../stages/match.ts';
import { InputError } from '../../../stream/errors.ts';
import { readGroups } from '../groups/merge.ts';
import { differentProcess, noteOrder, noteParts, SharedIds } from './oneProcess.ts';
import { comparisonBudget, identityOf, passOf, type ReadSide, readSide, readSides, spellingOf } from './readSide.ts';
import type { Side } from './sides.ts';

/** Rows of a table without --top. */
const SCREEN = 20;

export interface Changes {
  /** What rows are by. */
  readonly by: readonly string[];
  readonly rows: Rows;
  /** The same by type alone, where there are types. */
  readonly byType: Rows | undefined;
  /** The nodes of the last snapshot that are new, if they were asked for and nodes could be matched. */
  readonly fresh: Bits | undefined;
}

/** Where nodes cannot be matched, rows have no new, gone and resized. */
export async function compare(
  sides: readonly Side[],
  by: readonly GroupKey[] | undefined,
  wantsFresh: boolean,
  frame: Frame,
  scratch: Scratch,
): Promise<Changes> {
  if (sides.some(({ isGroups }) => isGroups)) return addUp(sides, by, frame);
  return matchNodes(sides, by ?? ['type'], wantsFresh, frame, scratch);
}

/** Nodes are the same if they have the same id and type, and the same keys. */
async function matchNodes(
  sides: readonly Side[],
  by: readonly GroupKey[],
  wantsFresh: boolean,
  frame: Frame,
  scratch: Scratch,
): Promise<Changes> {
  const all = identityOf(by);
  const budget = comparisonBudget(frame);
  const codes = new KeyCodes(all);
  const sums = new Differences(codes);
  // A comparison has two sides.
  const [before, after] = (await readSides(sides, all, frame)) as [ReadSide, ReadSide];
  const known = new Known(budget.tables, scratch);
  const passBefore = passOf(before, codes, budget);
  await passBefore((id, code, size) => {
    sums.before(code, 1, size);
    known.put(id, code, size);
  });
  const fresh = wantsFresh ? new Bits() : undefined;
  const shared = new SharedIds();
  await known.judge(passOf(after, codes, budget), (found, _, code, size, n) => {
    shared.count(found);
    if (found >= 0) {
      sums.kept(code, found, size);
      return;
    }
    sums.fresh(code, 1, size);
    fresh?.add(n);
  });
  noteParts([before, after], frame);
  const isMatched = isOneProcess([before, after], shared, by, frame);
  if (isMatched) noteOrder([before, after], frame);
  const spelling = spellingOf([before, after], all);
  return {
    by,
    rows: sums.rows(by.length, isMatched, spelling),
    byType: sums.rows({ value: all.indexOf('type') }, isMatched),
    fresh: isMatched ? fresh : undefined,
  };
}

function isOneProcess(
  sides: readonly [ReadSide, ReadSide],
  shared: SharedIds,
  by: readonly string[],
  frame: Frame,
): boolean {
  const why = differentProcess(sides, shared);
  if (why === undefined) return true;
  const [before, after] = sides;
  if (after.scripts !== undefined)
    throw new InputError(
      `${before.name} and ${after.name} are of different processes (${why}), in which a script has another number: group each by place, and compare the results`,
    );
  frame.note(
    `${before.name} and ${after.name} are of different processes (${why}): compared by ${by.join(' and ')} only, as an id means another object in each`,
  );
  return false;
}

/** Results of snap-group, or nodes and such a result: there is nothing to match. */
async function addUp(sides: readonly Side[], asked: readonly GroupKey[] | undefined, frame: Frame): Promise<Changes> {
  const budget = comparisonBudget(frame);
  let keys: readonly string[] | undefined = asked;
  let codes = new KeyCodes(asked ?? []);
  let sums = new Differences(codes);
  const add = (isAfter: boolean, code: number, count: number, bytes: number): void =>
    isAfter ? sums.fresh(code, count, bytes) : sums.before(code, count, bytes);
  for (const [i, { isGroups, opened, name }] of sides.entries()) {
    if (!isGroups || opened.format !== 'stream') continue;
    for await (const row of readGroups(name, opened.reader, asked, keys, 'snap-diff compares')) {
      if (keys === undefined) {
        keys = row.keys;
        codes = new KeyCodes(keys.filter(isGroupKey));
        sums = new Differences(codes);
      }
      add(i === 1, codes.code(keyOf(row.texts)), row.count, row.bytes);
    }
  }
  const by = keys ?? ['type'];
  let spelling: Spelling | undefined;
  for (const [i, side] of sides.entries()) {
    if (side.isGroups) continue;
    if (!by.every(isGroupKey))
      throw new InputError(`${side.name}: has nodes, which cannot be grouped by ${by.join(',')} as the other side is`);
    const nodes = await readSide(side, by, frame);
    await passOf(nodes, codes, budget)((_, code, size) => add(i === 1, code, 1, size));
    spelling = spellingOf([nodes], by);
  }
  const typeAt = by.indexOf('type');
  return {
    by,
    rows: sums.rows(by.length, false, spelling),
    byType: typeAt < 0 ? undefined : sums.rows({ value: typeAt }, false),
    fresh: undefined,
  };
}

const isGroupKey = (key: string): key is GroupKey => PLACE_KEYS.some((known) => known === key);

export async function printRows({ by, rows }: Changes, asked: number | undefined, frame: Frame): Promise<void> {
  if (frame.format === 'table') {
    const { renderDifferences } = await import('../../../render/differences.ts');
    frame.out.text(renderDifferences(by, rows, [...rows.inOrder(asked ?? SCREEN)], frame.style));
    return;
  }
  const isMatched = rows.totals.matched !== undefined;
  if (frame.format === 'csv') {
    const { csvLine } = await import('../../../render/csv.ts');
    const heads = ['before', 'after', ...(isMatched ? ['new', 'gone', 'resized'] : []), 'delta'];
    frame.out.text(csvLine([...by, ...heads.flatMap((head) => [`${head}_count`, `${head}_bytes`])]));
    for (const row of rows.inOrder(asked))
      frame.out.text(csvLine([...row.keys, ...amounts(row).flatMap(([, { count, bytes }]) => [count, bytes])]));
    return;
  }
  const names = by.map((key) => JSON.stringify(key));
  for (const row of rows.inOrder(asked)) {
    const keys = row.keys.map((text, i) => `${names[i]}:${JSON.stringify(text)}`);
    const fields = amounts(row).map(([name, { count, bytes }]) => `"${name}":{"count":${count},"bytes":${bytes}}`);
    frame.out.text(`{${[...keys, ...fields].join(',')}}\n`);
  }
}

const amounts = ({ before, after, matched, delta }: DifferenceRow) =>
  Object.entries({ before, after, ...matched, delta });
