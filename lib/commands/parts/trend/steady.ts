/** Limits on growth that is steady: passed by what grew in every step, and by more than the limit from the first snapshot to the last. */

import { addUp, type Course, type Series } from '../../../stages/courses.ts';
import { nearestNames } from '../../../stages/names.ts';
import { bytesPast, type GrowthLimit, growthPast, limitedTypes, type TypeLimit } from '../groups/limits.ts';

/** Near names that are said. */
const SHOWN = 3;

/** Holds the courses of all types: there is a limit on some. */
export class SteadyGrowth {
  readonly #types: readonly TypeLimit[];
  readonly #rows: { readonly type: string; readonly series: Series }[] = [];

  constructor(types: readonly TypeLimit[]) {
    this.#types = types;
  }

  /** The course of a type. */
  see({ keys, series }: Course): void {
    this.#rows.push({ type: keys[0]!, series });
  }

  /** A sentence for each limit that is passed, and one for each on a type that is not there. */
  judge(
    all: Course,
    growth: GrowthLimit | undefined,
  ): { readonly past: readonly string[]; readonly missing: readonly string[] } {
    const past: string[] = [];
    const missing: string[] = [];
    if (growth !== undefined) past.push(...steady(all, growthPast(growth, first(all), last(all))));
    for (const limit of this.#types) {
      const rows = limitedTypes(limit, this.#rows);
      const course = addUp(
        rows.map(({ series }) => series),
        all.series.bytes.length,
      );
      past.push(...steady(course, bytesPast(limit, last(course) - first(course))));
      if (rows.length === 0) missing.push(`${limit.text}: no node is of that type${this.#nearest(limit.type)}`);
    }
    return { past, missing };
  }

  #nearest(name: string): string {
    const near = nearestNames(
      name,
      this.#rows.map(({ type }) => type),
      SHOWN,
    );
    return near.length > 0 ? `; there are ${near.join(', ')}` : '';
  }
}

/** What passed its limit, if it grew in every step. */
function steady({ stepsUp, series }: Course, past: string | undefined): readonly string[] {
  const steps = series.bytes.length - 1;
  if (past === undefined || stepsUp < steps) return [];
  return [`${past}, growing in ${steps === 1 ? 'the one step there is' : `each of ${steps} steps`}`];
}

const first = ({ series }: Course): number => series.bytes[0] ?? 0;
const last = ({ series }: Course): number => series.bytes.at(-1) ?? 0;
