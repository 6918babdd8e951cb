/** JSON values with numbers as they are spelt, and ways to write them: canonical, or legal as no writer would; costs a string. */

/** A JSON value; objects as their members in order, numbers as their digits. */
export type Json =
  | string
  | boolean
  | null
  | { readonly digits: string }
  | readonly Json[]
  | { readonly members: readonly (readonly [string, Json])[] };

export const whole = (value: number): Json => ({ digits: String(value) });
export const object = (members: readonly (readonly [string, Json])[]): Json => ({ members });

/** Keys in their order, no spaces, strings as JSON.stringify has them. */
export function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if ('digits' in value) return value.digits;
  return `{${value.members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

/** The same value with spaces and escapes chosen by `random`. */
export function odd(value: Json, random: () => number): string {
  const space = (): string =>
    random() < 0.8 ? '' : ' \t\r'.charAt(Math.floor(random() * 3)).repeat(1 + Math.floor(random() * 3));
  const between = (items: readonly string[]): string => items.map((item) => `${space()}${item}${space()}`).join(',');
  if (typeof value === 'string') return oddString(value, random);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.length === 0 ? space() : between(value.map((item) => odd(item, random)))}]`;
  if ('digits' in value) return value.digits;
  const { members } = value;
  return `{${members.length === 0 ? space() : between(members.map(([key, member]) => `${oddString(key, random)}${space()}:${space()}${odd(member, random)}`))}}`;
}

/** The same members in another order; those that `stays` picks keep theirs among themselves. */
export function shuffled<T>(items: readonly T[], stays: (item: T) => boolean, random: () => number): T[] {
  const keyed = items.map((item) => ({ item, key: random() })).sort((a, b) => a.key - b.key);
  const inOrder = items.filter(stays);
  return keyed.map(({ item }) => (stays(item) ? inOrder.shift()! : item));
}

/** A whole number, spelt in one of the ways of JSON that mean the same. */
export function oddNumber(value: number, random: () => number): Json {
  const spelling = Math.floor(random() * 4);
  if (spelling === 1 && value < 1e15) return { digits: `${value}.0` };
  if (spelling === 2) return { digits: `${value}e0` };
  if (spelling === 3 && value % 100 === 0 && value > 0) return { digits: `${value / 100}E+2` };
  return whole(value);
}

function oddString(text: string, random: () => number): string {
  const units = Array.from(text, (character) => {
    if (random() < 0.7) return JSON.stringify(character).slice(1, -1);
    if (character === '/') return '\\/';
    return Array.from({ length: character.length }, (_, i) => {
      const hex = character.charCodeAt(i).toString(16).padStart(4, '0');
      return `\\u${random() < 0.5 ? hex : hex.toUpperCase()}`;
    }).join('');
  });
  return `"${units.join('')}"`;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
