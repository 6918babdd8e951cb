/** A node in a few words: `QueryError @35 "no answer"`. Constant cost. */

/** Units of a type or a name on one line. */
const SHORT = 60;

export interface Called {
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  readonly name: string;
}

/** Its type and its id. */
export const typeAndId = ({ type, id }: Called): string => `${short(type)} @${id}`;

/** Its name, if it says more than its type: of strings in quotes. */
export function shortName({ kind, type, name }: Called): string {
  if (name === type || name === '') return '';
  return kind.includes('string') ? JSON.stringify(short(name)) : short(name);
}

export const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);
