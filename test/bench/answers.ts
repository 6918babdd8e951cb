/** Groups that several programs printed for one file in, how far they agree out; costs memory for two such answers. */
import { readFile } from 'node:fs/promises';

interface Group {
  readonly count: number;
  readonly bytes: number;
}

export type Answer = ReadonlyMap<string, Group>;

/** @param by the field that holds the key; lines without it (a note, a mark) are passed over */
export async function readAnswer(file: string, by: 'type' | 'kind'): Promise<Answer> {
  const groups = new Map<string, Group>();
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as Record<string, unknown>; // only looked at field by field
    const { [by]: key, count, bytes } = row;
    if (typeof key === 'string' && typeof count === 'number' && typeof bytes === 'number')
      groups.set(key, { count, bytes });
  }
  return groups;
}

/** In a few words: equal, or how many rows are, and whether the totals are. */
export function compare(answer: Answer, reference: Answer): string {
  const alike = [...answer].filter(([key, group]) => isSame(group, reference.get(key))).length;
  if (alike === answer.size && alike === reference.size) return `equal, ${alike} rows`;
  const mine = total(answer);
  const theirs = total(reference);
  const count = mine.count === theirs.count ? 'same count' : `count ${signed(mine.count - theirs.count)}`;
  const bytes = mine.bytes === theirs.bytes ? 'same bytes' : `bytes ${signed(mine.bytes - theirs.bytes)}`;
  return `${alike} of ${reference.size} rows alike; ${count}, ${bytes}`;
}

function isSame(a: Group, b: Group | undefined): boolean {
  return b !== undefined && a.count === b.count && a.bytes === b.bytes;
}

function total(answer: Answer): Group {
  let count = 0;
  let bytes = 0;
  for (const group of answer.values()) {
    count += group.count;
    bytes += group.bytes;
  }
  return { count, bytes };
}

function signed(difference: number): string {
  return `${difference > 0 ? '+' : '-'}${Math.abs(difference).toLocaleString('en-US')}`;
}
