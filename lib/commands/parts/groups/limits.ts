/** Limits on growth as people type them for a build: `5%` or `10MiB` of all bytes, and TYPE=SIZE or TYPE=N; and what to say of growth that passes one. */
import type { Option } from '../../../cli/option.ts';
import { formatCount, parseCount } from '../../../render/counts.ts';
import { formatSize, parseSize } from '../../../render/sizes.ts';
import { compileNames, isGlob } from '../../../stages/names.ts';
import { UsageError } from '../../../stream/errors.ts';

/** How much all bytes may grow: a share of what there was before, or bytes. */
export interface GrowthLimit {
  /** As it was typed. */
  readonly text: string;
  allowed(before: number): number;
}

/** How much one type may grow: `most` is bytes or nodes, as the option has it. */
export interface TypeLimit {
  /** The option and its value as they were typed: `--max-grow Foo=1M`. */
  readonly text: string;
  /** A name, or a glob: all types that it matches count together. */
  readonly type: string;
  readonly most: number;
}

/** `--max-growth LIMIT`. */
export const growthLimit = (help: string): Option<GrowthLimit | undefined> => ({
  help,
  value: 'LIMIT',
  repeats: false,
  alone: false,
  read: ([value], name) => (value === undefined ? undefined : parseGrowth(value, name)),
});

/** `TYPE=SIZE`, any number of times. */
export const sizeLimits = (help: string): Option<readonly TypeLimit[]> =>
  typeLimits('TYPE=SIZE', parseSize, 'a type and a size, as Foo=1M', help);

/** `TYPE=N`, any number of times. */
export const countLimits = (help: string): Option<readonly TypeLimit[]> =>
  typeLimits('TYPE=N', parseCount, 'a type and a count, as Foo=100', help);

/** What all bytes passed the limit by, as a sentence; undefined where they did not. */
export function growthPast(limit: GrowthLimit, before: number, after: number): string | undefined {
  const allowed = limit.allowed(before);
  const growth = after - before;
  if (growth <= allowed) return undefined;
  const share = before === 0 ? '' : ` (${((100 * growth) / before).toFixed(1)} %)`;
  return `all bytes grew by ${formatSize(growth)}${share}, from ${formatSize(before)} to ${formatSize(after)}: ${formatSize(growth - allowed)} more than --max-growth ${limit.text} allows`;
}

/** The types that a limit is about: of those there are, the one that is called so, or all that the glob matches. */
export function limitedTypes<Row extends { readonly type: string }>(
  { type }: TypeLimit,
  rows: readonly Row[],
): readonly Row[] {
  const exact = isGlob(type) ? rows.filter((row) => row.type === type) : [];
  if (exact.length > 0) return exact;
  const isLimited = compileNames([type]);
  return rows.filter((row) => isLimited(row.type));
}

/** What a type grew by in bytes, and passed its limit by, as a sentence; undefined where it did not. */
export const bytesPast = ({ text, type, most }: TypeLimit, bytes: number): string | undefined =>
  bytes <= most
    ? undefined
    : `${type} grew by ${formatSize(bytes)}: ${formatSize(bytes - most)} more than ${text} allows`;

/** How many nodes of a type are new, and by how many they passed its limit, as a sentence; undefined where they did not. */
export const countPast = ({ text, type, most }: TypeLimit, count: number): string | undefined =>
  count <= most
    ? undefined
    : `${formatCount(count)} nodes of type ${type} are new: ${formatCount(count - most)} more than ${text} allows`;

function parseGrowth(value: string, name: string): GrowthLimit {
  const [, percent] = /^(\d+(?:\.\d+)?) ?%$/.exec(value) ?? [];
  if (percent !== undefined) return { text: value, allowed: (before) => Math.floor((before * Number(percent)) / 100) };
  const bytes = parseSize(value);
  if (bytes === undefined)
    throw new UsageError(`${name}: '${value}' is neither a share nor a size (5%, 65536, 512K, 10MiB)`);
  return { text: value, allowed: () => bytes };
}

const typeLimits = (
  value: string,
  parse: (text: string) => number | undefined,
  wanted: string,
  help: string,
): Option<readonly TypeLimit[]> => ({
  help,
  value,
  repeats: true,
  alone: false,
  read: (values, name) =>
    values.map((typed) => {
      // A type's name may hold `=`, a limit does not.
      const at = typed.lastIndexOf('=');
      const most = parse(typed.slice(at + 1));
      if (at < 1 || most === undefined) throw new UsageError(`${name}: '${typed}' is not ${wanted}`);
      return { text: `${name} ${typed}`, type: typed.slice(0, at), most };
    }),
});
