/** Some nodes of a snapshot file, wherever they stand in it: points are found in one pass, and from then on nobody reads it from its beginning. */
import type { RandomBytes } from '../disk/input.ts';
import { InputError } from '../stream/errors.ts';
import type { Points, Wanted } from '../stream/points.ts';
import type { Columns, NodeSource } from '../stream/source.ts';
import type { Opened } from './open.ts';

/** One pass over a plain file. Throws InputError where it is not plain, or not written as programs write it: then there is no counting in it. */
export async function findPoints(opened: Opened): Promise<Points> {
  const { name } = opened;
  const file = plainOf(opened);
  if (opened.format === 'stream') {
    const { findLines } = await import('../stream/lines.ts');
    const points = findLines(file);
    if (points !== undefined) return points;
    throw new InputError(
      `${name}: has lines that are not written as snap-parse writes them: make a copy that is (snap-parse ${name} > copy.nodes), and take that`,
    );
  }
  const { findV8Points } = await import('./v8/points.ts');
  const points = await findV8Points(opened.file);
  if (points !== undefined) return points;
  throw new InputError(
    `${name}: is laid out in an unusual way: make a node stream of it (snap-parse ${name} > ${name}.nodes), and take that`,
  );
}

/**
 * The wanted nodes, ascending, from the file that the points were found in: the same as a reading of the whole gives, which must have gone well.
 * `extras` gives the optional fields of a node of a V8 snapshot as they stand between size and refs, '' for none; without it only `detached` is known.
 */
export async function sourceAt(
  opened: Opened,
  points: Points,
  columns: Columns,
  wanted: Wanted,
  extras?: (n: number) => string,
): Promise<NodeSource> {
  const file = plainOf(opened);
  if (opened.format === 'stream') {
    const { linesAt } = await import('../stream/lines.ts');
    return linesAt(file, points, columns, wanted);
  }
  const { v8SourceAt } = await import('./v8/points.ts');
  return v8SourceAt(file, points, columns, wanted, extras);
}

/** The file, if it can be read at any place. Throws InputError. */
export function plainOf({ name, plain }: Opened): RandomBytes {
  if (plain !== undefined) return plain;
  throw new InputError(
    `${name}: is zipped or no file, and cannot be read at any place: make a plain file of it (gunzip)`,
  );
}
