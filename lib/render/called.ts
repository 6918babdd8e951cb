/** A node in a few words: `QueryError @35 "no answer"`. Constant cost. */

/** Units of a type or a name on one line. */
const SHORT = 60;

export interface Called {
  readonly id: number;
  readonly kind: string;
  readonly type: string;
  readonly name: string;
  /** Where in the source it stands. */
  readonly place?: string | undefined;
}

/** Its type and its id. */
export const typeAndId = ({ type, id }: Called): string => `${short(type)} @${id}`;

/** Its name, if it says more than its type: of strings in quotes. And where it stands, if that is known. */
export function shortName({ kind, type, name, place }: Called): string {
  const called =
    name === type || name === '' ? '' : kind.includes('string') ? JSON.stringify(short(name)) : short(name);
  return place === undefined ? called : `${called === '' ? '' : `${called} `}(${place})`;
}

export const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);
