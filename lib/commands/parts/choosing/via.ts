/** `[KIND:]NAME` as people name references: a word of --via in, the kind and the name out. */
import { type Via, ViaMatcher } from '../../../graph/store/via.ts';
import { type Batch, REF_KINDS } from '../../../stream/batch.ts';

/** What stands before the first colon is a kind only if there is such a kind: `a:b` is a name, `property:a:b` the property `a:b`. */
export function parseVia(text: string): Via {
  const colon = text.indexOf(':');
  const kind = REF_KINDS.findIndex((known) => colon === known.length && text.startsWith(known));
  return kind < 0 ? { kind: undefined, name: text } : { kind, name: text.slice(colon + 1) };
}

/** The same in words, for messages. */
export function saidVia({ kind, name }: Via): string {
  const word = kind === undefined ? 'reference' : `${REF_KINDS[kind]} reference`;
  return `${/^[aei]/.test(word) ? 'an' : 'a'} ${word} named ${JSON.stringify(name)}`;
}

/** Whether a batch's reference is meant. */
export function viaTest(via: Via): (batch: Batch, ref: number) => boolean {
  const matcher = new ViaMatcher(via);
  return (batch, ref) => matcher.isMeant(batch, ref);
}
