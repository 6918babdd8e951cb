/** `[KIND:]NAME` as people name references: a word of --via in, the kind and the name out. */
import type { Via } from '../../graph/via.ts';
import { REF_KINDS } from '../../stream/batch.ts';

/** What stands before the first colon is a kind only if there is such a kind: `a:b` is a name, `property:a:b` the property `a:b`. */
export function parseVia(text: string): Via {
  const colon = text.indexOf(':');
  const kind = REF_KINDS.find((known) => known === text.slice(0, Math.max(0, colon)));
  return kind === undefined ? { kind, name: text } : { kind, name: text.slice(colon + 1) };
}

/** The same in words, for messages. */
export const saidVia = ({ kind, name }: Via): string =>
  `${kind === undefined ? 'a' : /^[aei]/.test(kind) ? `an ${kind}` : `a ${kind}`} reference named ${JSON.stringify(name)}`;
