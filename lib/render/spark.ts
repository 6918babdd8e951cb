/** Numbers to a line of blocks, one a number, between the least and the largest of them; of more than there is room for, some at equal distances. */

const BLOCKS = '▁▂▃▄▅▆▇█';
/** By how dark they are. */
const ASCII = '.:-=+*#@';

/** At most `cells` characters, the first and the last number among them. What never changes is a line at the bottom. */
export function spark(values: readonly number[], cells: number, ascii = false): string {
  const levels = ascii ? ASCII : BLOCKS;
  const shown = values.length <= cells ? values : spread(values, cells);
  const least = Math.min(...shown);
  const range = Math.max(...shown) - least;
  return shown
    .map((value) => levels[range === 0 ? 0 : Math.round(((value - least) / range) * (levels.length - 1))])
    .join('');
}

const spread = (values: readonly number[], cells: number): readonly number[] =>
  Array.from({ length: cells }, (_, i) => values[Math.round((i * (values.length - 1)) / Math.max(1, cells - 1))]!);
