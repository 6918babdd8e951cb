/** Scales of bytes, whose ticks are round numbers of KiB or MiB, and of counts, which have no halves. Constant cost. */
import { type ScaleLinear, scaleLinear } from 'd3';
import { formatCount } from '../counts.ts';
import { formatSize } from '../sizes.ts';

export interface Scale {
  /** From amounts to pixels; its ticks are round in the unit of the largest. */
  readonly scale: ScaleLinear<number, number>;
  format(amount: number): string;
}

export const TICKS = 5;

export function sizeScale([least, most]: readonly [number, number], range: readonly [number, number]): Scale {
  const scale = scaleLinear([least, most], range);
  const widest = Math.max(-least, most, 1);
  const unit = 1024 ** Math.min(3, Math.floor(Math.log(widest) / Math.log(1024)));
  const inUnits = scaleLinear([least / unit, most / unit], range);
  const amount = inUnits.tickFormat(TICKS);
  const [, name = ''] = formatSize(unit).split(' ');
  // Of a few bytes there is no half one.
  scale.ticks = (count) =>
    inUnits
      .ticks(count)
      .map((tick) => tick * unit)
      .filter((tick) => unit > 1 || Number.isInteger(tick));
  return { scale, format: (bytes) => (bytes === 0 ? '0' : `${amount(bytes / unit)} ${name}`) };
}

export function countScale(counts: readonly [number, number], range: readonly [number, number]): Scale {
  const scale = scaleLinear(counts, range);
  const { ticks } = scale;
  scale.ticks = (count) => ticks(count).filter(Number.isInteger);
  return { scale, format: formatCount };
}
