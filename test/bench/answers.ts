/** Groups that several programs printed for one file in, how far they agree out; costs memory for two such answers. */
import { readFile } from 'node:fs/promises';

/** What an answer's lines say of each key, by the field that holds the key. */
const figures = {
  type: ['count', 'bytes'],
  kind: ['count', 'bytes'],
  class: ['count', 'shallow', 'retained'],
} as const;

export type AnswerBy = keyof typeof figures;

export interface Answer {
  readonly by: AnswerBy;
  /** The figures of each key; several lines of one key (a class made at several places of a program) are added up. */
  readonly groups: ReadonlyMap<string, readonly number[]>;
}

/** @param by the field that holds the key; lines without it (a note, a mark) are passed over */
export async function readAnswer(file: string, by: AnswerBy): Promise<Answer> {
  const groups = new Map<string, readonly number[]>();
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as Record<string, unknown>; // only looked at field by field
    const key = row[by];
    const values = figures[by].map((field) => row[field]);
    if (typeof key === 'string' && values.every((value) => typeof value === 'number'))
      groups.set(key, sum(values, groups.get(key)));
  }
  return { by, groups };
}

/** In a few words: equal, or how many rows are, and whether the totals are. */
export function compare(answer: Answer, reference: Answer): string {
  const alike = [...answer.groups].filter(([key, group]) => isSame(group, reference.groups.get(key))).length;
  if (alike === answer.groups.size && alike === reference.groups.size) return `equal, ${alike} rows`;
  const [mine, theirs] = [total(answer), total(reference)];
  const totals = figures[answer.by].map((figure, i) => {
    const difference = (mine[i] ?? 0) - (theirs[i] ?? 0);
    return difference === 0 ? `same ${figure}` : `${figure} ${signed(difference)}`;
  });
  return `${alike} of ${reference.groups.size} rows alike; ${totals.join(', ')}`;
}

function isSame(a: readonly number[], b: readonly number[] | undefined): boolean {
  return b !== undefined && a.every((value, i) => value === b[i]);
}

const total = ({ groups }: Answer): readonly number[] => [...groups.values()].reduce((all, one) => sum(one, all), []);

const sum = (values: readonly number[], others: readonly number[] = []): readonly number[] =>
  values.map((value, i) => value + (others[i] ?? 0));

function signed(difference: number): string {
  return `${difference > 0 ? '+' : '-'}${Math.abs(difference).toLocaleString('en-US')}`;
}
