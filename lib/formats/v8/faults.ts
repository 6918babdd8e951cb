/** Messages about a place in a snapshot file, in one form. */
import type { RandomBytes } from '../../disk/input.ts';
import { InputError } from '../../stream/errors.ts';

export function byteFault(file: RandomBytes, position: number, problem: string): InputError {
  const place = file.place?.(position) ?? `byte ${position.toLocaleString('en-US')}`;
  return new InputError(`${file.name}: ${place}: ${problem}`);
}
